"""What a push is about: the commit to compare with, and the tests that touch the changed files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from pytest_enrich import changes

_SHORT = 10
_MOST = 500  # files that a command line names
_ID = re.compile(r"[0-9a-f]{40,64}")
_TEST_NAME = re.compile(r"(test_.*|.*_test|conftest)\.py")
# What git itself would push to comes first; for a new branch of a clone, where the default branch is. A repository
# that was pushed and never cloned has no origin/HEAD.
_NEAREST = ("@{push}", "@{upstream}", "origin/HEAD", "origin/main", "origin/master")


class Asked(Struct, frozen=True, kw_only=True):
    """What to compare with, or why nothing can be looked for."""

    since: str = ""
    problem: str = ""


def asked(rootdir: Path, environment: Mapping[str, str], since: str | None) -> Asked:
    """What to compare with: what was given, what pre-commit says, or the branch that a push would go to.

    Raises:
        UsageError: There is no git, or no repository.
    """
    if since:
        return Asked(since=since)
    changes.check(rootdir)
    to = environment.get("PRE_COMMIT_TO_REF", "")
    if to and changes.resolved(rootdir, to) != changes.head(rootdir):
        return Asked(problem="What is pushed is not what is checked out: nothing was looked for.")
    for name in (environment.get("PRE_COMMIT_FROM_REF", ""), *_NEAREST):
        if changes.resolved(rootdir, name):
            return Asked(since=name[:_SHORT] if _ID.fullmatch(name) else name)
    return Asked(problem="No earlier commit to compare with: nothing was looked for. Name one:  --since REF")


def tests(rootdir: Path, changed: Collection[str], touching: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The test files to run for these files, relative to rootdir; none (of too many, too) says that all have to.

    Args:
        rootdir: The project's.
        changed: Relative to it.
        touching: For each source file the test files that ran any of it in the last run of the whole suite.
    """
    names = {PurePosixPath(name).name for files in touching.values() for name in files}
    names |= {name for path in changed for name in (*_namesakes(path), PurePosixPath(path).name)}
    chosen = choose(changed, touching, changes.named(rootdir, names))
    return chosen if len(chosen) <= _MOST else ()


def choose(
    changed: Iterable[str], touching: Mapping[str, Sequence[str]], known: Collection[str]
) -> tuple[str, ...]:
    """Of the `known` files the changed tests, those that touch a changed source, and those named after one."""
    found: set[str] = set()
    for path in changed:
        if not is_test(path):
            found |= {
                *touching.get(path, ()),
                *(one for one in known if PurePosixPath(one).name in _namesakes(path)),
            }
        elif PurePosixPath(path).name != "conftest.py":
            found.add(path)
    return tuple(sorted(found & set(known)))


def is_test(path: str) -> bool:
    """Whether it is named like a file of tests, or of their fixtures."""
    return _TEST_NAME.fullmatch(PurePosixPath(path).name) is not None


def _namesakes(path: str) -> tuple[str, str]:
    pure = PurePosixPath(path)
    stem = pure.parent.name if pure.stem == "__init__" else pure.stem
    return f"test_{stem}.py", f"{stem}_test.py"
