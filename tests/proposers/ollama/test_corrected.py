from __future__ import annotations

import pytest

from pytest_enrich.data import Attempt, Dropped, Kept, NewTest, Oracle, Origin, Placement
from pytest_enrich.proposers.ollama.corrected import corrected

DISAGREEING = "def test_a():\n    assert discount(1) == 1\n    assert discount(-1) == 5\n"
FAILED = """\
tests/test_cart.py:12: in test_a
    assert discount(-1) == 5
E   assert 0 == 5
E    +  where 0 = discount(-1)"""
LONG = """
    def test_a():
        assert discount(1) == 1
>       assert discount(-1) == 5
E       assert 0 == 5

tests/test_cart.py:12: AssertionError
"""
MARKED = """\
tests/test_cart.py:12: in test_a
    assert discount(-1) == 5
           ^^^^^^^^^^^^^^^^^
E   AssertionError: assert 0 == 5"""


@pytest.fixture
def correct():
    def correct(code=DISAGREEING, detail=FAILED, verdict=None, docstring=""):
        lines = [number for number, line in enumerate(code.splitlines(), 1) if "assert" in line]
        test = NewTest(
            name="test_a", code=code, imports=(), title="", look="",
            placement=Placement(path="tests/test_cart.py"),
            oracle=tuple(Oracle(line=one, what="x", source="model", look=one == lines[0]) for one in lines),
            origin=Origin(proposer="ollama", strategy="scenario"), gaps=("cart-aaaaaaaa",),
        )  # fmt: skip
        verdict = verdict or Dropped(rung="passes", reason="failed", detail=detail)
        attempt = Attempt(path="", qualname="", digest="", candidate=test, verdict=verdict)
        return corrected(attempt, docstring)

    return correct


def failed(seen, expected, call="discount(-1)"):
    return {
        "code": f"def test_a():\n    assert {call} == {expected}\n",
        "detail": f">       assert {call} == {expected}\nE       assert {seen}\n",
    }


@pytest.mark.parametrize("detail", [FAILED, LONG, MARKED])
def test_the_value_that_was_seen_takes_the_models_place(correct, detail):
    made = correct(detail=detail)
    assert made.code == DISAGREEING.replace("5", "0")
    assert made.look == "the model expected 5, 0 was seen when the code ran: which one is right?"


def test_the_question_is_about_the_value_that_was_changed(correct):
    made = correct()
    assert [(one.line, one.source, one.look) for one in made.oracle] == [
        (2, "model", False),
        (3, "observed", True),
    ]
    assert made.oracle[1].what == "0"


@pytest.mark.parametrize(
    ("seen", "expected", "literal"),
    [
        ("'a' == 'b'", "'b'", "'a'"),
        ("[1, 2] == [1]", "[1]", "[1, 2]"),
        ("None == 3", "3", "None"),
        ("-1 == 1", "1", "-1"),
        ("'x == 5' == 5", "5", "'x == 5'"),
    ],
)
def test_any_literal_may_take_it(correct, seen, expected, literal):
    made = correct(**failed(seen, expected))
    assert made.code == f"def test_a():\n    assert discount(-1) == {literal}\n"


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("<Cart object at 0x7f> == 5", "5"),
        ("[0, 1, 2, 3, 4, ...] == []", "[]"),
        ("False", "5"),
        ("0 == 6", "5"),
        ("'" + "x" * 200 + "' == 5", "5"),
        ("__import__('os') == 5", "5"),
    ],
)
def test_what_is_no_whole_literal_is_left(correct, seen, expected):
    assert correct(**failed(seen, expected)) is None


def test_the_test_file_may_have_other_quotes(correct):
    given = failed("'a' == 'b'", "'b'")
    made = correct(**{**given, "detail": given["detail"].replace("== 'b'\nE", '== "b"\nE')})
    assert made.code == "def test_a():\n    assert discount(-1) == 'a'\n"


@pytest.mark.parametrize("expected", ["other(1)", "x"])
def test_what_was_compared_with_no_literal_is_left(correct, expected):
    assert correct(**failed("0 == 5", expected)) is None


@pytest.mark.parametrize(
    "detail",
    ["", "E   NameError: name 'x' is not defined", ">       assert other() == 5\nE       assert 0 == 5\n"],
)
def test_another_failure_is_left(correct, detail):
    assert correct(detail=detail) is None


def test_where_the_docstring_sides_with_the_model_nothing_is_stated(correct):
    given = failed("'gave up' == 'gives up'", "'gives up'")
    assert correct(**given, docstring="Returns 'gives up' when nothing is left.") is None
    assert correct(**given, docstring="Returns a text.") is not None


def test_a_test_that_was_kept_is_left(correct):
    assert correct(verdict=Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.0)) is None


def test_a_test_that_missed_another_rung_is_left(correct):
    assert correct(verdict=Dropped(rung="gains", reason="nothing", detail=FAILED)) is None


def test_the_rest_of_the_test_stays_in_the_models_words(correct):
    code = "def test_a():  # why\n    assert discount( -1 ) == 5\n"
    made = correct(code=code, detail=">       assert discount(-1) == 5\nE       assert 0 == 5\n")
    assert made.code == code.replace("5", "0")
