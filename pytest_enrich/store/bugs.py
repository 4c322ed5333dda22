"""A possible bug as a test that is known to fail: what a person takes, and what a review shows."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pytest_enrich.data import Oracle, PossibleBug, Suggestion
from pytest_enrich.data.suggestion import GapPart, OriginPart, ProofPart, RunsPart, TestPart
from pytest_enrich.errors import StoreError
from pytest_enrich.store import Store, disk, folder, identity, rejected, shelf
from pytest_enrich.store.disk import read_bounded
from pytest_enrich.store.identity import logged_states
from pytest_enrich.store.seal import options_of

FOLDER = "bugs"


def xfail(bug: PossibleBug) -> Suggestion:
    """What a person takes with `pytest-enrich xfail`: strict, so that it tells when it is mended."""
    test = TestPart(
        names=bug.test.names,
        code=f"{bug.mark}\n{bug.test.code}",
        imports=(*bug.test.imports, *bug.mark_imports),
        body_sha256=bug.test.body_sha256,
    )
    return Suggestion(
        id=bug.id,
        kind="bug",
        title=bug.title,
        look="which of the two is wrong, the words or the code?",
        gap=GapPart(
            path=bug.path,
            qualname=bug.qualname,
            line=bug.line,
            outcome="entered",
            text=bug.contract,
            lines=(),
            branches=(),
            function_sha256="",
        ),
        target=bug.target,
        test=test,
        oracle=(Oracle(line=len(test.code.splitlines()), what=bug.contract, source="docstring", look=True),),
        proof=ProofPart(
            lines_gained=0,
            branches_gained=0,
            runs=RunsPart(passed=0, of=len(bug.runs), modes=bug.runs),
            duration_ms=0.0,
            isolation="",
        ),
        origin=OriginPart(proposer=bug.proposer),
        made=bug.made,
    )


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
    states, known = logged_states(store.decisions()), rejected.read(store.rootdir)
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
        one = read_bounded(place / "bug.json", PossibleBug)
        holds = shelf.holds(xfail(one)) and _is_mark(one.mark)
    except (msgspec.MsgspecError, ValueError, SyntaxError, RecursionError, MemoryError, StoreError):
        return None
    misplaced = shelf.misplaced(store.rootdir, one.target.path, one.path, options_of(store.rootdir, one).words)
    return one if one.id == place.name and holds and not misplaced else None


def _is_mark(text: str) -> bool:
    """Whether it is one decorator, by which a test is known to fail."""
    (function,) = ast.parse(f"{text}\ndef test(): pass").body
    marks = function.decorator_list if isinstance(function, ast.FunctionDef) else []
    calls = [one.func for one in marks if isinstance(one, ast.Call)]
    return len(marks) == len(calls) == 1 and isinstance(calls[0], ast.Attribute) and calls[0].attr == "xfail"


def examined(store: Store) -> str:
    """The digest of the sources whose docstrings were all examined last, "" for none."""
    return (disk.read(store.directory / ".cache" / "examined") or b"").decode("utf-8", "replace")


def note_examined(store: Store, digest: str) -> None:
    """Note it, where there is a folder to note it in."""
    if store.exists() and store.directory.is_dir():
        folder.make_inside(store.directory, ".cache")
        disk.write(store.directory / ".cache" / "examined", digest)
