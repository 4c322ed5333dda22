"""What a job on GitHub shows without any permission: notices in its log, and its summary."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_enrich.data import PossibleBug, Report, ReportedSuggestion
from pytest_enrich.reporters import bugs, findings
from pytest_enrich.reporters.github.commands import notice
from pytest_enrich.reporters.words import counted, visible

MOST = 10
"""Notices of one step; GitHub drops more without a word."""


def render(report: Report) -> str:
    """The notices, a line each: possible bugs, at most half of all, then one a function, best first.

    The last says how many suggestions are left out.
    """
    functions: dict[tuple[str, str], list[ReportedSuggestion]] = {}
    for one in findings.placed(report):
        functions.setdefault((one.suggestion.gap.path, one.suggestion.gap.qualname), []).append(one)
    groups = list(functions.values())
    wrong = [_bug(report, one) for one in report.bugs[: MOST // 2]]
    room = MOST - len(wrong)
    shown, more = groups[:room], sum(len(group) for group in groups[room:])
    last = len(shown) - 1
    told = [_notice(report, group, more if at == last else 0) for at, group in enumerate(shown)]
    return "".join(f"{line}\n" for line in (*wrong, *told))


def _bug(report: Report, one: PossibleBug) -> str:
    lines = [f"{one.title}.", bugs.says(one), bugs.does(one), f"See: pytest-enrich show {one.id}"]
    text = "\n".join(visible(line) for line in lines)
    return notice(text, file=report.base + one.path, line=one.line, endLine=one.line, title="possible bug")


def _notice(report: Report, group: Sequence[ReportedSuggestion], more: int) -> str:
    first = group[0].suggestion
    start, end = findings.lines(group[0])
    lines = [
        f"{first.gap.qualname or 'the module'}: {findings.never(group[0])}.",
        findings.titled(first),
        findings.advice(first),
    ]
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
