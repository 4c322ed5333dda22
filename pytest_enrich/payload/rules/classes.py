"""Classes that a test makes for itself, and types that are passed as values."""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import enum
import typing
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

from ..express import evaluable, express
from . import draw, rule
from .body import nodes
from .draw import Strategy
from .types import CLASS, FIELD, GENERIC, Dataclass

ENUM = "⟨enum:Enum⟩('Color', ['RED', 'GREEN'])"
USUAL = ("⟨builtins:int⟩", "⟨builtins:str⟩")
TYPES = (
    "⟨typing:Optional⟩[⟨builtins:int⟩]",
    "⟨typing:List⟩[⟨builtins:int⟩]",
    "⟨typing:Dict⟩[⟨builtins:str⟩, ⟨builtins:int⟩]",
    "⟨typing:Union⟩[⟨builtins:int⟩, ⟨builtins:str⟩]",
    "⟨typing:Any⟩",
    "⟨typing:NewType⟩('Number', ⟨builtins:int⟩)",
)
DEFAULTS = (
    "",
    ", 1",
    ", None",
    ", ⟨dataclasses:field⟩(default_factory=⟨builtins:list⟩)",
    ", ⟨dataclasses:field⟩(default=1, init=False)",
)
MOST = 24


@rule("types spoken of")
def spoken(module: ModuleType, functions: Iterable[object]) -> Iterator[str]:
    """Templates of the types that code names: those of functions first, then the aliases of their module."""
    names = vars(module)
    texts: dict[str, None] = {}
    for node in (node for function in functions for node in nodes(function)):
        if isinstance(node, ast.Name | ast.Subscript) and (kind := _type_of(node, names)) is not None:
            texts |= dict.fromkeys(filter(None, [express(kind)]))
    aliases = (held for held in names.values() if _is_of_typing(held) and typing.get_args(held))
    texts |= dict.fromkeys(text for held in aliases if (text := express(held)))
    yield from list(texts)[:MOST]


def _type_of(node: ast.expr, names: dict[str, Any]) -> Any:
    """The type that a name, or a name with parameters, stands for; None where it is none."""
    holder = node.value if isinstance(node, ast.Subscript) else node
    base = holder.value if isinstance(holder, ast.Attribute) else holder
    held = names.get(base.id) if isinstance(base, ast.Name) else None
    if issubclass(type(held), ModuleType) and isinstance(holder, ast.Attribute):
        held = vars(held).get(holder.attr)
    # Anything else that takes a key is the project's own, and may do something.
    if not (issubclass(type(held), type) or _is_of_typing(held)):
        return None
    try:
        found = eval(ast.unparse(node), dict(names))
    except Exception:  # a key that is a variable of the function's own, or not one for types
        return None
    is_error = isinstance(found, type) and issubclass(found, BaseException)
    return found if (isinstance(found, type) or typing.get_origin(found) is not None) and not is_error else None


def _is_of_typing(held: object) -> bool:
    """Whether it is what `typing` makes; of a proxy even the question of which class it is may do something."""
    return type(held).__module__ in {"typing", "types"}


def types_of(wanted: Sequence[Any], known: Sequence[str]) -> Strategy[str]:
    """A strategy for templates of classes: those `wanted`, else `known` and usual ones."""
    options = [one for kind in wanted for one in _classes(kind, known)]
    plain = [text for text, value in evaluable(known) if isinstance(value, type)]
    return draw.one_of(options) if options else draw.sampled([*plain, *USUAL, ENUM])


def _classes(kind: Any, known: Sequence[str]) -> Iterator[Strategy[str]]:
    if kind is Dataclass:
        yield _dataclasses(known)
    elif kind is enum.Enum:
        yield draw.just(ENUM)
    elif isinstance(kind, type) and (text := express(kind)):
        yield draw.just(text)


@rule("dataclasses")
def _made(kinds: Sequence[str]) -> Iterator[str]:
    """A dataclass with a field of each type, and without any."""
    yield f"⟨dataclasses:make_dataclass⟩({CLASS!r}, [])"
    fields = (f"({FIELD!r}, {kind}{default})" for default in DEFAULTS for kind in kinds)
    yield from (f"⟨dataclasses:make_dataclass⟩({CLASS!r}, [{one}])" for one in fields)


def _dataclasses(known: Sequence[str]) -> Strategy[str]:
    made = [*_made([*known, *USUAL, *TYPES, ENUM])]
    nested = [*_made(made[1:2])][1:2]
    return draw.sampled([*made, *nested])


def instances(
    kind: type, known: Sequence[str], of: collections.abc.Callable[[Any], Strategy[str]]
) -> Strategy[str] | None:
    """A strategy for templates of objects of a class that the test defines; None where it need not.

    Args:
        kind: What they are to be objects of.
        known: Templates of types that code speaks of.
        of: A strategy for the values of a type.
    """
    if kind is enum.Enum:
        return draw.just(f"{ENUM}.RED")
    if kind is GENERIC:
        return draw.sampled([text for text, value in evaluable([*known, *TYPES]) if isinstance(value, GENERIC)])
    if kind is dataclasses.Field:
        return draw.sampled([f"⟨dataclasses:fields⟩({one})[0]" for one in [*_made([*known, *USUAL])][1:]])
    if kind is not Dataclass:
        return None
    return draw.one_of(
        [
            of(held).map(f"⟨dataclasses:make_dataclass⟩({CLASS!r}, [({FIELD!r}, {text})])({{}})".format)
            for text, held in evaluable([*known, *USUAL])
        ]
    )
