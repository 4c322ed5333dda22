"""Putting suggestions into one test file: insert, note, write, run, and restore when red.

At any moment at which the process may be killed, the decisions on the disk and the test file tell what
happened: see `settle_interrupted`. The text goes through the team's formatter before it is written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.commands import pytest_run
from pytest_enrich.commands.project import tell
from pytest_enrich.data import Decision, NewRow, Suggestion
from pytest_enrich.errors import EnrichError, RefusedError
from pytest_enrich.reporters.words import counted, listed
from pytest_enrich.store import Store, disk, identity, python_file, rebuild, rejected, targets
from pytest_enrich.store.python_file import PythonFile
from pytest_enrich.store.rebuild import taken_turn
from pytest_enrich.store.seal import options_of

_FAILED = 1
"""Pytest's status where tests ran and some failed."""


class Taken(Struct, frozen=True, kw_only=True):
    """What became of one suggestion: `names` (a row's in words) and their lines, or why it was `refused`.

    `note` is what else a person must know.
    """

    id: str
    path: str
    names: tuple[tuple[str, int], ...] = ()
    summary: str = ""
    refused: str = ""
    output: str = ""
    note: str = ""


class How(Struct, frozen=True, kw_only=True):
    """How a person came to accept: as in `Decision`; `edited` are ids.

    `only_strong` takes nothing that is not proven strong here. `comment` stands above what is taken. `by` and
    `policy` as in `Decision`. `beside` is what is run to see whether tests pass, "" for their own file. `red` are
    the tests (node ids) there that fail anyway.
    """

    edited: frozenset[str] = frozenset()
    seconds: float | None = None
    only_strong: bool = False
    comment: str = ""
    by: str = ""
    policy: str = ""
    beside: str = ""
    red: frozenset[str] = frozenset()


PLAINLY = How()
"""As suggested, and without a measured time."""


def take(store: Store, path: str, group: Sequence[Suggestion], how: How = PLAINLY) -> tuple[Taken, ...]:
    """Put the suggestions into their file, so that the file stays green: one that turns it red is left out.

    A file that is red by itself, but green with the tests beside it, is run with them. Where tests fail anyway, no
    other may.
    """
    results = _take(store, path, group, how)
    is_red = all(result.refused for result in results) and any(result.output for result in results)
    if not is_red or not (store.rootdir / path).exists():
        return results
    words, folder = words_of(store, group), PurePosixPath(path).parent.as_posix()
    before = pytest_run.files(store, [path], words)
    if not before.passed and pytest_run.files(store, [folder], words).passed:
        return _take(store, path, group, replace(how, beside=folder))
    if before.failed and before.status == _FAILED:
        return _take(store, path, group, replace(how, red=frozenset(before.failed)))
    return results if before.passed else _with_cause(path, results, before)


def words_of(store: Store, group: Sequence[Suggestion]) -> tuple[str, ...]:
    """The pytest options for these tests: those of the run that made the latest one."""
    return options_of(store.rootdir, max(group, key=lambda suggestion: suggestion.made.at)).words


def _with_cause(path: str, results: tuple[Taken, ...], before: pytest_run.Outcome) -> tuple[Taken, ...]:
    """The results, refused because the file was red before: nothing can go into it then."""
    why = f"{path} is red without it, too: {before.last_line}\nMake it green first:  pytest {path}"
    return tuple(replace(each, refused=why, output=before.end) if each.output else each for each in results)


def _take(store: Store, path: str, group: Sequence[Suggestion], how: How) -> tuple[Taken, ...]:
    try:
        targets.refuse(store.rootdir, path, words_of(store, group))
        file = python_file.read(store.rootdir, path)
        steps = made_from(store, file, group, how.comment)
        made = targets.formatted(store.rootdir, file.name, file.before, steps[-1].after)
        steps = [*steps[:-1], replace(steps[-1], after=made.text)]
        outcome = _try(store, file, steps, how)
    except EnrichError as error:
        why, output = str(error), ""
    else:
        if _is_green(outcome, how):
            note = made.note or _new_note(file, group) or _red_note(file, outcome)
            return tuple(_taken(store, step, outcome, note) for step in steps)
        why, output = f"{path} is red with it: {outcome.last_line}", outcome.end
    if len(group) == 1:
        return (Taken(id=group[0].id, path=path, refused=why, output=output),)
    middle = len(group) // 2
    return (*_take(store, path, group[:middle], how), *_take(store, path, group[middle:], how))


def undone(decision: Decision, why: Literal["red", "interrupted"]) -> Decision:
    """The decision that says that nothing came of an accept."""
    return Decision(id=decision.id, verb="undo", body=decision.body, at=disk.now(), why=why)


def put_back(file: PythonFile, folders: Sequence[Path] = ()) -> None:
    """Give the file the bytes that it had, or remove it and the folders that were made for it."""
    if file.content is not None:
        if disk.read(file.path) != file.content:  # it may never have been written, because it cannot be
            python_file.write(file, file.content)
        return
    with disk.reporting(file.path, "remove"):
        file.path.unlink(missing_ok=True)
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _new_note(file: PythonFile, group: Sequence[Suggestion]) -> str:
    """A note if the file was deleted or renamed since: it may not be wanted again."""
    is_gone = file.content is None and any(not suggestion.target.new_file for suggestion in group)
    return f"{file.name} was not there any more; a new file was made for it" if is_gone else ""


def _red_note(file: PythonFile, outcome: pytest_run.Outcome) -> str:
    count = len(outcome.failed)
    return (
        f"{counted(count, 'test')} of {file.name} failed before, too: {listed(outcome.failed, 1)}" if count else ""
    )


def _is_green(outcome: pytest_run.Outcome, how: How) -> bool:
    """Whether no test failed but those that fail anyway."""
    return outcome.passed or (outcome.status == _FAILED and set() < {*outcome.failed} <= how.red)


def _try(store: Store, file: PythonFile, steps: Sequence[Step], how: How) -> pytest_run.Outcome:
    """Write the file and run it; if it is red, or interrupted, it gets its old text back."""
    content = file.encoded(steps[-1].after)
    decisions = [_accept(file, step, disk.sha256(content), how) for step in steps]
    store.note(*decisions)
    folders = [folder for folder in file.path.parents if not folder.exists()]
    green = False
    try:
        disk.make_folder(file.path.parent)
        python_file.write(file, content)
        words = words_of(store, [step.suggestion for step in steps])
        outcome = pytest_run.files(store, [how.beside or file.name], words)
        green = _is_green(outcome, how)
    finally:
        if not green:
            put_back(file, folders)
            decisions = [undone(decision, why="red") for decision in decisions]
            store.note(*decisions)
        for decision in decisions:
            store.settle(decision)
    return outcome


def _accept(file: PythonFile, step: Step, after: str, how: How) -> Decision:
    from pytest_enrich import imports, patch

    suggestion = step.suggestion
    merged = imports.merge(step.before, patch.as_candidate(suggestion).imports, path=file.name)
    return Decision(
        id=suggestion.id,
        verb="accept",
        body=suggestion.test.body_sha256,
        at=disk.now(),
        path=file.name,
        before=file.sha256,
        after=after,
        imports=patch.blocks(step.before, merged),
        changes=patch.blocks(merged, step.after),
        edited=suggestion.id in how.edited,
        seconds=how.seconds,
        by=how.by,
        policy=how.policy,
    )


def _taken(store: Store, step: Step, outcome: pytest_run.Outcome, note: str) -> Taken:
    """Where the new tests are now; later steps may have moved them."""
    path = step.suggestion.target.path
    names = _places(step, path, python_file.read(store.rootdir, path).text)
    return Taken(id=step.suggestion.id, path=path, names=names, summary=outcome.last_line, note=note)


def _places(step: Step, path: str, text: str) -> tuple[tuple[str, int], ...]:
    """The names of the new tests, and their lines in the text of the file."""
    from pytest_enrich import patch

    candidate = patch.as_candidate(step.suggestion)
    if isinstance(candidate, NewRow):
        return ((step.suggestion.more, patch.line(text, candidate)),)
    before, after, today = (python_file.functions(version, path) for version in (step.before, step.after, text))
    added = after.keys() - before.keys()
    # A function inside another one is a part of that one.
    new = [name for name in added if not any(name.startswith(f"{other}.") for other in after)]
    places = ((name, today[name].lineno if name in today else 0) for name in new)
    return tuple(sorted(places, key=lambda item: item[1]))


def settle_interrupted(store: Store) -> None:
    """Finish what a killed command left, and tell which suggestions wait again: their accept reached no file.

    An accepted suggestion that still lies in `pending/` was being accepted. If its file is as it was before,
    nothing happened; else the test is in it, and the decision stands. While another process is deciding, what
    looks interrupted belongs to that process.
    """
    with contextlib.suppress(disk.BusyError, RefusedError):
        if _interrupted(store):  # nothing is written where there is nothing to settle
            with taken_turn(store, patience=0):
                for decision, one in _interrupted(store):
                    if _waits_again(store, decision, one):
                        tell(f"an earlier accept of {one.id} was interrupted and changed nothing: it waits again")


def _interrupted(store: Store) -> list[tuple[Decision, Suggestion]]:
    latest = identity.latest(store.decisions())
    pairs = ((latest.get((one.id, one.test.body_sha256)), one) for one in store.lying("pending"))
    return [(decision, suggestion) for decision, suggestion in pairs if decision and decision.verb != "undo"]


def _waits_again(store: Store, decision: Decision, suggestion: Suggestion) -> bool:
    """Settle a decision; returns whether nothing had come of it. Otherwise it is finished now."""
    if decision.verb == "accept" and _current(store, decision.path) == decision.before:
        store.note(undone(decision, why="interrupted"))
        return True
    _remember(store, decision, suggestion)
    store.settle(decision)
    return False


def _remember(store: Store, decision: Decision, suggestion: Suggestion) -> None:
    """Write the line of a rejection that was killed before it was in the committed file."""
    if decision.verb == "reject" and not rejected.read(store.rootdir).has(suggestion):
        when = decision.at[:10]
        line = rejected.of(suggestion, scope=decision.scope, reason=decision.reason, when=when, note=decision.note)
        rejected.append(store.rootdir, line)


def _current(store: Store, path: str) -> str:
    content = disk.read(disk.real(store.rootdir / path))
    return "" if content is None else disk.sha256(content)


class Step(Struct, frozen=True, kw_only=True):
    """One suggestion on top of those before it."""

    suggestion: Suggestion
    before: str
    after: str


def made_from(store: Store, file: PythonFile, group: Sequence[Suggestion], comment: str = "") -> list[Step]:
    """The suggestions for a file, each on top of those before it, with this comment above.

    Raises:
        RefusedError: The file cannot take one of them.
    """
    from pytest_enrich import patch

    order = rebuild.neighbours(store, file.name)
    steps: list[Step] = []
    for suggestion in patch.in_gap_order(group):
        before, candidate = (steps[-1].after if steps else file.text), patch.as_candidate(suggestion)
        if isinstance(candidate, NewRow) and patch.is_there(before, candidate):
            raise RefusedError(
                f"{suggestion.test.names[0]} in {suggestion.target.path} has this case already\n"
                "It was not put in again.\n"
                f"Turn it down:  pytest-enrich reject {suggestion.id} --reason duplicate"
            )
        said = comment.replace("{id}", suggestion.id)
        after = (
            patch.insert_below(before, candidate, said, order) if said else patch.insert(before, candidate, order)
        )
        python_file.tree(after, file.name)
        steps.append(Step(suggestion=suggestion, before=before, after=after))
    return steps
