"""How much what a call did tells: the less, the poorer a test of it."""

from __future__ import annotations

import traceback
from types import FunctionType

from ..express import express, named
from .run import Outcome

SILENT = 2


def rank(outcome: Outcome) -> int:
    """0 for a call with something to say, 1 for an empty or zero result, 2 for None, 3 for a function."""
    if outcome.raised is not None:
        return 0
    if is_function(outcome.result):
        return SILENT + 1
    return SILENT if outcome.result is None else int(is_degenerate(outcome.result))


def is_checked(outcome: Outcome) -> bool:
    """Whether the code under test itself says that an argument is of a wrong type."""
    frames = traceback.extract_tb(outcome.raised.__traceback__) if type(outcome.raised) is TypeError else []
    return bool(frames) and (frames[-1].line or "").startswith("raise TypeError")


def is_function(result: object) -> bool:
    """Whether a result is there to be called."""
    if isinstance(result, FunctionType):
        return named(result) is None
    return callable(result) and not isinstance(result, type) and express(result) is None


def is_degenerate(result: object) -> bool:
    """Whether a result says little: nothing in it, or zero."""
    try:
        return not isinstance(result, bool) and not result
    except Exception:  # a __bool__ of the project's may raise
        return True


def ending(outcome: Outcome) -> str:
    """What sort of end it is: yes, no, nothing, something of a type, something empty of it, an exception."""
    if outcome.raised is not None:
        return type(outcome.raised).__name__
    if outcome.result is None or isinstance(outcome.result, bool):
        return str(outcome.result)
    return f"{type(outcome.result).__name__}{'?' if is_degenerate(outcome.result) else ''}"


def raised_through(error: BaseException) -> set[int]:
    """The numbers of the lines that the exception went through, of all files."""
    return {frame.lineno or 0 for frame in traceback.extract_tb(error.__traceback__)}
