"""What a run and its report amount to, in words that every reader gets: numbers, changed lines, possible bugs."""

from __future__ import annotations

import shlex

from pytest_enrich.data import ChangedPart, Report, ReportedSuggestion, RunSummary, Suggestion
from pytest_enrich.data.run import GITHUB_RUN
from pytest_enrich.reporters.words import counted, filled, fit, percent, visible

_STAGED = "staged"
_NAME = 40


def heading(report: Report) -> str:
    """`3 suggested tests`, or `No suggested tests`; `, 1 possible bug` where there is one."""
    number, bugs = len(report.suggestions), len(report.bugs)
    tests = counted(number, "suggested test") if number else "No suggested tests"
    return f"{tests}, {counted(bugs, 'possible bug')}" if bugs else tests


def by_function(report: Report) -> list[list[ReportedSuggestion]]:
    """The suggestions grouped by function, the one with the best suggestion first."""
    groups: dict[tuple[str, str], list[ReportedSuggestion]] = {}
    for reported in report.suggestions:
        groups.setdefault((reported.suggestion.gap.path, reported.suggestion.gap.qualname), []).append(reported)
    return list(groups.values())


def told_notes(run: RunSummary) -> list[str]:
    """What was learnt, and what else a person must know."""
    return [*(f"Learnt: {line}" for line in run.learnt), *run.notes]


def passed(run: RunSummary) -> str:
    """`34 tests passed`, "" where it is not known."""
    return f"{counted(run.tests, 'test')} passed" if run.tests else ""


def after(report: Report) -> float | None:
    """Coverage of lines in percent once all that waits is accepted, at most; None where it is not known."""
    before = report.run.coverage
    if before.lines is None or not before.statements:
        return None
    gained = sum(reported.suggestion.proof.lines_gained for reported in report.suggestions)
    return min(100.0, before.lines + 100.0 * gained / before.statements)


def coverage(report: Report) -> str:
    """`84% of lines now, up to 87% with all accepted.`; "" where nothing is known."""
    before, then = report.run.coverage.lines, after(report)
    if before is None:
        return ""
    rest = f", up to {percent(then)} with all accepted" if then is not None and report.suggestions else ""
    return f"{percent(before)} of lines now{rest}."


def changed(report: Report) -> str:
    """`11 of 38 changed lines since main have no test, at most 2 with all accepted.`; "" without a limit."""
    part = report.run.changed
    if part is None or not part.lines:
        return ""
    verb = "has" if part.missing == 1 else "have"
    kind, since = _limit(part)
    closed = _closed(report, part)
    rest = f", at most {max(0, part.missing - closed)} with all accepted" if closed else ""
    return f"{part.missing} of {counted(part.lines, f'{kind} line')}{since} {verb} no test{rest}."


def at(run_at: str) -> str:
    """`2026-11-24 22:41 UTC` for a time as our files have it."""
    return f"{run_at[:10]} {run_at[11:16]} UTC" if run_at.endswith("Z") else run_at


def download(report: Report) -> str:
    """The command that fetches the suggestions from where GitHub ran; of the newest run if none is known."""
    number = report.run.options.get(GITHUB_RUN, "")
    run = f"{number} " if number.isascii() and number.isdecimal() else ""
    return f"gh run download {run}-n enrich-suggestions -D {_folder(report)}"


def applied(report: Report) -> str:
    """The command that takes all suggestions without the tool."""
    return f"git apply {_folder(report)}/all.patch"


def accepted(each: ReportedSuggestion) -> str:
    """The command that accepts it, or the one to run if it is stale."""
    return "pytest-enrich clean" if each.stale else f"pytest-enrich accept {each.suggestion.id}"


def since_asked(since: str) -> str:
    """The limit as the header shows it: `lines changed since origin/main`."""
    return "staged lines" if since == _STAGED else f"lines changed since {fit(since, _NAME)}"


def changed_heading(part: ChangedPart) -> str:
    """`changed   38 lines in 3 files since origin/main; 11 have no test`."""
    kind, since = _limit(part)
    lines = counted(part.lines, "line" if since else f"{kind} line")
    verb = "has" if part.missing == 1 else "have"
    gaps = f"{part.missing} {verb} no test" if part.missing else "only branches are missing"
    return filled(f"changed   {lines} in {counted(part.files, 'file')}{since}; {gaps}", indent=10)


def nothing_changed(part: ChangedPart) -> str:
    """Why there is nothing to do, where no changed line has a gap."""
    kind, since = _limit(part)
    if not part.paths:
        return f"No Python file {kind}{since}."
    if not part.lines:
        return f"No {kind} line{since} is a statement that coverage measures."
    if part.missing:
        return f"{counted(part.missing, f'{kind} line')}{since} without a test, and nobody wants one there."
    return f"{counted(part.lines, f'{kind} line')}{since}: all covered."


def waiting_line(summary: RunSummary) -> str:
    """The line `waiting` of a run; "" where `waiting` has nothing to say."""
    text = waiting(summary)
    return filled(f"waiting   {text}", indent=10) if text else ""


def waiting(summary: RunSummary) -> str:
    """How many are new, known, closed and stale; "" where nothing waited before or nothing was done."""
    done = summary.candidates or summary.suggestions
    if not (summary.closed or summary.stale or (summary.known and done)):
        return ""
    parts = [f"{len(summary.suggestions)} new", f"{len(summary.known)} known"]
    parts += [f"{len(summary.closed)} closed (tests cover it now)"] * bool(summary.closed)
    parts += [f"{len(summary.stale)} stale (its code changed)"] * bool(summary.stale)
    return ", ".join(parts)


def contract_of(bug: Suggestion) -> str:
    """`src/shop/orders.py:61 docstring: >>> refund(0)`, on one line."""
    broken = bug.contradiction
    return f"{bug.gap.path}:{broken.contract_line} docstring: {' '.join(broken.contract.split())}"


def observed_of(bug: Suggestion) -> str:
    """`refund(0) raised ZeroDivisionError in orders.py:61`, and which other examples differ."""
    more, broken = other_examples(bug), bug.contradiction
    return f"{' '.join(broken.call.split())} {broken.observed}" + (f"; {more}" if more else "")


def other_examples(bug: Suggestion) -> str:
    """`the examples of lines 63 and 65 differ, too`; "" where there are none."""
    lines = [str(line) for line in bug.contradiction.also]
    if len(lines) <= 1:
        return f"the example of line {lines[0]} differs, too" if lines else ""
    return f"the examples of lines {', '.join(lines[:-1])} and {lines[-1]} differ, too"


def runs_of(bug: Suggestion) -> str:
    """How often the same was observed."""
    return f"the same in {counted(len(bug.proof.runs.modes), 'run')}: {'; '.join(bug.proof.runs.modes)}"


def reproduction_of(bug: Suggestion) -> str:
    """The test of what the docstring promises, with its imports."""
    head = "\n".join(bug.test.imports)
    return f"{head}\n\n\n{bug.test.code}" if head else bug.test.code


def _limit(part: ChangedPart) -> tuple[str, str]:
    """`changed`, ` since origin/main`; or `staged`, which says since when."""
    return ("staged", "") if part.since == _STAGED else ("changed", f" since {fit(part.since, _NAME)}")


def _closed(report: Report, part: ChangedPart) -> int:
    """How many changed lines without a test belong to a gap that a suggestion closes."""
    places = ((reported.suggestion.gap.path, line) for reported in report.suggestions for line in reported.source)
    missing = {(path, line.number) for path, line in places if line.missing}
    return sum((path, line) in missing for path, lines in part.open.items() for line in lines)


def _folder(report: Report) -> str:
    """The suggestions folder as one word of a shell: a run that was downloaded may say anything."""
    return shlex.quote(visible(report.run.directory))
