"""What changed since a commit, line by line."""

from __future__ import annotations

from msgspec import Struct


class Changes(Struct, frozen=True, kw_only=True):
    """The lines that are new or different in the work tree.

    Attributes:
        since: As it was asked for: `origin/main`, `HEAD`, `staged`.
        base: The commit that was compared with, its whole id; "" when there is none yet.
        lines: Of each Python file below rootdir that has any, ascending; paths are relative to rootdir, with `/`.
    """

    since: str
    base: str = ""
    lines: dict[str, tuple[int, ...]] = {}
