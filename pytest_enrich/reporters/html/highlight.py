"""Python in three colours: keywords, strings, comments. A line is looked at alone, so a fragment will do."""

from __future__ import annotations

import keyword
import re

from pytest_enrich.reporters.html.markup import Markup, escaped, joined, tag

_STRING = r"[rbfuRBFU]{0,2}(?:\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
_WORD = rf"\b(?:{'|'.join(keyword.kwlist)})\b"
_PARTS = re.compile(rf"(?P<c>#.*)|(?P<s>{_STRING})|(?P<k>{_WORD})")
_LONGEST = 2000  # characters; a longer line is not worth the time


def python(line: str) -> Markup:
    """The line with its parts in `<span class="k">`, `s` or `c`."""
    if len(line) > _LONGEST:
        return escaped(line)
    parts: list[str] = []
    end = 0
    for match in _PARTS.finditer(line):
        parts += [line[end : match.start()], tag("span", match[0], class_=match.lastgroup or "")]
        end = match.end()
    return joined([*parts, line[end:]])
