"""What a job on GitHub shows without any permission: notices in its log, and its summary."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_enrich.data import Report, ReportedSuggestion
from pytest_enrich.reporters import findings
from pytest_enrich.reporters.github.commands import notice
from pytest_enrich.reporters.words import counted, visible

MOST = 10
"""Notices of one step; GitHub drops more without a word."""


def render(report: Report) -> str:
    """The notices, a line each: one a function, best first; the last says how many suggestions are left out."""
    functions: dict[tuple[str, str], list[ReportedSuggestion]] = {}
    for one in findings.placed(report):
        functions.setdefault((one.suggestion.gap.path, one.suggestion.gap.qualname), []).append(one)
    groups = list(functions.values())
    shown, more = groups[:MOST], sum(len(group) for group in groups[MOST:])
    last = len(shown) - 1
    return "".join(f"{_notice(report, group, more if at == last else 0)}\n" for at, group in enumerate(shown))


def _notice(report: Report, group: Sequence[ReportedSuggestion], more: int) -> str:
    first = group[0].suggestion
    start, end = findings.lines(group[0])
    where = f"line {start} never runs" if start == end else f"lines {start}-{end} never run"
    lines = [f"{first.gap.qualname or 'the module'}: {where}.", findings.titled(first), findings.advice(first)]
    if len(group) > 1:
        lines.append(f"and {counted(len(group) - 1, 'other test')} for this function")
    if more:
        lines.append(f"and {counted(more, 'suggested test')} for other functions: see the job summary")
    return notice(
        "\n".join(visible(line) for line in lines),
        file=findings.source_path(report, first),
        line=start,
        endLine=end,
        title="suggested test" if len(group) == 1 else "suggested tests",
    )
