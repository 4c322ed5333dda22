"""Texts and bytes that a function decodes: by what they are encoded, and what it calls that which is in them."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, NamedTuple

from . import rule
from .body import function_of, nodes, remembered, signed
from .usage import looked_up

OPPOSITES = {
    "loads": "dumps", "decode": "encode", "unpack": "pack", "decompress": "compress", "unhexlify": "hexlify",
    "safe_load": "safe_dump", "unquote": "quote", "parse_qs": "urlencode",
}  # fmt: skip
"""Parts of the names of functions that decode, and of those that encode."""
OWN = {"self", "cls"}
FOLLOWED = 2
"""Functions of the project through which a parameter is passed on to what decodes it."""


class Encoded(NamedTuple):
    """What encodes (`⟨json:dumps⟩`), the variable for what was decoded, "" for none, and the keys asked of it."""

    encoder: str
    variable: str
    keys: tuple[str, ...] = ()


@remembered(256)
def ways(function: object, name: str, followed: int = FOLLOWED) -> tuple[Encoded, ...]:
    """How what is passed to a parameter may be encoded."""
    return tuple(dict.fromkeys(_decoded(function, name, followed)))


@rule("encoded")
def _decoded(function: object, name: str, followed: int) -> Iterator[Encoded]:
    """`rep = msgpack.unpackb(data)`: what is passed as `data` is `msgpack.packb(...)` of what `rep` may be."""
    kept = {id(node.value): node.targets[0] for node in nodes(function) if isinstance(node, ast.Assign)}
    for node in nodes(function):
        if not (isinstance(node, ast.Call) and node.args and getattr(node.args[0], "id", "") == name):
            continue
        variable = getattr(kept.get(id(node)), "id", "")
        variable = variable if variable != name else ""
        keys = tuple(dict.fromkeys(_keys(function, variable, followed))) if variable else ()
        if encoder := _encoder(node.func, function):
            yield Encoded(encoder, variable, keys)
        elif followed and (inner := function_of(node.func, function)) is not None:
            first = next((one for one in signed(inner) if one not in OWN), "")
            for way in ways(inner, first, followed - 1):
                yield way._replace(variable=variable, keys=(*way.keys, *keys))


def _keys(function: object, variable: str, followed: int) -> Iterator[str]:
    """The keys that are asked of what was decoded, where it is passed on, too."""
    yield from looked_up(function).get(variable, ())
    for node in nodes(function) if followed else ():
        if isinstance(node, ast.Call) and variable in (given := [getattr(one, "id", "") for one in node.args]):
            inner = function_of(node.func, function)
            taken = [one for one in signed(inner) if one not in OWN]
            yield from (
                _keys(inner, taken[given.index(variable)], followed - 1) if len(taken) > len(given) - 1 else ()
            )


def _encoder(node: ast.expr, function: object) -> str:
    """What encodes that which a function of a module decodes, if it is beside that; "" for none."""
    known = getattr(inspect.unwrap(function), "__globals__", {}) if callable(function) else {}
    if isinstance(node, ast.Name):
        decoder: Any = known.get(node.id)
        # Of anything else, a proxy say, even the question of its name may do something.
        is_plain = type(decoder) in {FunctionType, BuiltinFunctionType}
        name, where = (decoder.__name__, sys.modules.get(str(decoder.__module__))) if is_plain else ("", None)
    else:
        name, where = getattr(node, "attr", ""), known.get(getattr(getattr(node, "value", None), "id", ""))
    if type(where) is not ModuleType:
        return ""
    others = (name.replace(part, opposite) for part, opposite in OPPOSITES.items() if part in name)
    return next((f"⟨{where.__name__}:{other}⟩" for other in others if callable(vars(where).get(other))), "")
