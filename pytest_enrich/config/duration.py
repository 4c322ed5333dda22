"""How long something may take, as people type it: read, and spelled the same way."""

from __future__ import annotations

import re

from pytest_enrich.errors import UsageError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([smh])")


def seconds(text: str) -> float:
    """The seconds that `90s`, `1.5m` or `1h` stand for, more than 0.

    Raises:
        UsageError: With what is accepted; the caller puts the option's name in front.
    """
    match = _DURATION.fullmatch(text.strip())
    if not match or not float(match[1]):
        raise UsageError("accepted is a time such as 10s, 1.5m or 1h")
    return float(match[1]) * _UNITS[match[2]]


def spelled(duration: float) -> str:
    """Seconds as `seconds` reads them, in the largest unit that leaves no rest: `5m`, `90s`, `1.5s`."""
    for unit, size in reversed(_UNITS.items()):
        if duration >= size and duration % size == 0:
            return f"{duration / size:.0f}{unit}"
    return f"{duration:g}s"
