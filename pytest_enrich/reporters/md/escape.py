"""Text from elsewhere in Markdown: plain, in a tag, as code, in a table, in a fence."""

from __future__ import annotations

import html
import re

from pytest_enrich.reporters.words import visible, visible_lines

_SIGNS = re.compile(r"[\\`*_\[\]|~$]")
_START = re.compile(r"^(\s*|\s*[0-9]+(?=[.)]))([-+=.)])")
_CALL = re.compile(r"(?<!&)[@#](?=\w)|:(?=//)|www(?=\.)", re.IGNORECASE)  # `#` of an entity is none
_HEADING = re.compile(r"^(\s*)#")
_TICKS = re.compile(r"`+")
_FENCE = 3


def plain(text: str) -> str:
    """One line that reads as it is written: no markup, no link, no list, nobody called by `@name`."""
    safe = _SIGNS.sub(r"\\\g<0>", html.escape(visible(text), quote=False))
    return _called(_HEADING.sub(r"\1\\#", _START.sub(r"\1\\\2", safe)))


def tagged(text: str) -> str:
    """The same for a line inside an HTML block, where Markdown's own signs mean nothing."""
    return _called(html.escape(visible(text), quote=False))


def code(text: str, *, in_cell: bool = False) -> str:
    """A code span of one line; in a table a `|` needs an escape even there."""
    line = visible(text)
    if in_cell:
        line = line.replace("|", r"\|")
    ticks = "`" * (_longest(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """A block of code, in a fence that its text does not have."""
    lines = visible_lines(text).rstrip("\n")
    ticks = "`" * max(_FENCE, _longest(lines) + 1)
    return f"{ticks}{language}\n{lines}\n{ticks}"


def _called(safe: str) -> str:
    """A comment in the middle keeps a forge from linking `@name`, `#1` and addresses."""
    return _CALL.sub(r"\g<0><!-- -->", safe)


def _longest(text: str) -> int:
    return max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
