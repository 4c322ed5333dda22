"""Another day on another machine: the part of a job's world that is not said by its environment."""

from __future__ import annotations

import datetime as dt
import os
import platform
import socket
import sys
import time
from typing import Any

PATCH = 99
"""A release of this version of Python that there is not."""


def enter(world: dict[str, Any]) -> None:
    """From now on, in this process and its forks, all is as somebody else has it on that day.

    The clock is so many days (and some hours and minutes) ahead; what waits here is not affected: the monotonic
    clock goes on as ever. The system is of the same kind, and its name and its release are others.
    """
    if world.get("person"):
        _visit(world["person"])
    if world.get("days"):
        import time_machine

        ahead = dt.timedelta(days=world["days"], hours=5, minutes=17)
        # A number: with a datetime's timezone the process would change its own.
        time_machine.travel(time.time() + ahead.total_seconds(), tick=True).start()


def _visit(person: str) -> None:
    """A machine of that name: code that asks what it runs on gets other answers of the same form."""
    known, patch = platform.uname(), f"{sys.version_info.major}.{sys.version_info.minor}.{PATCH}"
    elsewhere = known._replace(node=person, release=f"{PATCH}.0", version=f"#{PATCH}")
    platform.uname = lambda: elsewhere
    platform.python_version = lambda: patch
    socket.gethostname = lambda: person
    if hasattr(os, "uname"):
        own = os.uname_result((known.system, person, elsewhere.release, elsewhere.version, known.machine))
        os.uname = lambda: own
