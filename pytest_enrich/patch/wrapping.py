"""Lines that are too long for their file, broken at brackets as formatters do it, where there is no formatter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from pytest_enrich.gaps.text import whole_strings
from pytest_enrich.imports.text import limit, newline, split

_STEP = "    "
_CALLED = re.compile(r"[\w)\]]$")


class _Brackets(Struct):
    """A pair of outermost brackets of a statement on one line.

    Attributes:
        row: That line (1-based).
        start, stop: The columns of what is between them.
        commas: The columns of the commas that part it.
        is_plain: Whether these part elements: not those of a lambda or a comprehension.
    """

    row: int
    start: int
    stop: int = 0
    commas: list[int] = []
    is_plain: bool = True

    def elements(self, line: str) -> list[str]:
        """The elements between them; none where nothing parts them."""
        edges = [self.start, *(comma + 1 for comma in self.commas)]
        parts = (line[first:last].strip() for first, last in zip(edges, [*self.commas, self.stop], strict=True))
        return [part for part in parts if part] if self.commas and self.is_plain else []


def wrapped(before: str, after: str) -> str:
    """The text `after` with those lines broken that are not in `before`, and longer than lines are there."""
    old, new, width = split(before), split(after), limit(before)
    opcodes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    added = (at for kind, _, _, first, last in opcodes if kind != "equal" for at in range(first, last))
    long = [at for at in added if len(new[at].rstrip("\r\n")) > width]
    brackets = list(_outermost(after)) if long else []
    for at in long:
        line, there = new[at], [each for each in brackets if each.row == at + 1]
        new[at] = (
            newline(after).join(_broken(line.rstrip("\r\n"), there, width)) + line[len(line.rstrip("\r\n")) :]
        )
    return "".join(new)


def _broken(line: str, brackets: Sequence[_Brackets], width: int) -> list[str]:
    """The line, broken at the last brackets where that helps.

    What a call is given goes on one line between them if it fits there; else, and as elements of a list always do,
    each of it on its own, which is broken again if it is too long even so.
    """
    space = line[: len(line) - len(line.lstrip())]
    for each in reversed(brackets):
        whole, elements = f"{space}{_STEP}{line[each.start : each.stop]}", each.elements(line)
        if len(whole) <= width and (_CALLED.search(line[: each.start - 1]) or not elements):
            inside = [whole]
        else:
            inside = [one for element in elements for one in _element(f"{element},", f"{space}{_STEP}", width)]
        if inside:
            return [line[: each.start], *inside, f"{space}{line[each.stop :]}"]
    return [line]


def _element(code: str, space: str, width: int) -> list[str]:
    """An element on a line of its own, or on several."""
    fits = len(space) + len(code) <= width
    return [
        f"{space}{one}" for one in ([code] if fits else _broken(code, list(_outermost(code)), width - len(space)))
    ]


def _outermost(text: str) -> Iterator[_Brackets]:
    """The outermost brackets of statements that are on one line, with something between them."""
    found: list[_Brackets] = []
    depth, first = 0, 0
    for token in whole_strings(text.replace("\r\n", "\n")):
        row, column = token.start
        first = first or row
        if not token.text:
            yield from (each for each in found if row == first and each.stop > each.start)
            found, first = [], 0
        elif token.text in "([{":
            depth += 1
            if depth == 1:
                found.append(_Brackets(row, column + 1))
        elif token.text in ")]}":
            depth -= 1
            if not depth:
                found[-1].stop = column
        elif depth == 1 and token.text == ",":
            found[-1].commas.append(column)
        elif depth == 1 and token.text in {"for", "lambda"}:
            found[-1].is_plain = False
