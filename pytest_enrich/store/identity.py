"""Ids and paths that come from outside, checked before they become file names; and the logs of decisions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TypeVar

import msgspec

from pytest_enrich.data import Decision, State, Suggestion
from pytest_enrich.data.encoded import encoded
from pytest_enrich.errors import UsageError
from pytest_enrich.store import disk
from pytest_enrich.store.disk import decoded

_ID = re.compile(r"[A-Za-z0-9_]{1,100}-[a-z2-7]{8}")
_NEAR = 3
LARGEST = 1 << 30
_T = TypeVar("_T")

_STATES: dict[str, State] = {
    "accept": "accepted",
    "reject": "rejected",
    "undo": "pending",
    "stale": "stale",
    "closed": "closed",
}


def is_valid(identity: str) -> bool:
    """Whether this can be a suggestion's id: it becomes the name of a folder."""
    return _ID.fullmatch(identity) is not None


def module_name(identity: str) -> str:
    """The name of the runnable file (`suggestion_cart_6e2m3fea.py`)."""
    return f"suggestion_{identity.replace('-', '_')}.py"


def inside(rootdir: Path, path: str) -> bool:
    """Whether `path` names a Python file inside rootdir, symbolic links followed, outside hidden folders."""
    is_odd = path.startswith(("-", "@", "/")) or not path.isprintable() or not {"\\", ":"}.isdisjoint(path)
    is_hidden = any(part.startswith(".") for part in PurePosixPath(path).parts)
    if is_odd or is_hidden or not path.endswith(".py"):
        return False
    try:
        real = disk.real(rootdir / path)
        return real.is_relative_to(rootdir.resolve()) and not real.is_dir()
    except (OSError, ValueError, RuntimeError):
        return False


def choose(prefix: str, suggestions: Iterable[Suggestion], problems: Iterable[str] = ()) -> Suggestion:
    """The suggestion whose id, or the id's second part, begins with `prefix`; see `choose_name`."""
    known = {suggestion.id: suggestion for suggestion in suggestions}
    return known[choose_name(prefix, known, problems=problems)]


def choose_name(
    prefix: str, known: Iterable[str], see: str = "pytest-enrich list", problems: Iterable[str] = ()
) -> str:
    """The id that begins with `prefix`, or whose second part does; the command `see` lists all ids.

    Raises:
        UsageError: None does, or several do; the message names similar ids, or a problem that mentions the prefix.
    """
    names = sorted(known)
    matching = [prefix] if prefix in names else [name for name in names if matches(prefix, name)]
    if len(matching) != 1:
        raise UsageError(_several(prefix, matching) if matching else _none(prefix, names, see, problems))
    return matching[0]


def matches(prefix: str, identity: str) -> bool:
    """Whether the id, or its second part, begins with `prefix`."""
    return bool(prefix) and (identity.startswith(prefix) or identity.rpartition("-")[2].startswith(prefix))


def _several(prefix: str, found: list[str]) -> str:
    names = "".join(f"  {name}\n" for name in found[:10])
    return f"{prefix!r} begins {len(found)} ids:\n{names}Nothing was done. Type one more letter."


def _none(prefix: str, known: list[str], see: str, problems: Iterable[str]) -> str:
    endings = {name.rpartition("-")[2]: name for name in known}
    similar = difflib.get_close_matches(prefix, [*known, *endings], n=_NEAR, cutoff=0.6)
    names = dict.fromkeys(endings.get(name, name) for name in similar)
    hint = f"Near to it:  {' '.join(names)}\n" if names else ""
    why = next((problem for problem in problems if prefix in problem), f"no suggestion {prefix!r}")
    return f"{why}\n{hint}Nothing was done. What there is:  {see}"


def read_log(path: Path, kind: type[_T], largest: int = LARGEST) -> tuple[tuple[_T, ...], int]:
    """The file's readable lines as values, oldest first, and how many could not be read.

    An incomplete last line is not counted: a killed process may have left it.
    """
    *whole, last = (disk.read(path, largest) or b"").split(b"\n")
    values = [_decoded(kind, line) for line in whole if line.strip()]
    broken = sum(value is None for value in values)
    values.append(_decoded(kind, last))
    return tuple(value for value in values if value is not None), broken


def append_to_log(path: Path, values: Iterable[object]) -> None:
    """Append one line per value; they are on the disk when this returns."""
    lines = b"\n".join(encoded(value) for value in values)
    if lines:
        disk.append(path, lines)


def _decoded(kind: type[_T], line: bytes) -> _T | None:
    try:
        return decoded(line, kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def latest(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The last decision on each suggestion, by id and body, in the order in which they were made."""
    last: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        last.pop((decision.id, decision.body), None)
        last[decision.id, decision.body] = decision
    return last


def logged_states(decisions: Iterable[Decision]) -> dict[tuple[str, str], State]:
    """The state of every suggestion that was decided on, by id and body; invalid ids are left out."""
    return {key: _STATES[decision.verb] for key, decision in latest(decisions).items() if is_valid(decision.id)}
