"""One more row climbs the ladder: it is a case of its own, and those that were there stay what they are."""

from __future__ import annotations

from collections import deque

import pytest
from msgspec.structs import replace

from pytest_enrich import validate
from pytest_enrich.data import (
    Answered,
    Attempt,
    Dropped,
    Kept,
    NewRow,
    Oracle,
    Origin,
    Placement,
    Prove,
    Proved,
    TestOutcome,
)
from pytest_enrich.sandboxes.process import ProcessSandbox

TESTS = """\
import pytest
from shop.cart import discount


@pytest.mark.parametrize("total, expected", [(10, 10), (20, 20)])
def test_discount(total, expected):
    assert discount(total) == expected


@pytest.mark.parametrize("total", [1])
def test_any(total):
    check(discount(total), total)


def check(one, other):
    assert one == other


@pytest.mark.parametrize("total", [1])
def test_quiet(total):
    discount(total)
"""
NODE = "tests/test_cart.py::test_discount"
OLD, NEW = (f"{NODE}[10-10]", f"{NODE}[20-20]"), f"{NODE}[-1-0]"


def row(code="(-1, 0)", name="test_discount", argnames=("total", "expected"), **changes):
    plain = NewRow(
        name=name,
        code=code,
        argnames=argnames,
        imports=(),
        placement=Placement(path="tests/test_cart.py", anchor=name),
        title="discount: gives 0 when total < 0",
        look="is 0 meant?",
        oracle=(Oracle(line=1, what="0", source="observed", look=True),),
        origin=Origin(proposer="rows"),
        gaps=("cart-aaaaaaaa",),
    )
    return replace(plain, **changes)


def ended(*nodeids, **others):
    """A run in which these pass, and `others` (by the last part of the id) end as they say."""
    outcomes = [TestOutcome(nodeid=one, result="passed") for one in nodeids]
    outcomes += [TestOutcome(nodeid=f"{NODE}[{name}]", result=result) for name, result in others.items()]
    return Proved(outcomes=tuple(outcomes))


@pytest.fixture
def judge(fakes):
    """The verdict on a row when the runs before, with it, and of it alone answer so."""

    def judge(before=None, after=None, *, candidate=None, task=None):
        after = after or ended(*OLD, NEW)
        first = deque([before or ended(*OLD), after])

        def answer(job):
            if first:
                return first.popleft()
            found = ended(*(job.tests or [one.nodeid for one in after.outcomes]))
            return replace(
                found, lines=dict.fromkeys(job.measure, (4,)), branches=dict.fromkeys(job.measure, ((3, 4),))
            )

        sandbox = fakes.ScriptedSandbox({Prove: answer})
        verdict = validate.judge(task or fakes.task(text=TESTS), candidate or row(), sandbox, timeout=5.0)
        return verdict, sandbox

    return judge


def test_a_row_that_is_one_more_case_is_kept(fakes, judge):
    verdict, sandbox = judge()

    assert isinstance(verdict, Kept)
    before, after, measured, *_ = sandbox.asked(Prove)
    assert (before.text, before.tests) == (TESTS, (NODE,))
    assert "(20, 20), (-1, 0)]" in after.text
    assert after.tests == (NODE,)
    assert (measured.tests, measured.measure) == ((NEW,), (fakes.PATH,))


@pytest.mark.parametrize(
    ("after", "rung", "reason"),
    [
        (ended(f"{NODE}[a]", f"{NODE}[b]", NEW), "runs", "cases that exist are gone with it"),
        (ended(OLD[0], NEW), "runs", "cases that exist are gone with it"),
        (ended(OLD[0], NEW, **{"20-20": "failed"}), "passes", "cases that exist end otherwise with it"),
        (ended(*OLD), "runs", "was not collected as a case"),
        (ended(*OLD, "tests/test_cart.py::test_other[1]"), "runs", "was not collected as a case"),
        (ended(*OLD, NODE), "runs", "was not collected as a case"),
    ],
)
def test_a_row_that_is_not_just_one_more_case_is_dropped(judge, after, rung, reason):
    verdict, sandbox = judge(after=after)

    assert (verdict.rung, verdict.reason) == (rung, reason)
    assert len(sandbox.jobs) == 2


def test_a_row_that_gives_several_cases_needs_all_of_them_to_pass(judge):
    more = (f"{NODE}[-1-0-a]", f"{NODE}[-1-0-b]")

    verdict, sandbox = judge(after=ended(*OLD, *more))

    assert isinstance(verdict, Kept)
    assert sandbox.asked(Prove)[2].tests == more


OTHER = "tests/test_cart.py::test_other"
LISTED = TESTS.replace("[(10, 10), (20, 20)]", "CASES").replace(
    "\n\n\n",
    """

CASES = [(10, 10)]


@pytest.mark.parametrize("a, b", CASES)
def test_other(a, b): ...


""",
    1,
)


def test_a_row_that_fails_is_dropped(fakes):
    sandbox = fakes.ScriptedSandbox(
        {Prove: [ended(*OLD), ended(*OLD, **{"-1-0": "failed"}), ended(**{"-1-0": "failed"})]}
    )

    verdict = validate.judge(fakes.task(text=TESTS), row(), sandbox, timeout=5.0)

    assert (verdict.rung, verdict.reason) == ("passes", "failed")


def test_a_run_without_an_answer_counts_against_it(fakes):
    sandbox = fakes.ScriptedSandbox({Prove: [ended(*OLD), fakes.failed("timeout")]})

    verdict = validate.judge(fakes.task(text=TESTS), row(), sandbox, timeout=5.0)

    assert (verdict.rung, verdict.reason) == ("runs", "timeout")


@pytest.mark.parametrize(
    ("candidate", "rung"),
    [
        (row("(-1, 0), (2, 2)"), "parses"),
        (row("*MORE"), "parses"),
        (row("(-1, "), "parses"),
        (row('(eval("1"), 1)'), "allowed"),
        (row("(__import__('os').abort(), 1)"), "allowed"),
        (row("2", "test_quiet", ("total",)), "asserts"),
        (row("(10,10)"), "new"),
        (row("[20, 20]"), "new"),
        (row("(1, 1)", argnames=("a", "b")), "parses"),
        (row("(1, 1)", "test_gone"), "asserts"),
    ],
)
def test_what_can_be_seen_by_reading_is_never_run(judge, candidate, rung):
    verdict, sandbox = judge(candidate=candidate)

    assert (verdict.rung, sandbox.jobs) == (rung, [])


def test_a_row_that_was_thought_of_before_is_not_new(fakes, judge):
    tried = Attempt(
        path=fakes.PATH,
        qualname="discount",
        digest="d",
        candidate=row("( -1,0 )"),
        verdict=Dropped(rung="passes", reason="failed"),
    )

    verdict, sandbox = judge(task=fakes.task(text=TESTS, attempts=(tried,)))

    assert (verdict.rung, sandbox.jobs) == ("new", [])


def test_a_test_asserts_what_a_function_asserts_that_it_calls(judge):
    verdict, _ = judge(
        candidate=row("-1", "test_any", ("total",)),
        before=ended("tests/test_cart.py::test_any[1]"),
        after=ended("tests/test_cart.py::test_any[1]", "tests/test_cart.py::test_any[-1]"),
    )

    assert isinstance(verdict, Kept)


SOURCE = "def discount(total):\n    rate = 1\n    if total < 0:\n        return 0\n    return total * rate\n"
REAL = """\
import pytest
from shop.cart import discount


@pytest.fixture
def doubled(request):
    return request.param * 2


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize(
    "doubled, expected",
    [
        (5, 10),
        pytest.param(10, 20, id="ten"),
    ],
    indirect=["doubled"],
)
def test_discount(doubled, expected, more):
    assert discount(doubled) == expected
"""


@pytest.mark.slow
def test_pytest_itself_says_which_cases_are_new(tmp_path, fakes):
    for name, text in {"src/shop/cart.py": SOURCE, "tests/test_cart.py": REAL}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = src\n")
    sandbox = ProcessSandbox(tmp_path)
    task = fakes.task(text=REAL, source_text=SOURCE)
    ran: list[tuple[str, ...]] = []

    class Noting:
        isolation = "process"

        def execute(self, job, *, timeout):
            execution = sandbox.execute(job, timeout=timeout)
            if isinstance(job, Prove) and job.measure and job.tests:
                assert isinstance(execution, Answered)
                ran.append(tuple(one.nodeid for one in execution.answer.outcomes))
            return execution

    def judged(code):
        return validate.judge(task, row(code, argnames=("doubled", "expected")), Noting(), timeout=60)

    kept, wrong, same_id = judged("(-2, 0)"), judged("(-2, 1)"), judged('pytest.param(-3, 0, id="ten")')

    assert isinstance(kept, Kept)
    assert ran[0] == (f"{NODE}[-2-0-0]", f"{NODE}[-2-0-1]")
    assert kept.branches == ((3, 4),)
    assert (wrong.rung, wrong.reason) == ("passes", "failed")
    assert (same_id.rung, same_id.reason) == ("runs", "cases that exist are gone with it")
