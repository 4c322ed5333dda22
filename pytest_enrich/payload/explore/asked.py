"""What an object can be asked that shows nothing by itself: methods of the project's that need no argument."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator

VARIADIC = {"VAR_POSITIONAL", "VAR_KEYWORD"}


def questions(value: object) -> Iterator[str]:
    """The names of such methods, those of its own class first, as they are defined."""
    known: set[str] = set()
    for cls in type(value).__mro__:
        own = {} if cls.__module__.partition(".")[0] in sys.stdlib_module_names else vars(cls)
        for name, function in own.items():
            if name not in known and not name.startswith("_") and _needs_nothing(function):
                yield name
        known |= {*own}


def _needs_nothing(function: object) -> bool:
    """Whether it is called with nothing but its object, and is over when it returns."""
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        return False
    own, *others = inspect.signature(function).parameters.values() or [None]
    return own is not None and all(_is_optional(one) for one in others if one is not None)


def _is_optional(parameter: inspect.Parameter) -> bool:
    return parameter.default is not parameter.empty or parameter.kind.name in VARIADIC
