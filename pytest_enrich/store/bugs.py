"""`bugs/`: what a docstring promises and the code does not do. Nothing in it is ever offered as a test.

A possible bug lies there as long as the contradiction is there. What a person decided about it is folded from the
decisions, as for a suggestion.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pytest_enrich.data import PossibleBug
from pytest_enrich.errors import StoreError
from pytest_enrich.store import Store, disk, folder, identity, log, rejected

FOLDER = "bugs"
_DECODER = msgspec.json.Decoder(PossibleBug)


def lying(store: Store) -> tuple[PossibleBug, ...]:
    """All that can be read and names files of this project, by path and line, whatever was decided about them."""
    place = store.directory / FOLDER
    found = (_read(store, place / name) for name in folder.names(place) if identity.is_valid(name))
    return tuple(sorted((one for one in found if one is not None), key=_order))


def waiting(store: Store) -> tuple[PossibleBug, ...]:
    """Those that nobody has decided on, here or in `.enrich-rejected`."""
    found = lying(store)
    if not found:
        return ()
    states, known = log.states(store.decisions()), rejected.read(store.rootdir)
    return tuple(
        one
        for one in found
        if states.get((one.id, one.test.body_sha256), "pending") == "pending"
        and not known.is_rejected(one.id, one.test.body_sha256, one.path, one.qualname)
    )


def unusable(store: Store) -> tuple[str, ...]:
    """A line for each that lies there and cannot be read, or is not what it says."""
    place = store.directory / FOLDER
    names = [name for name in folder.names(place) if identity.is_valid(name)]
    return tuple(f"{FOLDER}/{name} cannot be used" for name in names if _read(store, place / name) is None)


def find(store: Store, prefix: str) -> PossibleBug | None:
    """The waiting one whose id begins so, None when the words mean none or a suggestion as well."""
    known = {one.id: one for one in waiting(store)}
    if prefix in known:
        return known[prefix]
    names = [name for name in (*known, *(one.id for one in store.pending())) if identity.matches(prefix, name)]
    return known.get(names[0]) if len(names) == 1 else None


def save(store: Store, one: PossibleBug, module_text: str) -> None:
    """Write it, with its reproduction as a file that runs; one with the same id is replaced.

    Raises:
        StoreError: It cannot be written. `bug.json` comes last: without it there is none.
    """
    if not identity.is_valid(one.id):
        raise StoreError(f"{one.id!r} cannot be the name of a possible bug\nIt was not written.")
    store.prepare()
    place = folder.make_inside(store.directory, FOLDER, one.id)
    disk.write(place / identity.module_name(one.id), module_text)
    disk.write_json(place / "bug.json", one)


def read_module(store: Store, one: PossibleBug) -> str:
    """The reproduction, "" when it is missing or cannot be read."""
    content = disk.read(store.directory / FOLDER / one.id / identity.module_name(one.id))
    return (content or b"").decode("utf-8", "replace")


def restore_module(store: Store, one: PossibleBug) -> None:
    """Write the reproduction again where it is missing; one that a person has edited stays."""
    from pytest_enrich import patch

    if not read_module(store, one):
        disk.write(store.directory / FOLDER / one.id / identity.module_name(one.id), patch.render_bug(one))


def remove(store: Store, gone: Iterable[PossibleBug]) -> None:
    """The contradiction is gone, so it is no possible bug any more."""
    for one in gone:
        folder.remove(store.directory / FOLDER / one.id)


def _order(one: PossibleBug) -> tuple[str, int, str]:
    return (one.path, one.line, one.id)


def _read(store: Store, place: Path) -> PossibleBug | None:
    """What lies there, None when it cannot be read or is not what it says."""
    if place.is_symlink():
        return None
    try:
        one = _DECODER.decode(disk.read(place / "bug.json") or b"")
        ast.parse(one.test.code)
    except (msgspec.MsgspecError, ValueError, SyntaxError, RecursionError, MemoryError, StoreError):
        return None
    inside = all(identity.inside(store.rootdir, path) for path in (one.path, one.target.path))
    return one if one.id == place.name and inside and _is_import(one) else None


def _is_import(one: PossibleBug) -> bool:
    try:
        nodes = [node for text in (*one.test.imports, *one.mark_imports) for node in ast.parse(text).body]
    except (SyntaxError, ValueError):
        return False
    return len(one.test.names) == 1 and all(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)


def examined(store: Store) -> str:
    """The digest of the sources whose docstrings were all examined last, "" for none."""
    return (disk.read(store.directory / ".cache" / "examined") or b"").decode("utf-8", "replace")


def note_examined(store: Store, digest: str) -> None:
    """Note it, where there is a folder to note it in."""
    if store.exists() and store.directory.is_dir():
        folder.make_inside(store.directory, ".cache")
        disk.write(store.directory / ".cache" / "examined", digest)
