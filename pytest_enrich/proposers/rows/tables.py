"""Tables that functions look their parameters up in: their keys are what a caller may pass."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from pytest_enrich.proposers.rows.names import Function, last

LOOKING = {"get", "pop", "setdefault"}
MOST = 60


class Keyed(dict[str, tuple[str, ...]]):
    """Source of keys, by the parameter's name and by its place (`#0`) among the arguments of a call."""


Known: TypeAlias = Mapping[str, Keyed]
"""By the name of the function."""


def of(tree: ast.Module) -> dict[str, Keyed]:
    """What the functions of a module look up in its tables."""
    tables = {name: keys for node in tree.body for name, keys in _table(node)}
    functions = (node for node in ast.walk(tree) if isinstance(node, Function))
    found = {one.name: _keyed(one, tables) for one in functions} if tables else {}
    return {name: keyed for name, keyed in found.items() if keyed}


def keys(call: ast.Call, argument: ast.expr, known: Known) -> tuple[str, ...]:
    """What may stand in the place of an argument of a call."""
    keyed = known.get(last(call.func), Keyed())
    named = next((one.arg for one in call.keywords if one.value is argument), None)
    place = next((f"#{at}" for at, one in enumerate(call.args) if one is argument), "")
    return keyed.get(named or place, ())


def _table(node: ast.stmt) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of a mapping that is written out, and its keys."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    value = getattr(node, "value", None)
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Dict):
        texts = (one.value for one in value.keys if isinstance(one, ast.Constant))
        found = tuple(repr(one) for one in texts if isinstance(one, str | int) and not isinstance(one, bool))
        yield from ((one.id, found[:MOST]) for one in targets if isinstance(one, ast.Name) and found)


def _keyed(function: Function, tables: Mapping[str, tuple[str, ...]]) -> Keyed:
    given = function.args
    order = [one.arg for one in (*given.posonlyargs, *given.args) if one.arg not in {"self", "cls"}]
    names = {*order, *(one.arg for one in given.kwonlyargs)}
    found = Keyed()
    for place, key in looked_up(function):
        table, name = _plain(place), _plain(key)
        if name in names and table in tables:
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *tables[table])))
    found.update({f"#{at}": found[name] for at, name in enumerate(order) if name in found})
    return found


def looked_up(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What is looked up in what: `table[key]` where it is read, `table.get(key)`, `key in table`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield node.value, node.slice
        elif isinstance(node, ast.Call) and last(node.func) in LOOKING and node.args:
            yield getattr(node.func, "value", node.func), node.args[0]
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            yield node.comparators[0], node.left


def _plain(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
