"""Code in a report: source with its missing lines, and diffs. What colours say, a sign in the gutter says too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_enrich.data import SourceLine
from pytest_enrich.reporters.html.highlight import python
from pytest_enrich.reporters.html.markup import Markup, joined, tag

_SIGNS = {"+": "add", "-": "del"}


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
    return block((_changed_line(line) for line in lines[first:]), label)


def plain(text: str, label: str) -> Markup:
    """Python as it is."""
    return block((python(line) for line in text.rstrip("\n").split("\n")), label)


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
