"""JSON that somebody else may have written, as values: no larger than anything that we write, and no deeper.

What is read is shown in columns, compared and sorted. So a text of megabytes is refused here, where it comes in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pytest_enrich.store import disk

LARGEST = 1024 * 1024
"""Bytes of one suggestion, or of one line of a log."""
LONGEST = 50_000
"""Characters of one text in it."""
MOST = 10_000
"""Values in one list."""
_NUMBER = 1 << 63
_T = TypeVar("_T")


class TooMuchError(ValueError):
    """Something in it is larger than any that we write."""


def file(path: Path, kind: type[_T], largest: int = LARGEST) -> _T:
    """What is in the file.

    Raises:
        ValueError: It is no such value, or one that is too large: `msgspec.MsgspecError`, `TooMuchError`, ...
        RecursionError: It is too deep.
        StoreError: It cannot be read.
    """
    return decoded(disk.read(path, largest) or b"", kind, largest)


def decoded(content: bytes, kind: type[_T], largest: int = LARGEST) -> _T:
    """What the bytes say; see `file`."""
    if len(content) > largest:
        raise TooMuchError(f"it has more than {largest} bytes")
    found = msgspec.json.decode(content, type=kind)
    _check(msgspec.to_builtins(found), "it")
    return found


def _check(value: Any, name: str) -> None:  # noqa: ANN401 - whatever JSON may hold
    if isinstance(value, str) and len(value) > LONGEST:
        raise TooMuchError(f"{name} has more than {LONGEST} characters")
    if isinstance(value, int | float) and not -_NUMBER < value < _NUMBER:
        raise TooMuchError(f"{name} is larger than any number that we write")
    if isinstance(value, list | tuple | dict) and len(value) > MOST:
        raise TooMuchError(f"{name} has more than {MOST} parts")
    for key, part in value.items() if isinstance(value, dict) else ():
        _check(key, "a key")
        _check(part, str(key)[:30])
    for part in value if isinstance(value, list | tuple) else ():
        _check(part, name)
