"""Code in a report: source with its missing lines, and diffs. What colours say, a sign in the gutter says too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pytest_enrich.data import SourceLine
from pytest_enrich.reporters.html.highlight import python
from pytest_enrich.reporters.html.markup import Markup, joined, tag

_SIGNS = {"+": "add", "-": "del"}
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)")
_CONTEXT = 1  # lines round a change: the page says in words where the test goes


def block(lines: Iterable[Markup], label: str) -> Markup:
    """Lines that can be scrolled by keyboard."""
    return tag("pre", joined(lines, "\n"), tabindex="0", role="region", aria_label=label)


def source(lines: Sequence[SourceLine], name: str) -> Markup:
    """Source lines of `name` with their numbers; where some are left out a line says so."""
    shown, last = [], lines[0].number - 1
    for line in lines:
        if line.number != last + 1:
            shown.append(tag("span", "      ...", class_="g"))
        shown.append(_source_line(line))
        last = line.number
    return block(shown, f"Source of {name}, lines {lines[0].number} to {last}")


def difference(text: str, label: str) -> Markup:
    """A diff without the lines above its first hunk, which name its files."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    first = next((at for at, line in enumerate(lines) if line.startswith("@@ ")), 0)
    return block((_changed_line(line) for line in _hunks(lines[first:])), label)


def plain(text: str, label: str) -> Markup:
    """Python as it is."""
    return block((python(line) for line in text.rstrip("\n").split("\n")), label)


def _hunks(lines: Sequence[str]) -> Iterator[str]:
    """The lines of a diff with less around its changes."""
    starts = [at for at, line in enumerate(lines) if line.startswith("@@ ")]
    for start, end in pairwise([*starts, len(lines)]):
        yield from _narrowed(lines[start], lines[start + 1 : end])


def _narrowed(head: str, lines: Sequence[str]) -> Iterator[str]:
    changed = [at for at, line in enumerate(lines) if line[:1] in _SIGNS]
    found = _HUNK.fullmatch(head)
    if not changed or found is None or any(line.startswith("\\") for line in lines):
        yield from (head, *lines)
        return
    above = max(changed[0] - _CONTEXT, 0)
    below = max(len(lines) - 1 - changed[-1] - _CONTEXT, 0)
    old, new = (_range(found[at], found[at + 1], above, below) for at in (1, 3))
    yield from (f"@@ -{old} +{new} @@{found[5]}", *lines[above : len(lines) - below])


def _range(first: str, count: str | None, above: int, below: int) -> str:
    """A range of a hunk without that many of its lines."""
    number = int(count or 1) - above - below
    return f"{int(first) + above}{'' if number == 1 else f',{number}'}"


def _source_line(line: SourceLine) -> Markup:
    gutter = tag("span", f"{'!' if line.missing else ' '}{line.number:>5}  ", class_="g")
    if not line.missing:
        return joined([gutter, python(line.text)])
    return tag("span", tag("span", "not run: ", class_="vh"), gutter, python(line.text), class_="miss")


def _changed_line(line: str) -> Markup:
    if line.startswith("@@"):
        return tag("span", line, class_="g")
    kind = _SIGNS.get(line[:1], "")
    inside = joined([f"{line[:1]} ", python(line[1:])])
    return tag("span", inside, class_=kind) if kind else inside
