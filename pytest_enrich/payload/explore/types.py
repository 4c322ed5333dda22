"""What a parameter may be: its hints, its documentation, its default and what tests pass, as runtime types."""

from __future__ import annotations

import ast
import collections.abc
import datetime as dt
import inspect
import re
import sys
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any

ANYTHING: Any = typing.Any
WORDS: dict[str, Any] = {
    "int": int, "integer": int, "float": float, "number": float, "str": str, "string": str, "text": str,
    "bool": bool, "boolean": bool, "bytes": bytes, "list": list, "dict": dict, "dictionary": dict,
    "tuple": tuple, "set": set, "none": None, "callable": collections.abc.Callable, "iterable": list,
    "sequence": list, "datetime": dt.datetime, "date": dt.date, "timedelta": dt.timedelta, "time": dt.time,
}  # fmt: skip


def of_function(function: object) -> dict[str, Any]:
    """The resolved hints of a function's parameters; those that cannot be resolved are left out."""
    plain = inspect.unwrap(function) if callable(function) else function
    names = Names(sys.modules.get(getattr(plain, "__module__", "")))
    hints = {}
    for name, hint in getattr(plain, "__annotations__", {}).items():
        try:
            hints[name] = names.evaluate(hint) if isinstance(hint, str) else hint
        except Exception:  # hints are code of the project: anything can be wrong with them
            continue
    return hints


class Names:
    """A module's names, with those that it only imports for type checkers."""

    def __init__(self, module: object) -> None:
        self._names: dict[str, Any] = {**vars(typing), **WORDS, **getattr(module, "__dict__", {})}
        for statement in _for_type_checkers(module):
            try:
                exec(compile(statement, "<hints>", "exec", dont_inherit=True), self._names)
            except Exception:  # a stub-only module, a name of a newer Python
                continue

    def evaluate(self, hint: object) -> object:
        """The type that a hint's text stands for, aliases that are texts followed."""
        for _ in range(5):
            if isinstance(hint, typing.ForwardRef):
                hint = hint.__forward_arg__
            if not isinstance(hint, str):
                return hint
            hint = eval(hint, self._names)
        return ANYTHING


def _for_type_checkers(module: object) -> Iterator[ast.Module]:
    try:
        tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    except Exception:  # no source, or none that parses here
        return
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (ast.Module([statement], []) for statement in node.body)


def of_parameter(parameter: dict[str, Any], hint: Any, seen: Iterable[object]) -> Any:
    """The type to draw for a parameter: its hint, else what its documentation, default and callers tell."""
    if hint is not None:
        return hint
    if (documented := from_words(parameter.get("documented") or "")) is not None:
        return documented
    kinds = {type(value) for value in seen}
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


NAMES: tuple[tuple[str, Any], ...] = (
    (r"(is|has|use|should|allow|enable|with)_\w+|flag|strict|verbose|force|quiet|debug|reverse", bool),
    (r"dt|date_?time|when|now", dt.datetime),
    (r"date|day_date|\w+_date", dt.date),
    (r"td|delta|time_?delta|interval|duration", dt.timedelta),
    (r"func|fn|f|function|callback|predicate|pred|hook|factory|\w+_func", collections.abc.Callable),
    (r"[nijk]|count|num|number|size|length|index|idx|width|height|depth|limit|level|port|max_?size", int),
    (r"year|month|days?|hours?|minutes?|seconds?|(num|max|min|n)_\w+|\w+_(count|size|len|index|id)", int),
    (r"ratio|rate|factor|weight|percent|percentage|alpha|x|y|z", float),
    (r"s|text|string|name|title|word|label|msg|message|prefix|suffix|sep|separator|delimiter|pattern|format", str),
    (r"fmt|encoding|url|uri|locale|lang|line|char|\w+(_name|_str|_text|string|_url)", str),
    (r"items|seq|sequence|lst|values|iterable|elements|names|lines|words|\w+_list", list),
    (r"mapping|options|headers|params|config|\w+_(map|dict)", dict),
)
"""What parameters of these names are for, where nothing else tells: only Python's own customs."""


def from_name(name: str) -> Any:
    """The type that a parameter's name suggests, or None."""
    return next((kind for pattern, kind in NAMES if re.fullmatch(pattern, name.lower())), None)


def from_words(text: str) -> Any:
    """The type that a docstring's words name (`int or None`, `list of str`), or None."""
    found = [WORDS[word] for word in re.findall(r"[a-z]+", text.lower()) if word in WORDS]
    if not found or len(found) > 4:  # noqa: PLR2004 - that many types are prose
        return None
    return typing.Union[tuple(found)]  # noqa: UP007 - of a tuple


def members(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a union, NewTypes, aliases and annotations taken off."""
    while hasattr(hint, "__supertype__"):
        hint = hint.__supertype__
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return members(typing.get_args(hint)[0])
    if origin in {typing.Union, types.UnionType}:
        return tuple(one for part in typing.get_args(hint) for one in members(part))
    if isinstance(hint, typing.TypeVar):
        bound = typing.Union[hint.__constraints__] if hint.__constraints__ else hint.__bound__  # noqa: UP007 - of a tuple
        return members(bound) if bound is not None else (ANYTHING,)
    if hasattr(hint, "__value__"):  # `type X = ...`
        return members(hint.__value__)
    return (hint,)


def conforms(value: object, hint: Any) -> bool:
    """Whether callers who respect the hint would pass this value; parts of containers are not looked at."""
    return any(_conforms(value, part) for part in members(hint))


def _conforms(value: object, part: Any) -> bool:  # noqa: PLR0911 - one line a kind of hint
    if part is ANYTHING or part is inspect.Parameter.empty:
        return True
    if part is None or part is type(None):
        return value is None
    origin = typing.get_origin(part)
    if origin is typing.Literal:
        return value in typing.get_args(part)
    kind = origin or part
    if not isinstance(kind, type):
        return True
    if isinstance(value, bool) and kind is not bool:
        return kind is object
    if kind in {float, complex} and isinstance(value, int | float):
        return True
    try:
        return isinstance(value, kind)
    except TypeError:  # protocols that are not runtime checkable
        return True
