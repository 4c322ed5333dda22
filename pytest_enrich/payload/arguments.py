"""The arguments of a call, read off its frame when it begins, as templates."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

from . import express

Express = Callable[[object], "str | None"]
NO_DEFAULT = object()


class Passed(NamedTuple):
    """One argument: `name` is "" for one more positional one; `keyword` when it must or should be named."""

    name: str
    value: str
    keyword: bool


class Slot(NamedTuple):
    """One parameter of a code object, with the value that the call gave it."""

    name: str
    value: Any
    default: object
    kind: str


def passed(
    frame: FrameType, function: FunctionType | None, objects: Express, *, bound: bool
) -> list[Passed] | None:
    """All arguments but the receiver, without those that are the default; None when one has no template."""
    slots = _slots(frame, function)[1 if bound else 0 :]
    shown = []
    for name, value, keyword in _unfolded(_shown(slots)):
        template = express.express(value, objects)
        if template is None:
            return None
        shown.append(Passed(name, template, keyword))
    return shown


def call_text(callee: str, arguments: list[Passed]) -> str:
    """The call as source."""
    parts = [f"{part.name}={part.value}" if part.keyword else part.value for part in arguments]
    return f"{callee}({', '.join(parts)})"


def _slots(frame: FrameType, function: FunctionType | None) -> list[Slot]:
    code, values = frame.f_code, frame.f_locals
    defaults = _defaults(code, function)
    return [Slot(name, values.get(name), defaults.get(name, NO_DEFAULT), kind) for name, kind in _parameters(code)]


def _parameters(code: CodeType) -> Iterator[tuple[str, str]]:
    """Names and kinds in the order in which they are declared."""
    names = iter(code.co_varnames)
    positional = [next(names) for _ in range(code.co_argcount)]
    keyword_only = [next(names) for _ in range(code.co_kwonlyargcount)]
    for index, name in enumerate(positional):
        yield name, "positional only" if index < code.co_posonlyargcount else "positional"
    if code.co_flags & inspect.CO_VARARGS:
        yield next(names), "variadic"
    for name in keyword_only:
        yield name, "keyword only"
    if code.co_flags & inspect.CO_VARKEYWORDS:
        yield next(names), "keywords"


def _defaults(code: CodeType, function: FunctionType | None) -> dict[str, object]:
    if function is None:
        return {}
    values = function.__defaults__ or ()
    positional = code.co_varnames[: code.co_argcount]
    found: dict[str, object] = dict(zip(positional[len(positional) - len(values) :], values, strict=True))
    return found | (function.__kwdefaults__ or {})


def _shown(slots: list[Slot]) -> list[Slot]:
    """Without arguments that are their default, unless a later positional one needs their place."""
    extra = any(slot.kind == "variadic" and slot.value for slot in slots)
    shown: list[Slot] = []
    for slot in reversed(slots):
        later = any(other.kind == "positional only" for other in shown)
        needs_place = (extra and slot.kind.startswith("positional")) or (slot.kind == "positional only" and later)
        if slot.value is not slot.default or needs_place:
            shown.append(slot)
    return shown[::-1]


def _unfolded(slots: list[Slot]) -> Iterator[tuple[str, Any, bool]]:
    extra = any(slot.kind == "variadic" and slot.value for slot in slots)
    named = False
    for slot in slots:
        if slot.kind == "variadic":
            yield from (("", value, False) for value in slot.value)
        elif slot.kind == "keywords":
            yield from ((name, value, True) for name, value in slot.value.items())
        else:
            optional = slot.default is not NO_DEFAULT and slot.kind == "positional" and not extra
            named = named or optional or slot.kind == "keyword only"
            yield slot.name, slot.value, named


def function_of(holder: Any, name: str, code: CodeType) -> tuple[FunctionType | None, object]:
    """The function under `name` that runs `code`, decorators taken off, and what stands there as it is."""
    found = inspect.getattr_static(holder, name, None)
    inner = found
    for _ in range(10):
        if isinstance(inner, FunctionType) and inner.__code__ is code:
            return inner, found
        under = getattr(inner, "__func__", None) or getattr(inner, "fget", None)
        inner = under or getattr(inner, "__wrapped__", None)
    return None, found
