"""Another time: what a call says today may not be what it says next year."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator


@contextlib.contextmanager
def shifted(days: int) -> Iterator[None]:
    """The clock is so many days (and some hours and minutes) ahead; 0 leaves it alone."""
    if not days:
        yield
        return
    import time_machine

    now = dt.datetime.now(tz=dt.timezone.utc)
    with time_machine.travel(now + dt.timedelta(days=days, hours=5, minutes=17), tick=True):
        yield
