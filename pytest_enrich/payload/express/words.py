"""What an object says of itself in words."""

from __future__ import annotations

import re

# An address, or the name of a temporary directory, differs in every run.
UNSTABLE = re.compile(r"\b0x[0-9a-f]{6,}\b|/tmp/|\\Temp\\|pytest-enrich")
UNFINISHED = re.compile(r"(<[^>]*|\S*)$")
"""The end of what was cut off: a `<...` that is not closed, or a part of a word."""
LONGEST = 400
LEAST = re.compile(r"\w+\W+\w+")
"""What a message that says something has at least."""


def spoken(value: object) -> str:
    """Its text; "" where a `__str__` of the project's raises, or gives something else."""
    try:
        return str(value)
    except Exception:  # its `__str__` is code of the project: anything can be wrong with it
        return ""


def steady(message: str) -> str:
    """The beginning of a message, up to what differs from run to run; "" where that says hardly anything."""
    differs = UNSTABLE.search(message)
    if differs is None:
        return message
    beginning = UNFINISHED.sub("", message[: min(differs.start(), LONGEST)]).rstrip()
    return beginning if LEAST.search(beginning) else ""
