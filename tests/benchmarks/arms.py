"""What one way to tests came to on one project, with a model or without, and the table of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

import tables
from measured import Branch
from msgspec import Struct, field
from results import Outcome

ALONE, PLAIN = "ollama", "plain prompt"
ARMS = (ALONE, PLAIN, "auto,ollama", "rows,search")
RUNGS = ("parses", "allowed", "asserts", "new", "runs", "passes", "gains", "stable", "kills")


class ModelFigures(Struct, frozen=True):
    counts: dict[str, int] = {}
    seconds: dict[str, float] = {}


class Summary(Struct, frozen=True):
    """What is needed of a `run.json`."""

    candidates: int = 0
    dropped: dict[str, int] = {}
    seconds: dict[str, float] = {}
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
        found: Which branches, where that is known.
        own: Seconds of the run after the suite, 0 where that is not told apart.
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
    found: tuple[Branch, ...] = ()
    own: float = 0.0

    @property
    def steps(self) -> tuple[int | None, ...]:
        """How many reached each rung, in the order of `STEPS`."""
        return (self.candidates, self.valid, self.passing, self.gaining, self.stable, self.graded, self.kept)

    @property
    def overhead(self) -> float | None:
        """The part of the run in which the model did nothing; None without a model."""
        return 1 - self.server / self.own if self.own and self.server else None

    def per_thousand(self, count: int) -> float | None:
        """Of something, how much there is for 1,000 generated tokens; None without tokens."""
        return 1000 * count / self.tokens if self.tokens else None


class Measured(Outcome, frozen=True, kw_only=True):
    """A project: by arm, what it came to; `missing` branches that all begin with."""

    missing: int = 0
    arms: dict[str, Arm] = field(default_factory=dict)


def of_summary(summary: Summary, refused: int, found: Collection[Branch], seconds: float) -> Arm:
    """The figures of a run of ours that covered these branches."""
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
        branches=len(found),
        found=tuple(sorted(found)),
        seconds=seconds,
        own=summary.seconds.get("total", 0.0),
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


STEPS = ("candidates", "valid", "passing", "gaining", "stable", "graded", "kept")
_HEADINGS = (
    "project, missing branches", "way", ", ".join(STEPS),
    "new branches", "questions, tokens", "kept per 1,000 tokens", "branches per 1,000 tokens",
    "run, model's own, s", "run without the model", "reading: first of a module, later, s",
)  # fmt: skip


def table(found: Sequence[Measured]) -> str:
    """Markdown tables, an arm a row: figures; how many of all, and of those before, reached a rung; more."""
    rows = [_row(one, name) for one in found for name in one.arms]
    shares = [_shares(one, name) for one in found for name in one.arms]
    failed = [f"{one.name} FAILED: {one.error}" for one in found if one.error]
    figures, parts = tables.markdown(_HEADINGS, rows), tables.markdown(("project", "way", *STEPS[1:]), shares)
    between = ("", "Of all candidates, and of those that reached the rung before:", "")
    said = (line for one in found for line in _said(one))
    return "\n".join([figures, *between, parts, "", *said, *failed])


def _row(one: Measured, name: str) -> tuple[str, ...]:
    arm = one.arms[name]
    return (
        f"{one.name}, {one.missing}",
        name,
        ", ".join("-" if count is None else str(count) for count in arm.steps),
        str(arm.branches),
        f"{arm.questions}, {arm.tokens}",
        tables.share(arm.per_thousand(arm.kept)),
        tables.share(arm.per_thousand(arm.branches)),
        f"{arm.own or arm.seconds:.0f}, {arm.server:.0f}",
        f"{100 * arm.overhead:.0f} %" if name == ALONE and arm.overhead is not None else "-",
        f"{tables.share(arm.first)}, {tables.share(arm.later)}",
    )


def _shares(one: Measured, name: str) -> tuple[str, ...]:
    """Of each rung but the first; a rung that a way has not is left out of the denominators."""
    arm, cells = one.arms[name], list[str]()
    before = arm.candidates
    for count in arm.steps[1:]:
        cells.append(
            "-" if count is None else f"{tables.whole(count, arm.candidates)}, {tables.whole(count, before)}"
        )
        before = before if count is None else count
    return (one.name, name, *cells)


def _said(one: Measured) -> Iterator[str]:
    ours, with_model, without = (one.arms.get(name) for name in ("ollama", "auto,ollama", "rows,search"))
    plain = one.arms.get(PLAIN)
    for name, arm in one.arms.items():
        if arm.strategies:
            yield f"{one.name}, {name}: {tables.counted(arm.strategies)}."
    if ours and plain:
        yield f"{one.name}: {_times(ours, plain)}"
    if with_model and without:
        counts = f"branches with the model {with_model.branches}, without {without.branches}"
        yield f"{one.name}: {counts}; {_thanks(with_model, without)}"


def _times(ours: Arm, plain: Arm) -> str:
    """How much more of each figure for 1,000 tokens there is than with the plain prompt."""
    told = []
    for what, count, other in (("kept", ours.kept, plain.kept), ("branches", ours.branches, plain.branches)):
        mine, theirs = ours.per_thousand(count), plain.per_thousand(other)
        times = f"{mine / theirs:.1f} times the plain prompt's" if mine and theirs else "the plain prompt has none"
        told.append(f"{what} per 1,000 tokens {tables.share(mine)}, {times if mine else 'no more'}")
    return "; ".join(told) + "."


def _thanks(with_model: Arm, without: Arm) -> str:
    """What was closed only with the model, and what that cost: time that it was waited for, tokens."""
    only = len(set(with_model.found) - set(without.found))
    lost = len(set(without.found) - set(with_model.found))
    each = f" ({with_model.waited / only:.0f} s and {with_model.tokens / only:.0f} tokens each)" if only else ""
    return f"{only} only with it{each}, {lost} only without."
