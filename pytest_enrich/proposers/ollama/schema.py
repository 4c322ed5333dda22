"""JSON schemas of arguments, in the part of the language that grammars are made of, each bounded in length."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_enrich.data import Entry, Parameter
from pytest_enrich.proposers.ollama import hint
from pytest_enrich.proposers.ollama.hint import ANYTHING, Hint

MOST_PARAMETERS = 10
RECEIVER = "self"
"""The property that holds the expression for the object that a method is called on."""
_SCALARS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": hint.LONGEST_TEXT},
    "bytes": {"type": "string", "maxLength": hint.LONGEST_TEXT},
    "whole": {"type": "integer", "minimum": -hint.LARGEST, "maximum": hint.LARGEST},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "none": {"type": "null"},
}
_CODE = {"type": "string", "maxLength": hint.LONGEST_CODE}
_PYTHON = {
    "type": "object",
    "properties": {"python": _CODE},
    "required": ["python"],
    "additionalProperties": False,
}


def of_inputs(fields: Mapping[str, Hint], required: tuple[str, ...], most: int) -> dict[str, Any]:
    """The schema of up to `most` inputs, each an object with these fields."""
    one = {
        "type": "object",
        "properties": {name: of_hint(what) for name, what in fields.items()},
        "required": list(required),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"inputs": {"type": "array", "items": one, "minItems": 1, "maxItems": most}},
        "required": ["inputs"],
        "additionalProperties": False,
    }


def fields(entry: Entry, source: str, mentioned: str) -> tuple[dict[str, Hint], tuple[str, ...]]:
    """What is asked for: the parameters without a default, and the others that `mentioned` text speaks of.

    Args:
        entry: The function to call.
        source: Its text, for the literals that it compares its parameters with.
        mentioned: The decisions on the way; an optional parameter that they name is asked for as well.

    Returns:
        Hints by name, and the names that must be there.
    """
    compared = _compared(source)
    found: dict[str, Hint] = {}
    if entry.kind in {"method", "property", "setter"} and not entry.qualname.endswith("__init__"):
        found[RECEIVER] = Hint(sort="python", called=entry.qualname.rpartition(".")[0])
    for parameter in entry.parameters[:MOST_PARAMETERS]:
        if _is_asked(parameter, mentioned):
            found[parameter.name] = _hint(parameter, tuple(compared.get(parameter.name, ())))
    return found, tuple(found)


def of_hint(what: Hint, depth: int = 0) -> dict[str, Any]:
    """The schema of one value."""
    if what.sort == "choice":
        return {"enum": list(what.choices)} if what.choices else dict(_SCALARS["text"])
    if what.sort in _SCALARS:
        plain = dict(_SCALARS[what.sort])
        return {"anyOf": [{"enum": list(what.choices)}, plain]} if what.choices else plain
    if what.sort in {"list", "set", "frozenset", "tuple"}:
        return _array(what, depth)
    if what.sort == "dict":
        values = of_hint(what.of[0] if what.of else ANYTHING, depth + 1)
        return {"type": "object", "additionalProperties": values}
    if what.sort == "union":
        return {"anyOf": [of_hint(one, depth) for one in what.of]}
    return dict(_CODE) if what.sort == "python" else _anything(depth)


def _array(what: Hint, depth: int) -> dict[str, Any]:
    if what.ordered and what.of:
        places = [of_hint(one, depth + 1) for one in what.of]
        return {"type": "array", "prefixItems": places, "minItems": len(places), "maxItems": len(places)}
    items = of_hint(what.of[0] if what.of else ANYTHING, depth + 1)
    return {"type": "array", "items": items, "maxItems": hint.MOST_ITEMS}


def _anything(depth: int) -> dict[str, Any]:
    """Any value that JSON or an expression can name; lists of these only at the top."""
    plain = [dict(_SCALARS[sort]) for sort in ("text", "whole", "number", "flag", "none")]
    if depth == 0:
        plain.append({"type": "array", "items": {"anyOf": plain[:]}, "maxItems": hint.MOST_ITEMS})
    return {"anyOf": [*plain, dict(_PYTHON)]}


def _is_asked(parameter: Parameter, mentioned: str) -> bool:
    if parameter.kind == "keywords":
        return False
    return (parameter.default is None and parameter.kind != "variadic") or parameter.name in mentioned


def _hint(parameter: Parameter, compared: tuple[Any, ...]) -> Hint:
    if parameter.kind == "variadic":
        return Hint(sort="list", of=(hint.of_parameter(parameter, compared),))
    return hint.of_parameter(parameter, compared)


def _compared(source: str) -> dict[str, list[Any]]:
    """The literals that code compares each of its names with."""
    found: dict[str, list[Any]] = {}
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for node in nodes:
        for name, value in _comparisons(node):
            if value not in found.setdefault(name, []):
                found[name].append(value)
    return found


def _comparisons(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name):
        for one in node.comparators:
            yield from ((node.left.id, value) for value in _values(one))
    elif isinstance(node, ast.Match) and isinstance(node.subject, ast.Name):
        for case in node.cases:
            if isinstance(case.pattern, ast.MatchValue):
                yield from ((node.subject.id, value) for value in _values(case.pattern.value))


def _values(node: ast.expr) -> Iterator[Any]:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        for one in node.elts:
            yield from _values(one)
    elif isinstance(node, ast.Constant) and _is_short_literal(node.value):
        yield node.value


def _is_short_literal(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= hint.LONGEST_TEXT
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= hint.LARGEST
