"""The evidence of what runs did and people decided: lines that are only appended, each chained to the one before.

Each line holds the sha256 of the line before it, so that none can be changed, removed, added or moved without
breaking the chain; how long that is and how it ends stands in `head.json`. Lines and head are sealed with this
machine's key, where there is one. Who keeps the last digest elsewhere (a CI log) can tell that nothing was cut off
and made again, either.
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
"""What a run begins with; a question to a model and its reply; what candidates after it are for; a candidate and
its verdict; what was written for people; what they decided; what the run came to; which older lines are gone."""

_T = TypeVar("_T")
START = "0" * 64
"""What the first line of all is chained to."""
LARGEST = 1 << 30
"""Bytes of one file that is read."""
PATIENCE = 30.0
"""Seconds to wait for another process that is adding lines."""
_FIRST = "000001.jsonl"
_CUT = "cut.json"
_REPLY = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"\d{6}\.jsonl")


class Line(Struct, frozen=True, kw_only=True):
    """One line.

    Attributes:
        number: From 0, through all files.
        previous: sha256 of the line before, as its bytes are.
        at: When, UTC, ISO 8601.
        kind: What `said` is about.
        said: The thing itself, as JSON.
        seal: See `seal.signed`, for the line in which this is ""; "" where there is no key.
    """

    number: int
    previous: str
    at: str
    kind: Kind
    said: Raw
    seal: str = ""

    def told(self, kind: Kind, what: type[_T]) -> _T | None:
        """What it says, if it is of this kind and can be read."""
        try:
            return disk.decoded(bytes(self.said), what, disk.LARGEST) if self.kind == kind else None
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return None


class Head(Struct, frozen=True, kw_only=True):
    """How many lines the chain has, the sha256 of the last one, and the last file with its size in bytes.

    In `cut.json`: how many were removed at its beginning, the last of these, and the first file that is left.
    """

    lines: int = 0
    digest: str = START
    file: str = ""
    size: int = 0
    seal: str = ""


_Sealed = TypeVar("_Sealed", Line, Head)


class Checked(Struct, frozen=True, kw_only=True):
    """What a look at the whole chain showed.

    `faults` name each place where it is broken, with why; `lines` are those that could be read; `foreign` is how
    many were not sealed on this machine, which is no fault. `cut` is what was removed before the first of them.
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
        known = self.files()
        number = int(known[-1].stem) + 1 if known else 1
        self._append(f"{number:06}.jsonl", "run", (said,))

    def add(self, kind: Kind, *said: object) -> None:
        """Append a line for each; on the disk when this returns.

        Raises:
            StoreError: They cannot be written.
        """
        known = self.files()
        if said:
            self._append(known[-1].name if known else _FIRST, kind, said)

    def files(self) -> tuple[Path, ...]:
        """One a run, the oldest first; a decision belongs to the run before it."""
        return tuple(path for path in self._lying() if path.name >= self.cut().file)

    def cut(self) -> Head:
        """Where the chain begins by now."""
        return self._mark(_CUT) or Head()

    def old(self, is_old: Callable[[str], bool]) -> tuple[Path, ...]:
        """The files of the oldest runs, as long as their newest line is old; never the last one."""
        newest = {path: max((line.at for line in self.lines(path)), default="") for path in self.files()[:-1]}
        return tuple(takewhile(lambda path: is_old(newest[path]), newest))

    def remove(self, is_old: Callable[[str], bool], why: str) -> int:
        """Remove those that are `old`, which is evidence, too; answers how many lines there were."""
        before, going = self.cut(), self.old(is_old)
        first = self.files()[len(going)]
        line = next(self.lines(first))
        end = Head(lines=line.number, digest=line.previous, file=first.name)
        names = [path.name for path in going]
        self.add("removed", {"files": names, "lines": end.lines, "digest": end.digest, "why": why})
        disk.write(self.directory / _CUT, encoded(self._sealed(end)))
        for path in self._lying():
            if path.name < end.file:
                disk.remove(path)
        return end.lines - before.lines

    def _lying(self) -> Iterator[Path]:
        return (self.directory / name for name in disk.names(self.directory) if _FILE.fullmatch(name))

    def lines(self, *files: Path) -> Iterator[Line]:
        """All that can be read in these files, or in all, the oldest first, whether the chain holds or not."""
        for _, content in self._contents(*files):
            with contextlib.suppress(msgspec.MsgspecError):
                yield msgspec.json.decode(content, type=Line)

    def check(self) -> Checked:
        """Go along the whole chain, and compare its end with the head."""
        found, faults, foreign = [], [], 0
        cut = self.cut()
        number, previous = cut.lines, cut.digest
        if os.path.lexists(self.directory / _CUT) and not cut.file:
            faults.append(f"{_CUT}: it was changed")
        for where, content in self._contents():
            line, fault = _read(content, number, previous)
            if line is not None:
                made = seal.verified(self.rootdir, _unsealed(line), line.seal)
                foreign += made == "elsewhere"
                altered = "its seal is not for what it says" if made == "changed" else ""
                fault = fault or _misplaced(line, where) or altered
                found.append(line)
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
        return Checked(head=head or Head(), cut=cut, lines=tuple(found), faults=tuple(faults), foreign=foreign)

    def head(self) -> Head | None:
        """How the chain ends; None when that is missing, unreadable, or was changed."""
        return self._mark("head.json")

    def _mark(self, name: str) -> Head | None:
        try:
            head = msgspec.json.decode(disk.read(self.directory / name) or b"", type=Head)
        except (msgspec.MsgspecError, StoreError):
            return None
        return None if seal.verified(self.rootdir, _unsealed(head), head.seal) == "changed" else head

    def _contents(self, *files: Path) -> Iterator[tuple[str, bytes]]:
        """The lines as they are on the disk, each with where it stands."""
        for path in files or self.files():
            *whole, torn = (disk.read(path, LARGEST) or b"").split(b"\n")
            for number, content in enumerate(whole, 1):
                yield f"{path.name}:{number}", content
            if torn:
                yield f"{path.name}:{len(whole) + 1} (without its end)", torn

    def _append(self, name: str, kind: Kind, said: tuple[object, ...]) -> None:
        disk.make_folder(self.directory)
        with disk.locked(self.directory / "lock", PATIENCE):  # one process at a time adds to the chain
            end = self._end()
            number, previous, at = end.lines, end.digest, now()
            lines: list[bytes] = []
            for one in said:
                line = Line(number=number, previous=previous, at=at, kind=kind, said=Raw(encoded(one)))
                lines.append(encoded(self._sealed(line)))
                number, previous = number + 1, sha256(lines[-1])
            disk.append(self.directory / name, b"\n".join(lines))
            self._write_head(self._last(number, previous))

    def _last(self, number: int, digest: str) -> Head:
        """The head for so many lines, with the last file as it is."""
        last = self.files()[-1:]
        return (
            Head(lines=number, digest=digest, file=last[0].name, size=last[0].stat().st_size) if last else Head()
        )

    def _write_head(self, head: Head) -> None:
        disk.write(self.directory / "head.json", encoded(self._sealed(head)))

    def _sealed(self, one: _Sealed) -> _Sealed:
        return replace(one, seal=seal.signed(self.rootdir, _unsealed(one)))

    def _end(self) -> Head:
        """What the next line is chained to: the head, or a line after it that a killed process has written.

        A head is there before the first line. Where it is missing nothing is repaired: what comes next does not
        fit, which `check` tells.
        """
        known = self.files()
        if not known and not os.path.lexists(self.directory / "head.json"):
            self._write_head(Head())
        head = self.head()
        if head is None or not known or (head.file, head.size) == (known[-1].name, known[-1].stat().st_size):
            return head or Head()
        disk.cut_torn(known[-1])
        content = (disk.read(known[-1], LARGEST) or b"").splitlines()[-1:]
        line = _read(content[0], 0, "")[0] if content else None
        if line is None or line.number < head.lines:
            return head
        return replace(head, lines=line.number + 1, digest=sha256(content[0]))


class Answers(Struct, frozen=True):
    """Replies of a model, in `.cache/answers/` of the suggestions folder; `rootdir` is the project's."""

    directory: Path
    rootdir: Path

    def get(self, name: str) -> bytes | None:
        """What was kept by that name, None when nothing was, or it cannot be read."""
        try:
            return disk.read(self._folder / _reply_file(name))
        except StoreError:
            return None

    def put(self, name: str, content: bytes) -> None:
        """Keep it, with its question, as evidence, too.

        Raises:
            StoreError: It cannot be written.
        """
        place = self._folder / _reply_file(name)
        self.note(content)
        disk.make_inside(self.directory, ".cache", "answers")
        disk.write(place, content)

    def note(self, content: bytes) -> None:
        """Keep it as evidence alone: there was no reply.

        Raises:
            StoreError: It cannot be written.
        """
        disk.prepare(self.directory, self.rootdir)
        Evidence(self.directory / "evidence", self.rootdir).add("exchange", msgspec.json.decode(content))

    @property
    def _folder(self) -> Path:
        return self.directory / ".cache" / "answers"


def _read(content: bytes, number: int, previous: str) -> tuple[Line | None, str]:
    """The line, None when it cannot be read, and what is wrong with it, "" for nothing."""
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
    """What is wrong with the place: a run begins a file; people may decide before the first one, too."""
    is_first = where.endswith(":1")
    fits = is_first if line.kind == "run" else not is_first or where.startswith(_FIRST)
    return "" if fits else "it stands in the file of another run"


def _unsealed(one: Line | Head) -> bytes:
    return b"evidence " + encoded(replace(one, seal=""))


def _reply_file(name: str) -> str:
    if not _REPLY.fullmatch(name):
        raise StoreError(f"{name[:80]!r} cannot be the name of a reply\nIt was not written.")
    return f"{name}.json"
