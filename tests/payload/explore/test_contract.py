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
