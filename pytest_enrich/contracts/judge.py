"""What is observed instead of a promise. It runs in the sandbox: it only imports the standard library and pytest.

In doubt it is silent: what is almost the same, comes later or depends on the machine is no contradiction.
"""

import ast
import contextlib
import io
import json
import os
import traceback
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import pytest

MARK = "enrich-contract:"
_SHOWN = 160
_MACHINE = (
    OSError,
    ImportError,
    NameError,
    AttributeError,
    NotImplementedError,
    RecursionError,
    MemoryError,
    SyntaxError,
)
_PLAIN = (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
_NUMBERS = (bool, int, float, complex)


def judge(act: Callable[[], Any], promise: str, expected: Any, path: str) -> None:  # noqa: ANN401 - code of anybody
    """Fail with what was seen if `act()` contradicts what is expected of it, else return."""
    __tracebackhide__ = True
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            value = act()
    except Exception as error:  # noqa: BLE001 - whatever the code under test does
        seen = _raised(error, promise, expected, path)
    else:
        # In an example, printed output takes the place of the returned value.
        seen = "" if printed.getvalue() and promise == "example" else _returned(value, promise, expected)
    if seen:
        pytest.fail(MARK + json.dumps(seen), pytrace=False)


def _raised(error: Exception, promise: str, expected: Any, path: str) -> str:  # noqa: ANN401 - as above
    """What to say about an exception, "" for nothing."""
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    file = os.path.realpath(frame.f_code.co_filename).replace(os.sep, "/")
    if isinstance(error, _MACHINE) or not file.endswith("/" + path):
        return ""
    if promise == "raises" and (isinstance(error, (expected, TypeError)) or issubclass(expected, type(error))):
        return ""
    return f"raised {type(error).__name__} in {PurePath(path).name}:{line}"


def _returned(value: Any, promise: str, expected: Any) -> str:  # noqa: ANN401 - as above
    """What to say about a value, "" for nothing."""
    is_kept = not _is_plain(value) or (promise != "raises" and alike(value, expected))
    return "" if is_kept else f"returned {_shown(value)}"


def _is_plain(value: Any) -> bool:  # noqa: ANN401 - as above
    """Whether the value can be written as a literal."""
    if type(value) not in _PLAIN:
        return False
    try:
        return ast.literal_eval(repr(value)) == value or value in (set(), frozenset())
    except Exception:  # noqa: BLE001 - a value of the code under test inside
        return False


def alike(left: Any, right: Any) -> bool:  # noqa: ANN401 - as above
    """Whether a reader would consider the two the same."""
    if left == right:
        return True
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        inexact = isinstance(left, (float, complex)) or isinstance(right, (float, complex))
        return inexact and abs(left - right) <= 0.01 * max(abs(left), abs(right), 1e-9)
    left, right = (side.decode("utf-8", "replace") if isinstance(side, bytes) else side for side in (left, right))
    if isinstance(left, str) and isinstance(right, str):
        return left.split() == right.split()
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(alike(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key]) for key in left)
    return False


def _shown(value: Any) -> str:  # noqa: ANN401 - as above
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
