"""The bounds of a call: it ends in time, and what it prints or warns of goes no further."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import warnings
from collections.abc import Iterator
from types import FrameType

from .trace import TooLongError


class Output(io.TextIOWrapper):
    """A standard stream as pytest puts one there: with bytes below, for those who write these."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding="utf-8", errors="replace", newline="", write_through=True)
        self._scene = ""

    def begin(self) -> None:
        """What is written from now on is the call's own."""
        self._scene = self.text

    @property
    def told(self) -> str:
        """All that was written, "" where nothing of it is the call's own."""
        return self.text if self.text != self._scene else ""

    @property
    def text(self) -> str:
        """All that was written, "" where it was closed."""
        return "" if self._bytes.closed else self._bytes.getvalue().decode(errors="replace")


@contextlib.contextmanager
def quiet() -> Iterator[tuple[Output, list[warnings.WarningMessage]]]:
    """What a call prints goes into a stream, what it warns of into a list; nobody hears what it complains of."""
    before = sys.stdout, sys.stderr
    printed, sys.stderr = Output(), Output()
    sys.stdout = printed
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield printed, caught
    finally:
        sys.stdout, sys.stderr = before


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TooLongError` in the code that is still running after `seconds`, again and again."""

    def interrupt(_signum: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
