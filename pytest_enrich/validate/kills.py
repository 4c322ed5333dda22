"""The rung `kills`: which small changes of the gap's code a test notices, and the grade that results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich import mutants, patch
from pytest_enrich.data import (
    Call,
    Candidate,
    Dropped,
    Failed,
    Gap,
    Grade,
    Mutant,
    MutantFate,
    MutantsPart,
    Mutate,
    Mutated,
    NewTest,
    Program,
    Target,
    Tried,
)
from pytest_enrich.data.code import within
from pytest_enrich.protocols import Sandbox
from pytest_enrich.refine.asserting import expects, stated, states_all
from pytest_enrich.validate.gain import Gained
from pytest_enrich.validate.proof import Proof

_BEST_FIRST: tuple[Grade, ...] = ("strong", "good", "weak")
_ALIVE = "survived"
_LIVES = {_ALIVE, "untried"}
BUDGET = 20.0
"""Seconds for all mutants of one candidate, or `TIMES` as long as it takes when that is more."""
TIMES = 10
BEFORE = 1.0
"""Seconds, in all, of the existing tests that are asked whether they notice a mutant as well."""
MOST_OTHERS = 100
MOST_TOLD = 3
_LOST = {"timeout", "crash"}


def tried_mutants(mutants: Iterable[Mutant], fates: Iterable[MutantFate]) -> tuple[Tried, ...]:
    """The mutants that were run, in order, with what became of each; the others do not count."""
    by_id = {fate.id: fate for fate in fates if fate.fate != "untried"}
    return tuple(_tried(mutant, by_id[mutant.id]) for mutant in mutants if mutant.id in by_id)


def _tried(mutant: Mutant, fate: MutantFate) -> Tried:
    """What noticed a mutant; one that nothing noticed, not even explored calls, is perhaps equivalent."""
    killed, before = fate.fate != _ALIVE, bool(fate.killed_before)
    return Tried(
        line=mutant.line,
        change=mutant.change,
        killed=killed,
        killed_before=before,
        equivalent=fate.alike > 0 and not killed and not before,
    )


def grade_of(found: Sequence[Tried]) -> Grade:
    """The grade that the mutants of the gaps' code give.

    Returns:
        `strong` when the test kills one that no existing test kills, and none is left alive by all of them
        together; `good` when it kills one; `weak` when none; `ungraded` when there are none.
    """
    if not found:
        return "ungraded"
    if not any(mutant.killed for mutant in found):
        return "weak"
    is_new = any(mutant.killed and not mutant.killed_before for mutant in found)
    return "strong" if is_new and all(mutant.killed or mutant.killed_before for mutant in found) else "good"


def mutants_part(found: Sequence[Tried], note: str = "") -> MutantsPart:
    """What a suggestion says about them."""
    return MutantsPart(killed=sum(mutant.killed for mutant in found), of=len(found), list=tuple(found), note=note)


def grade_refusal(given: Grade, part: MutantsPart, lowest: Grade) -> Dropped | None:
    """Why a test with this grade is not shown to anyone, or None.

    What nobody could grade is shown, unless only strong tests are wanted.
    """
    if given == "ungraded" and lowest == "strong":
        return Dropped(rung="kills", reason="could not be graded", detail=part.note, grade=given)
    if given == "ungraded" or _BEST_FIRST.index(given) <= _BEST_FIRST.index(lowest):
        return None
    alive = "; ".join(f"line {mutant.line}: {mutant.change}" for mutant in part.list if not mutant.killed)
    nothing = "its assertions notice no mutant" if part.killed else "kills no mutant"
    reason = nothing if given == "weak" else f"is {given}, not {lowest}"
    detail = f"{part.killed} of {part.of} killed; alive: {alive}"
    return Dropped(rung="kills", reason=reason, detail=detail, grade=given)


class Counted(Struct, frozen=True, kw_only=True):
    """What became of the mutants.

    Attributes:
        grade: `ungraded` with a note in `facts` when nothing can be said.
        facts: What a suggestion says about them.
        killed: The mutants that the candidate kills.
        fresh: The ids of those that no existing test is known to kill.
        alive: Those that it does not kill.
        by_part: For each part the ids of those of `killed` that it kills; none for a part that does not pass
            alone. When a mutant ended the run, nobody knows which part noticed it: it counts for each.
        told: The explored calls that tell apart most of the mutants that no test notices, the best first.
        canary: The mutant that it had to die of.
        controls: As in `Kept`.
        fault: Why its results on mutants are not believed.
    """

    grade: Grade
    facts: MutantsPart
    killed: tuple[Mutant, ...] = ()
    fresh: frozenset[str] = frozenset()
    alive: tuple[Mutant, ...] = ()
    by_part: tuple[frozenset[str], ...] = ()
    told: tuple[Call, ...] = ()
    canary: Mutant | None = None
    controls: dict[str, str] = {}
    fault: Dropped | None = None

    def left(self, killed: Collection[str]) -> Counted | None:
        """The same for a test that kills just these (ids); None where its grade might be lower.

        A mutant that existing tests kill as well is not what this test is there for.
        """
        needed = self.fresh or {mutant.id for mutant in self.killed}
        if not needed <= {*killed}:
            return None
        still = iter([mutant.id in killed for mutant in self.killed])
        found = tuple(replace(tried, killed=next(still)) if tried.killed else tried for tried in self.facts.list)
        kept = tuple(mutant for mutant in self.killed if mutant.id in killed)
        return replace(self, killed=kept, facts=mutants_part(found, self.facts.note))


def count(proof: Proof, first: Gained, parts: Sequence[NewTest] = ()) -> Counted:
    """Run a candidate against the mutants of the code of the gaps that it closes.

    A foretold test that notices none of these may notice changes of what else it runs of the function or class.

    Args:
        proof: The candidate.
        first: What it closes.
        parts: Tests that are parts of it: what each of them kills is recorded.
    """
    closed = [gap for gap in proof.task.target.gaps if gap.id in first.own]
    made = mutants.of_gaps(proof.task.source_text, closed)
    if not made:
        return Counted(grade="ungraded", facts=mutants_part((), "no mutant could be made of the gap's code"))
    counted = _count(proof, first, closed, made, parts)
    if counted.grade != "weak" or counted.fault is not None or not _is_foretold(proof.candidate):
        return counted
    around = mutants.around(proof.task.source_text, closed, first.ran)
    wider = _count(proof, first, closed, around, parts) if around else counted
    return counted if wider.fault is not None else wider


def _count(
    proof: Proof, first: Gained, closed: Sequence[Gap], made: tuple[Mutant, ...], parts: Sequence[NewTest]
) -> Counted:
    """Run it against these mutants."""
    task, path = proof.task, proof.task.target.path
    running = [test for test in task.target.nearest if test.shared]
    near = tuple(test.nodeid for test in within(running, BEFORE))[:MOST_OTHERS]
    contested = proof.existing.unasked(path, _contested(made, closed)) if near else []
    corpus = proof.candidate.origin.corpus
    canary = mutants.canary(task.source_text, closed, first.lines)
    job = replace(
        _job(proof, made, canary, first.seconds, parts),
        corpus=corpus,
        compared=tuple(mutant.id for mutant in proof.existing.compared(path, made, corpus)),
        others=near,
        contested=tuple(mutant.id for mutant in contested),
    )
    answer = _ask(job, proof.sandbox)
    if (fault := _fault(canary, answer)) is not None:
        return Counted(grade="ungraded", facts=mutants_part((), f"{fault.reason}: {fault.detail}"), fault=fault)
    answer = replace(answer, fates=proof.existing.completed(path, made, answer.fates, corpus))
    controls = {"nothing changed": answer.control, "raises BaseException": answer.canary}
    counted = _counted(job, answer)
    is_blind = bool(counted.killed) and _is_blind(answer.fates, proof.candidate, _called(task.target))
    grade: Grade = "weak" if is_blind else counted.grade
    return replace(counted, grade=grade, canary=canary, controls=controls)


def _fault(canary: Mutant | None, answer: Mutated) -> Dropped | None:
    """Why the fates say nothing about the candidate: it passed before, and must pass with nothing changed."""
    if answer.unable:
        return None
    if answer.error:
        return Dropped(rung="kills", reason="could not be graded", detail=answer.error)
    if answer.control == "untried":
        return Dropped(rung="kills", reason="could not be graded", detail="no mutant could be tried in time")
    if answer.control != "survived":
        detail = f"run like a mutant, with nothing changed: {answer.control}"
        return Dropped(rung="kills", reason="does not pass again", detail=detail)
    if canary is not None and answer.canary in {"survived", "untried"}:
        detail = f"where the gap's code raises BaseException: {answer.canary}"
        return Dropped(rung="kills", reason="does not notice what the gap's code does", detail=detail)
    return None


def _contested(made: Sequence[Mutant], closed: Sequence[Gap]) -> list[Mutant]:
    """The mutants that existing tests may fail on: they cannot fail on code that none of them runs."""
    missing = {line for gap in closed for line in gap.lines}
    return [mutant for mutant in made if mutant.statement not in missing]


def _counted(job: Mutate, answer: Mutated) -> Counted:
    """What the fates of the mutants add up to."""
    tried = tried_mutants(job.mutants, answer.fates)
    killed = _killed(job.mutants, answer)
    living = {fate.id for fate in answer.fates if fate.fate == _ALIVE}
    killed_before = {fate.id for fate in answer.fates if fate.killed_before}
    return Counted(
        grade=grade_of(tried),
        facts=mutants_part(tried, answer.unable if tried or answer.unable else "no mutant could be tried in time"),
        killed=killed,
        fresh=frozenset(mutant.id for mutant in killed) - killed_before,
        alive=tuple(mutant for mutant in job.mutants if mutant.id in living),
        by_part=tuple(_killed_by(name, answer, killed) for name in job.parts),
        told=tuple(islice(_told(answer.fates, job.corpus), MOST_TOLD)),
    )


def _killed(made: Sequence[Mutant], answer: Mutated) -> tuple[Mutant, ...]:
    dead = {fate.id for fate in answer.fates if fate.fate not in _LIVES}
    return tuple(mutant for mutant in made if mutant.id in dead)


def _called(target: Target) -> frozenset[str]:
    """The names of what is called to test the target."""
    qualnames = (target.qualname, *(entry.qualname for entry in target.entries))
    return frozenset(part for qualname in qualnames for part in qualname.split(".")) - {""}


def _is_blind(fates: Sequence[MutantFate], candidate: Candidate, called: frozenset[str]) -> bool:
    """Whether a mutant lives, and the others only lead to errors in the code: no assertion notices them.

    An assertion on all that a call gives is the best there is: that it notices nothing is not its fault. One
    that was foretold may be on an empty value.
    """
    lives = any(fate.fate == _ALIVE for fate in fates)
    lost = all(fate.raised or fate.fate in _LOST for fate in fates if fate.fate not in _LIVES)
    return lives and lost and isinstance(candidate, NewTest) and not _may_notice(candidate, called)


def _may_notice(candidate: NewTest, called: frozenset[str]) -> bool:
    """Whether its assertions may notice more than that the code raises."""
    is_whole = (
        any(stated(candidate.code, called)) if _is_foretold(candidate) else states_all(candidate.code, called)
    )
    return is_whole or expects(candidate.code)


def _is_foretold(candidate: Candidate) -> bool:
    """Whether all that it asserts was stated before the code ran, and held, rather than read off a result."""
    oracles = candidate.oracle if isinstance(candidate, NewTest) else ()
    return bool(oracles) and all(oracle.source == "model" for oracle in oracles)


def _told(fates: Sequence[MutantFate], corpus: Sequence[Program]) -> Iterator[Call]:
    """The calls that a test can be made of, with those first that tell most survivors apart.

    What existing tests notice counts only for a test whose assertions notice nothing.
    """
    is_idle = all(fate.raised or fate.fate in _LIVES | _LOST for fate in fates)
    unnoticed = (fate for fate in fates if fate.fate == "survived" and (is_idle or not fate.killed_before))
    times = Counter(
        at for fate in unnoticed for at in fate.told if at < len(corpus) and corpus[at].call is not None
    )
    calls = (corpus[at].call for at in sorted(times, key=lambda at: (-times[at], at)))
    return (call for call in calls if call is not None)


def as_much_by(proof: Proof, before: Counted, *, seconds: float) -> Counted | None:
    """What a candidate that takes so many seconds comes to; None where it notices less than the one before."""
    answer = _ask(_job(proof, before.killed, before.canary, seconds), proof.sandbox)
    if answer.unable or _fault(before.canary, answer) is not None:
        return None
    return before.left({mutant.id for mutant in _killed(before.killed, answer)})


def more_by(proof: Proof, before: Counted, *, seconds: float) -> bool:
    """Whether a candidate that takes so many seconds kills a mutant that the one before left alive.

    Those run quickly: the mutants that make code run for ever are among those that were killed.
    """
    return bool(_killed(before.alive, _ask(_job(proof, before.alive, None, seconds), proof.sandbox)))


def _killed_by(name: str, answer: Mutated, killed: tuple[Mutant, ...]) -> frozenset[str]:
    if name not in answer.parts:
        return frozenset()
    ours = {fate.id for fate in answer.fates if name in fate.parts or fate.fate in _LOST}
    return frozenset(mutant.id for mutant in killed if mutant.id in ours)


def _job(
    proof: Proof, made: tuple[Mutant, ...], canary: Mutant | None, seconds: float, parts: Sequence[NewTest] = ()
) -> Mutate:
    """The job that runs the candidate, and parts of it beside it, against these mutants."""
    task, candidate = proof.task, proof.candidate
    stem = proof.nodeid.removesuffix(candidate.name)
    return Mutate(
        path=candidate.placement.path,
        text=patch.insert_each(task.test_text, [candidate, *parts]) if parts else proof.text,
        tests=proof.nodeids,
        parts=tuple(f"{stem}{part.name}" for part in parts),
        source=task.target.path,
        source_text=task.source_text,
        mutants=made,
        canary=canary,
        budget=max(BUDGET, TIMES * seconds),
    )


def _ask(job: Mutate, sandbox: Sandbox) -> Mutated:
    """The answer, or one that says why there is none."""
    execution = sandbox.execute(job, timeout=job.budget + BUDGET)
    answer = execution.answer
    if not isinstance(answer, Mutated):
        answer = Mutated(error=execution.reason if isinstance(execution, Failed) else "bad answer")
    return replace(answer, error=_told_of(answer.error), unable=_told_of(answer.unable))


def _told_of(trouble: str) -> str:
    return f"the mutants could not be tried: {trouble}"[:200] if trouble else ""
