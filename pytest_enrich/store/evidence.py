"""Evidence of what runs did and people decided: append-only lines, each chained to the one before.

Each line holds the sha256 of the line before it, so that none can be changed, removed, added or moved without
breaking the chain; its length and end are recorded in `head.json`. Lines and head are sealed with this machine's
key, if there is one. Anyone who keeps the last digest elsewhere (in a CI log) can also tell that the end was not
cut off and rewritten.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from pytest_enrich.data.encoded import encoded
from pytest_enrich.errors import StoreError
from pytest_enrich.store import disk, seal
from pytest_enrich.store.disk import now, sha256

Kind: TypeAlias = Literal["run", "exchange", "target", "attempt", "suggestion", "decision", "end", "removed"]
"""The start of a run; a question to a model and its reply; the target of the candidates that follow; a candidate
and its verdict; what was written for people; what they decided; the result of the run; older lines removed."""

_T = TypeVar("_T")
START = "0" * 64
"""The digest that the very first line is chained to."""
LARGEST = 1 << 30
"""The most bytes read from one file."""
PATIENCE = 30.0
"""Seconds to wait while another process is adding lines."""
_FIRST = "000001.jsonl"
_HEAD, _CUT = "head.json", "cut.json"
_FILE = re.compile(r"\d{6}\.jsonl")


class Line(Struct, frozen=True, kw_only=True):
    """One line.

    Attributes:
        number: Counted from 0 across all files.
        previous: sha256 of the bytes of the line before.
        at: The time, UTC, ISO 8601.
        kind: What `said` is about.
        said: The record itself, as JSON.
        seal: `seal.signed` of the line with "" in this place; "" if there is no key.
    """

    number: int
    previous: str
    at: str
    kind: Kind
    said: Raw
    seal: str = ""

    def told(self, kind: Kind, what: type[_T]) -> _T | None:
        """The decoded record, None if it is of another kind or cannot be read."""
        try:
            return disk.decoded(bytes(self.said), what, disk.LARGEST) if self.kind == kind else None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None


class Head(Struct, frozen=True, kw_only=True):
    """The number of lines of the chain, the sha256 of the last one, and the last file with its size in bytes.

    In `cut.json`: how many lines were removed at the beginning, the last of these, and the first remaining file.
    """

    lines: int = 0
    digest: str = START
    file: str = ""
    size: int = 0
    seal: str = ""


class Checked(Struct, frozen=True, kw_only=True):
    """The result of checking the whole chain.

    `faults` say where it is broken, and why; `lines` are those that could be read; `foreign` is the number
    of lines not sealed on this machine, which is no fault. `cut` is what was removed before the first line.
    """

    head: Head = Head()
    cut: Head = Head()
    lines: tuple[Line, ...] = ()
    faults: tuple[str, ...] = ()
    foreign: int = 0


class Evidence(Struct, frozen=True):
    """The folder `evidence` inside the suggestions folder; `rootdir` is the project's."""

    directory: Path
    rootdir: Path

    def begin(self, said: object) -> None:
        """Begin the file of a run."""
        files = self.files()
        number = int(files[-1].stem) + 1 if files else 1
        self._append(f"{number:06}.jsonl", "run", (said,))

    def add(self, kind: Kind, *said: object) -> None:
        """Append a line for each record; they are on the disk when this returns.

        Raises:
            StoreError: They cannot be written.
        """
        files = self.files()
        if said:
            self._append(files[-1].name if files else _FIRST, kind, said)

    def files(self) -> tuple[Path, ...]:
        """One file per run, the oldest first; decisions are in the file of the run before them."""
        return tuple(path for path in self._lying() if path.name >= self.cut().file)

    def cut(self) -> Head:
        """Where the chain begins now."""
        return self._mark(_CUT) or Head()

    def old(self, is_old: Callable[[str], bool]) -> tuple[Path, ...]:
        """The files of the oldest runs, up to the first one whose newest line is not old; never the last one."""
        newest = {path: max((line.at for line in self.lines(path)), default="") for path in self.files()[:-1]}
        return tuple(takewhile(lambda path: is_old(newest[path]), newest))

    def remove(self, is_old: Callable[[str], bool], why: str) -> int:
        """Remove the files that are `old`, which is recorded as well; returns how many lines they had."""
        before, going = self.cut(), self.old(is_old)
        first = self.files()[len(going)]
        line = next(self.lines(first))
        end = Head(lines=line.number, digest=line.previous, file=first.name)
        names = [path.name for path in going]
        self.add("removed", {"files": names, "lines": end.lines, "digest": end.digest, "why": why})
        self._write_mark(_CUT, end)
        for path in self._lying():
            if path.name < end.file:
                disk.remove(path)
        return end.lines - before.lines

    def _lying(self) -> Iterator[Path]:
        return (self.directory / name for name in disk.names(self.directory) if _FILE.fullmatch(name))

    def lines(self, *files: Path) -> Iterator[Line]:
        """All readable lines of these files (default: all), the oldest first, even if the chain is broken."""
        for _, content in self._contents(*files):
            with contextlib.suppress(msgspec.MsgspecError):
                yield msgspec.json.decode(content, type=Line)

    def check(self) -> Checked:
        """Verify the whole chain, and compare its end with the head."""
        lines, faults, foreign = [], [], 0
        cut = self.cut()
        number, previous = cut.lines, cut.digest
        if os.path.lexists(self.directory / _CUT) and not cut.file:
            faults.append(f"{_CUT}: it was changed")
        for where, content in self._contents():
            line, fault = _read(content, number, previous)
            if line is not None:
                origin = seal.verified(self.rootdir, _unsealed(line), line.seal)
                foreign += origin == "elsewhere"
                altered = "its seal is not for what it says" if origin == "changed" else ""
                fault = fault or _misplaced(line, where) or altered
                lines.append(line)
            faults += [f"{where}: {fault}"] if fault else []
            number, previous = (number if line is None else line.number) + 1, sha256(content)
        head, end = self.head(), self._last(number, previous)
        if head is None:
            faults += ["head.json: it is missing, or it was changed"] if number else []
        elif replace(head, seal="") != end:
            faults.append(
                f"head.json: it tells of {head.lines} lines that end in {head.digest[:12]},"
                f" and there are {number} that end in {previous[:12]}"
            )
        return Checked(head=head or Head(), cut=cut, lines=tuple(lines), faults=tuple(faults), foreign=foreign)

    def head(self) -> Head | None:
        """How the chain ends; None if that is missing, unreadable, or was changed."""
        return self._mark(_HEAD)

    def _mark(self, name: str) -> Head | None:
        try:
            head = msgspec.json.decode(disk.read(self.directory / name) or b"", type=Head)
        except (msgspec.MsgspecError, StoreError):
            return None
        return None if seal.verified(self.rootdir, _unsealed(head), head.seal) == "changed" else head

    def _contents(self, *files: Path) -> Iterator[tuple[str, bytes]]:
        """The lines as they are on the disk, each with its position."""
        for path in files or self.files():
            *whole, torn = (disk.read(path, LARGEST) or b"").split(b"\n")
            for number, content in enumerate(whole, 1):
                yield f"{path.name}:{number}", content
            if torn:
                yield f"{path.name}:{len(whole) + 1} (without its end)", torn

    def _append(self, name: str, kind: Kind, said: tuple[object, ...]) -> None:
        disk.make_folder(self.directory)
        with disk.locked(self.directory / "lock", PATIENCE):  # only one process at a time adds to the chain
            end = self._end()
            number, previous, at = end.lines, end.digest, now()
            lines: list[bytes] = []
            for entry in said:
                line = Line(number=number, previous=previous, at=at, kind=kind, said=Raw(encoded(entry)))
                lines.append(self._sealed(line))
                number, previous = number + 1, sha256(lines[-1])
            disk.append(self.directory / name, b"\n".join(lines))
            self._write_mark(_HEAD, self._last(number, previous))

    def _last(self, number: int, digest: str) -> Head:
        """The head for this many lines, with the last file as it is."""
        last = self.files()[-1:]
        return (
            Head(lines=number, digest=digest, file=last[0].name, size=last[0].stat().st_size) if last else Head()
        )

    def _write_mark(self, name: str, head: Head) -> None:
        disk.write(self.directory / name, self._sealed(head))

    def _sealed(self, part: Line | Head) -> bytes:
        return encoded(replace(part, seal=seal.signed(self.rootdir, _unsealed(part))))

    def _end(self) -> Head:
        """What the next line is chained to: the head, or a line after it that a killed process has written.

        A head is there before the first line. If it is missing, nothing is repaired: what is added
        next does not fit, which `check` reports.
        """
        files = self.files()
        if not files and not os.path.lexists(self.directory / _HEAD):
            self._write_mark(_HEAD, Head())
        head = self.head()
        if head is None or not files or (head.file, head.size) == (files[-1].name, files[-1].stat().st_size):
            return head or Head()
        disk.cut_torn(files[-1])
        content = (disk.read(files[-1], LARGEST) or b"").splitlines()[-1:]
        line = _read(content[0], 0, "")[0] if content else None
        if line is None or line.number < head.lines:
            return head
        return replace(head, lines=line.number + 1, digest=sha256(content[0]))


class Answers(Struct, frozen=True):
    """Replies of a model, in `.cache/answers/` of the suggestions folder; `rootdir` is the project's.

    Their names are digests of what was asked.
    """

    directory: Path
    rootdir: Path

    def get(self, name: str) -> bytes | None:
        """What was stored under that name, None if nothing was or it cannot be read."""
        try:
            return disk.read(self._file(name))
        except StoreError:
            return None

    def put(self, name: str, content: bytes) -> None:
        """Store a reply with its question, also as evidence.

        Raises:
            StoreError: It cannot be written.
        """
        self.note(content)
        disk.make_inside(self.directory, ".cache", "answers")
        disk.write(self._file(name), content)

    def note(self, content: bytes) -> None:
        """Record it only as evidence: there was no reply.

        Raises:
            StoreError: It cannot be written.
        """
        disk.prepare(self.directory, self.rootdir)
        Evidence(self.directory / "evidence", self.rootdir).add("exchange", msgspec.json.decode(content))

    def _file(self, name: str) -> Path:
        return self.directory / ".cache" / "answers" / f"{name}.json"


def _read(content: bytes, number: int, previous: str) -> tuple[Line | None, str]:
    """The line, None if it cannot be read, and what is wrong with it, "" for nothing."""
    try:
        line = msgspec.json.decode(content, type=Line)
    except (msgspec.MsgspecError, RecursionError):
        return None, "it cannot be read"
    if encoded(line) != content:
        return line, "it was changed: nothing here writes it so"
    if line.number != number:
        return line, f"it is line {line.number} of all, where {number} should be"
    return line, "" if line.previous == previous else "the line before it is another than it was made after"


def _misplaced(line: Line, where: str) -> str:
    """What is wrong with the position: a run begins a file; but people may decide before the first run."""
    is_first = where.endswith(":1")
    fits = is_first if line.kind == "run" else not is_first or where.startswith(_FIRST)
    return "" if fits else "it stands in the file of another run"


def _unsealed(part: Line | Head) -> bytes:
    return b"evidence " + encoded(replace(part, seal=""))
