"""`pytest-enrich reject ID...`: turn suggestions down, so that they do not come back."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.commands.taking import refuse_decided, settle_interrupted
from pytest_enrich.data import Decision, Reason, Scope, Suggestion
from pytest_enrich.reporters.words import counted
from pytest_enrich.store import Store, disk, rebuild, rejected
from pytest_enrich.store.rebuild import taken_turn

COMES_BACK = {
    "idea": "This idea will not come back; other ideas for the gap may.",
    "gap": "Nothing comes back for this gap until its code changes.",
    "function": "Nothing comes back for this function.",
    "file": "Nothing comes back for this file.",
}


@click.command("reject")
@click.argument("identities", metavar="ID...", nargs=-1, required=True)
@click.option("--reason", type=click.Choice(rejected.REASONS), required=True, help="Why.")
@click.option("--scope", type=click.Choice(rejected.SCOPES), default="idea", show_default=True, help="How much.")
@click.option("--note", default="", help="A few words for the team; they go into the committed file.")
@json_option
@project_option
def command(  # noqa: PLR0913 - one argument an option, as click passes them
    store: Store, identities: tuple[str, ...], *, reason: Reason, scope: Scope, note: str, as_json: bool
) -> int:
    """Turn suggestions down; `.enrich-rejected` remembers it for the whole team."""
    settle_interrupted(store)
    chosen = {one.id: one for one in map(store.find, identities)}
    gone = reject(store, tuple(chosen.values()), reason=reason, scope=scope, note=note)
    if as_json:
        answer({"rejected": [one.id for one in gone], "scope": scope, "reason": reason})
    noun = "possible bug" if all(one.kind == "bug" for one in gone) else "suggestion"
    left = len(store.bugs() if noun == "possible bug" else store.pending())
    say(f"{counted(len(gone), noun)} turned down: {' '.join(one.id for one in gone)}", as_json=as_json)
    say(f"Noted in {rejected.NAME} (commit it). {COMES_BACK[scope]}", as_json=as_json)
    listed = "pytest-enrich list" + " --bugs" * (noun == "possible bug")
    following = f"{listed if left else 'pytest --enrich'}   (take it back: pytest-enrich undo)"
    say(f"{counted(left, noun)} left.\nNext:  {following}", as_json=as_json)
    return 0


def reject(  # noqa: PLR0913 - the parts of a decision
    store: Store,
    chosen: Sequence[Suggestion],
    *,
    reason: Reason,
    scope: Scope,
    note: str,
    seconds: float | None = None,
) -> tuple[Suggestion, ...]:
    """Turn these down, and what else waits in the same scope; returns all that are gone.

    `seconds` is how long a person looked at those `chosen`.

    Raises:
        RefusedError: One of them does not wait any more.
    """
    with taken_turn(store):
        return _rejected(store, chosen, reason=reason, scope=scope, note=note, seconds=seconds)


def _rejected(  # noqa: PLR0913 - the same
    store: Store,
    chosen: Sequence[Suggestion],
    *,
    reason: Reason,
    scope: Scope,
    note: str,
    seconds: float | None,
) -> tuple[Suggestion, ...]:
    for one in chosen:
        refuse_decided(store, one)
    at = disk.now()
    written: set[str] = set()
    for one in chosen:
        line = rejected.of(one, scope=scope, reason=reason, when=at[:10], note=note)
        decision = _decision(one, at, reason=reason, scope=scope, note=note)
        store.note(msgspec.structs.replace(decision, seconds=seconds))
        if line.what not in written:
            rejected.append(store.rootdir, line)
        written.add(line.what)
    known = rejected.read(store.rootdir)
    covered = [one for one in store.lying("pending") if known.has(one)]
    noted = {one.id for one in chosen}
    for one in covered:
        decision = _decision(one, at, reason=reason, scope=scope, note=note)
        store.settle(decision) if one.id in noted else store.decide(decision)
    rebuild.texts(store)
    return tuple(covered)


def _decision(one: Suggestion, at: str, *, reason: Reason, scope: Scope, note: str) -> Decision:
    return Decision(
        id=one.id, verb="reject", body=one.test.body_sha256, at=at, reason=reason, scope=scope, note=note
    )
