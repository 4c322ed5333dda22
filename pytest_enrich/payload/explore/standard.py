"""Standard types, as the attributes and the functions tell them that are used with a value."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import io
import itertools
import pathlib
import random
import re
from collections.abc import Mapping
from typing import Any

SEVERAL = 2
ANY_NUMBER = frozenset({int, float})
STANDARD: tuple[type, ...] = (
    str, bytes, int, float, list, dict, set, dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal,
    pathlib.Path, io.StringIO, re.Pattern, random.Random,
)  # fmt: skip
"""Types whose attributes tell them: ``p.strftime`` is of a date, ``p.items`` of a dict."""
MOST_HOLDERS = 4
ELSEWHERE = {"choices", "sample", "seed"}
"""Attributes of a random generator that many other things have."""
AWAITABLE = "⟨asyncio:sleep⟩(0, 2)"
_TAKEN: tuple[tuple[str, frozenset[Any]], ...] = (
    ("iter enumerate sorted reversed list tuple sum any all zip set", frozenset({list})),
    ("chain islice groupby cycle tee accumulate deque Counter", frozenset({list})),
    ("len", frozenset({list, str})),
    ("abs round divmod isnan isinf isfinite floor ceil sqrt log10 range", ANY_NUMBER),
    ("ord loads strptime fromisoformat escape quote", frozenset({str})),
    ("int float", frozenset({int, str})),
    ("open isfile isdir exists dirname basename abspath", frozenset({str})),
    ("listdir os.walk scandir makedirs mkdir rmtree copytree", frozenset({str})),
)
TAKING: Mapping[str, frozenset[Any]] = {name: kinds for names, kinds in _TAKEN for name in names.split()}
"""What a call of such a function says about the first argument that it is given."""
ALIKE = {"chain", "divmod", "range", "strptime", "zip"}
"""Those whose further arguments are of the same type."""


def with_all(attributes: set[str]) -> set[Any]:
    """The standard types that have all of these attributes, when they are telling."""
    wanted = {name for name in attributes if not name.startswith("__")}
    fitting = {kind for kind in STANDARD if all(_has(kind, name) for name in wanted)} if wanted else set()
    if str in fitting:
        fitting -= {bytes}
    return fitting if len(fitting) <= MOST_HOLDERS else set()  # `count` is of nearly everything


def holders(attribute: str) -> list[type]:
    """Standard types of which an object has an attribute that somebody asks for, a few at most.

    Of special methods the plainest one: nobody opens a path where a context manager is asked for.
    """
    kinds = (kind for kind in (contextlib.nullcontext, *STANDARD) if _has(kind, attribute))
    return [*itertools.islice(kinds, 1 if attribute.startswith("__") else MOST_HOLDERS)]


def _has(kind: type, attribute: str) -> bool:
    """Whether it has an attribute that tells it: the `choices` of a form's field are no generator's."""
    return hasattr(kind, attribute) and not (kind is random.Random and attribute in ELSEWHERE)


def with_several(attributes: set[str]) -> set[Any]:
    """The standard types that have several telling ones of these attributes: some branches may be for them."""
    having = [{kind for kind in STANDARD if hasattr(kind, name)} for name in attributes]
    telling = [kinds for kinds in having if len(kinds) <= MOST_HOLDERS]
    return {kind for kind in STANDARD if sum(kind in kinds for kinds in telling) >= SEVERAL}
