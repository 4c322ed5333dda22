"""Types that are passed as values."""

from __future__ import annotations

import ast
import typing
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

from ..express import evaluable, express
from . import draw, rule
from .body import nodes
from .draw import Strategy
from .types import GENERIC

USUAL = ("⟨builtins:int⟩", "⟨builtins:str⟩")
TYPES = (
    "⟨typing:Optional⟩[⟨builtins:int⟩]",
    "⟨typing:List⟩[⟨builtins:int⟩]",
    "⟨typing:Dict⟩[⟨builtins:str⟩, ⟨builtins:int⟩]",
    "⟨typing:Union⟩[⟨builtins:int⟩, ⟨builtins:str⟩]",
    "⟨typing:Literal⟩['a', 'b']",
    "⟨typing:Optional⟩[⟨typing:List⟩[⟨builtins:int⟩]]",
    "⟨typing:Tuple⟩[⟨builtins:int⟩, ...]",
    "⟨typing:Any⟩",
    "⟨typing:NewType⟩('Number', ⟨builtins:int⟩)",
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
    options = [text for kind in wanted if isinstance(kind, type) and (text := express(kind))]
    plain = [text for text, value in evaluable(known) if isinstance(value, type)]
    return draw.sampled(options or [*plain, *USUAL])


def generic(known: Sequence[str]) -> Strategy[str]:
    """A strategy for templates of types with parameters."""
    return draw.sampled([text for text, value in evaluable([*known, *TYPES]) if isinstance(value, GENERIC)])
