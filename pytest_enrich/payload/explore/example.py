"""The calls that a docstring's examples make: what its author would pass is as good as what a test passes."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator, Mapping

from .. import express
from .calls import Call
from .entry import Entry
from .operators import MAKERS

MOST = 20


def of(entry: Entry, documented: object, names: Mapping[str, object]) -> list[Call]:
    """Calls of `entry` in the docstring of `documented`; its examples' names stand for `names`."""
    found: list[Call] = []
    made: dict[str, str] = {}
    for node in _statements(documented):
        value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
        if isinstance(value, ast.Await):
            value = value.value
        for one in ast.walk(value) if value is not None else ():
            call = _call(one, entry, names, made) if isinstance(one, ast.Call) else None
            found += [call] if call is not None else []
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            made[node.targets[0].id] = express.written(node.value, names) or ""
    return found[:MOST]


def objects(documented: type, names: Mapping[str, object]) -> Iterator[str]:
    """Templates of the objects that the examples of a class's docstring make of it."""
    for node in _statements(documented):
        made = node.value if isinstance(node, ast.Assign | ast.Expr) else None
        if isinstance(made, ast.Call) and getattr(made.func, "id", "") == documented.__name__:
            text = express.written(made, names)
            yield from [] if text is None else [text]


def _statements(documented: object) -> Iterator[ast.stmt]:
    """What the examples of its docstring do."""
    text = getattr(documented, "__doc__", None)
    try:
        examples = doctest.DocTestParser().get_examples(text if isinstance(text, str) else "")
    except ValueError:  # it is laid out as no doctest may be
        return
    for example in examples:
        try:
            yield from ast.parse(example.source).body
        except (SyntaxError, ValueError):
            continue


def _call(node: ast.Call, entry: Entry, names: Mapping[str, object], made: Mapping[str, str]) -> Call | None:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    wanted = entry.owner.rpartition(".")[2] if entry.name in MAKERS else entry.name
    if called != wanted:
        return None
    holder = node.func.value if isinstance(node.func, ast.Attribute) else None
    receiver = made.get(holder.id) if isinstance(holder, ast.Name) else None
    if entry.needs_receiver and not receiver:
        return None
    arguments = _arguments(node, entry, names)
    return None if arguments is None else Call(entry.key, arguments, receiver if entry.needs_receiver else None)


def _arguments(node: ast.Call, entry: Entry, names: Mapping[str, object]) -> tuple[tuple[str, str], ...] | None:
    positional = [p["name"] for p in entry.parameters if p["kind"] in {"positional only", "positional"}]
    if any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords):
        return None
    places = [*positional[: len(node.args)], *[""] * (len(node.args) - len(positional))]
    pairs = [*zip(places, node.args, strict=True), *((str(one.arg), one.value) for one in node.keywords)]
    written = [(name, express.written(value, names)) for name, value in pairs]
    found = tuple((name, text) for name, text in written if text is not None)
    return found if len(found) == len(written) else None
