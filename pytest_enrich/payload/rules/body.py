"""A function's source, and what the names in it stand for."""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any, NamedTuple, TypeVar

from ..express import express, find

KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: "positional only",
    inspect.Parameter.POSITIONAL_OR_KEYWORD: "positional",
    inspect.Parameter.VAR_POSITIONAL: "variadic",
    inspect.Parameter.KEYWORD_ONLY: "keyword only",
    inspect.Parameter.VAR_KEYWORD: "keywords",
}

Node = TypeVar("Node", bound=ast.AST)
Asked = TypeVar("Asked", bound=Callable[..., Any])


def remembered(most: int) -> Callable[[Asked], Asked]:
    """As `lru_cache`, but with arguments that cannot be hashed the function is called each time."""

    def wrap(function: Asked) -> Asked:
        cached = functools.lru_cache(maxsize=most)(function)

        @functools.wraps(function)
        def ask(*arguments: Any) -> Any:
            try:
                return cached(*arguments)
            except TypeError:
                return function(*arguments)

        return ask  # type: ignore[return-value]

    return wrap


@remembered(512)
def nodes(function: object) -> tuple[ast.AST, ...]:
    """All nodes of a function's source; none where it has no source that can be parsed alone."""
    try:
        source = inspect.getsource(inspect.unwrap(function) if callable(function) else function)  # type: ignore[arg-type]
        lines = source.splitlines()
        # A line of a docstring may have less indentation than the function: that one stays as it is.
        margin = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
        return tuple(ast.walk(ast.parse("\n".join(line.removeprefix(margin) for line in lines))))
    except Exception:  # no source, or none that can be parsed alone
        return ()


def copied(node: Node) -> Node:
    """A copy of a syntax tree, without what others add to its nodes: `Load` is a single object for all trees."""
    if isinstance(node, ast.expr_context):
        return node
    copy = type(node)(**{name: _copied(value) for name, value in ast.iter_fields(node)})
    return ast.copy_location(copy, node)


def _copied(value: Any) -> Any:
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return copied(value) if isinstance(value, ast.AST) else value


def code_of(function: object) -> object:
    """A function's code object, decorators taken off; None where there is none."""
    return getattr(inspect.unwrap(function) if callable(function) else function, "__code__", None)


def asked_by(code: object) -> Iterator[str]:
    """The names that code uses, those in the functions inside it included."""
    if isinstance(code, CodeType):
        yield from code.co_names
        yield from itertools.chain.from_iterable(map(asked_by, code.co_consts))


def function_of(node: ast.expr, function: object) -> Any:
    """The function that a name, or a method of the same object or of a class, stands for; None for any other."""
    value: Any = None
    if isinstance(node, ast.Name):
        value = getattr(function, "__globals__", {}).get(node.id)
    elif isinstance(node, ast.Attribute):
        value = getattr(_holder(node, function), node.attr, None)
    value = getattr(value, "__func__", value)
    return value if inspect.isfunction(value) and hasattr(inspect.unwrap(value), "__code__") else None


def _holder(node: ast.Attribute, function: object) -> object:
    """The class that an attribute is taken from, itself or through an object of it; None for others."""
    name = getattr(node.value, "id", "")
    named = getattr(function, "__globals__", {}).get(name)
    # Even asking another object, such as a proxy, for its class may run code.
    is_class = issubclass(type(named), type)
    return owner_of(function) if name in {"self", "cls"} else named if is_class else None


def is_bound(node: ast.expr, function: object) -> bool:
    """Whether a call passes the object, or the class, before its arguments."""
    if is_inherited(node):
        return True
    holder = _holder(node, function) if isinstance(node, ast.Attribute) else None
    attribute = inspect.getattr_static(holder, getattr(node, "attr", ""), None)
    return holder is not None and not isinstance(attribute, staticmethod)


def is_inherited(node: ast.expr) -> bool:
    """Whether a node is a method of the class above: `super().name`."""
    return isinstance(node, ast.Attribute) and getattr(getattr(node.value, "func", None), "id", "") == "super"


def owner_of(function: object) -> object:
    """The class, or the module, that a function is in."""
    return find(getattr(function, "__module__", ""), getattr(function, "__qualname__", "").rpartition(".")[0])


def signed(function: Any) -> Mapping[str, inspect.Parameter]:
    """The parameters of a function or a class, by name; none where it has no signature, as some from C."""
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


class Lookup(NamedTuple):
    """What `holder.get("key", default)` looks up, or `pop`, or `holder["key"]`, where `method` is ""."""

    holder: str
    key: str
    method: str = ""
    default: ast.expr | None = None


def lookup(node: ast.AST) -> Lookup | None:
    """What a node looks up in a variable, by a text; None if it does not."""
    match node:
        case ast.Call(
            ast.Attribute(ast.Name(holder), "get" | "pop" as method), [ast.Constant(str(key)), *defaults]
        ):
            return Lookup(holder, key, method, next(iter(defaults), None))
        case ast.Subscript(ast.Name(holder), ast.Constant(str(key))):
            return Lookup(holder, key)
    return None


def parameters(function: object, *, bound: bool) -> tuple[dict[str, Any], ...]:
    """The JSON form of a function's parameters, without the bound one."""
    return tuple(map(described, [*signed(function).values()][bound:]))


def described(parameter: inspect.Parameter) -> dict[str, Any]:
    """The JSON form of a parameter."""
    return {"name": parameter.name, "kind": KINDS[parameter.kind], "default": _default(parameter)}


def _default(parameter: inspect.Parameter) -> str | None:
    return None if parameter.default is parameter.empty else express(parameter.default) or "..."


def answers(function: object) -> bool:
    """Whether a function returns anything but None somewhere, as far as its source tells."""
    returned = [node.value for node in nodes(function) if isinstance(node, ast.Return | ast.Yield)]
    silent = all(value is None or (isinstance(value, ast.Constant) and value.value is None) for value in returned)
    return not silent or isinstance(function, type)
