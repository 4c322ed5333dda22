"""Asking git, in a way that no setting of the user's and no hook changes the answer."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from pytest_enrich.errors import UsageError

SECONDS = 120.0
_SETTINGS = (
    "--no-optional-locks", "--no-pager", "-c", "core.quotePath=off", "-c", "diff.suppressBlankEmpty=false",
    "-c", "diff.autoRefreshIndex=false",
)  # fmt: skip
# What git tells a hook about the repository that it works for. It is found anew from the folder: in a folder
# below the top, GIT_DIR alone would make git take that folder for the top.
_OF_A_HOOK = (
    "GIT_DIR",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_TRACE",
)
_DEEPEN = "git fetch --deepen=1000"
_WHOLE = "git fetch --unshallow"
_ACTIONS = "(in GitHub Actions: actions/checkout with fetch-depth: 0)"


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
    except subprocess.TimeoutExpired:
        raise UsageError(f"git {words[0]} did not end within {SECONDS:.0f}s\nDo without this option.") from None
    return Said(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace").strip())


def need(folder: Path, *words: str) -> bytes:
    """What git prints when all is well.

    Raises:
        UsageError: It is not; with git's own words.
    """
    said = ask(folder, *words)
    if said.status:
        raise UsageError(f"git {words[0]} failed: {last(said.errors)}")
    return said.output


def head(folder: Path) -> str:
    """The id of the commit that is checked out, "" when there is none yet."""
    return resolved(folder, "HEAD")


def resolved(folder: Path, name: str) -> str:
    """The id of the commit that `name` stands for, "" when it stands for none."""
    if not name or name.startswith("-"):
        return ""
    return ask(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}").word


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """These variables without what git tells a hook; a work tree that somebody named stays."""
    kept = {name: value for name, value in given.items() if name not in _OF_A_HOOK or name == "GIT_DIR"}
    if "GIT_WORK_TREE" not in kept:
        kept.pop("GIT_DIR", None)
    if not Path(kept.get("GIT_INDEX_FILE", "")).is_absolute():  # relative to a folder that nobody told us
        kept.pop("GIT_INDEX_FILE", None)
    return kept


def last(text: str) -> str:
    """The last line that says something."""
    lines: Sequence[str] = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it gave no reason"


def check_base(rootdir: Path) -> None:
    """See to it that there is a work tree to ask about.

    Raises:
        UsageError: There is none, or git does not trust it.
    """
    said = ask(rootdir, "rev-parse", "--is-inside-work-tree")
    if said.word == "true":
        return
    why = _whole(said.errors) if said.status else "this is no work tree"
    raise UsageError(f"{rootdir} is not in the work tree of a git repository: {why}\nDo without this option.")


def _whole(errors: str) -> str:
    """The reason, and the command that it ends with where it knows one."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()] or ["it gave no reason"]
    return "\n".join(dict.fromkeys((lines[0], lines[-1])))


def find_base(rootdir: Path, since: str) -> str:
    """The id of the commit where HEAD and `since` parted, as `since...HEAD` has it.

    Raises:
        UsageError: There is no such commit; what to do about it is said.
    """
    if ".." in since:
        raise UsageError("accepted is one commit: staged, HEAD or a name; where it parted from HEAD is found out")
    commit = resolved(rootdir, since)
    if not commit:
        raise UsageError(_unknown(rootdir, since))
    if not head(rootdir):
        raise UsageError("nothing is committed here yet\nCommit something first, or use --enrich-since=staged.")
    parted = ask(rootdir, "merge-base", commit, "HEAD").word
    if not parted:
        raise UsageError(_apart(rootdir))
    return parted


def _unknown(rootdir: Path, since: str) -> str:
    lines = ["there is no such commit here"]
    remote, _, branch = since.partition("/")
    shallow, remotes = _is_shallow(rootdir), ask(rootdir, "remote").word.split("\n")
    lines += [f"There is:    {one}/{since}" for one in remotes if one and resolved(rootdir, f"{one}/{since}")]
    if branch and remote in remotes:
        lines.append(f"Fetch it:    git fetch {remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}")
    if shallow:
        lines.append(f"All of it:   {_WHOLE}    {_ACTIONS}")
    if len(lines) == 1:
        lines.append("What there is:  git branch --all")
    return "\n".join(lines)


def _apart(rootdir: Path) -> str:
    if not _is_shallow(rootdir):
        return "it has no commit in common with HEAD\nName a commit that HEAD comes from:  git log --oneline"
    return (
        "this clone is shallow: it does not reach back to where the two parted\n"
        f"More of it:  {_DEEPEN}\n"
        f"All of it:   {_WHOLE}    {_ACTIONS}"
    )


def _is_shallow(rootdir: Path) -> bool:
    return ask(rootdir, "rev-parse", "--is-shallow-repository").word == "true"
