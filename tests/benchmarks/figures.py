"""The figures of a run on one project, and the table of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from measured import Missing
from msgspec import Struct, field
from results import Outcome
from tables import counted, markdown, median, percent, share


class Recovery(Struct, frozen=True, kw_only=True):
    """How much of what was lost came back.

    Attributes:
        before, after, full: Missing branches of the ablated suite, after accepting all, of the full suite.
        plain: (before - after) / (before - full); None where nothing was lost. Above 1 when gaps of the full suite
            are closed too.
        strict: Of the branches that the deleted tests alone covered, the share covered again.
        new: Branches covered after that were missing before, those that the full suite misses included.
    """

    before: int
    after: int
    full: int
    plain: float | None
    strict: float | None
    new: int


class Result(Outcome, frozen=True, kw_only=True):
    """What one run on one project came to.

    Attributes:
        kinds, proposers, grades: How many suggestions there are of each.
        candidates, graded: How many were tried, and how many of them got which grade, the dropped ones included.
        refused: How many suggestions `accept` refused.
        invited: Suggestions for functions that parametrized tests run, rows included.
        meant: Those of them for functions that one of these tests names, too.
        added: Lines added to the tests by accepting all, `blank` ones included.
        seconds: Of the whole pytest run, the suite included.
        first, own: Seconds after the suite: until the first suggestion, and of all.
        stopped, isolation, notes: As in the run's own summary.
        dirty: What git showed before anything was accepted.
        suite, passed: How the suite ended after accepting.
    """

    kinds: dict[str, int] = field(default_factory=dict)
    proposers: dict[str, int] = field(default_factory=dict)
    grades: dict[str, int] = field(default_factory=dict)
    candidates: int = 0
    graded: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    invited: int = 0
    meant: int = 0
    recovery: Recovery | None = None
    added: int = 0
    blank: int = 0
    seconds: float = 0.0
    first: float | None = None
    own: float = 0.0
    stopped: str = ""
    isolation: str = ""
    notes: tuple[str, ...] = ()
    dirty: tuple[str, ...] = ()
    suite: str = ""
    passed: bool = False

    @property
    def suggestions(self) -> int:
        """How many there are."""
        return sum(self.kinds.values())

    @property
    def weak(self) -> int:
        """How many candidates kill no mutant, and were dropped for it."""
        return self.graded.get("weak", 0) - self.grades.get("weak", 0)

    @property
    def lines_per_branch(self) -> float | None:
        """Added lines per newly covered branch; None when there is no new one."""
        return self.added / self.recovery.new if self.recovery and self.recovery.new else None

    @property
    def code_per_branch(self) -> float | None:
        """The same without blank lines."""
        return (self.added - self.blank) / self.recovery.new if self.recovery and self.recovery.new else None


def recovery(before: Missing, after: Missing, full: Missing) -> Recovery:
    """How much of what `full` covers and `before` does not is covered `after`."""
    lost = before.branches - full.branches
    difference = len(before.branches) - len(full.branches)
    return Recovery(
        before=len(before.branches),
        after=len(after.branches),
        full=len(full.branches),
        plain=(len(before.branches) - len(after.branches)) / difference if difference > 0 else None,
        strict=len(lost - after.branches) / len(lost) if lost else None,
        new=len(before.branches - after.branches),
    )


_HEADINGS = (
    "project", "suggestions", "kinds", "grades", "dropped as weak", "missing branches: ablated, after, full",
    "recovery", "strict", "added lines per new branch", "run, s", "first, s", "after the suite, s", "suite after",
)  # fmt: skip


def table(results: Sequence[Result]) -> str:
    """A Markdown table, a project a row, with the medians last; and what must be said besides."""
    good = [one for one in results if not one.error]
    rows = [_row(one) for one in good]
    said = list(_totals(good)) if good else []
    return "\n".join([markdown(_HEADINGS, [*rows, _medians(good)]), "", *said, *_troubles(results)])


def _row(one: Result) -> tuple[str, ...]:
    assert one.recovery is not None
    got = one.recovery
    return (
        one.name,
        str(one.suggestions),
        counted(one.kinds),
        counted(one.grades),
        str(one.weak),
        f"{got.before}, {got.after}, {got.full}",
        share(got.plain),
        share(got.strict),
        share(one.lines_per_branch),
        f"{one.seconds:.0f}",
        "-" if one.first is None else f"{one.first:.0f}",
        f"{one.own:.0f}",
        one.suite,
    )


def _medians(good: Sequence[Result]) -> tuple[str, ...]:
    recovered = [one.recovery for one in good if one.recovery]
    plain, strict = median(one.plain for one in recovered), median(one.strict for one in recovered)
    per_branch = median(one.lines_per_branch for one in good)
    first = median(one.first for one in good)
    return (
        "median",
        "",
        "",
        "",
        "",
        "",
        share(plain),
        share(strict),
        share(per_branch),
        "",
        "-" if first is None else f"{first:.0f}",
        "",
        "",
    )


def _totals(good: Sequence[Result]) -> Iterator[str]:
    kinds, proposers, grades, graded = (
        sum((Counter(counts) for counts in several), Counter[str]())
        for several in zip(*((one.kinds, one.proposers, one.grades, one.graded) for one in good), strict=True)
    )
    strong = percent(grades["strong"], sum(grades.values()))
    yield f"Suggestions: {counted(kinds)}; {counted(proposers)}; {counted(grades)}: strong {strong}."
    weak, tried = percent(graded["weak"], sum(graded.values())), sum(one.candidates for one in good)
    yield f"Candidates: {tried} tried, {sum(graded.values())} graded ({counted(graded)}): weak {weak}."
    invited, meant = sum(one.invited for one in good), sum(one.meant for one in good)
    rows, on = percent(kinds["row"], invited), percent(kinds["row"], meant)
    yield f"Suggestions for functions that parametrized tests run: {invited}; rows {rows}."
    yield f"Of them for functions that such a test names: {meant}; rows {on}."
    code = share(median(one.code_per_branch for one in good))
    yield f"Added lines per new branch without blank ones, median: {code}."
    strict = [one.recovery.strict for one in good if one.recovery and one.recovery.strict is not None]
    yield f"Lowest strict recovery: {share(min(strict, default=None))}."


def _troubles(results: Sequence[Result]) -> Iterator[str]:
    for one in results:
        if one.error:
            yield f"{one.name} FAILED: {one.error}"
            continue
        if one.dirty:
            yield f"{one.name}: changed before anything was accepted: {', '.join(one.dirty)}"
        if one.refused:
            yield f"{one.name}: {one.refused} not accepted"
        if not one.passed:
            yield f"{one.name}: the suite is not green after accepting: {one.suite}"
        yield from (f"{one.name}: {note}" for note in one.notes)
