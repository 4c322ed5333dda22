"""What a local model adds to real projects, beside the same model with the plain prompt and beside no model.

    python tests/benchmarks/models.py NAME... --folder FOLDER --model MODEL [--host HOST] [--budget 8m] [--arm ARM]

Each arm begins with the same suite, half of which is deleted, and has the same time. The figures are kept in
FOLDER/runs/NUMBER: `models.md` and `models.json` for all projects. What is there is not measured again.
"""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import amplified
import command
import layout
import measured
import msgspec
import plainly
import projects
import repository
import runs
import tables
from contests import green
from judging import Judge
from msgspec import Struct, field
from projects import Bench
from results import Outcome, Results
from runs import Run, Settings

from pytest_enrich.config import seconds as seconds_of

PLAIN = "plain prompt"
ARMS = ("ollama", PLAIN, "auto,ollama", "rows,search")
RUNGS = ("parses", "allowed", "asserts", "new", "runs", "passes", "gains", "stable", "kills")


class _Model(Struct, frozen=True):
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}


class _Summary(Struct, frozen=True):
    """What is needed of a `run.json`."""

    candidates: int = 0
    dropped: dict[str, int] = {}
    model: _Model | None = None


class Arm(Struct, frozen=True, kw_only=True):
    """What one way to tests came to.

    Attributes:
        candidates: Tests that were thought of.
        valid: Of them those that could run; `passing`, `gaining`, `stable` (and passed all machines' checks),
            `graded` (kill a mutant), `kept` likewise; None where the way has no such step.
        branches: Newly covered, of the whole project.
        tokens, questions: Of the model.
        server: Seconds that the server says it took for them.
        seconds: Of the whole arm.
        strategies: Of each strategy of ours, how often it was asked, tried and kept.
        first, later: Seconds to read the prompt of the first question about a module, and of a later one.
        waited: Seconds that we waited for replies.
    """

    candidates: int
    kept: int
    branches: int
    seconds: float
    valid: int | None = None
    passing: int | None = None
    gaining: int | None = None
    stable: int | None = None
    graded: int | None = None
    tokens: int = 0
    questions: int = 0
    server: float = 0.0
    waited: float = 0.0
    first: float | None = None
    later: float | None = None
    strategies: dict[str, int] = {}

    def per_thousand(self, count: int) -> float | None:
        """Of something, how much there is for 1,000 generated tokens; None without tokens."""
        return 1000 * count / self.tokens if self.tokens else None


class Measured(Outcome, frozen=True, kw_only=True):
    """A project: by arm, what it came to; `missing` branches that all begin with."""

    missing: int = 0
    arms: dict[str, Arm] = field(default_factory=dict)


def main() -> int:
    """Measure each project, and print the table."""
    parser = runs.arguments(__doc__)
    parser.add_argument("--model", required=True, help="the exact name")
    parser.add_argument("--host", default="http://127.0.0.1:11434", help="as in --enrich-host")
    parser.add_argument("--budget", default="8m", help="of each arm, as in --enrich-budget")
    parser.add_argument("--seed", type=int, default=0, help="as in --enrich-seed")
    parser.add_argument(
        "--arm", action="append", choices=ARMS, help="one of them only (repeat); the default is all"
    )
    given = parser.parse_args()
    listing = projects.read()
    more = (f"--enrich-host={given.host}", f"--enrich-model={given.model}")
    settings = Settings(budget=given.budget, seed=given.seed, more=more)
    run = runs.begin(given.folder, settings, projects.ROOT / "pytest_enrich", given.run)
    kept = Results(run.place, "models", Measured)
    names = projects.chosen(given.names, listing)
    about = f"{tables.machine()}; {given.model}, budget {given.budget} for each arm, seed {given.seed}"
    found = kept.measure(names, lambda name: _measure(name, run, given), _told, given)
    command.say(f"\n{kept.keep(listing.projects, found, table, about)}")
    return any(one.error for one in found)


def _measure(name: str, run: Run, given: Namespace) -> Measured:
    bench = layout.prepare(name, given.folder, projects.read())
    place = runs.clear(run.of(name))
    base = green(bench, layout.copy(bench.ablated, place / "base"), place)
    before = measured.measure(bench, layout.copy(base, place / "before" / "checkout"), place / "before")
    arms = {}
    for arm in given.arm or ARMS:
        command.say(f"{name}: {arm}, {given.budget} ...")
        contest = _Contest(bench=bench, run=run, missing=before.branches, given=given)
        arms[arm] = contest.plain() if arm == PLAIN else contest.ours(arm)
    return Measured(name=name, missing=len(before.branches), arms=arms)


class _Contest(Struct, frozen=True, kw_only=True):
    """One project, for all arms."""

    bench: Bench
    run: Run
    missing: frozenset[measured.Branch]
    given: Namespace

    def ours(self, proposers: str) -> Arm:
        """pytest-enrich with these proposers."""
        place = self.run.of(self.bench.name)
        checkout = repository.make(place / "base", runs.clear(place / proposers.replace(",", "-")) / "checkout")
        started = time.monotonic()
        amplified.enrich(self.bench, checkout, self.run, f"--enrich-with={proposers}")
        seconds = time.monotonic() - started
        written = (checkout / "enrich-suggestions" / "run.json").read_bytes()
        refused = amplified.accept(self.bench, checkout, self.run)
        after = measured.measure(self.bench, checkout, checkout.parent / "measured")
        new = len(self.missing - after.branches)
        return of_summary(msgspec.json.decode(written, type=_Summary), refused, new, seconds)

    def plain(self) -> Arm:
        """The same model with the plain prompt; its tests are judged by the benchmark: steady, and gaining."""
        place = runs.clear(self.run.of(self.bench.name) / "plain")
        base, project = self.run.of(self.bench.name) / "base", self.bench.project
        wanted = plainly.functions(base, project.pythonpath, self.missing)
        asked = plainly.ask(self.given.host, self.given.model, wanted, seconds_of(self.given.budget))
        judge = Judge(bench=self.bench, checkout=base, missing=self.missing, scratch=place / "judged")
        added = judge.added(asked.texts, asked.seconds)
        return Arm(
            candidates=added.written,
            stable=added.kept,
            gaining=added.adding,
            kept=added.adding,
            branches=added.branches,
            seconds=asked.seconds,
            tokens=asked.tokens,
            questions=asked.questions,
            server=asked.server,
            waited=asked.seconds,
        )


def of_summary(summary: _Summary, refused: int, branches: int, seconds: float) -> Arm:
    """The figures of a run of ours."""
    dropped = Counter[str]()
    for reason, count in summary.dropped.items():
        dropped[reason.partition(":")[0]] += count
    left, reached = summary.candidates, {}
    for rung in RUNGS:
        left -= dropped[rung]
        reached[rung] = left
    model = summary.model or _Model()
    counts, took = model.counts, model.seconds
    return Arm(
        candidates=summary.candidates,
        valid=reached["new"],
        passing=reached["passes"],
        gaining=reached["gains"],
        stable=reached["stable"],
        graded=reached["kills"],
        kept=reached["kills"] - refused,
        branches=branches,
        seconds=seconds,
        tokens=counts.get("tokens written", 0),
        questions=counts.get("questions", 0),
        server=took.get("server", 0.0),
        waited=took.get("waited", 0.0),
        first=_each("reading, first of a module", counts, took),
        later=_each("reading, later", counts, took),
        strategies={name: count for name, count in counts.items() if name.endswith((" asked", " tried", " kept"))},
    )


def _each(name: str, counts: Mapping[str, int], seconds: Mapping[str, float]) -> float | None:
    return seconds.get(name, 0.0) / counts[name] if counts.get(name) else None


_HEADINGS = (
    "project, missing branches", "way", "candidates, valid, passing, gaining, stable, graded, kept",
    "new branches", "questions, tokens", "kept per 1,000 tokens", "branches per 1,000 tokens",
    "run, model's own, s", "reading: first of a module, later, s",
)  # fmt: skip


def table(found: Sequence[Measured]) -> str:
    """A Markdown table, an arm a row, and what must be said besides."""
    rows = [_row(one, name) for one in found for name in one.arms]
    failed = [f"{one.name} FAILED: {one.error}" for one in found if one.error]
    return "\n".join(
        [tables.markdown(_HEADINGS, rows), "", *(line for one in found for line in _said(one)), *failed]
    )


def _row(one: Measured, name: str) -> tuple[str, ...]:
    arm = one.arms[name]
    steps = (arm.candidates, arm.valid, arm.passing, arm.gaining, arm.stable, arm.graded, arm.kept)
    return (
        f"{one.name}, {one.missing}",
        name,
        ", ".join("-" if count is None else str(count) for count in steps),
        str(arm.branches),
        f"{arm.questions}, {arm.tokens}",
        tables.share(arm.per_thousand(arm.kept)),
        tables.share(arm.per_thousand(arm.branches)),
        f"{arm.seconds:.0f}, {arm.server:.0f}",
        f"{tables.share(arm.first)}, {tables.share(arm.later)}",
    )


def _said(one: Measured) -> Iterator[str]:
    ours, with_model, without = (one.arms.get(name) for name in ("ollama", "auto,ollama", "rows,search"))
    for name, arm in one.arms.items():
        if arm.strategies:
            yield f"{one.name}, {name}: {tables.counted(arm.strategies)}."
    if ours and ours.waited:
        beyond = ours.waited - ours.server
        yield f"{one.name}: of {ours.waited:.0f} s waited for replies, {beyond:.1f} s were not the model's own."
    if with_model and without:
        yield f"{one.name}: branches with the model {with_model.branches}, without {without.branches}."


def _told(one: Measured) -> str:
    return ", ".join(f"{name}: {arm.branches} branches" for name, arm in one.arms.items())


if __name__ == "__main__":
    sys.exit(main())
