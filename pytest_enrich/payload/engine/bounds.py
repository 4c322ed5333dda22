"""The bounds of a search and of a run: time, output, and the date."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import io
import signal
import time
import warnings
from collections.abc import Iterator
from types import FrameType

from .trace import TooLongError

DAYS_AHEAD = (0, 548)
"""How far the clock is ahead in each run: a result that depends on today's date differs between the two.

A year and a half, since it may depend on the season.
"""


def share(until: float, parts: int) -> float:
    """The end of the first of `parts` equal parts of the time left: one long text leaves time for the others."""
    now = time.monotonic()
    return now + max(until - now, 0.0) / parts


@dataclasses.dataclass(frozen=True)
class Limits:
    """When to stop (a number of executions, a time of the monotonic clock), and the seed.

    At most `idle` executions of a function in a row may take no new branch.
    """

    executions: int
    deadline: float
    seed: int
    idle: int = 2000

    def share(self, spent: int, parts: int) -> Limits:
        """The first of `parts` equal parts of what is left after `spent` executions."""
        executions = spent + max(self.executions - spent, 0) // parts
        return dataclasses.replace(self, executions=executions, deadline=share(self.deadline, parts))

    def over(self, executions: int) -> bool:
        """Whether the limits are used up."""
        return executions >= self.executions or time.monotonic() >= self.deadline


@contextlib.contextmanager
def shifted(days: int) -> Iterator[None]:
    """Set the clock this many days (and a few hours) ahead; 0 leaves it alone."""
    if not days:
        yield
        return
    import time_machine

    now = dt.datetime.now(tz=dt.timezone.utc)
    with time_machine.travel(now + dt.timedelta(days=days, hours=5, minutes=17), tick=True):
        yield


class Output(io.TextIOWrapper):
    """A standard stream like the one pytest installs: with a byte buffer, for code that writes bytes."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding="utf-8", errors="replace", newline="", write_through=True)
        self._scene = ""

    def begin(self) -> None:
        """Count what is written from now on as the call's own."""
        self._scene = self.text

    @property
    def told(self) -> str:
        """Everything that was written, "" if none of it is the call's own."""
        return self.text if self.text != self._scene else ""

    @property
    def text(self) -> str:
        """Everything that was written, "" if the stream was closed."""
        return "" if self._bytes.closed else self._bytes.getvalue().decode(errors="replace")


@contextlib.contextmanager
def quiet() -> Iterator[tuple[Output, list[warnings.WarningMessage]]]:
    """Collect what a call prints in a stream and its warnings in a list, and discard what it writes to stderr."""
    with (
        contextlib.redirect_stdout(Output()) as printed,
        contextlib.redirect_stderr(Output()),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        yield printed, caught


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TooLongError` in code that is still running after `seconds`, and repeat it at that interval."""

    def interrupt(_signum: int, _frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
