"""What a run says at its end, and tables of suggestions: plain text, at most 80 columns, no colour needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from pytest_enrich.config import WantedReport
from pytest_enrich.data import CoveragePart, Grade, RunSummary, Suggestion
from pytest_enrich.reporters.figures import nothing_changed, waiting_line
from pytest_enrich.reporters.words import WIDTH, columns, counted, duration, filled, percent, visible

_BUGS = 10
_NOTHING, _HELD, _LEFT_OUT = "nothing found", "held back", "left out"
_ALREADY = ("turned down", "done before", "waiting", "closed", _LEFT_OUT)


def heading(coverage: CoveragePart) -> str:
    """The first line of the section: coverage before any suggestion."""
    if coverage.statements == 0:
        return "coverage  nothing was measured"
    branches = "" if coverage.branches is None else f", {percent(coverage.branches)} of branches"
    return f"coverage  {percent(coverage.lines)} of lines{branches}"


def render(summary: RunSummary, suggestions: Sequence[Suggestion], bugs: Sequence[Suggestion] = ()) -> str:
    """The end of a run's section: what came of it, what was written, and the one next command.

    Args:
        summary: The run.
        suggestions: What is pending; those that the run made are shown in a table.
        bugs: The possible bugs that wait.
    """
    ours = {made.id for made in summary.suggestions}
    new = [suggestion for suggestion in suggestions if suggestion.id in ours]
    parts = [_result(summary, new), _bugs(summary, bugs), waiting_line(summary), *_notes(summary)]
    parts += [_next(summary, suggestions)] if new or summary.candidates else []
    return "\n\n".join(part for part in parts if part) + "\n"


def notes(told: Iterable[str]) -> str:
    """What else a person must know, each note starting on a new line."""
    return "\n".join(filled(f"note: {visible(note)}", indent=6) for note in told)


def learnt(told: Iterable[str]) -> str:
    """What decisions say about the order, each lesson starting on a new line."""
    return "\n".join(filled(f"learnt    {visible(lesson)}", indent=10) for lesson in told)


def reports(names: Iterable[str]) -> str:
    """Where the reports of a run are, one line each."""
    return "\n".join(f"Report: {visible(name)}" for name in names)


def because(wanted: Iterable[WantedReport]) -> list[str]:
    """For each report that nobody asked for, the variable that is the reason, and how to switch it off."""
    line = "{} is set, so there is a {} report as well. Without: --enrich-report=html"
    return [filled(line.format(each.because, each.format)) for each in wanted if each.because]


def table(suggestions: Sequence[Suggestion]) -> str:
    """One line per suggestion: id, grade, what it checks, what it gains; "" for none."""
    rows = [(suggestion.id, suggestion.grade, suggestion.title, gain(suggestion)) for suggestion in suggestions]
    identities, grades, gains = (max((len(row[column]) for row in rows), default=0) for column in (0, 1, 3))
    room = WIDTH - 1 - 2 - identities - 2 - grades - 2 - 2 - gains
    width = min(room, max((columns(visible(row[2])) for row in rows), default=0))
    return "\n".join(
        _beside(f"  {identity:<{identities}}  {grade:<{grades}}  ", title, width, gained)
        for identity, grade, title, gained in rows
    )


def gain(suggestion: Suggestion) -> str:
    """`+4 lines`, or `+1 branch` when it runs no new line; `row +4 lines` for one more row."""
    lines, branches = suggestion.proof.lines_gained, suggestion.proof.branches_gained
    counts = [counted(lines, "line")] if lines else [counted(branches, "branch", "branches")] if branches else []
    return " ".join([*["row"] * (suggestion.kind == "row"), *(f"+{count}" for count in counts)])


def _result(summary: RunSummary, new: Sequence[Suggestion]) -> str:
    took = summary.seconds.get("total", 0.0)
    if not summary.suggestions and not summary.candidates:
        open_gaps = summary.gaps.get(_NOTHING) and not summary.stopped
        seen = ["Each with its reason:  pytest-enrich list --gaps"] if open_gaps else []
        return "\n".join([*_before(summary.gaps), _nothing(summary, duration(took)), *seen])
    done = sum(summary.gaps.get(outcome, 0) for outcome in summary.gaps if outcome not in (*_ALREADY, "not tried"))
    made = len(summary.suggestions)
    first = f"{counted(made, 'suggestion') if made else 'No suggestion'} from {counted(done, 'gap')}"
    dropped = sorted(summary.dropped.items(), key=lambda item: (-item[1], item[0]))
    # Weak ones, which nobody is shown, are counted, too.
    graded = {grade: summary.grades[grade] for grade in get_args(Grade) if summary.grades.get(grade)}
    lines = [
        f"{first} in {duration(took)}",
        table(new),
        _of_candidates("dropped", summary, dict(dropped)),
        _of_candidates("graded", summary, graded),
        _without(summary.gaps),
    ]
    return "\n\n".join(line for line in lines if line)


def bug_table(bugs: Sequence[Suggestion]) -> str:
    """One line per possible bug: its id and what happens; "" for none."""
    width = max((len(bug.id) for bug in bugs), default=0)
    return "\n".join(_beside(f"  {bug.id:<{width}}  BUG?  ", bug.title, WIDTH - width - 11) for bug in bugs)


def told_bugs(bugs: Sequence[Suggestion]) -> str:
    """How many there are, and the first of them; "" for none."""
    head = f"{counted(len(bugs), 'possible bug')}:  pytest-enrich list --bugs"
    more = f"\n  and {len(bugs) - _BUGS} more" if len(bugs) > _BUGS else ""
    return f"{head}\n\n{bug_table(bugs[:_BUGS])}{more}" if bugs else ""


def _bugs(summary: RunSummary, bugs: Sequence[Suggestion]) -> str:
    """The possible bugs, which are listed again as long as they are pending."""
    gone = f"No possible bug any more: {' '.join(summary.mended)}" if summary.mended else ""
    return "\n\n".join(part for part in (told_bugs(bugs), filled(gone, indent=2) if gone else "") if part)


def _before(gaps: Mapping[str, int]) -> list[str]:
    """Why existing gaps were not worked on."""
    words = {
        "turned down": "turned down before (.enrich-rejected)",
        "done before": "tried before",
        "waiting": "with a suggestion that waits",
        _LEFT_OUT: "left out",
        _NOTHING: "without a good test",
    }
    reasons = [f"{gaps[outcome]} {text}" for outcome, text in words.items() if gaps.get(outcome)]
    text = f"gaps      {sum(gaps.values())}: {', '.join(reasons)}"
    return [filled(text, indent=10)] if reasons else []


def _nothing(summary: RunSummary, took: str) -> str:
    if summary.stopped == "enough waiting":
        waiting = f"{_count(summary.waiting)} waiting, so nothing was generated."
        return f"{waiting} Took {took}.\nNext:  pytest-enrich review"
    turned_down = summary.gaps.get("turned down", 0)
    again = f"  The {turned_down}: pytest-enrich list --rejected" if turned_down else ""
    if summary.gaps.get("not tried"):
        return f"No suggestion in {took}."
    if summary.changed is not None and not sum(summary.gaps.values()):
        return filled(f"{nothing_changed(summary.changed)} Nothing to suggest. Took {took}.")
    new = " new" if sum(summary.gaps.values()) else ""
    return f"Nothing{new} to suggest. Took {took}.{again}"


def _of_candidates(what: str, summary: RunSummary, counts: Mapping[str, int]) -> str:
    """`dropped 3 of 28 candidates: 2 fails, 1 kills`; "" for none."""
    parts = ", ".join(f"{number} {visible(name)}" for name, number in counts.items())
    total = f"{sum(counts.values())} of {counted(summary.candidates, 'candidate')}"
    return filled(f"{what} {total}: {parts}") if counts else ""


def _without(gaps: Mapping[str, int]) -> str:
    """How many gaps are left without a test that is shown, by the reason, and what tells more."""
    told = {
        _NOTHING: "no good test found for {}:  pytest-enrich list --gaps",
        _LEFT_OUT: "{} left out, with the reason:  pytest-enrich list --gaps",
        _HELD: "tests for {} read less well than these:  --enrich-max=0 shows them",
    }
    return "\n".join(line.format(counted(gaps[kind], "gap")) for kind, line in told.items() if gaps.get(kind))


def _notes(summary: RunSummary) -> list[str]:
    left = summary.gaps.get("not tried", 0)
    untried = f"{counted(left, 'gap')} {'was' if left == 1 else 'were'} not tried. " if left else ""
    stops = {
        "budget": f"The budget is used up. {untried}The same command goes on.",
        "interrupted": f"Stopped. {untried}Nothing is lost: the same command goes on.",
        "enough waiting": f"{_count(summary.waiting)} waiting: enough for one sitting, so this run stopped early.",
    }
    is_told = summary.candidates or summary.suggestions or summary.stopped != "enough waiting"
    return [notes(summary.notes), filled(stops.get(summary.stopped, "")) if is_told else ""]


def _next(summary: RunSummary, suggestions: Sequence[Suggestion]) -> str:
    clean = "" if summary.read_only_check == "changed" else " Nothing else was changed."
    following = "\nNext:  pytest-enrich review" if suggestions else ""
    return f"Written to {visible(summary.directory)}/ (git-ignored).{clean}{following}"


def _count(number: int) -> str:
    return f"{counted(number, 'suggestion')} {'is' if number == 1 else 'are'}"


def _beside(before: str, title: str, width: int, after: str = "") -> str:
    """A row of a table; the title, by which a person decides, takes as many lines as it needs."""
    first, *rest = filled(visible(title), width).splitlines() or [""]
    row = f"{before}{first}{' ' * (width - columns(first))}  {after}".rstrip()
    return "\n".join([row, *(f"{' ' * len(before)}{line}" for line in rest)])
