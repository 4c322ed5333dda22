"""What an object says of itself, which may be anything."""

from __future__ import annotations


def spoken(value: object) -> str:
    """Its text; "" where a `__str__` of the project's raises, or gives something else."""
    try:
        return str(value)
    except Exception:  # its `__str__` is code of the project: anything can be wrong with it
        return ""
