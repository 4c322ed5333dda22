"""HTML as values: whatever is not `Markup` is escaped on its way in, here and nowhere else.

And recurring pieces of a page: tables, terms, commands, links; source with its missing lines, and diffs. A sign in
the gutter repeats what colours say. Each line of Python is highlighted alone, so a fragment will do.
"""

from __future__ import annotations

import html
import keyword
import re
from collections.abc import Iterable, Sequence

from pytest_enrich.data import SourceLine
from pytest_enrich.reporters.words import visible_lines

_SIGNS = {"+": "add", "-": "del"}

_STRING = r"[rbfuRBFU]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
_WORD = rf"\b(?:{'|'.join(keyword.kwlist)})\b"
_PARTS = re.compile(rf"(?P<c>#.*)|(?P<s>{_STRING})|(?P<k>{_WORD})")
_LONGEST = 2000  # characters; a longer line is not worth the time


class Markup(str):
    """HTML that may stand as it is."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Text that a browser shows as it is, control and direction characters made visible.

    Attributes are in double quotes, so that single ones, of which code has many, need no escape.
    """
    return Markup(html.escape(visible_lines(text), quote=False).replace('"', "&quot;"))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """The parts, joined, each escaped unless it is HTML already."""
    return Markup(between.join(part if isinstance(part, Markup) else escaped(part) for part in parts))


def tag(name: str, /, *inside: str, **attributes: str | bool) -> Markup:
    """An element; `class_` and `aria_label` are the attributes `class` and `aria-label`."""
    return Markup(f"<{name}{_written(attributes)}>{joined(inside)}</{name}>")


def table(label: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table in a region of its own, which can be scrolled by keyboard where the page is narrow."""
    head = tag("tr", *(tag("th", text, scope="col") for text in heads))
    body = joined((tag("tr", *(tag("td", cell) for cell in row)) for row in rows), "\n")
    inside = tag("table", tag("thead", head), tag("tbody", body))
    return tag("div", inside, class_="scroll", tabindex="0", role="region", aria_label=label)


def terms(pairs: Iterable[tuple[str, str]]) -> Markup:
    """A list of names and what is said about them; names with nothing to say are left out."""
    parts = [joined([tag("dt", name), tag("dd", text)]) for name, text in pairs if text]
    return tag("dl", *parts) if parts else Markup()


def copyable(text: str) -> Markup:
    """A command to copy; the script puts a button beside it."""
    return tag("code", text, class_="command")


def link(identity: str) -> Markup:
    """A link to a suggestion on this page."""
    return tag("a", tag("code", identity), href=f"#{identity}")


def block(lines: Iterable[str], label: str) -> Markup:
    """A block of lines that can be scrolled by keyboard."""
    return tag("pre", joined(lines, "\n"), tabindex="0", role="region", aria_label=label)


def source_block(lines: Sequence[SourceLine], name: str) -> Markup:
    """Source lines of `name` with their numbers; where some are left out a line says so."""
    shown, last = [], lines[0].number - 1
    for line in lines:
        if line.number != last + 1:
            shown.append(tag("span", "      ...", class_="g"))
        shown.append(_source_line(line))
        last = line.number
    return block(shown, f"Source of {name}, lines {lines[0].number} to {last}")


def difference_block(text: str, label: str) -> Markup:
    """A diff without the lines above its first hunk, which name its files."""
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    first = next((at for at, line in enumerate(lines) if line.startswith("@@ ")), 0)
    return block(map(_changed_line, lines[first:]), label)


def python_block(text: str, label: str) -> Markup:
    """A block of Python code, highlighted."""
    return block((_highlighted(line) for line in text.rstrip("\n").split("\n")), label)


def _highlighted(line: str) -> Markup:
    """The line with its parts in `<span class="k">`, `s` or `c`."""
    if len(line) > _LONGEST:
        return escaped(line)
    parts: list[str] = []
    end = 0
    for match in _PARTS.finditer(line):
        parts += [line[end : match.start()], tag("span", match[0], class_=match.lastgroup or "")]
        end = match.end()
    return joined([*parts, line[end:]])


def _written(attributes: dict[str, str | bool]) -> str:
    return "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escaped(value)}"')
        for name, value in attributes.items()
        if not isinstance(value, bool) or value
    )


def _source_line(line: SourceLine) -> Markup:
    gutter = tag("span", f"{'!' if line.missing else ' '}{line.number:>5}  ", class_="g")
    if not line.missing:
        return joined([gutter, _highlighted(line.text)])
    return tag("span", tag("span", "not run: ", class_="vh"), gutter, _highlighted(line.text), class_="miss")


def _changed_line(line: str) -> Markup:
    if line.startswith("@@"):
        return tag("span", line, class_="g")
    kind = _SIGNS.get(line[:1], "")
    inside = joined([f"{line[:1]} ", _highlighted(line[1:])])
    return tag("span", inside, class_=kind) if kind else inside
