"""With which commit to compare: the one where the work tree's history left that of a branch."""

from __future__ import annotations

from pathlib import Path

from pytest_enrich.changes import git
from pytest_enrich.errors import UsageError

_DEEPEN = "git fetch --deepen=1000"
_WHOLE = "git fetch --unshallow"
_ACTIONS = "(in GitHub Actions: actions/checkout with fetch-depth: 0)"


def check(rootdir: Path) -> None:
    """See to it that there is a work tree to ask about.

    Raises:
        UsageError: There is none, or git does not trust it.
    """
    said = git.ask(rootdir, "rev-parse", "--is-inside-work-tree")
    if said.word == "true":
        return
    why = _whole(said.errors) if said.status else "this is no work tree"
    raise UsageError(f"{rootdir} is not in the work tree of a git repository: {why}\nDo without this option.")


def _whole(errors: str) -> str:
    """The reason, and the command that it ends with where it knows one."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()] or ["it gave no reason"]
    return "\n".join(dict.fromkeys((lines[0], lines[-1])))


def find(rootdir: Path, since: str) -> str:
    """The id of the commit where HEAD and `since` parted, as `since...HEAD` has it.

    Raises:
        UsageError: There is no such commit; what to do about it is said.
    """
    if ".." in since:
        raise UsageError("accepted is one commit: staged, HEAD or a name; where it parted from HEAD is found out")
    commit = git.resolved(rootdir, since)
    if not commit:
        raise UsageError(_unknown(rootdir, since))
    if not git.head(rootdir):
        raise UsageError("nothing is committed here yet\nCommit something first, or use --enrich-since=staged.")
    parted = git.ask(rootdir, "merge-base", commit, "HEAD").word
    if not parted:
        raise UsageError(_apart(rootdir))
    return parted


def _unknown(rootdir: Path, since: str) -> str:
    lines = ["there is no such commit here"]
    remote, _, branch = since.partition("/")
    shallow, remotes = _is_shallow(rootdir), git.ask(rootdir, "remote").word.split("\n")
    lines += [f"There is:    {one}/{since}" for one in remotes if one and git.resolved(rootdir, f"{one}/{since}")]
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
    return git.ask(rootdir, "rev-parse", "--is-shallow-repository").word == "true"
