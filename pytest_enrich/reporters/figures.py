"""Numbers of a report as every format tells them."""

from __future__ import annotations

import shlex

from pytest_enrich.data import ChangedPart, Report, ReportedSuggestion
from pytest_enrich.data.run import GITHUB_RUN
from pytest_enrich.reporters import since
from pytest_enrich.reporters.words import counted, percent, visible


def heading(report: Report) -> str:
    """`3 suggested tests`, or `No suggested tests`; `, 1 possible bug` where there is one."""
    number, bugs = len(report.suggestions), len(report.bugs)
    tests = counted(number, "suggested test") if number else "No suggested tests"
    return f"{tests}, {counted(bugs, 'possible bug')}" if bugs else tests


def after(report: Report) -> float | None:
    """Coverage of lines in percent when all that waits is accepted, at most; None where it is not known."""
    before = report.run.coverage
    if before.lines is None or not before.statements:
        return None
    gained = sum(each.suggestion.proof.lines_gained for each in report.suggestions)
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
    closed = _closed(report, part)
    rest = f", at most {max(0, part.missing - closed)} with all accepted" if closed else ""
    return f"{part.missing} of {since.lines(part)} {verb} no test{rest}."


def _closed(report: Report, part: ChangedPart) -> int:
    """How many changed lines that no test runs are a gap's that a suggestion closes."""
    places = ((one.suggestion.gap.path, line) for one in report.suggestions for line in one.source)
    found = {(path, line.number) for path, line in places if line.missing}
    return sum((path, line) in found for path, lines in part.open.items() for line in lines)


def at(run_at: str) -> str:
    """`2026-11-24 22:41 UTC` of a time as it stands in our files."""
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
    """The command that takes it, or the one for what has changed meanwhile."""
    return "pytest-enrich clean" if each.stale else f"pytest-enrich accept {each.suggestion.id}"


def _folder(report: Report) -> str:
    """The suggestions folder as one word of a shell: a run that was fetched says anything."""
    return shlex.quote(visible(report.run.directory))
