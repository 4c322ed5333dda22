from __future__ import annotations

from pytest_enrich import gaps
from pytest_enrich.data import Gap


def gap(qualname: str, line: int, outcome: str = "true", branches: int = 1, text: str = "if x:") -> Gap:
    return Gap(
        id=f"m-{line:08}",
        path="m.py",
        qualname=qualname,
        line=line,
        outcome=outcome,
        text=text,
        branches=tuple((line, line + one) for one in range(branches)),
    )


def names(*some: Gap) -> list[str]:
    return [one.gap.qualname for one in gaps.order(some)]


def test_functions_that_tests_run_come_first():
    never = gap("never", 1, "entered", 0, "def never():")
    assert names(never, gap("never", 2), gap("never", 3), gap("run", 9)) == ["run", "never", "never", "never"]


def test_most_missing_branches_come_first():
    assert names(gap("one", 1), gap("two", 5), gap("two", 6)) == ["two", "two", "one"]


def test_of_two_alike_error_handling_comes_first():
    assert names(gap("plain", 1, branches=0), gap("errors", 5, "raises", 0)) == ["errors", "plain"]


def test_module_bodies_come_last():
    assert names(gap("", 1, branches=9), gap("f", 5)) == ["f", ""]


def test_the_gaps_of_a_function_stay_together_what_enters_it_first():
    some = [gap("f", 3), gap("g", 9), gap("f", 1, "entered", 0, "def f():"), gap("f", 2)]
    assert [(one.gap.qualname, one.gap.line) for one in gaps.order(some)] == [
        ("g", 9),
        ("f", 1),
        ("f", 2),
        ("f", 3),
    ]


def test_every_place_has_its_reason():
    some = [gap("f", 1), gap("f", 2, "raises", 0), gap("g", 5, "entered", 0, "def g():"), gap("", 9)]
    assert [one.reason for one in gaps.order(some)] == [
        "tests run this function; 1 missing branch",
        "tests run this function; its error handling never happened",
        "no test runs this function",
        "runs on import only",
    ]
