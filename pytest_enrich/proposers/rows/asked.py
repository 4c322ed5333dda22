"""What a function's own code asks for by name: names, keys of mappings, attributes of objects."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from pytest_enrich.proposers.rows import tables
from pytest_enrich.proposers.rows.names import last


def tests(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls of which only the truth is asked."""
    for node in ast.walk(tree):
        held = [getattr(node, "test", None), getattr(node, "operand", None), *getattr(node, "values", ())]
        yield from (
            one for one in map(_awaited, held) if isinstance(one, ast.Call) and not isinstance(node, ast.Dict)
        )


def outcomes(tree: ast.AST) -> dict[str, bool]:
    """What is called and decides something by what it gives, and whether only the truth of that is asked.

    Methods by their names, other functions of the project as "".
    """
    asked = {_method(one) for one in tests(tree)}
    deciding = [*_decisions(tree)]
    named = {one.id for one in deciding if isinstance(one, ast.Name)}
    kept = (one for one in ast.walk(tree) if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name))
    values = (one.value for one in kept if getattr(one.targets[0], "id", "") in named)
    called = (one for one in (*deciding, *map(_awaited, values)) if isinstance(one, ast.Call))
    named_so = ((_method(one), one) for one in called)
    return {name: name in asked for name, one in named_so if name or not hasattr(builtins, last(one.func))}


def tried(tree: ast.AST) -> Iterator[str]:
    """The methods that are called where exceptions are caught."""
    blocks = (one for one in ast.walk(tree) if isinstance(one, ast.Try) and one.handlers)
    nodes = (node for block in blocks for one in block.body for node in ast.walk(one))
    yield from (
        node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )


def keys(tree: ast.AST) -> Iterator[str]:
    """The texts that are looked up: `data["key"]`, `data.get("key")`, `"key" in data`."""
    found = (key for _, key in tables.looked_up(tree) if isinstance(key, ast.Constant))
    yield from (key.value for key in found if isinstance(key.value, str))


def named(tree: ast.AST) -> Iterator[str]:
    """All names, those of attributes and parameters, too, without leading underscores."""
    for node in ast.walk(tree):
        name = getattr(node, "id", getattr(node, "attr", getattr(node, "arg", None)))
        if isinstance(name, str):
            yield name.lstrip("_")


def attributes(tree: ast.AST) -> Iterator[str]:
    """The public attributes that decide something."""
    nodes = [*_decisions(tree)]
    called = [one.func for one in nodes if isinstance(one, ast.Call)]
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node not in called:
            yield from [node.attr] if node.attr[:1] != "_" else []


def _decisions(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes of the conditions."""
    tested = (node.test for node in ast.walk(tree) if isinstance(node, ast.If | ast.IfExp | ast.While))
    yield from (one for test in tested for one in ast.walk(test))


def _method(call: ast.Call) -> str:
    """The name of the method that is called, "" for a function."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _awaited(value: ast.expr) -> ast.expr:
    return value.value if isinstance(value, ast.Await) else value
