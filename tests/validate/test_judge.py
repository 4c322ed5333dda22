from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich import validate
from pytest_enrich.data import Dropped, Kept, NearTest, Prove, Proved, TestOutcome
from pytest_enrich.validate import proof
from pytest_enrich.validate.gain import gained
from pytest_enrich.validate.stable import RUNS, TRIALS

NODE = "tests/test_cart.py::test_negative"


@pytest.fixture
def judge(fakes):
    """The verdict when the runs of the candidate answer so, and the sandbox that was asked."""

    def judge(*answers, task=None, candidate=None, existing=None):
        sandbox = fakes.ScriptedSandbox({Prove: list(answers)})
        verdict = validate.judge(
            task or fakes.task(), candidate or fakes.candidate(), sandbox, timeout=5.0, existing=existing
        )
        return verdict, sandbox

    return judge


def test_a_test_that_passes_everywhere_and_closes_a_gap_is_kept(fakes, judge):
    verdict, _ = judge(fakes.proved())
    assert isinstance(verdict, Kept)
    assert (verdict.gaps, verdict.lines, verdict.branches) == (("cart-aaaaaaaa",), (4,), ((3, 4),))
    assert verdict.runs[: 1 + len(TRIALS)] == ("measured", *(trial.name for trial in TRIALS))


def test_each_run_is_a_different_one(fakes, judge):
    _, sandbox = judge(fakes.proved())
    first, *others = (run for run in sandbox.asked(Prove) if "def test_negative" in run.text)
    assert (first.tests, first.measure) == ((NODE,), (fakes.PATH,))
    assert len(others) == len(RUNS)
    assert len({str(run) for run in (first, *others)}) == 1 + len(RUNS)
    assert all("def test_discount" in run.text for run in (first, *others))


@pytest.mark.parametrize("result", ["failed", "skipped", "error"])
def test_what_does_not_pass_is_dropped_at_once(fakes, judge, result):
    verdict, sandbox = judge(fakes.proved(result=result, detail="E  assert 1 == 0"))
    assert verdict == Dropped(rung="passes", reason=result, detail="E  assert 1 == 0")
    assert len(sandbox.jobs) == 1


@pytest.mark.parametrize(
    ("ends", "told"),
    [(["failed", "failed"], True), (["failed", "passed"], False), (["passed"], False)],
    ids=["none passes", "one passes", "the first passes"],
)
def test_where_no_existing_test_passes_measured_the_run_says_that_nothing_can_be_proven(fakes, judge, ends, told):
    existing, names = validate.Existing(), [f"{fakes.TESTS}::test_{name}" for name in ("one", "two")]
    nearest = tuple(NearTest(nodeid=f"{name}[1]", shared=1) for name in names)
    task = replace(fakes.task(), target=replace(fakes.task().target, nearest=nearest))
    fallen = fakes.proved(result="failed", detail="E   assert 1 == 0")
    others = [fakes.proved(name, end, detail="E   OSError: no") for name, end in zip(names, ends, strict=False)]
    verdict, sandbox = judge(fallen, *others, task=task, existing=existing)
    assert verdict.rung == "passes"
    assert [job.tests for job in sandbox.jobs[1:]] == [(name,) for name in names[: len(ends)]]
    assert all(job.text == task.test_text and job.measure for job in sandbox.jobs[1:])
    way = "alone with coverage; nothing can be proven there"
    note = f"existing tests of {fakes.TESTS} do not pass {way}: OSError: no"
    assert existing.notes == ((note,) if told else ())
    assert judge(fallen, task=task, existing=existing)[1].jobs[1:] == []


@pytest.mark.parametrize("reason", ["timeout", "crash", "memory", "no answer", "bad answer", "refused"])
def test_a_run_that_gives_no_answer_counts_against_it(fakes, judge, reason):
    verdict, _ = judge(fakes.failed(reason))
    assert (verdict.rung, verdict.reason) == ("runs", reason)


def test_what_reaches_nothing_that_is_missing_is_dropped(fakes, judge):
    verdict, _ = judge(fakes.proved(lines=(1, 2, 3), branches=((3, 9),)))
    assert verdict == Dropped(rung="gains", reason="closes no gap")


def test_a_run_that_hangs_later_is_dropped(fakes, judge):
    verdict, _ = judge(fakes.proved(), fakes.failed("timeout"))
    assert verdict.rung == "stable"


def test_the_run_must_be_of_this_very_test(fakes, judge):
    verdict, _ = judge(fakes.proved(nodeid="tests/test_cart.py::test_other"))
    assert (verdict.rung, verdict.reason) == ("runs", "was not collected as one test")


def test_a_test_that_is_run_twice_is_not_one(judge):
    one = TestOutcome(nodeid=NODE, result="passed")
    verdict, _ = judge(Proved(outcomes=(one, one)))
    assert (verdict.rung, verdict.reason) == ("runs", "was not collected as one test")


def cases(*names, result="passed"):
    """A run of the candidate once for each parameter of a fixture."""

    def answer(job):
        ends = ["passed"] * (len(names) - 1) + [result]
        outcomes = [
            TestOutcome(nodeid=f"{NODE}[{name}]", result=end) for name, end in zip(names, ends, strict=True)
        ]
        measured = dict.fromkeys(job.measure, (4,)), dict.fromkeys(job.measure, ((3, 4),))
        return Proved(outcomes=tuple(outcomes), lines=measured[0], branches=measured[1])

    return answer


def test_a_test_whose_fixture_has_parameters_passes_with_each(judge):
    assert isinstance(judge(cases("asyncio", "trio"))[0], Kept)
    assert judge(cases("asyncio", "trio", result="failed"))[0] == Dropped(rung="passes", reason="failed")


def test_a_parameter_that_is_skipped_here_does_not_count_where_another_one_passes(judge):
    assert isinstance(judge(cases("native", "speedups", result="skipped"))[0], Kept)
    assert judge(cases("speedups", result="skipped"))[0] == Dropped(rung="passes", reason="skipped")


def test_too_many_parameters_are_not_one_test(judge):
    verdict, _ = judge(cases(*map(str, range(proof.MOST_CASES + 1))))
    assert verdict.reason == "was not collected as one test"


def test_an_answer_without_coverage_is_no_gain(judge):
    verdict, _ = judge(Proved(outcomes=(TestOutcome(nodeid=NODE, result="passed"),)))
    assert verdict.rung == "gains"


def test_coverage_of_another_file_is_no_gain(judge):
    outcome = TestOutcome(nodeid=NODE, result="passed")
    verdict, _ = judge(Proved(outcomes=(outcome,), lines={"src/other.py": (4,)}, branches={}))
    assert verdict.rung == "gains"


def test_what_cannot_be_read_is_never_run(fakes, judge):
    verdict, sandbox = judge(fakes.proved(), candidate=fakes.candidate("def test_negative():\n    pass\n"))
    assert (verdict.rung, sandbox.jobs) == ("asserts", [])


def test_what_cannot_be_put_into_the_file_is_never_run(fakes, judge):
    verdict, sandbox = judge(fakes.proved(), task=fakes.task(text="def (:\n"))
    assert (verdict.rung, sandbox.jobs) == ("parses", [])


def test_a_long_failure_is_cut(fakes, judge):
    verdict, _ = judge(fakes.proved(result="failed", detail="x" * 5000 + "end"))
    assert len(verdict.detail) < 1000
    assert verdict.detail.endswith("end")


def test_a_test_in_a_class_is_asked_for_there(fakes, judge):
    placement = replace(fakes.candidate().placement, owner="TestCart", anchor=None, style="method")
    candidate = fakes.candidate("def test_negative(self):\n    assert discount(-1) == 0\n", placement=placement)
    task = fakes.task(text="class TestCart:\n    def test_a(self):\n        assert discount(10) == 10\n")
    nodeid = "tests/test_cart.py::TestCart::test_negative"
    verdict, _ = judge(fakes.proved(nodeid=nodeid), task=task, candidate=candidate)
    assert isinstance(verdict, Kept)


def test_a_gap_is_closed_by_a_branch_of_it_or_by_a_line_when_it_has_none(fakes):
    taken = fakes.gap("cart-3", 3)
    line_only = fakes.gap("cart-6", 6, branches=())
    not_taken = fakes.gap("cart-9", 9)
    proved = Proved(outcomes=(), lines={fakes.PATH: (4, 7, 10, 50)}, branches={fakes.PATH: ((3, 4), (50, 51))})
    assert gained(proved, fakes.PATH, [taken, line_only, not_taken]) == (("cart-3", "cart-6"), (4, 7), ((3, 4),))
    assert gained(proved, "other.py", [taken]) == ((), (), ())


def test_a_part_of_a_gap_is_a_gain(fakes):
    gap = fakes.gap("cart-3", 3, lines=(4, 5), branches=((3, 4), (3, 9)))
    proved = Proved(outcomes=(), lines={fakes.PATH: (4,)}, branches={fakes.PATH: ((3, 4),)})
    assert gained(proved, fakes.PATH, [gap]) == (("cart-3",), (4,), ((3, 4),))


def test_a_run_that_tells_of_branches_that_the_code_does_not_have_is_not_believed(fakes, judge):
    source = "def discount(total):\n    rate = 2\n    if total < 0:\n        return 0\n    return rate\n"
    task = fakes.task(source_text=source)
    honest, _ = judge(fakes.proved(), task=task)
    forged, _ = judge(fakes.proved(branches=((3, 4), (3, 1))), task=task)
    assert isinstance(honest, Kept)
    assert forged == Dropped(rung="gains", reason="reports branches that the code does not have")
