"""What can go wrong that is not our bug.

A message says three things: what happened, what was done instead, and the command that fixes it. Whatever
is not an `EnrichError` is a defect of ours: it is written to `.cache/crash.txt` and never changes what pytest
answers.
"""

from __future__ import annotations


class EnrichError(Exception):
    """A condition a user can cause; its text is the whole message, without a traceback."""


class UsageError(EnrichError):
    """Asked for something impossible: exit status 2 of the command, 4 of pytest."""


class OutOfTimeError(EnrichError):
    """The time of a run is over: what was under way is left for the next one."""


class RefusedError(EnrichError):
    """Understood, and not done because it would harm: exit status 3 of the command."""


class StoreError(EnrichError):
    """The suggestions folder cannot be read or written."""
