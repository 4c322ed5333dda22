"""White space between the parts of a bracket, as libcst has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeGuard

import libcst as cst

Space: TypeAlias = cst.BaseParenthesizableWhitespace
NONE = cst.SimpleWhitespace("")
ONE = cst.SimpleWhitespace(" ")


def line(indent: str, first: cst.TrailingWhitespace | None = None, lines: Sequence[cst.EmptyLine] = ()) -> Space:
    """A new line that is indented by `indent` more than its statement; comments above it, if any."""
    return cst.ParenthesizedWhitespace(
        first_line=first or cst.TrailingWhitespace(whitespace=NONE),
        empty_lines=lines,
        indent=True,
        last_line=cst.SimpleWhitespace(indent),
    )


def is_line(space: Space) -> TypeGuard[cst.ParenthesizedWhitespace]:
    """Whether a line ends in it."""
    return isinstance(space, cst.ParenthesizedWhitespace)


def plain(space: Space) -> Space:
    """The space without the comments in it."""
    return like(space) if is_line(space) else space


def like(
    space: cst.ParenthesizedWhitespace,
    first: cst.TrailingWhitespace | None = None,
    lines: Sequence[cst.EmptyLine] = (),
) -> Space:
    """A new line that is indented as `space` is; comments above it, if any."""
    return space.with_changes(first_line=first or cst.TrailingWhitespace(whitespace=NONE), empty_lines=lines)


def joined(before: Space, after: Space) -> Space:
    """The space where what stood between two is gone: no comment is lost but the one beside it."""
    if not is_line(before):
        return after if is_line(after) else before
    if not is_line(after):
        return before
    lines = [*before.empty_lines, *after.empty_lines]
    return before.with_changes(empty_lines=lines, indent=after.indent, last_line=after.last_line)


def has_comment(space: Space) -> bool:
    """Whether there is a comment in it."""
    if not is_line(space):
        return False
    return space.first_line.comment is not None or any(one.comment is not None for one in space.empty_lines)
