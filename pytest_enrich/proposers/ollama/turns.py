"""Whose question is next: a server is asked one at a time, and reads what the one before did not have."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Where threads wait for the server: the one whose prompt begins most like the last goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[list[str]] = []
        self._is_taken = False
        self._last = ""

    @contextmanager
    def take(self, prompt: str) -> Iterator[None]:
        """Wait for the server, and have it until the end."""
        mine = [prompt]  # two that wait may ask the same
        with self._changed:
            self._waiting.append(mine)
            self._changed.wait_for(lambda: not self._is_taken and self._next() is mine)
            self._waiting.remove(mine)
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()

    def unread(self, prompt: str) -> int:
        """How many characters of it the server has to read, which remembers the last one that it was asked."""
        return len(prompt) - self._shared(prompt)

    def forgotten(self, prompt: str) -> int:
        """How many characters of the last one the server no longer remembers after this one."""
        return len(self._last) - self._shared(prompt)

    def asked(self, prompt: str) -> None:
        """This is asked now, by who has the server."""
        self._last = prompt

    def _next(self) -> list[str]:
        """Of equals the one that came first."""
        return max(self._waiting, key=lambda one: self._shared(one[0]))

    def _shared(self, prompt: str) -> int:
        pairs = enumerate(zip(prompt, self._last, strict=False))
        return next((at for at, (one, other) in pairs if one != other), min(len(prompt), len(self._last)))
