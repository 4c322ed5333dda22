"""The progress of a run on pytest's terminal: one rewritten line for people, lasting lines for a pipe."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Protocol

from pytest_enrich.data import Attempt, Kept, Target

WIDTH = 79
QUIET_SECONDS = 30.0
"""CI ends jobs that are silent for long; a pipe hears from us at least this often."""

_LABEL = 10


class Terminal(Protocol):
    """Where lines are written."""

    @property
    def isatty(self) -> bool:
        """Whether a person watches, so that a line may be rewritten."""

    def write_line(self, line: str) -> None:
        """Write a line of its own; a rewritten one before it goes away."""

    def section(self, title: str) -> None:
        """Write a title across the screen."""

    def rewrite(self, line: str) -> None:
        """Show `line` in place of the last one written this way; only where `isatty`."""


class Lines:
    """One line per finished target, and one per 30 seconds in which none was finished.

    On a terminal there is a single line that is rewritten.
    """

    def __init__(self, terminal: Terminal, now: Callable[[], float] = time.monotonic) -> None:
        self._terminal = terminal
        self._now = now
        self._lock = threading.Lock()
        self._said = now()
        self._kept = 0
        self._dropped = 0

    def started(self, gaps: int, files: int, budget: str) -> None:
        """`gaps      17 in 5 files, budget 5m`."""
        with self._lock:
            noun = "file" if files == 1 else "files"
            self._write(_labelled("gaps", f"{gaps} in {files} {noun}, budget {budget}"))

    def working(self, total: int, target: Target, left: object) -> None:
        """The first of so many targets has begun; a pipe hears of it when it heard nothing for 30 seconds."""
        with self._lock:
            self._show(self._line(0, total, target, left), is_due=self._is_late())

    def finished(self, done: int, total: int, target: Target, attempts: Sequence[Attempt], left: object) -> None:
        """The totals grow by the target's attempts."""
        with self._lock:
            kept = sum(isinstance(attempt.verdict, Kept) for attempt in attempts)
            self._kept += kept
            self._dropped += len(attempts) - kept
            self._show(self._line(done, total, target, left), is_due=True)

    def waiting(self, what: str) -> None:
        """`model     waits for coder:7b: ...`, until something else is said."""
        with self._lock:
            self._show(_labelled("model", what)[:WIDTH], is_due=self._is_late())

    def pulse(self) -> None:
        """Say that the run goes on when a pipe has heard nothing for 30 seconds."""
        with self._lock:
            if not self._terminal.isatty and self._is_late():
                self._write(_labelled("search", f"still at work, kept {self._kept}, dropped {self._dropped}"))

    def _is_late(self) -> bool:
        return self._now() - self._said >= QUIET_SECONDS

    def _show(self, line: str, *, is_due: bool) -> None:
        if self._terminal.isatty:
            self._terminal.rewrite(line)
        elif is_due:
            self._write(line)

    def _write(self, line: str) -> None:
        self._said = self._now()
        self._terminal.write_line(line)

    def _line(self, done: int, total: int, target: Target, left: object) -> str:
        name = f"{target.module}.{target.qualname}" if target.qualname else target.module
        name = name if name.isprintable() else repr(name)[1:-1]  # of a file with any name
        time_left = f"  {left} left" if str(left) else ""
        ending = f"  kept {self._kept}, dropped {self._dropped}{time_left}"
        beginning = _labelled("search", f"{done}/{total}  ")
        room = max(8, WIDTH - len(beginning) - len(ending))
        return f"{beginning}{_fitted(name, room):<{min(room, 32)}}{ending}"


@contextmanager
def on(terminal: Terminal) -> Generator[Lines, None, None]:
    """Progress on `terminal`, kept alive by a thread until the block ends."""
    lines = Lines(terminal)
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(QUIET_SECONDS / 10):
            lines.pulse()

    thread = threading.Thread(target=beat, name="pytest-enrich progress", daemon=True)
    thread.start()
    try:
        yield lines
    finally:
        ended.set()
        thread.join()


def _labelled(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}"


def _fitted(name: str, room: int) -> str:
    """The end of a name says more than its beginning."""
    return name if len(name) <= room else f"..{name[len(name) - room + 2 :]}"
