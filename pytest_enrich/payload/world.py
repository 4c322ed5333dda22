"""Another day: the part of a job's world that is not said by its environment."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any


def enter(world: dict[str, Any]) -> None:
    """From now on, in this process and its forks, the clock is so many days (and some hours and minutes) ahead.

    What waits here is not affected: the monotonic clock goes on as ever.
    """
    if world.get("days"):
        import time_machine

        ahead = dt.timedelta(days=world["days"], hours=5, minutes=17)
        # A number: with a datetime's timezone the process would change its own.
        time_machine.travel(time.time() + ahead.total_seconds(), tick=True).start()
