"""Markdown tables, and figures as people read them."""

from __future__ import annotations

import os
import platform
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence


def markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def counted(counts: Mapping[str, int]) -> str:
    """`12 strong, 3 good`, the most frequent first."""
    return ", ".join(f"{number} {what}" for what, number in Counter(counts).most_common()) or "none"


def share(value: float | None) -> str:
    """A fraction as people read it; a dash for none."""
    return "-" if value is None else f"{value:.2f}"


def percent(part: int, whole: int) -> str:
    """`57 % (4 of 7)`."""
    return f"{100 * part / whole:.0f} % ({part} of {whole})" if whole else "- (none)"


def whole(part: int, of: int) -> str:
    """`57 %`; a dash of none."""
    return f"{100 * part / of:.0f} %" if of else "-"


def median(values: Iterable[float | None]) -> float | None:
    """Of those that are known; None when none is."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def spread(values: Sequence[float]) -> str:
    """`12 (9-20)`: the median, with the quartiles in brackets."""
    if len(values) < 2:
        return "".join(f"{value:.0f}" for value in values) or "-"
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.0f} ({low:.0f}-{high:.0f})"


def machine() -> str:
    """What is measured on, and how busy it is before: figures of a busy machine say little."""
    load = os.getloadavg()[0]
    names = f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    return f"{names}, Python {platform.python_version()}, load {load:.1f} at the start"
