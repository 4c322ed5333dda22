"""What pytest-enrich adds to a suite beside other tools that write tests, in the same time.

    python tests/benchmarks/peers.py [MODULE...] --folder FOLDER --python310 PYTHON [--seconds 60]

Half of the tests of each module's project are deleted, and those that fail here. Every tool gets the same suite,
as many seconds, and the same judge: coverage.py with branches; a test counts when it passes in six processes with
other hash seeds. Without `--python310` there is no Pynguin, which fails on newer ones.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

import command
import contests
import generators
import layout
import projects
import runs
import tables
from contests import Contest
from generators import Target, Tool
from judging import Added
from msgspec import field
from results import Outcome, Results
from runs import Run, Settings

TARGETS = {
    one.module: one
    for one in (
        Target("humanize", "humanize.number", "src/humanize/number.py"),
        Target("inflection", "inflection", "inflection/__init__.py"),
        Target("natsort", "natsort.natsort", "natsort/natsort.py"),
        Target("isodate", "isodate.isostrf", "src/isodate/isostrf.py"),
    )
}
OURS = "pytest-enrich"
LIST = projects.LIST.with_name("peers.toml")


class Comparison(Outcome, frozen=True, kw_only=True):
    """A module: how many branches the suite misses, what each tool added, and why one added nothing."""

    missing: int = 0
    tools: dict[str, Added] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def main() -> int:
    """Compare on each module, and print the table."""
    parser = runs.arguments(__doc__, ", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each tool and module")
    parser.add_argument("--python310", help="an interpreter for Pynguin")
    given = parser.parse_args()
    unknown = sorted(set(given.names) - set(TARGETS))
    if unknown:
        parser.error(f"{', '.join(unknown)}: not one of {', '.join(TARGETS)}")
    names = [name for name in TARGETS if name in given.names or not given.names]
    given.folder /= "peers"
    settings = Settings(budget=f"{given.seconds}s", seed=0)
    run = runs.begin(given.folder, settings, projects.ROOT / "pytest_enrich", given.run)
    about = f"{tables.machine()}; {given.seconds} s a tool"
    kept = Results(run.place, "peers", Comparison)
    pythons = _installed(given.folder / "tools", given.python310)
    found = kept.measure(names, lambda name: _compare(TARGETS[name], run, given, pythons), _told, given)
    command.say(f"\n{kept.keep(TARGETS, found, table, about)}")
    return any(one.error for one in found)


def table(results: Sequence[Comparison]) -> str:
    """A Markdown table, a row for each module and tool."""
    headings = (
        "module, missing branches", "tool", "newly covered", "tests: written, kept", "lines of the kept",
        "tests that add a branch", "their lines", "seconds",
    )  # fmt: skip
    rows = [_row(one, tool) for one in results for tool in one.tools]
    failed = [f"{one.name} FAILED: {one.error}" for one in results if one.error]
    failed += [f"{one.name}: {tool}: {why}" for one in results for tool, why in one.failed.items()]
    return "\n".join([tables.markdown(headings, rows), "", *failed])


def _row(one: Comparison, tool: str) -> tuple[str, ...]:
    added = one.tools[tool]
    return (
        f"{one.name}, {one.missing}",
        tool,
        str(added.branches),
        f"{added.written}, {added.kept}",
        str(added.lines),
        str(added.adding),
        str(added.adding_lines),
        f"{added.seconds:.0f}",
    )


def _told(one: Comparison) -> str:
    return ", ".join(f"{tool} {added.branches}" for tool, added in one.tools.items())


def _installed(folder: Path, python310: str | None) -> dict[str, Path | str]:
    """For each tool its interpreter, or why there is none."""

    def one(tool: Tool) -> Path | str:
        try:
            return tool.install(folder, python310)
        except command.CommandError as error:
            return str(error)

    return {tool.name: one(tool) for tool in generators.TOOLS}


def _compare(target: Target, run: Run, given: Namespace, pythons: Mapping[str, Path | str]) -> Comparison:
    bench = layout.prepare(target.project, given.folder, projects.read(LIST))
    contest = contests.prepare(bench, target, run)
    tools, failed = {OURS: contest.ours()}, {}
    for tool in generators.TOOLS:
        python = pythons[tool.name]
        found = python if isinstance(python, str) else _theirs(contest, tool, python, given.seconds)
        if isinstance(found, Added):
            tools[tool.name] = found
        else:
            failed[tool.name] = found
    return Comparison(name=target.module, missing=len(contest.missing), tools=tools, failed=failed)


def _theirs(contest: Contest, tool: Tool, python: Path, seconds: int) -> Added | str:
    """What a tool added, or why nothing can be said."""
    try:
        return contest.theirs(tool, python, seconds)
    except command.CommandError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
