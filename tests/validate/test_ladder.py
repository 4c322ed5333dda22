"""The ladder with nothing scripted: real mutants, in forks, of the code of one gap."""

from __future__ import annotations

import textwrap
from contextlib import closing

import pytest
from msgspec.structs import replace

from pytest_enrich import validate
from pytest_enrich.data import Dropped, Kept, NearTest, Origin, Placement, Program
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

SOURCE = """\
def price(age, member=False):
    cost = 12 if age < 65 else 9
    if member:
        cost -= 2
    return cost
"""
TESTS = """\
from tickets import price


def test_adult():
    assert price(30) == 12
"""
PATH, TEST_PATH = "src/tickets.py", "tests/test_tickets.py"
NEGATED, LEFT_OUT, ADDED, THREE = "member -> not member", "cost -= 2 -> pass", "cost -= 2 -> cost += 2", "2 -> 3"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    root = tmp_path_factory.mktemp("tickets")
    for name, text in {PATH: SOURCE, TEST_PATH: TESTS, "pytest.ini": "[pytest]\npythonpath = src\n"}.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    with closing(ForkserverSandbox(ProcessSandbox(root))) as forks:
        yield forks


@pytest.fixture
def judge(fakes, sandbox):
    """The verdict on a test with this body."""

    def judge(body, *, near=True, lowest="good", corpus=()):
        gap = fakes.gap("tickets-1", 3, path=PATH, qualname="price", text="if member:")
        place = Placement(path=TEST_PATH, anchor="test_adult")
        nearest = (NearTest(nodeid=f"{TEST_PATH}::test_adult", shared=3),) if near else ()
        task = fakes.task(gap, text=TESTS, source_text=SOURCE)
        task = replace(task, target=replace(task.target, module="tickets", nearest=nearest, placement=place))
        code = f"def test_member():\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"
        origin = Origin(proposer="fake", corpus=corpus)
        candidate = fakes.candidate(code, placement=place, origin=origin, gaps=("tickets-1",))
        return validate.judge(task, candidate, sandbox, timeout=60.0, lowest=lowest)

    return judge


def alive(verdict):
    return {one.change for one in verdict.mutants.list if not one.killed}


def test_one_that_says_what_the_code_gives_is_strong(judge):
    verdict = judge("assert price(30, member=True) == 10")
    assert isinstance(verdict, Kept), verdict
    assert (verdict.grade, verdict.mutants.killed, verdict.mutants.of) == ("strong", 4, 4)
    assert [one.change for one in verdict.mutants.list if one.killed_before] == [NEGATED]
    assert verdict.smaller is None


def test_one_that_leaves_a_mutant_alive_is_good(judge):
    verdict = judge("assert price(30, member=True) < 12")
    assert isinstance(verdict, Kept), verdict
    assert (verdict.grade, alive(verdict)) == ("good", {THREE})


def test_one_that_only_runs_the_code_is_weak_and_not_shown(judge):
    body = "assert price(30, member=True) is not None"
    verdict = judge(body)
    assert isinstance(verdict, Dropped)
    assert (verdict.rung, verdict.reason, verdict.grade) == ("kills", "kills no mutant", "weak")
    assert judge(body, lowest="weak").grade == "weak"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        pytest.param(
            """
            result = price(30, member=True)
            assert isinstance(result, int)
            assert result < 12
            assert result == 10
            assert result is not None
            """,
            ["assert price(30, member=True) == 10"],
            id="assertions that notice nothing, or nothing more",
        ),
        pytest.param(
            """
            result = price(30, member=True)
            assert result > 9
            assert result < 11
            """,
            ["result = price(30, member=True)", "assert result > 9", "assert result < 11"],
            id="each notices something",
        ),
        pytest.param(
            """
            ages = [30, 40, 50, 60]
            other = price(30)
            assert price(100, member=True) == 7
            """,
            ["assert price(100, member=True) == 7"],
            id="what nothing needs",
        ),
    ],
)
def test_what_is_kept_has_no_more_in_it_than_it_needs(judge, body, left):
    verdict = judge(body)
    assert isinstance(verdict, Kept), verdict
    code = verdict.smaller.code if verdict.smaller else textwrap.dedent(body)
    lines = [line.strip() for line in code.strip().splitlines()]
    assert [line for line in lines if not line.startswith("def ")] == left
    assert verdict.grade == "strong"


def test_what_no_call_tells_apart_is_perhaps_no_change_and_counts(judge):
    calls = ("⟨tickets:price⟩(30, True) > 0", "⟨tickets:price⟩(70)")
    corpus = tuple(Program(lines=(), action=one) for one in calls)
    verdict = judge("assert price(30, member=True) < 12", corpus=corpus)
    assert isinstance(verdict, Kept), verdict
    assert [one.change for one in verdict.mutants.list if one.equivalent] == [THREE]
    assert (verdict.mutants.of, verdict.grade) == (4, "good")
    corpus = (*corpus, Program(lines=(), action="⟨tickets:price⟩(31, True)"))
    assert not any(
        one.equivalent for one in judge("assert price(30, member=True) < 12", corpus=corpus).mutants.list
    )
