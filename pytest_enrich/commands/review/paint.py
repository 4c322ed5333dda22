"""Colours for a screen: each repeats a sign or a word that says the same without them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_BOLD, _RED, _GREEN, _YELLOW, _OFF = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"
_KINDS = (
    (re.compile(r" *\+ |\+"), _GREEN),
    (re.compile(r"! "), _YELLOW),
    (re.compile(r"look  | \d+/\d+  "), _BOLD),
    (re.compile(r"-(?!-)| +\d+  alive"), _RED),
)


def wanted(environ: Mapping[str, str]) -> bool:
    """Whether the environment has nothing against colours (https://no-color.org)."""
    return not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb"


def painted(line: str) -> str:
    """The line with the colour of its kind, if it has one; nothing else of it changes."""
    colour = next((colour for pattern, colour in _KINDS if pattern.match(line)), "")
    return f"{colour}{line}{_OFF}" if colour else line
