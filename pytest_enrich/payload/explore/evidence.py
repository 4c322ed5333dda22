"""What a parameter is for where no hint says it: its documentation, default, name and use, what tests pass."""

from __future__ import annotations

import ast
import collections.abc
import datetime as dt
import inspect
import re
import textwrap
import typing
from collections.abc import Iterable, Iterator
from typing import Any

from .types import ANYTHING

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
    (r"func|fn|f|function|callback|predicate|pred|hook|\w*factory|\w+_func|get[a-z]+", collections.abc.Callable),
    (r"[nijk]|count|num|number|size|length|index|idx|width|height|depth|limit|level|port|max_?size", int),
    (r"year|month|days?|hours?|minutes?|seconds?|(num|max|min|n)_\w+|\w+_(count|size|len|index|id)", int),
    (r"ttl|timeout|delay|age|ratio|rate|factor|weight|percent|percentage|alpha|x|y|z", float),
    (r"s|text|string|name|title|word|label|msg|message|prefix|suffix|sep|separator|delimiter|pattern|format", str),
    (r"fmt|encoding|url|uri|locale|lang|line|char|\w+(_name|_str|_text|string|_url)", str),
    (r"items|seq|sequence|lst|values|iterable|elements|names|lines|words|\w+_list", list),
    (r"mapping|options|headers|params|config|\w+_(map|dict)", dict),
)
"""What parameters of these names are for, where nothing else tells: only Python's own customs."""


def of_parameter(parameter: dict[str, Any], hint: Any, seen: Iterable[object], used: Iterable[Any] = ()) -> Any:
    """The type to draw for a parameter: its hint, else what its documentation, default and callers tell."""
    if hint is not None:
        return hint
    if (documented := from_words(parameter.get("documented") or "")) is not None:
        return documented
    kinds = {type(value) for value in seen}
    kinds.update(used)
    default = parameter.get("default")
    if default in {"True", "False"}:
        kinds.add(bool)
    elif default is not None and re.fullmatch(r"-?\d+", default):
        kinds.add(int)
    elif default is not None and re.fullmatch(r"[\"'].*[\"']", default):
        kinds.add(str)
    if not kinds and (guess := from_name(parameter["name"])) is not None:
        return typing.Union[guess, None] if default == "None" else guess  # noqa: UP007 - of a value
    if default == "None" and kinds:
        kinds.add(type(None))
    return typing.Union[tuple(kinds)] if kinds else ANYTHING  # noqa: UP007 - of a tuple


def from_name(name: str) -> Any:
    """The type that a parameter's name suggests, or None."""
    return next((kind for pattern, kind in NAMES if re.fullmatch(pattern, name.lower())), None)


def from_words(text: str) -> Any:
    """The type that a docstring's words name (`int or None`, `list of str`), or None."""
    found = [WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in WORDS]
    if not found or len(found) > 4:  # noqa: PLR2004 - that many types are prose
        return None
    return typing.Union[tuple(found)]  # noqa: UP007 - of a tuple


def of_usage(function: object) -> dict[str, set[Any]]:
    """What a function's body shows that its parameters may be (`callable(p)`, `p is None`, `isinstance(p, T)`)."""
    found: dict[str, set[Any]] = {}
    for node in nodes(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            name = node.args[0].id if isinstance(node.args[0], ast.Name) else ""
            if node.func.id == "callable":
                found.setdefault(name, set()).add(collections.abc.Callable)
            elif node.func.id == "isinstance" and len(node.args) > 1:
                found.setdefault(name, set()).update(_classes(node.args[1], function))
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Name):
            constants = [part.value for part in node.comparators if isinstance(part, ast.Constant)]
            found.setdefault(node.left.id, set()).update(type(value) for value in constants)
    return found


def nodes(function: object) -> Iterator[ast.AST]:
    """All nodes of a function's source; none where it has none that stands alone."""
    try:
        yield from ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function))))  # type: ignore[arg-type]
    except Exception:  # no source, or none that stands alone
        return


def _classes(node: ast.expr, function: object) -> Iterator[type]:
    for part in node.elts if isinstance(node, ast.Tuple) else [node]:
        try:
            kind = eval(ast.unparse(part), getattr(function, "__globals__", {}))
        except Exception:  # a name of the function's own
            continue
        if isinstance(kind, type):
            yield kind
