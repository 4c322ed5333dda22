"""`pytest-enrich undo [ID]`: take back the latest decision, or the one on a suggestion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.commands.taking import settle_interrupted
from pytest_enrich.data import Decision, Suggestion
from pytest_enrich.errors import RefusedError, UsageError
from pytest_enrich.reporters.words import visible
from pytest_enrich.store import Store, disk, identity, python_file, rebuild, rejected, targets
from pytest_enrich.store.rebuild import taken_turn
from pytest_enrich.store.seal import options_of
from pytest_enrich.writing.syntax import used

if TYPE_CHECKING:
    from pytest_enrich.patch import Block


@click.command("undo")
@click.argument("prefix", metavar="[ID]", required=False)
@json_option
@project_option
def command(store: Store, prefix: str | None) -> int:
    """Take back the latest decision, or the one on ID; the suggestion waits again."""
    settle_interrupted(store)
    decision, suggestion = _asked(store, prefix)
    others = [] if prefix else _along(store, decision, suggestion)
    changed = undo(store, decision, suggestion)
    for other, about in others:
        undo(store, other, about)
    also = [other.id for other, _ in others]
    answer({"undone": {"id": decision.id, "verb": decision.verb, "path": changed, "also": also}})
    action = "accepting" if decision.verb == "accept" else "rejecting"
    names = " ".join((decision.id, *also))
    waits = "they wait" if others else "it waits"
    say(f"Took back {action} {names}; {waits} again. Changed: {visible(changed)}")
    say(f"Next:  pytest-enrich show {decision.id}")
    return 0


def _along(store: Store, decision: Decision, about: Suggestion) -> list[tuple[Decision, Suggestion]]:
    """What the rejection of a function or file also turned down: its one line is taken out for all of them."""
    if decision.verb != "reject" or decision.scope not in {"function", "file"}:
        return []
    pairs = (pair for pair in standing(store) if pair[0].id != decision.id and pair[1].gap.path == about.gap.path)
    return [pair for pair in pairs if _what(pair[0]) == _what(decision)]


def _what(decision: Decision) -> Decision:
    """What was decided, whatever it is about; `seconds` are only those of the one that was looked at."""
    return replace(decision, id="", body="", seconds=None)


def undo(store: Store, decision: Decision, suggestion: Suggestion) -> str:
    """Take back this decision on this suggestion; returns the file that changed.

    Raises:
        RefusedError: The test is not there as it was put in, another idea for the same gap waits, or another
            process has taken the decision back.
    """
    with taken_turn(store):
        if (decision, suggestion) not in standing(store):
            raise RefusedError(
                f"the decision on {decision.id} stands no more\nNothing was changed.\nSee:  pytest-enrich list"
            )
        if any(waiting.id == decision.id for waiting in store.lying("pending")):
            raise RefusedError(
                f"another suggestion {decision.id} waits already\nNothing was changed.\n"
                f"Decide on it first:  pytest-enrich show {decision.id}"
            )
        back = Decision(id=decision.id, verb="undo", body=decision.body, at=disk.now(), why="asked")
        path = _allow(store, back, suggestion) if decision.verb == "reject" else _take_out(store, back, suggestion)
        rebuild.texts(store, (path,))
        return path


def standing(store: Store) -> tuple[tuple[Decision, Suggestion], ...]:
    """A person's decisions that stand and can be taken back, oldest first, with what they are about."""
    lying = {(suggestion.id, suggestion.test.body_sha256): suggestion for suggestion in store.lying("decided")}
    latest = identity.latest(store.decisions()).items()
    standing = ((decision, key) for key, decision in latest if decision.verb in {"accept", "reject"})
    return tuple((decision, lying[key]) for decision, key in standing if key in lying)


def _asked(store: Store, prefix: str | None) -> tuple[Decision, Suggestion]:
    pairs = standing(store)
    if prefix is not None:
        chosen = identity.choose(prefix, (suggestion for _, suggestion in pairs))
        return next(pair for pair in pairs if pair[1] == chosen)
    if not pairs:
        raise UsageError("no decision to take back\nNothing was changed.\nSee:  pytest-enrich list")
    return pairs[-1]


def _allow(store: Store, back: Decision, suggestion: Suggestion) -> str:
    """Take the rejection out of the file that remembers it."""
    store.note(back)
    body, gap = suggestion.test.body_sha256, suggestion.gap
    rejected.remove(store.rootdir, lambda line: line.covers(suggestion.id, body, gap.path, gap.qualname))
    store.settle(back)
    return rejected.NAME


def _take_out(store: Store, back: Decision, suggestion: Suggestion) -> str:
    """Take the test out of its file, and those imports that came with ours and that nothing uses now.

    Raises:
        RefusedError: The test is not there as it was put in.
    """
    from pytest_enrich import patch

    path = suggestion.target.path
    targets.refuse(store.rootdir, path, options_of(store.rootdir, suggestion).words)
    file = python_file.read(store.rootdir, path)
    accepts = [each for each in reversed(store.decisions()) if each.verb == "accept" and each.path == path]
    accepted = next((each for each in accepts if (each.id, each.body) == (back.id, back.body)), None)
    text = patch.reverted(file.text, accepted.changes) if accepted is not None else None
    if text is None:
        raise RefusedError(
            f"{suggestion.test.names[0]} is not in {path} as it was put in\nNothing was changed in it.\n"
            f"See what it holds now:  git diff {path}"
        )
    content = file.encoded(_without_imports(text, [block for each in accepts for block in each.imports]))
    store.note(back)
    if content.strip() or all(each.before for each in accepts):
        python_file.write(file, content)
    else:
        with disk.reporting(file.path, "remove"):
            file.path.unlink()
    store.settle(back)
    return path


def _without_imports(text: str, added: Sequence[Block]) -> str:
    from pytest_enrich import imports, patch

    for block in added:
        less = patch.reverted(text, [block])
        tree = None if less is None else imports.parsed(less)
        if less is not None and tree is not None:
            gone = imports.read(text).taken - imports.read(less).taken
            text = text if gone & used(tree) else less
    return text
