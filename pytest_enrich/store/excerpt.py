"""What stands round a suggestion in today's files: the source lines of its gap, and what its test changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pytest_enrich.data import SourceLine, Suggestion

_AROUND = 2
_MOST = 30


def source(text: str, one: Suggestion, line: int) -> tuple[SourceLine, ...]:
    """The lines round the gap, which is on `line` of `text` now; those that no test runs are `missing`.

    Lines of other gaps that it closes are among them when they are near.
    """
    lines = _lines(text)
    moved = line - one.gap.line
    near = (number for number in one.gap.also_lines if abs(number - one.gap.line) <= _MOST - _AROUND)
    missing = {number + moved for number in (*one.gap.lines, *near)}
    shown = sorted({line, *missing})
    first, last = max(1, shown[0] - _AROUND), min(len(lines), shown[-1] + _AROUND)
    return between(text, range(first, min(last, first + _MOST) + 1), missing)


def between(text: str, numbers: Iterable[int], missing: Collection[int]) -> tuple[SourceLine, ...]:
    """The lines of `text` with these numbers, as far as it has them; those in `missing` are marked."""
    lines = _lines(text)
    return tuple(
        SourceLine(number=number, text=lines[number - 1].expandtabs(), missing=number in missing)
        for number in numbers
        if number <= len(lines)
    )


def _lines(text: str) -> list[str]:
    """The lines as Python counts them: a form feed begins none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
