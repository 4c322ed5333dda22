"""The keys that decide: accept, edit, reject, undo, all that is strong, and a possible bug as known to fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_enrich.commands import edited
from pytest_enrich.commands.review import acts, bug, edit, keys, sitting, verdict, view
from pytest_enrich.commands.review.held import Held
from pytest_enrich.data import Suggestion
from pytest_enrich.reporters.words import counted, visible


def _accept(held: Held, one: Suggestion) -> None:
    if edited.is_edited(held.store, one):
        _on_version(held, one)
    else:
        _take(held, one, is_edited=False)


def _take(held: Held, one: Suggestion, *, is_edited: bool) -> None:
    seconds = held.seconds()
    running = f" running {visible(one.target.path)} with it ..."
    held.long(running, lambda: acts.accept(held.store, [one], is_edited=is_edited, seconds=seconds))


def _edit(held: Held, one: Suggestion) -> None:
    edit.open_editor(held.store, held.console, one)
    held.console.forget_typed()
    if edited.is_edited(held.store, one):
        _on_version(held, one)
    else:
        held.tell(" The test was not changed; nothing was decided.")


def _on_version(held: Held, one: Suggestion) -> None:
    """Prove what the person wrote, and let them decide about it."""
    word, version = verdict.on_version(held.store, held.console, one)
    if one.id not in held.waiting():
        held.tell(f" {one.id} was decided elsewhere meanwhile; your version went with it.")
    elif word == "accept":
        edited.save(held.store, version)
        _take(held, version, is_edited=True)
    elif word == "original":
        edit.original(held.store, one)
        held.tell(" The suggested test is back.")
    else:
        held.tell(" Your version is kept in its file; a comes back to it.")


def _reject(held: Held, one: Suggestion) -> None:
    word = verdict.why_not(held.console, view.of(held.store, one, held.sitting))
    if word == "cancel":
        held.tell(" Nothing was decided.")
        return
    reason, scope = keys.rejection(word)
    turn_down = bug.turn_down if one.kind == "bug" else acts.reject
    held.came(turn_down(held.store, one, reason=reason, scope=scope, seconds=held.seconds()))


def _xfail(held: Held, one: Suggestion) -> None:
    seconds = held.seconds()
    running = f" running {visible(one.target.path)} with it ..."
    held.long(running, lambda: bug.keep(held.store, one, seconds=seconds))


def _undo(held: Held, _: Suggestion) -> None:
    found = acts.latest(held.store)
    if found is None:
        held.tell(" There is no decision to take back.")
        return
    decision, one = found
    together = sitting.together(held.sitting, one.id)
    if not together and not _is_meant(held, one, decision.at):
        held.tell(" Nothing was taken back.")
        return
    came, back = acts.take_back_all(held.store, together or (one.id,))
    held.came(came)
    for identity in back:
        held.sitting = sitting.taken_back(held.sitting, identity)


def _is_meant(held: Held, one: Suggestion, at: str) -> bool:
    """Whether a decision from before this sitting is to be taken back."""
    question = f"{one.id} was decided before this sitting, at {visible(at)}. Take it back? type yes:"
    return held.console.line(question).lower() == "yes"


def _all_strong(held: Held, _: Suggestion) -> None:
    """Slower than single keys, on purpose."""
    chosen = acts.strong(held.store, tuple(held.waiting().values()))
    if not chosen:
        held.tell(" Nothing that waits is marked strong.")
        return
    typed = held.console.line(f"accept the {len(chosen)} left marked strong? type {len(chosen)}:")
    if typed != str(len(chosen)):
        held.tell(" Nothing was accepted.")
        return
    files = counted(len({one.target.path for one in chosen}), "file")
    held.long(
        f" running {files} with them ...",
        lambda: acts.accept(held.store, chosen, is_edited=False, seconds=None, only_strong=True),
    )


KEYS: Mapping[str, Callable[[Held, Suggestion], None]] = {
    "accept": _accept,
    "edit": _edit,
    "reject": _reject,
    "xfail": _xfail,
    "undo": _undo,
    "all-strong": _all_strong,
}
"""By the word of the key."""
