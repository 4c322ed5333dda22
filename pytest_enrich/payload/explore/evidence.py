"""What a parameter is for where no hint says it: its documentation, default, name and use, what tests pass."""

from __future__ import annotations

import collections.abc
import datetime as dt
import functools
import inspect
import io
import re
import typing
from collections.abc import Iterable
from typing import Any

from .types import ANYTHING, UNKNOWN
from .usage import Use

NOTHING = object()
# Where callers were seen to pass one, a body that treats it like the others of its kin takes those as well.
NUMBERS = frozenset({int, float})
MOMENTS = frozenset({dt.datetime, dt.time})
SEQUENCES = frozenset({list, tuple, collections.abc.Sequence})

WORDS: dict[str, Any] = {
    "int": int, "integer": int, "float": float, "number": float, "str": str, "string": str, "text": str,
    "bool": bool, "boolean": bool, "bytes": bytes, "list": list, "dict": dict, "dictionary": dict,
    "tuple": tuple, "set": set, "none": None, "callable": collections.abc.Callable, "iterable": list,
    "sequence": list, "datetime": dt.datetime, "date": dt.date, "timedelta": dt.timedelta, "time": dt.time,
}  # fmt: skip

NAMES: tuple[tuple[str, Any], ...] = (
    (r"(is|has|use|should|allow|enable|with)_\w+|flag|strict|verbose|force|quiet|debug|reverse", bool),
    (r"dt|date_?time|when|now", dt.datetime),
    (r"date|day_date|\w+_date", dt.date),
    (r"td|delta|time_?delta|interval|duration", dt.timedelta),
    (r"func|fn|f|function|callback|predicate|pred|hook|\w*factory|\w+_func", collections.abc.Callable),
    (r"get[a-z]+|(bin)?op", collections.abc.Callable),
    (r"[nijk]|count|num|number|size|length|index|idx|width|height|depth|limit|level|port|max_?size", int),
    (r"offset|pos|position|lineno|line_no|row|col|column|stop", int),
    (r"year|month|days?|hours?|minutes?|seconds?|(num|max|min|n)_\w+|\w+_(count|size|len|index|id)", int),
    (r"ttl|timeout|delay|age|ratio|rate|factor|weight|percent|percentage|alpha|x|y|z", float),
    (r"prob(ability)?|fraction|threshold|tolerance|eps(ilon)?", float),
    (r"s|text|string|name|title|word|label|msg|message|prefix|suffix|sep|separator|delimiter|pattern|format", str),
    (r"fmt|encoding|url|uri|locale|lang|line|char|\w+(_name|_str|_text|string|_url)", str),
    (r"items|seq|sequence|lst|values|iterable|elements|names|lines|words|\w+_list", list),
    (r"mapping|options|headers|params|config|\w+_(map|dict)|d|dct|dicts?", dict),
    (r"(\w+_)?(path|filename|file_?path|dir|folder|directory)|dirname|(base|root|src|dst|out|work)dir", str),
    (r"key|regex|source|content|prompt|command", str),
    (r"(\w+_)?(file_?obj|file_?like|fobj|fp|stream)", io.StringIO | io.BytesIO),
    (r"value|val|item|element|elem|obj|(\w+_)?default|initial|fill_?value", ANYTHING),
)
"""What parameters of these names are for, where nothing else tells: only Python's own customs."""


def of_parameter(
    parameter: dict[str, Any], hint: Any, seen: Iterable[object], used: Use, default: object = NOTHING
) -> Any:
    """The type to draw for a parameter: its hint, else what its documentation, callers, default and use tell.

    `types.UNKNOWN` when nothing tells it: then nobody can say what a caller would pass.
    """
    if hint is not None:
        return hint
    if (documented := from_words(parameter.get("documented") or "")) is not None:
        return documented
    # Of a list of texts that is asked for, those that were seen say no more than that they are lists.
    seen_kinds = {_kind(value) for value in seen} - {typing.get_origin(one) for one in used.stated}
    kinds = seen_kinds | {*used.stated}
    if default is not NOTHING and not _is_sentinel(default):
        kinds.add(_kind(default))
    for kin in (NUMBERS, MOMENTS):
        kinds |= used.suggested & kin if kinds & kin else set()
    # Who asks whether it is a list, and goes over it all the same, is ready for what is none.
    kinds |= {collections.abc.Iterator} if list in used.suggested and used.stated & SEQUENCES else set()
    called = {from_name(parameter["name"])} - {None}
    # A body that compares `maxsize` with 0 takes a float, too, but that is not what its callers pass.
    for more in (used.suggested & called, used.suggested, called):
        kinds |= set() if kinds - {type(None)} else more
    return typing.Union[tuple(sorted(kinds, key=repr))] if kinds - {type(None)} else UNKNOWN  # noqa: UP007 - of a tuple


def _is_sentinel(default: object) -> bool:
    """Whether a default only says that nothing was passed: a bare object, or a text such as `__missing__`."""
    return type(default) is object or (isinstance(default, str) and default[:2] == default[-2:] == "__")


def _kind(value: object) -> Any:
    """The type that a value stands for: a function for any that can be called."""
    routine = inspect.isroutine(value) or isinstance(value, functools.partial | type)
    return collections.abc.Callable if routine else type(value)


def from_name(name: str) -> Any:
    """The type that a parameter's name suggests, or None."""
    words = dict.fromkeys(word for word in (name.lower(), name.lower().removesuffix("s")) if word)
    found = (kind for word in words for pattern, kind in NAMES if re.fullmatch(pattern, word))
    return next(found, None)


def from_prose(text: str) -> frozenset[Any]:
    """The types of moments that a docstring speaks of: such words are seldom meant otherwise."""
    words = re.findall(r"[a-z]+", text.lower())
    return frozenset(WORDS[word] for word in ("timedelta", "datetime", "date") if word in words)


def from_words(text: str) -> Any:
    """The type that a docstring's words name (`int or None`, `list of str`), or None."""
    found = [WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in WORDS]
    if not found or len(found) > 4:  # noqa: PLR2004 - that many types are prose
        return None
    return typing.Union[tuple(found)]  # noqa: UP007 - of a tuple
