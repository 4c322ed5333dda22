"""How much a test notices: policy on the fates of mutants, no mechanism."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_enrich.data import Dropped, Grade, Mutant, MutantFate, MutantsPart, Tried

_BEST_FIRST: tuple[Grade, ...] = ("strong", "good", "weak")
_ALIVE = "survived"


def tried(mutants: Iterable[Mutant], fates: Iterable[MutantFate]) -> tuple[Tried, ...]:
    """The mutants that were run, in their order, with what became of each; others are left out of the count."""
    by_id = {fate.id: fate for fate in fates if fate.fate != "untried"}
    return tuple(_tried(mutant, by_id[mutant.id]) for mutant in mutants if mutant.id in by_id)


def _tried(mutant: Mutant, fate: MutantFate) -> Tried:
    """What noticed a mutant; one that nothing noticed at all, explored calls included, is perhaps none."""
    killed, before = fate.fate != _ALIVE, bool(fate.killed_before)
    return Tried(
        line=mutant.line,
        change=mutant.change,
        killed=killed,
        killed_before=before,
        equivalent=fate.alike > 0 and not killed and not before,
    )


def grade(found: Sequence[Tried]) -> Grade:
    """The grade that the mutants of the gaps' code give.

    Returns:
        `strong` when the test kills one that no existing test kills, and none is left alive by all of them
        together; `good` when it kills one; `weak` when none; `ungraded` when there are none.
    """
    if not found:
        return "ungraded"
    if not any(one.killed for one in found):
        return "weak"
    is_new = any(one.killed and not one.killed_before for one in found)
    return "strong" if is_new and all(one.killed or one.killed_before for one in found) else "good"


def is_no_worse(given: Grade, other: Grade) -> bool:
    """Whether no test with the other grade is better; what nobody could grade is compared with nothing else."""
    if "ungraded" in {given, other}:
        return given == other
    return _BEST_FIRST.index(given) <= _BEST_FIRST.index(other)


def part(found: Sequence[Tried], note: str = "") -> MutantsPart:
    """What a suggestion says about them."""
    return MutantsPart(killed=sum(one.killed for one in found), of=len(found), list=tuple(found), note=note)


def refused(given: Grade, part: MutantsPart, lowest: Grade) -> Dropped | None:
    """Why a test with this grade is not shown to anyone, or None.

    What nobody could grade is shown, unless only strong tests are wanted.
    """
    if given == "ungraded":
        return (
            Dropped(rung="kills", reason="could not be graded", detail=part.note, grade=given)
            if lowest == "strong"
            else None
        )
    if is_no_worse(given, lowest):
        return None
    alive = "; ".join(f"line {one.line}: {one.change}" for one in part.list if not one.killed)
    nothing = "its assertions notice no mutant" if part.killed else "kills no mutant"
    reason = nothing if given == "weak" else f"is {given}, not {lowest}"
    detail = f"{part.killed} of {part.of} killed; alive: {alive}"
    return Dropped(rung="kills", reason=reason, detail=detail, grade=given)
