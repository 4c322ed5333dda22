"""The run as data: what `run.json` and every report are made from."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from pytest_enrich import __version__
from pytest_enrich.config import Settings
from pytest_enrich.data import CoveragePart, RunSummary
from pytest_enrich.data.run import GITHUB_RUN
from pytest_enrich.gaps import Measured
from pytest_enrich.session.scope import Found, now


def coverage(measured: Measured) -> CoveragePart:
    """Coverage as it was before."""
    statements = sum(len(file.statements) for file in measured.files)
    return CoveragePart(lines=measured.line_percent, branches=measured.branch_percent, statements=statements)


def of_nothing(settings: Settings, found: Found, started: float) -> RunSummary:
    """The summary of a run that only looked."""
    return RunSummary(
        at=now(),
        directory=_shown(settings),
        versions=versions(),
        coverage=coverage(found.measured),
        tests=settings.passed,
        files=len({one.gap.path for one in found.ranked}),
        gaps={**found.counts, "not tried": len(found.own)},
        seconds={"total": time.monotonic() - started},
        waiting=found.waiting,
        known=found.known,
        closed=tuple(identity for identity, verb in found.away if verb == "closed"),
        stale=tuple(identity for identity, verb in found.away if verb == "stale"),
        changed=found.changed,
        options=options(settings),
        commit=commit(settings.rootdir),
        notes=found.notes,
    )


def versions() -> dict[str, str]:
    """Of what took part."""
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
        "only": " ".join(settings.only),
        "from": settings.earlier,
        "since": settings.changes.since if settings.changes else "",
        "shard": str(settings.shard),
        **_job(os.environ),
    }


def _job(environment: Mapping[str, str]) -> dict[str, str]:
    """The number of the workflow run on GitHub, by which its artifact is fetched."""
    number = environment.get("GITHUB_RUN_ID", "")
    return {GITHUB_RUN: number} if number else {}


def commit(rootdir: Path) -> str | None:
    """The short id of the tree's commit; None outside git."""
    try:
        command = ["git", "rev-parse", "--short", "HEAD"]
        done = subprocess.run(command, cwd=rootdir, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def _shown(settings: Settings) -> str:
    try:
        return settings.directory.relative_to(settings.rootdir).as_posix()
    except ValueError:
        return str(settings.directory)
