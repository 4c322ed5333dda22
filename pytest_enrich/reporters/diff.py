"""The report as one patch, for `git apply` and for tools that comment on diffs."""

from __future__ import annotations

from pytest_enrich.data import Report


def render(report: Report) -> str:
    """All suggestions in their test files, a few lines about them first; empty when nothing waits."""
    return report.difference
