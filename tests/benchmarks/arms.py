"""What one way to tests came to on one project, with a model or without, and the table of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import tables
from msgspec import Struct, field
from results import Outcome

PLAIN = "plain prompt"
ARMS = ("ollama", PLAIN, "auto,ollama", "rows,search")
RUNGS = ("parses", "allowed", "asserts", "new", "runs", "passes", "gains", "stable", "kills")


class ModelFigures(Struct, frozen=True):
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}


class Summary(Struct, frozen=True):
    """What is needed of a `run.json`."""

    candidates: int = 0
    dropped: dict[str, int] = {}
    model: ModelFigures | None = None


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


def of_summary(summary: Summary, refused: int, branches: int, seconds: float) -> Arm:
    """The figures of a run of ours."""
    dropped = Counter[str]()
    for reason, count in summary.dropped.items():
        dropped[reason.partition(":")[0]] += count
    left, reached = summary.candidates, {}
    for rung in RUNGS:
        left -= dropped[rung]
        reached[rung] = left
    model = summary.model or ModelFigures()
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
