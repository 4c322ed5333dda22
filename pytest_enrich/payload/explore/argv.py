"""The command line: a test has pytest's, which is another one each time."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any, TypeVar

Argv = TypeVar("Argv", bound=list[str])


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


def watched() -> contextlib.AbstractContextManager[Words]:
    """The command line, as it is, and whether it was read."""
    return _exchanged(Words(sys.argv))


def started_as(name: str) -> contextlib.AbstractContextManager[list[str]]:
    """The program has another name."""
    return _exchanged([name, *sys.argv[1:]])


@contextlib.contextmanager
def _exchanged(words: Argv) -> Iterator[Argv]:
    """These words in the place of the command line."""
    before = sys.argv
    sys.argv = words
    try:
        yield words
    finally:
        sys.argv = before
