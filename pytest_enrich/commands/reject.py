"""`pytest-enrich reject ID...`: turn suggestions down, so that they do not come back; `allow` takes that back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import click

from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.commands.taking import settle_interrupted
from pytest_enrich.data import Decision, Reason, Scope, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.reporters.words import counted, visible
from pytest_enrich.store import Store, disk, identity, rebuild, rejected
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
def command(store: Store, identities: tuple[str, ...], *, reason: Reason, scope: Scope, note: str) -> int:
    """Turn suggestions down; `.enrich-rejected` remembers it for the whole team."""
    settle_interrupted(store)
    gone = reject(store, store.find_all(identities), reason=reason, scope=scope, note=note)
    answer({"rejected": [suggestion.id for suggestion in gone], "scope": scope, "reason": reason})
    bugs = all(suggestion.kind == "bug" for suggestion in gone)
    noun, left = ("possible bug", store.bugs()) if bugs else ("suggestion", store.pending())
    say(f"{counted(len(gone), noun)} turned down: {' '.join(suggestion.id for suggestion in gone)}")
    say(f"Noted in {rejected.NAME} (commit it). {COMES_BACK[scope]}")
    following = "pytest-enrich list" + " --bugs" * bugs if left else "pytest --enrich"
    say(f"{counted(len(left), noun)} left.\nNext:  {following}   (take it back: pytest-enrich undo)")
    return 0


def reject(  # noqa: PLR0913 - the parts of a decision
    store: Store,
    chosen: Sequence[Suggestion],
    *,
    reason: Reason,
    scope: Scope,
    note: str = "",
    seconds: float | None = None,
) -> tuple[Suggestion, ...]:
    """Turn these down, and whatever else is pending in the same scope; returns all that were turned down.

    `seconds` is how long a person looked at those `chosen`.

    Raises:
        RefusedError: One of them is no longer pending.
    """
    with taken_turn(store):
        at = disk.now()
        decided = partial(Decision, verb="reject", at=at, reason=reason, scope=scope, note=note)
        for one in chosen:
            if (state := store.state(one)) != "pending":
                raise RefusedError(
                    f"{one.id} was {state} meanwhile\nNothing was changed.\nSee:  pytest-enrich list"
                )
        store.note(*(decided(id=one.id, body=one.test.body_sha256, seconds=seconds) for one in chosen))
        lines = (rejected.of(one, scope=scope, reason=reason, when=at[:10], note=note) for one in chosen)
        for line in {line.what: line for line in lines}.values():
            rejected.append(store.rootdir, line)
        rejections = rejected.read(store.rootdir)
        covered = [suggestion for suggestion in store.lying("pending") if rejections.has(suggestion)]
        noted = {suggestion.id for suggestion in chosen}
        for suggestion in covered:
            decision = decided(id=suggestion.id, body=suggestion.test.body_sha256)
            store.settle(decision) if suggestion.id in noted else store.decide(decision)
        rebuild.texts(store)
    return tuple(covered)


@click.command("allow")
@click.argument("what", metavar="ID|PATH[::NAME]")
@json_option
@project_option
def allow(store: Store, what: str) -> int:
    """Take lines out of .enrich-rejected: those of an ID, a file, or a function."""
    lines = rejected.read(store.rootdir).lines
    wanted = identity.choose_name(what, {line.what for line in lines}, see="pytest-enrich list --rejected")
    back = _waiting_again(store, wanted)
    rejected.remove(store.rootdir, lambda line: line.what == wanted)
    count = sum(line.what == wanted for line in lines)
    answer({"allowed": wanted, "lines": count, "waiting": back})
    say(f"{counted(count, 'line')} of {visible(wanted)} taken out of {rejected.NAME}.")
    following = f"pytest-enrich show {back[0]}" if back else "pytest --enrich"
    say(f"{' '.join(back) or 'Nothing'} waits again.\nNext:  {following}")
    return 0


def _waiting_again(store: Store, wanted: str) -> list[str]:
    """Make the suggestions that this line turned down here pending again; returns their ids."""
    taken = {suggestion.id for suggestion in store.lying("pending")}
    back = []
    for suggestion in store.lying("decided"):
        named = {suggestion.id, suggestion.gap.path, f"{suggestion.gap.path}::{suggestion.gap.qualname}"}
        if wanted in named and suggestion.id not in taken and store.state(suggestion) == "rejected":
            body = suggestion.test.body_sha256
            store.decide(Decision(id=suggestion.id, verb="undo", body=body, at=disk.now(), why="asked"))
            back.append(suggestion.id)
    if back:
        rebuild.texts(store)
    return back
