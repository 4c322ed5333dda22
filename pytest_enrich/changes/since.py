"""git's diff as values: which lines of which files it adds."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from pytest_enrich.changes import git
from pytest_enrich.changes.git import check_base, find_base
from pytest_enrich.data.code import Changes

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_QUOTED = re.compile(rb'\\([abtnvfr"\\]|[0-7]{3})')
_PLAIN = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
STAGED = "staged"
LARGEST = 16 * 1024 * 1024
_PYTHON = ":(top)*.py"
# Names as they are, no programs of the user's, files that .gitattributes calls binary too, and what changed inside
# a submodule as well.
_DIFF = (
    "diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--src-prefix=a/", "--dst-prefix=b/",
    "--text", "--unified=0", "--find-renames", "--submodule=diff", "--ignore-submodules=none",
    "--diff-algorithm=default",
)  # fmt: skip


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


def read_diff(output: bytes) -> Iterator[FileDiff]:
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


def since(rootdir: Path, name: str) -> Changes:
    """What changed since `name`: `staged`, `HEAD`, or a commit, from where it and HEAD parted.

    Lines are those of the work tree. Files that git does not know yet are new, but for `staged`; ignored ones
    never count. `rootdir` may lie below the top of the work tree, and in a worktree or submodule of its own.

    Raises:
        UsageError: git cannot say; what to do about it is said.
    """
    check_base(rootdir)
    if name == STAGED:
        return Changes(since=name, base=git.head(rootdir), lines=_below(rootdir, _staged(rootdir)))
    start = find_base(rootdir, name)
    found = {one.path: one.lines for one in _diff(rootdir, start)}
    return Changes(since=name, base=start, lines=_below(rootdir, found) | _untracked(rootdir))


def named(rootdir: Path, names: Collection[str]) -> tuple[str, ...]:
    """The Python files below rootdir that have one of these names, known to git or new; relative to it, sorted.

    Raises:
        UsageError: See `since`.
    """
    options = ("-z", "--cached", "--others", "--exclude-standard")
    # Names are not handed over: of a change of ten thousand files, they would be more than a command line holds.
    listing = git.need(rootdir, "ls-files", *options, "--", "*.py") if names else b""
    known = {os.fsdecode(path) for path in listing.split(b"\0") if path}
    return tuple(sorted(one for one in known if PurePosixPath(one).name in names and (rootdir / one).is_file()))


def _staged(rootdir: Path) -> dict[str, tuple[int, ...]]:
    """What is staged, by where it stands in the work tree, which is what tests ran."""
    after = {one.path: one for one in _diff(rootdir)}
    return {
        one.path: carried(one.lines, after[one.path].hunks if one.path in after else ())
        for one in _diff(rootdir, "--cached")
    }


def _diff(rootdir: Path, *what: str) -> Iterable[FileDiff]:
    return read_diff(git.need(rootdir, *_DIFF, *what, "--", _PYTHON, *_submodules(rootdir)))


def _submodules(rootdir: Path) -> Sequence[str]:
    """Their places: a limit to Python files would leave them out."""
    top = Path(git.ask(rootdir, "rev-parse", "--show-toplevel").word)
    if not (top / ".gitmodules").is_file():
        return ()
    listing = git.ask(top, "config", "-z", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$")
    entries = (entry.partition(b"\n")[2] for entry in listing.output.split(b"\0"))
    return [f":(top,literal){os.fsdecode(entry)}" for entry in entries if entry]


def _below(rootdir: Path, found: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Only what is below rootdir, relative to it."""
    prefix = git.ask(rootdir, "rev-parse", "--show-prefix").word
    return {path[len(prefix) :]: lines for path, lines in found.items() if lines and path.startswith(prefix)}


def _untracked(rootdir: Path) -> dict[str, tuple[int, ...]]:
    listing = git.need(rootdir, "ls-files", "-z", "--others", "--exclude-standard", "--", "*.py")
    names = [os.fsdecode(name) for name in listing.split(b"\0") if name]
    counted = {name: _length(rootdir / name) for name in names}
    return {name: tuple(range(1, length + 1)) for name, length in counted.items() if length}


def _length(path: Path) -> int:
    """How many lines a file has, 0 when it is no file that anybody wrote."""
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > LARGEST:
            return 0
        return len(path.read_bytes().splitlines())
    except OSError:
        return 0
