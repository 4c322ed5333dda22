"""What GitHub shows: notices in a job's log, which need no permission, and one comment for a pull request.

Notices are workflow commands: lines of a log on which GitHub's runner acts. Posting the comment is for a job that
runs no generated code.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_enrich.data import Report, ReportedSuggestion, Suggestion
from pytest_enrich.reporters import findings, md
from pytest_enrich.reporters.figures import contract_of, observed_of
from pytest_enrich.reporters.words import counted, visible

MOST = 10
"""Notices of one step; GitHub drops more without a word."""

MARK = "<!-- pytest-enrich comment -->"
LARGEST = 60_000
"""Bytes, so no more characters; GitHub takes 65,536."""


def render_notices(report: Report) -> str:
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


def notice(message: str, **properties: str | int) -> str:
    """A notice on a file, as one line; whatever is in the texts stays text."""
    said = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::notice {said}::{_data(message)}"


def render_comment(report: Report) -> str:
    """The summary under a mark by which the next one finds it; "" when there is nothing to say."""
    if not (report.suggestions or report.bugs):
        return ""
    return f"{MARK}\n{md.render(report, LARGEST - len(MARK) - 1)}"


def _bug(report: Report, one: Suggestion) -> str:
    lines = [f"{one.title}.", contract_of(one), observed_of(one), f"See: pytest-enrich show {one.id}"]
    text = "\n".join(visible(line) for line in lines)
    return notice(
        text, file=report.base + one.gap.path, line=one.gap.line, endLine=one.gap.line, title="possible bug"
    )


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


def _data(text: str) -> str:
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
