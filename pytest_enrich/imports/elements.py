"""Elements separated by commas in a text: edits that insert an element, and touch nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from pytest_enrich.imports.text import newline

Edit: TypeAlias = tuple[int, int, str]
"""Start and end of the replaced text, as offsets in characters, and its replacement."""
_COMMENT = re.compile(r"#[^\r\n]*")
_BREAK = re.compile(r"[\r\n]")


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """The text with these edits, of which no two may overlap."""
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def lead(text: str, offset: int) -> str:
    """The text before an offset on its line."""
    return text[max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1 : offset]


def indent(text: str, offset: int) -> str:
    """The white space at the beginning of the line of an offset."""
    line = lead(text, offset)
    return line[: len(line) - len(line.lstrip(" \t"))]


class Elements:
    """The elements of a list, a tuple or an import statement.

    Args:
        text: The text of the file.
        inside: Start and end of what the brackets enclose; without brackets, of the elements.
        spans: Start and end of each element, including parentheses, but not commas.
        bracketed: Whether there may be line breaks between elements.
        is_tuple: Whether a single element needs a comma.
    """

    def __init__(
        self,
        text: str,
        inside: tuple[int, int],
        spans: Sequence[tuple[int, int]],
        *,
        bracketed: bool = True,
        is_tuple: bool = False,
    ) -> None:
        self.start, self.end = inside
        self.spans = spans
        self._text, self._newline = text, newline(text)
        self._bracketed, self._is_tuple = bracketed, is_tuple
        self._has_comma = bool(spans) and "," in _COMMENT.sub("", text[spans[-1][1] : self.end])

    @property
    def codes(self) -> list[str]:
        """The elements as they are written."""
        return [self._text[start:end] for start, end in self.spans]

    def inserted(self, at: int, code: str) -> Edit:
        """Insert an element before the one at `at`, or at the end; on its own line if others have one."""
        if not self.spans:
            return self.start, self.end, self._in_line([code])
        if at < len(self.spans):
            start = self.spans[at][0]
            between = f"{self._newline}{lead(self._text, start)}" if self._has_lines(at) else " "
            return start, start, f"{code},{between}"
        start, end = self.spans[-1]
        if not self._begins_line(start):
            is_bare = self._is_tuple and len(self.spans) == 1 and self._text[end : self.end] == ","
            return end, self.end if is_bare else end, f", {code}"
        stop, before = self._line_end(end), lead(self._text, start)
        if "," in before:  # lines begin with commas
            return stop, stop, f"{self._newline}{before}{code}"
        comma, last = ("", ",") if self._has_comma else (",", "")
        return end, stop, f"{comma}{self._text[end:stop]}{self._newline}{before}{code}{last}"

    def exploded(self, code: str, step: str) -> Edit | None:
        """Append an element, and put each on a line of its own; None if they are not plainly on one line."""
        if self._text[self.start : self.end] != self._in_line(self.codes):
            return None
        line = self._newline + indent(self._text, self.start)
        return self.start, self.end, "".join(f"{line}{step}{element}," for element in [*self.codes, code]) + line

    def only(self, at: int, begin: str, end: str) -> Edit:
        """Keep only one element, between two comments."""
        line = self._newline + indent(self._text, self.start)
        return (
            self.start,
            self.end,
            "".join(f"{line}    {content}" for content in (begin, f"{self.codes[at]},", end)) + line,
        )

    def _in_line(self, codes: Sequence[str]) -> str:
        return ", ".join(codes) + ("," if self._is_tuple and len(codes) == 1 else "")

    def _begins_line(self, start: int) -> bool:
        """Whether only white space, or a comma, precedes an element on its line."""
        return self._bracketed and not lead(self._text, start).strip(" \t,")

    def _has_lines(self, at: int) -> bool:
        """Whether an element and its comma have their lines to themselves."""
        if not self._begins_line(self.spans[at][0]):
            return False
        following = lead(self._text, self.spans[at + 1][0]) if at + 1 < len(self.spans) else ""
        return not following.strip(" \t,") and not (at == 0 and "," in following)

    def _line_end(self, end: int) -> int:
        """The end of what belongs to an element on its line: its comma, and a comment."""
        line_break = _BREAK.search(self._text, end, self.end)
        return line_break.start() if line_break else end + (self._text[end : end + 1] == ",")
