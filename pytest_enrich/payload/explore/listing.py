"""Directories as another file system would list them: no two need to agree on an order."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from types import TracebackType
from typing import Any


@contextlib.contextmanager
def backwards() -> Iterator[None]:
    """While this lasts, what is in a directory comes in the reverse order."""
    before = os.listdir, os.scandir

    def listdir(*place: Any) -> list[Any]:
        return before[0](*place)[::-1]

    def scandir(*place: Any) -> _Entries:
        with before[1](*place) as entries:
            return _Entries([*entries][::-1])

    os.listdir, os.scandir = listdir, scandir  # type: ignore[assignment]
    try:
        yield
    finally:
        os.listdir, os.scandir = before


class _Entries(Iterator[Any]):
    """As `os.scandir` gives them."""

    def __init__(self, entries: list[Any]) -> None:
        self._left = iter(entries)

    def __next__(self) -> Any:
        return next(self._left)

    def __enter__(self) -> Iterator[Any]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Nothing comes any more."""
        self._left = iter(())
