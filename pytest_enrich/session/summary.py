"""The results of a run in figures, and whether it left everything outside the suggestions folder as it was."""

from __future__ import annotations

import contextlib
import os
import platform
import time
from collections.abc import Collection, Iterable, Sequence
from importlib.metadata import distributions, version
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from msgspec.structs import replace

from pytest_enrich import __version__, changes
from pytest_enrich.config import Settings
from pytest_enrich.data import Begun, ChangedPart, CoveragePart, RunSummary
from pytest_enrich.data.encoded import encoded
from pytest_enrich.data.run import GITHUB_RUN
from pytest_enrich.errors import StoreError
from pytest_enrich.gaps import Measured, Ranked
from pytest_enrich.reporters.figures import nothing_changed
from pytest_enrich.reporters.words import visible
from pytest_enrich.sandboxes.isolation import Isolation
from pytest_enrich.session.scope import Found
from pytest_enrich.store import disk, rejected, targets
from pytest_enrich.store.disk import now

Snapshot: TypeAlias = "dict[str, tuple[int, int]] | None"

MOST_FILES = 20_000
# What pytest, Python and git write by themselves, and what is too large to look at.
PASSED_OVER = frozenset(
    {"__pycache__", ".git", ".hg", ".tox", ".nox", ".venv", "venv", "node_modules", ".pytest_cache"}
)
_CODE = (".py", ".pyi", ".toml", ".ini", ".cfg", ".json", ".yaml", ".yml")


def snapshot_files(rootdir: Path, directory: Path) -> Snapshot:
    """Size and time of each file and link below rootdir, by path; None when there are too many to look at."""
    states: dict[str, tuple[int, int]] = {}
    for folder, folders, files in os.walk(rootdir):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = [name for name in folders if name not in PASSED_OVER and Path(folder, name) != directory]
        for path in (f"{folder}/{name}" for name in (*files, *links)):
            with contextlib.suppress(OSError):
                state = os.lstat(path)
                states[path] = (state.st_size, state.st_mtime_ns)
        if len(states) > MOST_FILES:
            return None
    return states


def changed_files(rootdir: Path, directory: Path, before: Snapshot) -> tuple[str, ...] | None:
    """The files that are new, gone or changed since `before`, relative to rootdir; None when nobody looked."""
    after = snapshot_files(rootdir, directory)
    if before is None or after is None:
        return None
    differing = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return tuple(sorted(os.path.relpath(path, rootdir) for path in differing if not _is_log(path, before, after)))


def _is_log(path: str, before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> bool:
    """Whether it existed, only grew, and is not code: what a shell, or `tee`, writes a run's output to."""
    existed = path in before and path in after
    return existed and after[path][0] > before[path][0] and not path.endswith(_CODE)


def render_gaps(ranked: Sequence[Ranked], changed: ChangedPart | None = None) -> str:
    """A line for each gap, under its function."""
    if not ranked:
        return "No gaps: nothing to list." if changed is None else f"{nothing_changed(changed)} Nothing to list."
    lines = [f"gaps      {len(ranked)}, in the order in which they would be worked on", ""]
    function = None
    for entry in ranked:
        gap = entry.gap
        if (gap.path, gap.qualname) != function:
            function = (gap.path, gap.qualname)
            lines.append(visible(f"{gap.path}::{gap.qualname or '<module>'}  ({entry.reason})"))
        lines.append(visible(f"  {gap.line:>5}  {gap.outcome:<9} {gap.text}  [{gap.id}]"))
    return "\n".join(lines)


def coverage(measured: Measured) -> CoveragePart:
    """Coverage as it was before the run."""
    statements = sum(len(file.statements) for file in measured.files)
    return CoveragePart(lines=measured.line_percent, branches=measured.branch_percent, statements=statements)


def of_nothing(settings: Settings, found: Found, started: float) -> RunSummary:
    """The summary of a run that only looked."""
    return RunSummary(
        at=now(),
        directory=disk.shown(settings.directory, settings.rootdir),
        versions=versions(),
        coverage=coverage(found.measured),
        tests=settings.passed,
        files=len({entry.gap.path for entry in found.ranked}),
        gaps={**found.counts, "not tried": len(found.own)},
        seconds={"total": time.monotonic() - started},
        waiting=len(found.known),
        known=found.known,
        closed=tuple(suggestion_id for suggestion_id, verb in found.away if verb == "closed"),
        stale=tuple(suggestion_id for suggestion_id, verb in found.away if verb == "stale"),
        changed=found.changed,
        options=options(settings),
        commit=commit(settings.rootdir),
        notes=found.notes,
    )


CONFIGURATION = (*targets.FILES, ".coveragerc", rejected.NAME)


def begun(settings: Settings, found: Found, layers: Isolation) -> Begun:
    """What the run works on, as evidence."""
    tests = (*settings.test_files, *settings.red)
    evidence = environment(settings, layers, sources=found.texts, tests=tests)
    return replace(evidence, coverage=disk.sha256(encoded(found.measured)))


def environment(settings: Settings, layers: Isolation, *, sources: Iterable[str], tests: Collection[str]) -> Begun:
    """The environment, as evidence: these files, and all else that has a say; coverage was not measured."""

    def digests(paths: Iterable[str]) -> dict[str, str]:
        contents = {path: _content(settings.rootdir, path) for path in sorted(set(paths))}
        return {path: disk.sha256(content) for path, content in contents.items() if content is not None}

    above = {folder.as_posix() for path in tests for folder in PurePosixPath(path).parents}
    shared = (f"{folder}/conftest.py".removeprefix("./") for folder in above)
    return Begun(
        versions=versions(),
        system=platform.platform(),
        libraries={package.name: package.version for package in distributions()},
        options=options(settings),
        arguments=settings.pytest_args,
        said=settings.said,
        isolation=layers.name,
        layers=layers.tried,
        policy=settings.policy.sha256,
        commit=commit(settings.rootdir),
        coverage="",
        sources=digests(sources),
        tests=digests(tests),
        configuration=digests((*CONFIGURATION, *shared, *filter(None, [settings.policy.name]))),
    )


def _content(rootdir: Path, path: str) -> bytes | None:
    """The contents of a file of the project; None where it cannot be read."""
    with contextlib.suppress(OSError, ValueError, RuntimeError, StoreError):
        real = disk.real(rootdir / path)
        return disk.read(real) if real.is_relative_to(rootdir.resolve()) else None
    return None


def versions() -> dict[str, str]:
    """The versions of what took part."""
    names = ("pytest", "pytest-cov", "coverage", "hypothesis", "libcst")
    return {
        "python": platform.python_version(),
        "pytest-enrich": __version__,
        **{name: version(name) for name in names},
    }


def options(settings: Settings) -> dict[str, str]:
    """The effective options, as text."""
    return {
        "with": ",".join(settings.with_),
        "max": str(settings.maximum),
        "budget": str(settings.budget),
        "timeout": f"{settings.timeout:g}s",
        "workers": str(settings.workers),
        "seed": str(settings.seed),
        "grade": settings.grade,
        "sandbox": settings.sandbox,
        "model": settings.model,
        "host": settings.host,
        "allow_remote": "yes" if settings.allow_remote else "",
        "think": "yes" if settings.think else "",
        "include": " ".join(settings.include),
        "exclude": " ".join(settings.exclude),
        "env": " ".join(settings.env),
        "only": " ".join(settings.only),
        "from": settings.earlier,
        "since": settings.changes.since if settings.changes else "",
        "shard": str(settings.shard),
        # The number of the workflow run on GitHub, by which its artifact is fetched.
        **({GITHUB_RUN: job} if (job := os.environ.get("GITHUB_RUN_ID")) else {}),
    }


def commit(rootdir: Path) -> str | None:
    """The short id of the tree's commit; None outside git."""
    return changes.word(rootdir, "rev-parse", "--short", "HEAD") or None
