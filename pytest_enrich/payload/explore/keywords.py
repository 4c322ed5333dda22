"""Keywords: names that a function takes without declaring them, as `**options` does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from .calls import Call
from .plain import GENERAL

MOST = 24
IDENTIFIER = re.compile(r"[a-z]\w{2,}")
SWITCH = ("True", "False")


def undeclared(
    calls: Iterable[Call], declared: Collection[str], constants: Iterable[object]
) -> dict[str, list[str]]:
    """Such names, with values (templates): those that tests give, or that are looked up.

    Args:
        calls: Of the function, from tests.
        declared: The names of its parameters.
        constants: Values of the source: one that could be a name may be one that is looked up.
    """
    found: dict[str, list[str]] = {}
    for name, value in (pair for call in calls for pair in call.arguments):
        if name and name not in declared:
            found.setdefault(name, []).append(value)
    for text in constants:
        if isinstance(text, str) and IDENTIFIER.fullmatch(text) and text not in declared:
            found.setdefault(text, [])
    # What one of them takes the others take, too, most often: switches only where one of them is one.
    given = dict.fromkeys(value for values in found.values() for value in values)
    more = [*given, *(SWITCH if not given or given.keys() & {*SWITCH} else ())]
    named = [*found.items()][:MOST]
    return {name: list(dict.fromkeys([*values, *more])) for name, values in named} or {"key": [*GENERAL]}
