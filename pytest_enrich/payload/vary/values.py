"""Templates of values: what they mean in the test file, whether people write such, and others of their kind."""

from __future__ import annotations

import ast
import copy
import enum
import itertools
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType
from typing import Any, TypeAlias

from .. import express

LARGEST: Mapping[type[ast.operator], int] = {ast.Pow: 400, ast.LShift: 400}
"""The largest right side of an operation that makes large numbers."""
Path: TypeAlias = tuple[str, ...]
"""The names of types from the outside of a value to a part of it: ``("list", "int")``."""

DEEPEST = 3
MOST_COMBINED = 120
MOST = 12


def is_odd(template: str) -> bool:
    """Whether nobody writes it: the rest of a sum (`+ 30`, `365 + 0`), `float("inf")**2`, what fills memory."""
    try:
        tree = parsed(template)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return True
    return any(map(_is_left_over, ast.walk(tree)))


def parsed(template: str) -> ast.Expression:
    """The tree of a template, with names that can be compiled.

    Raises:
        SyntaxError: It is no expression; `ValueError`, `MemoryError` and `RecursionError` as `ast.parse` has them.
    """
    return ast.parse(express.compilable(template)[0].strip(), mode="eval")


def _is_left_over(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.UAdd)
    if not isinstance(node, ast.BinOp):
        return False
    sides = (node.left, node.right)
    if any(isinstance(one, ast.Call) and getattr(one.func, "id", "") == "float" for one in sides):
        return True
    numbers = [one.value for one in sides if isinstance(one, ast.Constant)]
    if isinstance(node.op, ast.Add | ast.Sub):
        return 0 in numbers
    limit = LARGEST.get(type(node.op))
    return limit is not None and any(isinstance(one, int) and abs(one) > limit for one in numbers[-1:])


def is_literal(template: str) -> bool:
    """Whether it says all by itself."""
    try:
        ast.literal_eval(template)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def keys(template: str) -> frozenset[object]:
    """The texts and numbers that are keys in a template."""
    nodes = ast.walk(parsed(template))
    found = (key for node in nodes if isinstance(node, ast.Dict) for key in node.keys)
    return frozenset(key.value for key in found if isinstance(key, ast.Constant))


class Names:
    """The names of a test file, in which the source of its values means something."""

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._compiled: dict[str, tuple[CodeType, dict[str, object]]] = {}
        self._parts: dict[str, frozenset[Path]] = {}

    def value(self, template: str) -> Any:
        """The value, made anew.

        Raises:
            Exception: Whatever making it raises.
        """
        if template not in self._compiled:
            source, names = express.compilable(template)
            self._compiled[template] = compile(source, "<enrich>", "eval"), names
        code, names = self._compiled[template]
        return eval(code, {**self._namespace, **names})

    def parts(self, template: str) -> frozenset[Path]:
        """The types that its value is made of; none for what cannot be made here."""
        if template not in self._parts:
            try:
                self._parts[template] = frozenset(_parts(self.value(template), DEEPEST))
            except Exception:  # a constructor that refuses, a name that is gone
                self._parts[template] = frozenset()
        return self._parts[template]


def _parts(value: object, depth: int) -> set[Path]:
    kind = type(value).__qualname__
    found: set[Path] = {(kind,)}
    if depth and isinstance(value, dict):
        found |= {(f"{kind} key", *path) for one in value for path in _parts(one, depth - 1)}
    if depth and isinstance(value, list | tuple | set | frozenset | dict):
        inner = value.values() if isinstance(value, dict) else value
        found |= {(kind, *path) for one in inner for path in _parts(one, depth - 1)}
    return found


def members(rows: Iterable[str], names: Names) -> tuple[str, ...]:
    """`Color.RED` gives `Color.RED`, `Color.GREEN` and so on, in the order of their definition.

    Args:
        rows: Templates of values.
        names: In which they mean something.
    """
    bases = dict.fromkeys(base for text in rows for base in _bases(text))
    return tuple(f"{base}.{name}" for base in bases for name in _names_of(base, names))


def combined(rows: Iterable[str], every: Iterable[str]) -> tuple[str, ...]:
    """Flags together: each of `rows` with one of `every` besides, then two of those."""
    every = list(every)
    more = (f"{text} | {one}" for one in every for text in rows if text not in every and one not in text)
    pairs = (f"{one} | {other}" for one, other in itertools.combinations(every, 2))
    return tuple(itertools.islice(itertools.chain(pairs, more), MOST_COMBINED))


def _bases(text: str) -> Iterator[str]:
    """What stands before a dot in a template."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    yield from (ast.unparse(node.value) for node in nodes if isinstance(node.value, ast.Name | ast.Attribute))


def _names_of(base: str, names: Names) -> list[str]:
    try:
        value = names.value(base)
    except Exception:  # a name that is gone
        return []
    is_enumeration = isinstance(value, type) and issubclass(value, enum.Enum)
    return [one.name for one in value if one.name] if is_enumeration else []


def emptied(template: str) -> list[str]:
    """The template of a value made of parts, each time with one of them empty, or without one of its keys.

    None of what is no literal, or names something.
    """
    if express.NAME.search(template):
        return []
    try:
        tree = ast.parse(template.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    return list(dict.fromkeys(map(ast.unparse, _less(tree))))[:MOST]


def _less(tree: ast.expr) -> Iterator[ast.expr]:
    places = [at for at, node in enumerate(ast.walk(tree)) if at and _is_full(node)]
    for at in places:
        other = copy.deepcopy(tree)
        _empty([*ast.walk(other)][at])
        yield other
    for at in range(len(tree.keys) if isinstance(tree, ast.Dict) else 0):
        shorter = copy.deepcopy(tree)
        assert isinstance(shorter, ast.Dict)
        del shorter.keys[at], shorter.values[at]
        yield shorter


def _is_full(node: ast.AST) -> bool:
    """Whether it is a container of something."""
    return isinstance(node, ast.List | ast.Dict | ast.Tuple) and bool(
        getattr(node, "elts", getattr(node, "keys", ()))
    )


def _empty(node: ast.AST) -> None:
    for name in ("elts", "keys", "values"):
        if hasattr(node, name):
            setattr(node, name, [])
