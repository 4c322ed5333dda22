"""A possible bug in a review: there is nothing to accept, because a failing test is no suggestion."""

from __future__ import annotations

from pytest_enrich.commands import possible_bug
from pytest_enrich.commands.review.acts import Came
from pytest_enrich.commands.review.sitting import Done, Sitting
from pytest_enrich.data import PossibleBug, Reason, Scope, Suggestion
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters.words import fit, visible
from pytest_enrich.store import Store, bugs, rejected

COPY = "This is the text to copy. It is printed alone by:  pytest-enrich show {id} --issue"
HELP = (
    " x xfail    its test goes into the suite as known to fail; strict, so",
    "            that it tells when the bug is mended",
    " c copy     the text of an issue about it",
    " r reject   the words are wrong, or it is no bug; .enrich-rejected has it",
    " s skip     leave it for another time",
    " u undo     take the latest decision back",
    " j k        next, back; / finds a word in titles and paths",
    " q quit     Esc goes back, Enter does nothing",
)


def screen(store: Store, one: Suggestion, sitting: Sitting, width: int) -> list[str]:
    """` 11/12  POSSIBLE BUG  refund: ZeroDivisionError`, what is said and what is done."""
    first, *rest = possible_bug.screen(_of(store, one), width - 8)
    return [fit(f" {sitting.at + 1}/{len(sitting.order)}  {first}", width), *rest]


def keep(store: Store, one: Suggestion) -> Came:
    """Its test, as one that is known to fail."""
    taken = possible_bug.keep(store, _of(store, one))
    if taken.refused:
        why = f" {one.id} was not put in: {visible(taken.refused.splitlines()[0])}"
        return Came(told=(why,), output=taken.output and f"{taken.refused}\n{taken.output}")
    path = visible(taken.path)
    told = [f" added to {path}:{line}  {visible(name)}, as known to fail" for name, line in taken.names]
    ran = f" {path}: {visible(taken.summary)}   u undoes this"
    return Came(told=(*told, ran), done=(Done(id=one.id, verb="accept", path=taken.path),))


def turn_down(store: Store, one: Suggestion, *, reason: Reason, scope: Scope, seconds: float | None) -> Came:
    """It is none."""
    gone = possible_bug.turn_down(store, _of(store, one), reason=reason, scope=scope, note="", seconds=seconds)
    return Came(
        told=(f" noted in {rejected.NAME}. It will not come back.   u undoes this",),
        done=tuple(Done(id=each.id, verb="reject") for each in gone),
    )


def issue(store: Store, one: Suggestion) -> str:
    """In Markdown."""
    from pytest_enrich.reporters.md import issue as text

    return text.issue(_of(store, one))


def _of(store: Store, one: Suggestion) -> PossibleBug:
    found = bugs.find(store, one.id)
    if found is None:
        raise UsageError(f"{one.id} does not wait any more\nNothing was done.\nSee:  pytest-enrich list --bugs")
    return found
