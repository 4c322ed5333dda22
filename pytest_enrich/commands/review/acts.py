"""What a key does to the disk. Each returns the lines that say what came of it, and the decisions made."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_enrich.commands import undo, verify
from pytest_enrich.commands.accept import is_edited_by_hand
from pytest_enrich.commands.review.sitting import Came, Done
from pytest_enrich.data import Decision, Reason, Scope, Suggestion
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import counted, visible, visible_lines
from pytest_enrich.store import Store, rejected
from pytest_enrich.store.python_file import is_stale

_COMES_BACK = {
    "idea": "This idea will not come back; other ideas for {name} may.",
    "gap": "Nothing comes back for this code until it changes.",
    "function": "Nothing comes back for this function.",
    "file": "Nothing comes back for this file.",
}


def accept(
    store: Store,
    chosen: Sequence[Suggestion],
    *,
    is_edited: bool,
    seconds: float | None,
    only_strong: bool = False,
) -> Came:
    """Put them into their files, and run those."""
    from pytest_enrich.commands import accept as verb
    from pytest_enrich.commands.taking import How

    names = frozenset(one.id for one in chosen) if is_edited else frozenset()
    results = verb.accept(store, chosen, How(edited=names, seconds=seconds, only_strong=only_strong))
    taken = [one for one in results if not one.refused]
    refused = [one for one in results if one.refused]
    told = [f" added to {visible(one.path)}:{line}  {visible(name)}" for one in taken for name, line in one.names]
    if len(told) > 1:
        told = [f" added {counted(len(told), 'test')}"]
    ran = {one.path: one.summary for one in taken}
    told += [f" {visible(path)}: {visible(summary)}" for path, summary in ran.items()]
    besides = [f"note: {visible(note)}" for note in dict.fromkeys(one.note for one in taken if one.note)]
    reasons = (visible_lines(f"{one.id} was not accepted: {one.refused}") for one in refused)
    besides += [line for reason in reasons for line in reason.split("\n")]
    return Came(
        told=tuple(told),
        besides=tuple(besides),
        output="\n\n".join(f"{one.refused}\n{one.output}".strip() for one in refused if one.output),
        done=tuple(Done(id=one.id, verb="accept", path=one.path, edited=is_edited) for one in taken),
    )


def reject(store: Store, one: Suggestion, *, reason: Reason, scope: Scope, seconds: float | None) -> Came:
    """Turn it down, and what else waits in the same scope."""
    from pytest_enrich.commands import reject as verb

    gone = verb.reject(store, [one], reason=reason, scope=scope, note="", seconds=seconds)
    name = visible(one.gap.qualname or one.gap.path)
    more = f" {len(gone)} suggestions went with it." if len(gone) > 1 else ""
    return Came(
        told=(f" noted in {rejected.NAME}. {_COMES_BACK[scope].format(name=name)}", more),
        done=tuple(Done(id=each.id, verb="reject") for each in gone),
    )


def latest(store: Store) -> tuple[Decision, Suggestion] | None:
    """The decision that `take_back` is about."""
    found = undo.standing(store)
    return found[-1] if found else None


def take_back_all(store: Store, identities: Sequence[str]) -> tuple[Came, list[str]]:
    """Undo the decisions on these, the latest first; and the ids of those that wait again."""
    standing = {one.id: (decision, one) for decision, one in undo.standing(store)}
    tried = {one: _taken_back(store, *standing[one]) for one in reversed(identities) if one in standing}
    back = [one for one, came in tried.items() if came.told]
    told = tuple(line for came in tried.values() for line in came.told)
    if len(back) > 1:
        told = (f" took back {len(back)} decisions; what they were about waits again",)
    return Came(told=told, besides=tuple(line for came in tried.values() for line in came.besides)), back


def _taken_back(store: Store, decision: Decision, one: Suggestion) -> Came:
    """Undo a decision, or say why not."""
    try:
        changed = undo.undo(store, decision, one)
    except EnrichError as error:
        return Came(besides=tuple(visible_lines(str(error)).split("\n")))
    what = "accepting" if decision.verb == "accept" else "rejecting"
    return Came(told=(f" took back {what} {decision.id} in {visible(changed)}; it waits again",))


def run(store: Store, one: Suggestion) -> Came:
    """Run the test where it lies."""
    try:
        outcome = verify.run(store, one)
    except EnrichError as error:
        return Came(besides=tuple(visible_lines(str(error)).split("\n")))
    word = "passed" if outcome.passed else "did NOT pass"
    return Came(told=(f" it {word}: {visible(outcome.last_line)}",), output=outcome.end)


def check(store: Store, one: Suggestion) -> Came:
    """Is it still true on today's tree?"""
    state, output = verify.verify(store, one)
    told = {
        "ok": " still true: its code is unchanged, and it passes.",
        "stale": " still stale: its code changed. Another is looked for by:  pytest --enrich",
        "fails": " it does NOT pass on today's tree.",
    }[state]
    return Came(told=(told,), output=output if state == "fails" else "")


def strong(store: Store, waiting: Sequence[Suggestion]) -> list[Suggestion]:
    """Those that may be taken together: marked strong, not stale, not edited."""
    marked = (one for one in waiting if one.grade == "strong" and not is_stale(store, one))
    return [one for one in marked if not is_edited_by_hand(store, one)]
