"""One comment for a pull request, in GitHub's Markdown; posting it is for a job that runs no generated code."""

from __future__ import annotations

from pytest_enrich.data import Report
from pytest_enrich.reporters import md

MARK = "<!-- pytest-enrich comment -->"
LARGEST = 60_000
"""Bytes, so no more characters; GitHub takes 65,536."""


def render(report: Report) -> str:
    """The summary under a mark by which the next one finds it; "" when there is nothing to say."""
    if not (report.suggestions or report.bugs):
        return ""
    return f"{MARK}\n{md.render(report, LARGEST - len(MARK) - 1)}"
