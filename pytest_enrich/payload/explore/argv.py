"""The command line: a test has pytest's, which is another one each time."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any


class Words(list[str]):
    """A command line that knows whether anything but the program's name was read; it stays what it was."""

    is_read = False

    def __getitem__(self, at: Any) -> Any:
        """One of the words, or several."""
        self.is_read |= at != 0
        return super().__getitem__(at)

    def __iter__(self) -> Iterator[str]:
        """All of them."""
        self.is_read = True
        return super().__iter__()

    def __len__(self) -> int:
        """How many there are: whoever asks goes by them."""
        self.is_read = True
        return super().__len__()


@contextlib.contextmanager
def watched() -> Iterator[Words]:
    """The command line, as it is, and whether it was read."""
    before = sys.argv
    sys.argv = words = Words(before)
    try:
        yield words
    finally:
        sys.argv = before


@contextlib.contextmanager
def started_as(name: str) -> Iterator[None]:
    """The program has another name."""
    before = sys.argv
    sys.argv = [name, *before[1:]]
    try:
        yield
    finally:
        sys.argv = before
