"""What an object can be asked that shows nothing by itself: methods of the project's that need no argument.

A collection is asked nothing: what it gives first may depend on how its elements are hashed.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Container, Iterable, Iterator, Sized

COLLECTIONS = (Container, Iterable, Sized)


def questions(value: object) -> Iterator[str]:
    """The names of such methods, those of its own class first, as they are defined."""
    known: set[str] = set()
    for cls in type(value).__mro__ if not isinstance(value, COLLECTIONS) else ():
        own = {} if cls.__module__.partition(".")[0] in sys.stdlib_module_names else vars(cls)
        for name, function in own.items():
            if name not in known and not name.startswith("_") and _needs_nothing(function):
                yield name
        known |= {*own}


def _needs_nothing(function: object) -> bool:
    """Whether it is called with nothing but its object, and is over when it returns."""
    if not inspect.isfunction(function) or inspect.iscoroutinefunction(function):
        return False
    try:
        _own, *others = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # it takes nothing, or says of itself what is no signature
        return False
    return all(one.default is not one.empty or one.kind in {one.VAR_POSITIONAL, one.VAR_KEYWORD} for one in others)
