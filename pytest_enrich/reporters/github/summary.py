"""The job summary: the report in Markdown, as far as GitHub takes it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from pytest_enrich.data import Report

LARGEST = 900 * 1024
"""Bytes of a step's summary that we fill; beyond 1 MiB GitHub shows none of it."""


def render(report: Report, markdown: Callable[[Report], str], room: int = LARGEST) -> str:
    """The report as `markdown` gives it, with what fits into `room` bytes; "" when nothing waits."""
    if not report.suggestions:
        return ""
    text = _ended(markdown(report))
    return text if _size(text) <= room else _cut(report, markdown, room)


def _cut(report: Report, markdown: Callable[[Report], str], room: int) -> str:
    """The longest beginning that fits, in whole suggestions so that no block stays open, and how many are left."""
    low, high = 0, len(report.suggestions) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _size(_beginning(report, markdown, middle)) <= room:
            low = middle
        else:
            high = middle - 1
    text = _beginning(report, markdown, low)
    return text if _size(text) <= room else ""


def _beginning(report: Report, markdown: Callable[[Report], str], count: int) -> str:
    left = len(report.suggestions) - count
    part = replace(report, suggestions=report.suggestions[:count], difference="")
    more = f"**{left} more in `report.html`**, in the folder that this job has uploaded.\n"
    return f"{_ended(markdown(part))}\n{more}"


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
