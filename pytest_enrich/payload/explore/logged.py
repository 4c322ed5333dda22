"""What a call logs, as pytest's `caplog` would see it."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

from ..express import UNSTABLE

MOST, LONGEST = 2, 100


class Logged(logging.Handler):
    """Keeps what comes to the root logger: whatever its loggers let through."""

    def __init__(self) -> None:
        super().__init__()
        self._records: list[logging.LogRecord] = []
        self._scene = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Kept as it is; what it says is made of it when somebody asks."""
        self._records.append(record)

    def begin(self) -> None:
        """What is logged from now on is the call's own."""
        self._scene = len(self._records)

    @property
    def told(self) -> tuple[str, ...]:
        """All messages, where they are few, short and stable, and one of the call's own is a warning at least."""
        own = self._records[self._scene :]
        if not any(one.levelno >= logging.WARNING for one in own):
            return ()
        texts = tuple(_message(one) for one in self._records)
        plain = all(text and len(text) <= LONGEST and not UNSTABLE.search(text) for text in texts)
        return texts if plain and len(texts) <= MOST else ()

    @contextlib.contextmanager
    def listening(self) -> Iterator[Logged]:
        """While this lasts, what is logged is kept; what was before is forgotten."""
        self._records.clear()
        self._scene = 0
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield self
        finally:
            root.removeHandler(self)


def _message(record: logging.LogRecord) -> str:
    """What it says; "" where its arguments do not fit."""
    try:
        return record.getMessage()
    except Exception:  # the project's own formatting, of objects of its own
        return ""
