"""The texts made from several suggestions or from today's files: made again when those have changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pytest_enrich.data import Candidate, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import Store, disk, identity, python_file, targets
from pytest_enrich.store.python_file import text_of

if TYPE_CHECKING:
    from pytest_enrich import patch

PATIENCE = 20.0
"""Seconds: another one's turn is at most the run of a test file or two."""


def texts(store: Store, changed: Iterable[str] = ()) -> None:
    """Make `all.patch` again, and the patches of what is pending for the `changed` test files."""
    from pytest_enrich import patch

    pending = store.pending()
    today = {path: text_of(store.rootdir, path) for path in sorted({one.target.path for one in pending})}
    ways = {path: how(store, path) for path in changed if path in today}
    for one in pending:
        path = one.target.path
        if path in ways:
            with contextlib.suppress(RefusedError):
                store.replace_patch(one, patch.render_patch(one, today[path], ways[path]))
            module(store, one)
    readable = [one for one in pending if one.target.new_file or today[one.target.path] is not None]
    if readable:
        disk.write(store.directory / "all.patch", patch.combine(readable, today, targets.form_of(store.rootdir)))
    else:
        disk.remove(store.directory / "all.patch")


def module(store: Store, one: Suggestion) -> None:
    """Make a row's runnable file again from today's test file, unless a person has edited the row in it.

    A new test's file does not depend on the test file.
    """
    from pytest_enrich import patch

    new = rendered(store, one) if one.kind == "row" else ""
    old = store.read_text(one, identity.module_name(one.id))
    if new and (not old or patch.marked(old) == patch.marked(new)):
        store.replace_module(one, new)


def rendered(store: Store, one: Suggestion) -> str:
    """The runnable file against today's test file, "" of a row that has no place in it."""
    from pytest_enrich import patch

    try:
        return patch.render_module(one, text_of(store.rootdir, one.target.path))
    except RefusedError:
        return ""


def module_text(store: Store, one: Suggestion) -> str:
    """The same, with the reason why there is none.

    Raises:
        EnrichError: The test file cannot be read, or a row has no place in it.
    """
    from pytest_enrich import patch

    return patch.render_module(one, python_file.read(store.rootdir, one.target.path).before)


def patch_text(store: Store, one: Suggestion) -> str:
    """The patch against today's test file, as `accept` would put the test in.

    Raises:
        EnrichError: The test file cannot be read, or cannot take the test.
    """
    from pytest_enrich import patch

    file = python_file.read(store.rootdir, one.target.path)
    return patch.render_patch(one, file.before, how(store, file.name))


def how(store: Store, path: str) -> patch.How:
    """How a test is put into a file: as `accept` does it."""
    from pytest_enrich import patch

    return patch.How(order=neighbours(store, path), form=targets.form_of(store.rootdir))


def neighbours(store: Store, path: str) -> tuple[Candidate, ...]:
    """All tests of ours for this file, accepted or not, in the order in which they stand there."""
    from pytest_enrich import patch

    known: dict[tuple[str, str], Suggestion] = {}
    for one in (*store.lying("decided"), *store.lying("pending")):
        if one.target.path == path:
            known[one.id, one.test.body_sha256] = one
    return tuple(patch.as_candidate(one) for one in patch.in_gap_order(known.values()))


@contextlib.contextmanager
def taken_turn(store: Store, patience: float | None = None) -> Iterator[None]:
    """Wait for the turn, and keep it for the block; where the system knows no such locks, at once.

    Raises:
        BusyError: Another process keeps it for longer than `patience`, in seconds (default: `PATIENCE`).
    """
    store.prepare()
    path = disk.make_inside(store.directory, ".cache") / "turn"
    with disk.locked(path, PATIENCE if patience is None else patience):
        yield
