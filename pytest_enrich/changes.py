"""Which lines changed since a commit: git is asked, never changed, and no setting of the user's but a name counts.

`since` answers that; `environment` is for a process that must not take a hook's repository for its own.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct

from pytest_enrich.data.code import Changes
from pytest_enrich.errors import UsageError

SECONDS = 120.0
_SETTINGS = (
    "--no-optional-locks", "--no-pager", "-c", "core.quotePath=off", "-c", "diff.suppressBlankEmpty=false",
    "-c", "diff.autoRefreshIndex=false", "-c", "diff.context=0", "-c", "diff.interHunkContext=0",
)  # fmt: skip
# What git tells a hook about the repository that it works for. It is found anew from the folder: in a folder
# below the top, GIT_DIR alone would make git take that folder for the top.
_OF_A_HOOK = re.compile(
    r"GIT_(PREFIX|COMMON_DIR|(ALTERNATE_)?OBJECT_DIRECTOR(Y|IES)|IMPLICIT_WORK_TREE|INTERNAL_SUPER_PREFIX"
    r"|QUARANTINE_PATH|(\w*GLOB|LITERAL|ICASE)_PATHSPECS|EXTERNAL_DIFF|DIFF_OPTS|TRACE)"
)
_WHOLE = "All of it:   git fetch --unshallow    (in GitHub Actions: actions/checkout with fetch-depth: 0)"


class Said(Struct, frozen=True):
    """How git ended, and what it printed."""

    status: int
    output: bytes
    errors: str

    @property
    def word(self) -> str:
        """The answer that is one line, "" when git had none."""
        return "" if self.status else os.fsdecode(self.output).rstrip("\n")


def ask(folder: Path, *words: str) -> Said:
    """Run git in `folder`.

    Raises:
        UsageError: There is no git, or it does not answer in time.
    """
    command = ["git", *_SETTINGS, *words]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment(os.environ) | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except FileNotFoundError:
        raise UsageError("it needs git, which is not here\nInstall git, or do without this option.") from None
    except OSError as error:  # a git that may not be run, a folder of PATH that may not be searched
        raise UsageError(f"git cannot be started: {error.strerror}\nDo without this option.") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git {words[0]} did not end within {SECONDS:.0f}s\nDo without this option.") from None
    return Said(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())


def word(folder: Path, *words: str) -> str:
    """Git's answer that is one line, "" where it has none, or there is no git."""
    try:
        return ask(folder, *words).word
    except UsageError:
        return ""


def need(folder: Path, *words: str) -> bytes:
    """What git prints when all is well.

    Raises:
        UsageError: It is not; the message has git's own words.
    """
    reply = ask(folder, *words)
    if reply.status:
        raise UsageError(f"git {words[0]} failed: {_lines(reply.errors)[-1]}")
    return reply.output


def _resolved(folder: Path, name: str) -> str:
    """The id of the commit that `name` stands for, "" when it stands for none."""
    if not name or name.startswith("-"):
        return ""
    return ask(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").word


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """These variables without what git tells a hook; a work tree that somebody named stays."""
    kept = {name: value for name, value in given.items() if not _OF_A_HOOK.fullmatch(name)}
    if "GIT_WORK_TREE" not in kept:
        kept.pop("GIT_DIR", None)
    if not Path(kept.get("GIT_INDEX_FILE", "")).is_absolute():  # relative to a folder that we do not know
        kept.pop("GIT_INDEX_FILE", None)
    return kept


def _lines(text: str) -> list[str]:
    """The lines that are not blank, or one that says that there are none."""
    return [line.strip() for line in text.splitlines() if line.strip()] or ["it gave no reason"]


def check_base(rootdir: Path) -> None:
    """Check that there is a work tree to ask about.

    Raises:
        UsageError: There is none, or git does not trust it.
    """
    reply = ask(rootdir, "rev-parse", "--is-inside-work-tree")
    if reply.word == "true":
        return
    reasons = _lines(reply.errors)  # the last one is a command, where git knows one
    why = "\n".join(dict.fromkeys((reasons[0], reasons[-1]))) if reply.status else "this is no work tree"
    raise UsageError(f"{rootdir} is not in the work tree of a git repository: {why}\nDo without this option.")


def find_base(rootdir: Path, since: str) -> str:
    """The id of the commit where HEAD and `since` parted, as `since...HEAD` has it.

    Raises:
        UsageError: There is no such commit; the message says what to do about it.
    """
    if ".." in since:
        raise UsageError("accepted is one commit: staged, HEAD or a name; where it parted from HEAD is found out")
    commit = _resolved(rootdir, since)
    if not commit:
        raise UsageError(_unknown(rootdir, since))
    if not _resolved(rootdir, "HEAD"):
        raise UsageError("nothing is committed here yet\nCommit something first, or use --enrich-since=staged.")
    parted = ask(rootdir, "merge-base", commit, "HEAD").word
    if not parted:
        raise UsageError(_apart(rootdir))
    return parted


def _unknown(rootdir: Path, since: str) -> str:
    lines = ["there is no such commit here"]
    remote, _, branch = since.partition("/")
    remotes = ask(rootdir, "remote").word.split("\n")
    lines += [f"There is:    {name}/{since}" for name in remotes if name and _resolved(rootdir, f"{name}/{since}")]
    if branch and remote in remotes:
        lines.append(f"Fetch it:    git fetch {remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}")
    lines += [_WHOLE] * _is_shallow(rootdir)
    return "\n".join([*lines, *["What there is:  git branch --all"] * (len(lines) == 1)])


def _apart(rootdir: Path) -> str:
    if _is_shallow(rootdir):
        return f"this clone is shallow: it does not reach back to where the two parted\n{_WHOLE}"
    return "it has no commit in common with HEAD\nName a commit that HEAD comes from:  git log --oneline"


def _is_shallow(rootdir: Path) -> bool:
    return ask(rootdir, "rev-parse", "--is-shallow-repository").word == "true"


_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
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
    """One change: from the line `old` on, `removed` lines went; from the line `new` on, `added` came."""

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
    """The files that a diff without lines of context leaves in place, each with its hunks."""
    lines = iter(output.split(b"\n"))
    path = b""
    hunks: list[Hunk] = []
    for line in lines:
        if line.startswith(b"diff --"):
            yield from _file(path, hunks)
            path, hunks = b"", []
        elif line.startswith(b"+++ "):
            path = line[4:].removesuffix(b"\t")  # behind a name with a space
        elif header := _HUNK.match(line):
            old, removed, new, added = (int(text or b"1") for text in header.groups())
            hunks.append(Hunk(old + (not removed), removed, new + (not added), added))
            for _ in islice(lines, removed + added):
                pass  # these lines may look like others
    yield from _file(path, hunks)


def carried(lines: Iterable[int], hunks: Sequence[Hunk]) -> tuple[int, ...]:
    """Where lines of the old text are in the new one; those that a hunk takes away are left out."""
    new_lines = []
    for line in lines:
        before = [hunk for hunk in hunks if hunk.old <= line]
        if all(line >= hunk.old + hunk.removed for hunk in before):
            new_lines.append(line + sum(hunk.added - hunk.removed for hunk in before))
    return tuple(new_lines)


def _file(path: bytes, hunks: Sequence[Hunk]) -> Iterator[FileDiff]:
    if path and path != b"/dev/null":
        yield FileDiff(os.fsdecode(path.removeprefix(b"b/")), tuple(hunks))


def since(rootdir: Path, name: str) -> Changes:
    """What changed since `name`: `staged`, `HEAD`, or a commit, from where it and HEAD parted.

    Lines are those of the work tree. Files that git does not know yet are new, except for `staged`; ignored
    ones never count. `rootdir` may lie below the top of the work tree, and in a worktree or submodule of its own.

    Raises:
        UsageError: git cannot say; the message says what to do about it.
    """
    check_base(rootdir)
    if name == STAGED:
        return Changes(since=name, base=_resolved(rootdir, "HEAD"), lines=_below(rootdir, _staged(rootdir)))
    start = find_base(rootdir, name)
    lines = {diff.path: diff.lines for diff in _diff(rootdir, start)}
    return Changes(since=name, base=start, lines=_below(rootdir, lines) | _untracked(rootdir))


def _staged(rootdir: Path) -> dict[str, tuple[int, ...]]:
    """What is staged, by where it is in the work tree, which is what the tests ran."""
    after = {diff.path: diff for diff in _diff(rootdir)}
    return {
        diff.path: carried(diff.lines, after[diff.path].hunks if diff.path in after else ())
        for diff in _diff(rootdir, "--cached")
    }


def _diff(rootdir: Path, *what: str) -> Iterable[FileDiff]:
    return read_diff(need(rootdir, *_DIFF, *what, "--", _PYTHON, *_submodules(rootdir)))


def _submodules(rootdir: Path) -> Sequence[str]:
    """Their paths: a limit to Python files would leave them out."""
    top = Path(ask(rootdir, "rev-parse", "--show-toplevel").word)
    if not (top / ".gitmodules").is_file():
        return ()
    listing = ask(top, "config", "-z", "--file", ".gitmodules", "--get-regexp", r"^submodule\..*\.path$")
    entries = (entry.partition(b"\n")[2] for entry in listing.output.split(b"\0"))
    return [f":(top,literal){os.fsdecode(entry)}" for entry in entries if entry]


def _below(rootdir: Path, found: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Only what is below rootdir, relative to it."""
    prefix = ask(rootdir, "rev-parse", "--show-prefix").word
    return {path[len(prefix) :]: lines for path, lines in found.items() if lines and path.startswith(prefix)}


def _untracked(rootdir: Path) -> dict[str, tuple[int, ...]]:
    listing = need(rootdir, "ls-files", "-z", "--others", "--exclude-standard", "--", "*.py")
    names = [os.fsdecode(name) for name in listing.split(b"\0") if name]
    return {name: tuple(range(1, length + 1)) for name in names if (length := _length(rootdir / name))}


def _length(path: Path) -> int:
    """How many lines a file has, 0 when it is no file that anybody wrote."""
    try:
        state = path.lstat()
        if not stat.S_ISREG(state.st_mode) or state.st_size > LARGEST:
            return 0
        return len(path.read_bytes().splitlines())
    except OSError:
        return 0
