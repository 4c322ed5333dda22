"""Texts and bytes that a function decodes: what encodes them, and what the function calls their content."""

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
"""Parts of the names of functions that decode, each with that of its counterpart that encodes."""
OWN = {"self", "cls"}
FOLLOWED = 2
"""How many functions of the project a parameter is followed through to what decodes it."""


class Encoded(NamedTuple):
    """What encodes (`⟨json:dumps⟩`), the variable for what was decoded, or "", and the keys looked up in it."""

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
            first = next((name for name in signed(inner) if name not in OWN), "")
            for way in ways(inner, first, followed - 1):
                yield way._replace(variable=variable, keys=(*way.keys, *keys))


def _keys(function: object, variable: str, followed: int) -> Iterator[str]:
    """The keys that are looked up in what was decoded, also where it is passed on."""
    yield from looked_up(function).get(variable, ())
    for node in nodes(function) if followed else ():
        if isinstance(node, ast.Call) and variable in (
            arguments := [getattr(argument, "id", "") for argument in node.args]
        ):
            inner = function_of(node.func, function)
            parameters = [name for name in signed(inner) if name not in OWN]
            yield from (
                _keys(inner, parameters[arguments.index(variable)], followed - 1)
                if len(parameters) > len(arguments) - 1
                else ()
            )


def _encoder(node: ast.expr, function: object) -> str:
    """The counterpart that encodes, in the module of a function that decodes; "" where there is none."""
    namespace = getattr(inspect.unwrap(function), "__globals__", {}) if callable(function) else {}
    if isinstance(node, ast.Name):
        decoder: Any = namespace.get(node.id)
        # Even asking anything else, such as a proxy, for its name may run code.
        is_plain = type(decoder) in {FunctionType, BuiltinFunctionType}
        name, module = (decoder.__name__, sys.modules.get(str(decoder.__module__))) if is_plain else ("", None)
    else:
        name, module = getattr(node, "attr", ""), namespace.get(getattr(getattr(node, "value", None), "id", ""))
    if type(module) is not ModuleType:
        return ""
    encoders = (name.replace(part, opposite) for part, opposite in OPPOSITES.items() if part in name)
    return next(
        (f"⟨{module.__name__}:{encoder}⟩" for encoder in encoders if callable(vars(module).get(encoder))), ""
    )
