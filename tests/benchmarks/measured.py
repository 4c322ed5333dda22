"""What a test suite leaves uncovered: coverage.py with branches, over the same source whatever is on the disk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import command
import layout
import msgspec
from msgspec import Struct
from projects import Bench

Branch: TypeAlias = tuple[str, int, int]
"""A source file relative to the checkout, and a branch in it in coverage.py's numbering."""


class Missing(Struct, frozen=True, kw_only=True):
    """What was missed, and how the tests ended.

    `contexts`: for each source file and line, as text, the test functions that run it; empty unless asked for.
    """

    branches: frozenset[Branch]
    lines: frozenset[tuple[str, int]]
    outcome: str
    passed: bool
    contexts: dict[str, dict[str, tuple[str, ...]]] = {}


class _File(Struct, frozen=True):
    missing_lines: tuple[int, ...]
    missing_branches: tuple[tuple[int, int], ...] = ()
    contexts: dict[str, tuple[str, ...]] = {}


class _Report(Struct, frozen=True):
    files: dict[str, _File]


def measure(
    bench: Bench, checkout: Path, scratch: Path, *, tests: Sequence[str] = (), contexts: bool = False
) -> Missing:
    """Run the project's suite in `checkout`, or only some tests, under coverage; data is kept in `scratch`.

    Raises:
        command.CommandError: pytest or coverage did not come to an end of their own.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    settings, report = scratch / "coveragerc", scratch / "coverage.json"
    settings.write_text(_settings(bench, checkout, contexts=contexts), encoding="utf-8")
    env = {**bench.environment(checkout), "COVERAGE_FILE": str(scratch / "coverage.data")}
    coverage = [str(bench.python), "-m", "coverage"]
    started = [
        *coverage,
        "run",
        f"--rcfile={settings}",
        *(bench.project.pytest_of(tests) if tests else bench.project.pytest),
    ]
    # 1: tests failed, which is a figure like any other.
    ended = command.check(started, cwd=checkout, env=env, allowed=(0, 1))
    shown = ("--show-contexts",) if contexts else ()
    command.check([*coverage, "json", "-q", f"--rcfile={settings}", *shown, "-o", report], cwd=checkout, env=env)
    return read(report.read_bytes(), ended)


def read(report: bytes, ended: command.Ended) -> Missing:
    """A JSON report of coverage.py, and how the tests ended."""
    files = msgspec.json.decode(report, type=_Report).files
    return Missing(
        branches=frozenset((name, *branch) for name, file in files.items() for branch in file.missing_branches),
        lines=frozenset((name, line) for name, file in files.items() for line in file.missing_lines),
        outcome=outcome(ended.output),
        passed=ended.status == 0,
        contexts={name: file.contexts for name, file in files.items() if file.contexts},
    )


def outcome(output: str) -> str:
    """Pytest's own summary without the time: `394 passed, 1 skipped`."""
    found = re.findall(r"^(?:=+ )?(\d+ \w+(?:, \d+ \w+)*) in \d", output, re.MULTILINE)
    return found[-1] if found else "no summary"


def kept(bench: Bench, name: str) -> Missing:
    """What `full` or `ablated` misses, measured once, in a copy: neither ever changes."""
    place = bench.folder / "measured"
    file = place / f"{name}.json"
    if file.exists():
        return msgspec.json.decode(file.read_bytes(), type=Missing)
    checkout = layout.copy(bench.folder / name, place / name / "checkout")
    missing = measure(bench, checkout, place / name, contexts=name == "ablated")
    file.write_bytes(msgspec.json.encode(missing, order="deterministic"))
    return missing


def _settings(bench: Bench, checkout: Path, *, contexts: bool) -> str:
    sections = ["[run]", "branch = True", "relative_files = True"]
    sections += ["dynamic_context = test_function"] if contexts else []
    sections += ["source =", *(f"    {checkout / path}" for path in bench.project.source)]
    sections += ["omit =", *(f"    {pattern}" for pattern in bench.project.omit)] if bench.project.omit else []
    return "\n".join(sections) + "\n"
