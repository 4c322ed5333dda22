"""The changed lines of the Python files below a folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from pytest_enrich.changes import base, diff, git
from pytest_enrich.changes.diff import FileDiff
from pytest_enrich.data.changes import Changes

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


def since(rootdir: Path, name: str) -> Changes:
    """What changed since `name`: `staged`, `HEAD`, or a commit, from where it and HEAD parted.

    Lines are those of the work tree. Files that git does not know yet are new, but for `staged`; ignored ones
    never count. `rootdir` may lie below the top of the work tree, and in a worktree or submodule of its own.

    Raises:
        UsageError: git cannot say; what to do about it is said.
    """
    base.check(rootdir)
    if name == STAGED:
        return Changes(since=name, base=git.head(rootdir), lines=_below(rootdir, _staged(rootdir)))
    start = base.find(rootdir, name)
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
        one.path: diff.carried(one.lines, after[one.path].hunks if one.path in after else ())
        for one in _diff(rootdir, "--cached")
    }


def _diff(rootdir: Path, *what: str) -> Iterable[FileDiff]:
    return diff.read(git.need(rootdir, *_DIFF, *what, "--", _PYTHON, *_submodules(rootdir)))


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
