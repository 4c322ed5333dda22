"""Lines that are only appended: decisions, and what a run has finished.

A process can be killed in the middle of a line. Such a line is passed over, and the next one begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec

from pytest_enrich.data import Decision, State
from pytest_enrich.data.encoded import encoded
from pytest_enrich.store import disk, identity, reading

LARGEST = 1 << 30
_T = TypeVar("_T")

_STATES: dict[str, State] = {
    "accept": "accepted",
    "reject": "rejected",
    "undo": "pending",
    "stale": "stale",
    "closed": "closed",
}


def read(path: Path, kind: type[_T], largest: int = LARGEST) -> tuple[tuple[_T, ...], int]:
    """The file's readable lines as values, oldest first, and how many could not be read.

    A last line without its end is not counted: it is what a killed process leaves.
    """
    *whole, last = (disk.read(path, largest) or b"").split(b"\n")
    values = [_decoded(kind, line) for line in whole if line.strip()]
    broken = sum(value is None for value in values)
    values.append(_decoded(kind, last))
    return tuple(value for value in values if value is not None), broken


def append(path: Path, values: Iterable[object]) -> None:
    """Append one line a value; on the disk when this returns."""
    lines = b"\n".join(encoded(value) for value in values)
    if lines:
        disk.append(path, lines)


def _decoded(kind: type[_T], line: bytes) -> _T | None:
    try:
        return reading.decoded(line, kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def states(decisions: Iterable[Decision]) -> dict[tuple[str, str], State]:
    """The state of every suggestion that was decided, by id and body; those of odd ids are left out."""
    return {(one.id, one.body): _STATES[one.verb] for one in decisions if identity.is_valid(one.id)}
