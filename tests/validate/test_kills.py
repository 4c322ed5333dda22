import pytest

from pytest_enrich import validate
from pytest_enrich.data import (
    Answered,
    Dropped,
    Failed,
    Gap,
    Kept,
    MutantFate,
    Mutate,
    Mutated,
    NearTest,
    NewTest,
    Oracle,
    Origin,
    Placement,
    Proved,
    Target,
    TestOutcome,
)
from pytest_enrich.protocols import Task

SOURCE = "def f(x):\n    if x < 0:\n        return -x\n    return x\n"
PLACE = Placement(path="tests/test_a.py")
RUN = (1, 2, 3, 4, 7, 8)


class Sandbox:
    """Everything passes; mutants end as they are told to."""

    isolation = "none"

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def execute(self, job, *, timeout):
        if isinstance(job, Mutate):
            self.asked.append(job)
            return self.answer(job)
        outcomes = (TestOutcome(nodeid="tests/test_a.py::test_f", result="passed"),)
        return Answered(answer=Proved(outcomes=outcomes, lines={"a.py": RUN}), seconds=timeout)


def fates(*words, before=()):
    def answer(job):
        found = tuple(
            MutantFate(id=one.id, fate=words[at % len(words)], killed_before=before)
            for at, one in enumerate(job.mutants)
        )
        return Answered(answer=Mutated(fates=found, canary="killed", control="survived"), seconds=0)

    return answer


@pytest.fixture
def judge():
    def judge(  # noqa: PLR0913
        answer, *, source=SOURCE, near=(), lowest="good", asserted="assert f(-1) == 1", oracle=()
    ):
        gap = Gap(id="a-1", path="a.py", qualname="f", line=2, outcome="true", text="if x < 0:", lines=(3,))
        target = Target(
            path="a.py", qualname="f", module="a", kind="function", first_line=1, source=SOURCE,
            gaps=(gap,), placement=PLACE, digest="0", nearest=near,
        )  # fmt: skip
        task = Task(
            target=target, attempts=(), test_text="", seconds=1, executions=1, seed=0, source_text=source
        )  # fmt: skip
        candidate = NewTest(
            name="test_f", code=f"def test_f():\n    {asserted}\n", imports=("from a import f",),
            placement=PLACE, title="f", look="", oracle=oracle, origin=Origin(proposer="search"), gaps=("a-1",),
        )  # fmt: skip
        sandbox = Sandbox(answer)
        return validate.judge(task, candidate, sandbox, timeout=1, lowest=lowest), sandbox.asked

    return judge


def test_what_kills_everything_is_strong(judge):
    kept, _ = judge(fates("killed"))
    assert isinstance(kept, Kept)
    assert (kept.grade, kept.mutants.killed, kept.mutants.of) == ("strong", 5, 5)
    assert "x < 0 -> x <= 0" in [one.change for one in kept.mutants.list]


def test_what_kills_nothing_is_dropped_unless_it_is_asked_for(judge):
    assert judge(fates("survived"))[0] == Dropped(
        rung="kills",
        reason="kills no mutant",
        detail="0 of 5 killed; alive: line 2: x < 0 -> x <= 0; line 2: x < 0 -> x >= 0; line 2: 0 -> 1; "
        "line 3: return -x -> return None; line 3: -x -> x",
        grade="weak",
    )
    assert judge(fates("survived"), lowest="weak")[0].grade == "weak"


def test_only_strong_tests_are_kept_when_that_is_asked_for(judge):
    assert judge(fates("survived", "killed"))[0].grade == "good"
    assert judge(fates("survived", "killed"), lowest="strong")[0].reason == "is good, not strong"


def test_existing_tests_are_asked_only_about_lines_that_they_run(judge):
    near = (NearTest(nodeid="tests/test_a.py::test_g", shared=2), NearTest(nodeid="t::h", shared=0))
    _, (job,) = judge(fates("killed"), near=near)
    assert job.others == ("tests/test_a.py::test_g",)
    assert [one.statement for one in job.mutants if one.id in job.contested] == [2, 2, 2]
    assert judge(fates("killed"))[1][0].contested == ()


def test_the_candidate_runs_in_its_place(judge):
    _, (job,) = judge(fates("killed"))
    assert (job.path, job.tests, job.source) == ("tests/test_a.py", ("tests/test_a.py::test_f",), "a.py")
    assert "def test_f():" in job.text
    assert job.source_text == SOURCE


def mutated(**parts):
    return lambda _job: Answered(answer=Mutated(**parts), seconds=0)


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        (mutated(unable="no"), "the mutants could not be tried: no"),
        (fates("untried"), "no mutant could be tried in time"),
    ],
)
def test_when_nothing_can_be_said_that_is_said(judge, answer, note):
    kept, _ = judge(answer)
    assert (kept.grade, kept.mutants.of, kept.mutants.note) == ("ungraded", 0, note)
    assert judge(answer, lowest="strong")[0].reason == "could not be graded"


@pytest.mark.parametrize(
    ("answer", "reason", "detail"),
    [
        (
            lambda _job: Failed(reason="memory", detail="", seconds=0),
            "could not be graded",
            "the mutants could not be tried: memory",
        ),
        (
            lambda _job: Answered(answer=Proved(outcomes=()), seconds=0),
            "could not be graded",
            "the mutants could not be tried: bad answer",
        ),
        (mutated(error="no"), "could not be graded", "the mutants could not be tried: no"),
        (mutated(canary="killed"), "could not be graded", "no mutant could be tried in time"),
        (
            mutated(canary="killed", control="killed"),
            "does not pass again",
            "run like a mutant, with nothing changed: killed",
        ),
        (
            mutated(canary="survived", control="survived"),
            "does not notice what the gap's code does",
            "where the gap's code raises BaseException: survived",
        ),
    ],
)
@pytest.mark.parametrize("lowest", ["good", "weak"])
def test_what_contradicts_the_proof_is_dropped(judge, answer, reason, detail, lowest):
    dropped, _ = judge(answer, lowest=lowest)
    assert dropped == Dropped(rung="kills", reason=reason, detail=detail)


def raising(*words, raised=True):
    def answer(job):
        found = [
            MutantFate(id=one.id, fate=words[at % len(words)], raised=raised) for at, one in enumerate(job.mutants)
        ]
        return Answered(answer=Mutated(fates=tuple(found), canary="killed", control="survived"), seconds=0)

    return answer


def test_where_the_code_raises_and_no_assertion_notices_what_lives_a_test_is_weak(judge):
    dropped, _ = judge(raising("killed", "survived", "timeout"))
    assert (dropped.grade, dropped.reason) == ("weak", "its assertions notice no mutant")
    assert judge(raising("killed", "timeout"))[0].grade == "strong"
    assert judge(raising("killed", "survived", raised=False))[0].grade == "good"


def test_what_states_all_that_a_call_gives_is_not_blind_for_what_lives(judge):
    kept, _ = judge(raising("killed", "survived"), asserted="assert f(-1) == 'negative'")
    assert kept.grade == "good"


def noticing(*lines):
    """Mutants of these lines are killed, all others live."""

    def answer(job):
        found = (MutantFate(id=one.id, fate="killed" if one.line in lines else "survived") for one in job.mutants)
        return Answered(answer=Mutated(fates=tuple(found), canary="killed", control="survived"), seconds=0)

    return answer


MEASURING = "def f(x):\n    if x < 0:\n        print(x)\n    return x * 2\n\n\ndef g(x):\n    return x * 3\n"
FORETOLD = (Oracle(line=2, what="f(-1) == -2", source="model"),)


def test_what_was_foretold_may_notice_what_else_it_runs_of_the_function(judge):
    kept, (_, job) = judge(noticing(4), source=MEASURING, oracle=FORETOLD)
    assert kept.grade == "good"
    assert {one.line for one in job.mutants} == {2, 3, 4}


@pytest.mark.parametrize("source", ["observed", "docstring"])
def test_what_was_read_off_has_to_notice_what_the_gap_does(judge, source):
    oracle = (Oracle(line=2, what="f(-1) == -2", source=source),)
    dropped, asked = judge(noticing(4), source=MEASURING, oracle=oracle)
    assert (dropped.reason, len(asked)) == ("kills no mutant", 1)


def test_what_was_foretold_and_notices_nothing_is_dropped(judge):
    dropped, _ = judge(noticing(8), source=MEASURING, oracle=FORETOLD)
    assert dropped.reason == "kills no mutant"


def test_an_empty_value_that_was_foretold_is_not_blind(judge):
    foretold, _ = judge(raising("killed", "survived"), asserted="assert f(-1) == ''", oracle=FORETOLD)
    observed, _ = judge(raising("killed", "survived"), asserted="assert f(-1) == ''")
    assert (foretold.grade, observed.reason) == ("good", "its assertions notice no mutant")


def test_the_canary_raises_where_the_candidate_was(judge):
    _, (job,) = judge(fates("killed"))
    assert job.canary.apply(SOURCE) == SOURCE.replace("return -x", "raise BaseException; return -x")


def test_code_without_mutants_is_not_graded(judge):
    kept, asked = judge(fates("killed"), source="def f(x):\n    pass\n")
    assert (kept.grade, kept.mutants.note) == ("ungraded", "no mutant could be made of the gap's code")
    assert not asked
