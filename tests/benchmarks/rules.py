"""What each rule by which inputs are thought of is worth, on projects that no rule was made on.

    python tests/benchmarks/rules.py [NAME...] --folder FOLDER [--list FILE] [--budget 2000x] [--unproven]
        [--without RULE...]

Of each project of `strangers.toml`, or of another list, half of the tests are deleted, and the rest is enriched.
For each rule the table has how many inputs it had a part in, how many tests of these were tried and kept, how
many branches and lines the kept ones reach, and how many of these no kept test reaches without it. That
overstates what a rule is worth, since another one may do in its place: what its absence costs is seen in a run
`--without` it, which is compared with the run that has all. The budget is one in executions, so that neither
chance nor the clock makes a difference.

With `--unproven` each test is taken at its word, which takes a fifth of the time.

Runs are kept in FOLDER/rules; what is there is not run again.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import command
import jobs
import layout
import msgspec
import projects
import repository
import tables
from msgspec import Struct
from projects import Project
from results import pretty

from pytest_enrich.data import Attempt, Branch, Kept

LIST = Path(__file__).with_name("strangers.toml")
AT_ITS_WORD = """

def judge(task, candidate, *_, **__):
    if (fault := check.text(task, candidate)) is not None:
        return fault
    gaps = [gap for gap in task.target.gaps if gap.id in candidate.gaps]
    lines = {line for gap in gaps for line in gap.lines}
    branches = {branch for gap in gaps for branch in gap.branches}
    reached = {"lines": tuple(sorted(lines)), "branches": tuple(sorted(branches))}
    return Kept(gaps=tuple(gap.id for gap in gaps), runs=(), seconds=0.0, **reached)
"""
"""In the place of the ladder: a test is kept unless a look at its text says no."""
ALL = "LEFT_OUT: frozenset[str] = frozenset()"
HOUR = 3600.0
Place = tuple[str, int | Branch]
"""A file, and one of its lines or branches."""


class Stranger(Project, frozen=True, kw_only=True):
    """A project of `strangers.toml`; one of so many parts of its functions is worked on."""

    parts: int = 1


class Strangers(Struct, frozen=True, kw_only=True):
    """`strangers.toml`."""

    tools: tuple[str, ...]
    seed: int
    fraction: float
    projects: dict[str, Stranger]

    @property
    def listing(self) -> projects.Listing:
        """As other benchmarks read it."""
        known: dict[str, Project] = {**self.projects}
        return projects.Listing(tools=self.tools, seed=self.seed, fraction=self.fraction, projects=known)


class Found(Struct, frozen=True, kw_only=True):
    """What a run on one project came to; `tests` are pairs of a kept test's rules and what it reaches."""

    ideas: dict[str, int]
    tried: dict[str, int]
    tests: tuple[tuple[frozenset[str], frozenset[Place]], ...]

    @property
    def reached(self) -> frozenset[Place]:
        """By any of the kept tests."""
        return frozenset[Place]().union(*(reached for _, reached in self.tests))


class Worth(Struct, frozen=True, kw_only=True):
    """What one rule had a part in, and what no other test reaches."""

    ideas: int
    tried: int
    kept: int
    reached: int
    alone: int


class _Summary(Struct, frozen=True):
    ideas: dict[str, int] = {}


def worth(found: Sequence[Found]) -> dict[str, Worth]:
    """Of all rules on all projects."""
    ideas, tried, kept, reached, alone = (Counter[str]() for _ in range(5))
    for one in found:
        ideas.update(one.ideas)
        tried.update(one.tried)
        of_rule: dict[str, set[Place]] = defaultdict(set)
        for rules, places in one.tests:
            kept.update(rules)
            for rule in rules:
                of_rule[rule] |= places
        for rule, places in of_rule.items():
            others = set[Place]().union(*(other for rules, other in one.tests if rule not in rules))
            reached[rule] += len(places)
            alone[rule] += len(places - others)
    return {
        rule: Worth(
            ideas=ideas[rule], tried=tried[rule], kept=kept[rule], reached=reached[rule], alone=alone[rule]
        )
        for rule in sorted({*ideas, *tried}, key=lambda rule: (-alone[rule], -kept[rule], -ideas[rule], rule))
    }


def table(found: Sequence[Found]) -> str:
    """A row a rule, the most worthwhile first."""
    headings = ("rule", "inputs", "tests tried", "kept", "reached by them", "by them alone")
    rows = [
        (rule, *map(str, (one.ideas, one.tried, one.kept, one.reached, one.alone)))
        for rule, one in worth(found).items()
    ]
    return tables.markdown(headings, rows)


def compared(names: Sequence[str], before: Sequence[Found], after: Sequence[Found]) -> str:
    """What was reached with all rules, without some, and what only one of both runs reached."""
    reached = [(one.reached, other.reached) for one, other in zip(before, after, strict=True)]
    pairs = [(len(one), len(other), len(one - other), len(other - one)) for one, other in reached]
    rows = [(name, *map(str, pair)) for name, pair in zip(names, pairs, strict=True)]
    whole = ("all", *(str(sum(column)) for column in zip(*pairs, strict=True)))
    return tables.markdown(("project", "reached with all", "without", "lost", "gained"), [*rows, whole])


class Runs(Struct, frozen=True, kw_only=True):
    """Runs on all projects in one way; `folder` is where everything is kept."""

    folder: Path
    strangers: Strangers
    budget: str
    unproven: bool
    without: tuple[str, ...] = ()

    @property
    def place(self) -> Path:
        """Where these are kept."""
        digest = hashlib.sha256("\n".join(sorted(self.without)).encode()).hexdigest()[:8]
        how = "unproven" if self.unproven else "proven"
        return self.folder / "rules" / f"{f'without-{digest}' if self.without else 'all'}-{self.budget}-{how}"

    def found(self, name: str) -> Found:
        """Enrich one project, unless that was done.

        Raises:
            command.CommandError: Its tests failed, or the run did not come to its end.
        """
        file = self.place / f"{name}.json"
        if file.exists():
            return msgspec.json.decode(file.read_bytes(), type=Found)
        package = self._package()
        bench = layout.prepare(name, self.folder, self.strangers.listing)
        checkout = repository.make(bench.ablated, self.place / name)
        parts = self.strangers.projects[name].parts
        ours = ("--enrich", "--enrich-max=0", f"--enrich-budget={self.budget}", "--enrich-grade=weak")
        measured = (
            "--cov-branch",
            "--cov-report=",
            *(f"--cov={checkout / path}" for path in bench.project.source),
        )
        argv = [str(bench.python), *bench.project.pytest, *measured, *ours, f"--enrich-shard=1/{parts}"]
        ended = command.run(argv, cwd=checkout, env=bench.environment(checkout, package), timeout=HOUR)
        (self.place / f"{name}.log").write_text(ended.output, encoding="utf-8")
        written = checkout / "enrich-suggestions" / "run.json"
        if not written.exists():
            raise command.CommandError(f"pytest --enrich ended with status {ended.status}\n{ended.end}")
        summary = msgspec.json.decode(written.read_bytes(), type=_Summary)
        found = _found(summary.ideas, jobs.tried(checkout))
        file.write_bytes(pretty(found))
        return found

    def _package(self) -> Path:
        """A folder with a copy of pytest_enrich in which these rules propose nothing."""
        place = self.place / "package"
        package = place / "pytest_enrich"
        if not place.exists():
            shutil.copytree(projects.ROOT / "pytest_enrich", package, ignore=shutil.ignore_patterns("__pycache__"))
            registry, ladder = package / "payload" / "rules" / "__init__.py", package / "validate" / "__init__.py"
            text = registry.read_text(encoding="utf-8")
            assert ALL in text
            left_out = f"LEFT_OUT = frozenset({sorted(self.without)!r})"
            registry.write_text(text.replace(ALL, left_out), encoding="utf-8")
            if self.unproven:
                ladder.write_text(ladder.read_text(encoding="utf-8") + AT_ITS_WORD, encoding="utf-8")
        return place


def _found(ideas: dict[str, int], attempts: Iterable[Attempt]) -> Found:
    attempts = [*attempts]
    tried = Counter(rule for one in attempts for rule in one.candidate.origin.rules)
    kept = [(one, one.verdict) for one in attempts if isinstance(one.verdict, Kept)]
    tests = tuple(
        (
            frozenset(one.candidate.origin.rules),
            frozenset((one.path, place) for place in (*verdict.lines, *verdict.branches)),
        )
        for one, verdict in kept
    )
    return Found(ideas=ideas, tried=dict(tried), tests=tests)


def main() -> int:
    """Run on each project, and print the tables."""
    parser = projects.arguments(__doc__, "projects of the list")
    parser.add_argument("--list", type=projects.absolute, default=LIST, help="instead of strangers.toml")
    parser.add_argument("--budget", default="2000x", help="as in --enrich-budget")
    parser.add_argument("--unproven", action="store_true", help="take each test at its word")
    parser.add_argument("--without", metavar="RULE", nargs="*", default=[], help="rules to leave out")
    given = parser.parse_args()
    strangers = msgspec.toml.decode(given.list.read_bytes(), type=Strangers)
    names = projects.chosen(given.names, strangers.listing)
    whole = Runs(folder=given.folder, strangers=strangers, budget=given.budget, unproven=given.unproven)
    less = msgspec.structs.replace(whole, without=tuple(given.without))
    before, after = list[Found](), list[Found]()
    for name in names:
        before.append(whole.found(name))
        after.append(less.found(name))
        command.say(f"{name}: {len(before[-1].reached)} reached with all, {len(after[-1].reached)} without")
    command.say(f"\n{tables.machine()}; budget {given.budget}\n\n{table(before)}")
    command.say(f"\n{compared(names, before, after)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
