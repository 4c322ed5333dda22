"""Texts made from several suggestions or from the current files: made again when those have changed."""

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
"""Seconds: the turn of another process takes at most as long as running a test file or two."""


def texts(store: Store, changed: Iterable[str] = ()) -> None:
    """Rewrite `all.patch`, and the patches of the suggestions pending for the `changed` test files."""
    from pytest_enrich import patch

    pending = store.pending()
    today = {
        path: text_of(store.rootdir, path) for path in sorted({suggestion.target.path for suggestion in pending})
    }
    ways = {path: how(store, path) for path in changed if path in today}
    for suggestion in pending:
        path = suggestion.target.path
        if path in ways:
            with contextlib.suppress(RefusedError):
                store.replace_patch(suggestion, patch.render_patch(suggestion, today[path], ways[path]))
            module(store, suggestion)
    readable = [
        suggestion
        for suggestion in pending
        if suggestion.target.new_file or today[suggestion.target.path] is not None
    ]
    if readable:
        disk.write(store.directory / "all.patch", patch.combine(readable, today, targets.form_of(store.rootdir)))
    else:
        disk.remove(store.directory / "all.patch")


def module(store: Store, suggestion: Suggestion) -> None:
    """Rewrite the runnable file of a row from the current test file, unless a person has edited the row in it.

    The runnable file of a new test does not depend on the test file.
    """
    from pytest_enrich import patch

    new = rendered(store, suggestion) if suggestion.kind == "row" else ""
    old = store.read_text(suggestion, identity.module_name(suggestion.id))
    if new and (not old or patch.marked(old) == patch.marked(new)):
        store.replace_module(suggestion, new)


def rendered(store: Store, suggestion: Suggestion) -> str:
    """The runnable file based on the current test file, "" for a row that has no place in it."""
    from pytest_enrich import patch

    try:
        return patch.render_module(suggestion, text_of(store.rootdir, suggestion.target.path))
    except RefusedError:
        return ""


def module_text(store: Store, suggestion: Suggestion) -> str:
    """Like `rendered`, but raises the reason if there is none.

    Raises:
        EnrichError: The test file cannot be read, or a row has no place in it.
    """
    from pytest_enrich import patch

    return patch.render_module(suggestion, python_file.read(store.rootdir, suggestion.target.path).before)


def patch_text(store: Store, suggestion: Suggestion) -> str:
    """The patch against the current test file, as `accept` would insert the test.

    Raises:
        EnrichError: The test file cannot be read, or cannot take the test.
    """
    from pytest_enrich import patch

    file = python_file.read(store.rootdir, suggestion.target.path)
    return patch.render_patch(suggestion, file.before, how(store, file.name))


def how(store: Store, path: str) -> patch.How:
    """How `accept` inserts a test into a file."""
    from pytest_enrich import patch

    return patch.How(order=neighbours(store, path), form=targets.form_of(store.rootdir))


def neighbours(store: Store, path: str) -> tuple[Candidate, ...]:
    """All our tests for this file, accepted or not, in the order in which they go there."""
    from pytest_enrich import patch

    known: dict[tuple[str, str], Suggestion] = {}
    for suggestion in (*store.lying("decided"), *store.lying("pending")):
        if suggestion.target.path == path:
            known[suggestion.id, suggestion.test.body_sha256] = suggestion
    return tuple(patch.as_candidate(suggestion) for suggestion in patch.in_gap_order(known.values()))


@contextlib.contextmanager
def taken_turn(store: Store, patience: float | None = None) -> Iterator[None]:
    """Wait for our turn, and keep it for the block; do not wait if the system has no such locks.

    Raises:
        BusyError: Another process keeps it for longer than `patience`, in seconds (default: `PATIENCE`).
    """
    store.prepare()
    path = disk.make_inside(store.directory, ".cache") / "turn"
    with disk.locked(path, PATIENCE if patience is None else patience):
        yield
