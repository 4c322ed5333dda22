"""What somebody else's mutants say: the kill rate of a suite before and after accepting all, by mutmut.

    python tests/benchmarks/referee.py [NAME...] --folder FOLDER [--run NUMBER]

For each project of a run of `recovery.py`: mutmut's mutants of the functions that accepted suggestions are for,
once against the ablated suite and once against the same suite with the accepted tests. mutmut stands in an
environment of its own. It mutates functions and methods only, those with decorators hardly, and no module or class
bodies.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from pathlib import Path

import command
import layout
import msgspec
import mutation
import projects
import runs
import tables
from msgspec import Struct, field
from mutation import Subject
from projects import Bench
from results import Outcome, Results
from runs import Run


class Verdict(Outcome, frozen=True, kw_only=True):
    """What mutmut said of a project.

    Attributes:
        functions: How many were mutated.
        before, after: For each mutant with a verdict whether it was killed; one that has none in one of them
            counts in neither.
        left: How many were not run in time, the most of both runs.
        seconds: Of both runs.
    """

    functions: int = 0
    before: dict[str, bool] = field(default_factory=dict)
    after: dict[str, bool] = field(default_factory=dict)
    left: int = 0
    seconds: float = 0.0

    @property
    def judged(self) -> tuple[str, ...]:
        """The mutants that both runs have a verdict on."""
        return tuple(one for one in self.before if one in self.after)


class _Place(Struct, frozen=True):
    path: str
    qualname: str


class _Accepted(Struct, frozen=True):
    gap: _Place


def main() -> int:
    """Judge each project, and print the table."""
    parser = projects.listed(runs.arguments(__doc__))
    parser.add_argument("--minutes", type=float, default=20, help="for each of the two runs of a project")
    given = parser.parse_args()
    listing = projects.read(given.list)
    run = runs.find(given.folder, given.run)
    names = run.finished(projects.chosen(given.names, listing))
    kept, machine = Results(run.place, "referee", Verdict), tables.machine()

    def judged(name: str) -> Verdict:
        return _judge(layout.prepare(name, given.folder, listing), run, listing.tools, given.minutes * 60)

    found = kept.measure(names, judged, lambda one: f"{len(one.judged)} mutants, {one.seconds:.0f} s", given)
    command.say(f"\n{kept.keep(listing.projects, found, table, machine)}")
    return any(one.error for one in found)


def table(results: Sequence[Verdict]) -> str:
    """A Markdown table, and what failed."""
    headings = (
        "project", "functions", "mutants", "not in time", "killed before", "killed after",
        "of those alive before, killed",
    )  # fmt: skip
    lines = [tables.markdown(headings, [_row(one) for one in results if not one.error])]
    return "\n".join([*lines, "", *(f"{one.name} FAILED: {one.error}" for one in results if one.error)])


def _row(one: Verdict) -> tuple[str, ...]:
    alive = [name for name in one.judged if not one.before[name]]
    return (
        one.name,
        str(one.functions),
        str(len(one.judged)),
        str(one.left),
        tables.percent(len(one.judged) - len(alive), len(one.judged)),
        tables.percent(sum(one.after[name] for name in one.judged), len(one.judged)),
        tables.percent(sum(one.after[name] for name in alive), len(alive)),
    )


def _judge(bench: Bench, run: Run, tools: Sequence[str], late: float) -> Verdict:
    functions, place = accepted(run.checkout(bench.name)), run.of(bench.name) / "referee"
    classes = {path: _classes(bench.ablated / path) for path, _ in functions}
    patterns = sorted({mutation.pattern(bench.project, path, name, classes[path]) for path, name in functions})
    if not patterns:
        return Verdict(name=bench.name)
    subject = Subject(
        bench=bench,
        python=mutation.install(bench, tools),
        files=tuple(sorted(classes)),
        patterns=tuple(patterns),
        late=late,
    )
    before = subject.judge(layout.copy(bench.ablated, place / "before"))
    after = subject.judge(layout.copy(run.checkout(bench.name), place / "after"))
    return Verdict(
        name=bench.name,
        functions=len(patterns),
        before=before.killed,
        after=after.killed,
        left=max(before.left, after.left),
        seconds=before.seconds + after.seconds,
    )


def accepted(checkout: Path) -> frozenset[tuple[str, str]]:
    """Source file and function of each suggestion that was accepted."""
    found = sorted((checkout / "enrich-suggestions" / "decided").glob("*/suggestion.json"))
    gaps = [msgspec.json.decode(file.read_bytes(), type=_Accepted).gap for file in found]
    return frozenset((gap.path, gap.qualname) for gap in gaps if gap.qualname)


def _classes(path: Path) -> frozenset[str]:
    return frozenset(node.name for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.ClassDef))


if __name__ == "__main__":
    sys.exit(main())
