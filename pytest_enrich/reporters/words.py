"""Small pieces of text that look the same in every output."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence

WIDTH = 80
_MINUTE = 60
_HOUR = 3600
_SHORT = 10


def visible(text: str) -> str:
    r"""One line in which nothing can act on a terminal: control and direction characters as `\x1b`.

    Names and titles come from the code under test, and files from other machines.
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)


def visible_lines(text: str) -> str:
    """Like `visible`, for text of several lines: line ends and tabs stay."""
    return "\n".join(visible(line).replace("\\t", "\t") for line in text.replace("\r\n", "\n").split("\n"))


def fit(text: str, width: int) -> str:
    """`text` made visible, cut with `...` to at most `width` columns."""
    line = visible(text)
    return line if columns(line) <= width else next(_pieces(line, width - 3), "") + "..."


def filled(text: str, width: int = WIDTH - 1, indent: int = 0, *, before: int = 0) -> str:
    """Printable `text` on lines of at most `width` columns, all but the first indented; long words are cut.

    `before` is how many columns of the first line are taken already.
    """
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if columns(joined) <= width - (before if len(lines) == 1 else 0):
            lines[-1] = joined
        else:
            lines += [" " * indent + piece for piece in _pieces(word, width - indent)]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def columns(text: str) -> int:
    """How many columns a terminal needs for printable text."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 gap`, `2 gaps`, `3 branches`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(names: Sequence[str], most: int) -> str:
    """`a, b, c and 2 more`."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def percent(value: float | None) -> str:
    """A percentage, rounded down so that 100% means all of it."""
    return "unknown" if value is None else f"{math.floor(value + 1e-9)}%"


def duration(seconds: float) -> str:
    """`0.2s`, `48s`, `1m 48s`, `1h 02m`."""
    if seconds < _SHORT:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole}s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m {whole % _MINUTE:02}s"
    return f"{whole // _HOUR}h {whole % _HOUR // _MINUTE:02}m"


def _pieces(word: str, width: int) -> Iterator[str]:
    start = taken = 0
    for at, character in enumerate(word):
        taken += (size := columns(character))
        if taken > width and at > start:
            yield word[start:at]
            start, taken = at, size
    yield from [word[start:]] if word else []


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
