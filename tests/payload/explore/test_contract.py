"""Which statement an exception comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_enrich.payload.explore.contract import is_contract, raises


class OwnError(ValueError):
    pass


class UnsupportedError(NotImplementedError):
    pass


class VerificationError(AssertionError):
    pass


@pytest.mark.parametrize(
    ("line", "error", "whether"),
    [
        ("raise ValueError(text % 3)", ValueError(), True),
        ("raise ValueError(text % 3)", OwnError(), True),
        ("raise errors.OwnError(text)", OwnError(), True),
        ("raise OwnError(text % 3)", TypeError(), False),
        ("raise errors.OwnError(text % 3)", TypeError(), False),
        ("raise Renamed(text)", OwnError(), True),
        ("raise make(text)", TypeError(), True),
        ("raise error from None", TypeError(), True),
        ("raise", TypeError(), True),
        ("sys.exit(1)", SystemExit(), True),
        ("return text % 3", TypeError(), False),
        ("assert text, 'no text'", AssertionError(), True),
        ("assert text % 3", TypeError(), False),
    ],
)
def test_a_statement_raises_what_it_names_and_not_what_goes_wrong_in_it(line, error, whether):
    assert raises(line, error) is whether


@pytest.mark.parametrize(
    ("kind", "whether"),
    [(UnsupportedError, True), (VerificationError, True), (NotImplementedError, False), (AssertionError, False)],
)
def test_an_exception_of_the_project_means_what_it_says_whatever_it_is_derived_from(kind, whether):
    with pytest.raises(kind) as caught:
        raise kind("not that")
    assert is_contract(caught.value, str(Path(__file__).parent), ()) is whether


@pytest.mark.parametrize("kind", [NotImplementedError, AssertionError])
def test_what_tests_expect_is_meant(kind):
    with pytest.raises(kind) as caught:
        raise kind
    root = str(Path(__file__).parent)
    assert is_contract(caught.value, root, (), frozenset({kind.__name__}))
    assert not is_contract(caught.value, root, (), frozenset({"ValueError"}))


def test_that_nothing_ends_is_never_meant():
    with pytest.raises(RecursionError) as caught:
        raise RecursionError
    assert not is_contract(caught.value, str(Path(__file__).parent), (), frozenset({"RecursionError"}))
