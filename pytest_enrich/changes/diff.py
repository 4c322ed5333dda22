"""git's diff as values: which lines of which files it adds."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_QUOTED = re.compile(rb'\\([abtnvfr"\\]|[0-7]{3})')
_PLAIN = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}


class Hunk(Struct, frozen=True):
    """One change: from `old` on, `removed` lines went; from `new` on, the lines in `added` came.

    `old` and `new` are the numbers of the first line that the hunk is about, context not counted.
    """

    old: int
    removed: int
    new: int
    added: int


class FileDiff(Struct, frozen=True):
    """What changed in one file; `path` is its new name, relative to the top of the work tree."""

    path: str
    hunks: tuple[Hunk, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines that are new or different, ascending."""
        return tuple(line for hunk in self.hunks for line in range(hunk.new, hunk.new + hunk.added))


def read(output: bytes) -> Iterator[FileDiff]:
    """The files that a diff leaves in place, each with its hunks; with or without lines of context."""
    lines = iter(output.split(b"\n"))
    path = b""
    hunks: list[Hunk] = []
    for line in lines:
        if line.startswith(b"diff --"):
            yield from _file(path, hunks)
            path, hunks = b"", []
        elif line.startswith(b"+++ "):
            path = _name(line[4:])
        elif found := _HUNK.match(line):
            old, removed, new, added = (int(text or b"1") for text in found.groups())
            hunks += _hunks(lines, (old + (not removed), removed), (new + (not added), added))
    yield from _file(path, hunks)


def carried(lines: Iterable[int], hunks: Sequence[Hunk]) -> tuple[int, ...]:
    """Where lines of the old text are in the new one; those that a hunk takes away are left out."""
    found = []
    for line in lines:
        before = [hunk for hunk in hunks if hunk.old <= line]
        if all(line >= hunk.old + hunk.removed for hunk in before):
            found.append(line + sum(hunk.added - hunk.removed for hunk in before))
    return tuple(found)


def _file(path: bytes, hunks: Sequence[Hunk]) -> Iterator[FileDiff]:
    if path and path != b"/dev/null":
        yield FileDiff(os.fsdecode(path.removeprefix(b"b/")), tuple(hunks))


def _hunks(lines: Iterator[bytes], old: tuple[int, int], new: tuple[int, int]) -> Iterator[Hunk]:
    """The changes of one hunk, of which each run of lines between context is one."""
    (old_line, old_left), (new_line, new_left) = old, new
    removed = added = 0
    for line in lines:
        if line.startswith(b"+"):
            added, new_left = added + 1, new_left - 1
        elif line.startswith(b"-"):
            removed, old_left = removed + 1, old_left - 1
        elif not line.startswith(b"\\"):  # that is "No newline at end of file"
            if removed or added:
                yield Hunk(old_line, removed, new_line, added)
            old_line, new_line = old_line + removed + 1, new_line + added + 1
            old_left, new_left, removed, added = old_left - 1, new_left - 1, 0, 0
        if old_left <= 0 and new_left <= 0:
            break
    if removed or added:
        yield Hunk(old_line, removed, new_line, added)


def _name(text: bytes) -> bytes:
    """A name as git writes it: one with a space has a tab behind it, one with odd signs is quoted as in C."""
    if not text.startswith(b'"'):
        return text.removesuffix(b"\t")
    return _QUOTED.sub(_sign, text[1 : text.rindex(b'"')])


def _sign(found: re.Match[bytes]) -> bytes:
    text = found[1]
    return bytes([_PLAIN[text] if text in _PLAIN else int(text, 8)])
