"""What a parameter takes, as far as its source says, and the JSON schema by which it is asked for.

The schemas keep to the part of the language that grammars are made of, and each is bounded in length.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.data import Entry, Parameter
from pytest_enrich.imports import parsed

Sort: TypeAlias = Literal[
    "text", "bytes", "whole", "number", "flag", "none", "list", "tuple", "set", "frozenset", "dict", "choice",
    "union", "python", "anything",
]  # fmt: skip

LONGEST_TEXT = 80
LONGEST_CODE = 100
LONGEST_NAME = 40
LARGEST = 10**9
MOST_ITEMS = 6
MOST_CHOICES = 30
_DEEPEST = 3
_NAMES: dict[str, Sort] = {
    "str": "text", "bytes": "bytes", "bytearray": "bytes", "int": "whole", "float": "number", "bool": "flag",
    "complex": "number", "Number": "number", "Real": "number", "Integral": "whole", "None": "none",
    "list": "list", "List": "list", "Sequence": "list", "Iterable": "list", "Iterator": "list",
    "Collection": "list", "MutableSequence": "list", "tuple": "tuple", "Tuple": "tuple", "set": "set",
    "Set": "set", "AbstractSet": "set", "MutableSet": "set", "frozenset": "frozenset", "FrozenSet": "frozenset",
    "dict": "dict", "Dict": "dict", "Mapping": "dict", "MutableMapping": "dict", "AnyStr": "text",
    "Any": "anything", "object": "anything", "Hashable": "anything", "Text": "text",
}  # fmt: skip
_WRAPPERS = {"Annotated", "Final", "Required", "NotRequired", "ClassVar", "ReadOnly"}

MOST_PARAMETERS = 10
RECEIVER = "self"
"""The property that holds the expression for the object that a method is called on."""
_SCALARS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": LONGEST_TEXT},
    "bytes": {"type": "string", "maxLength": LONGEST_TEXT},
    "whole": {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "none": {"type": "null"},
}
_CODE = {"type": "string", "maxLength": LONGEST_CODE}
_PYTHON = {
    "type": "object",
    "properties": {"python": _CODE},
    "required": ["python"],
    "additionalProperties": False,
}


class Hint(Struct, frozen=True, kw_only=True):
    """What a value may be.

    Attributes:
        sort: Of value; `python` is an object that only an expression can name.
        of: Of the items, of each place of a tuple, of a dict's values, or the members of a union.
        choices: For `choice`, the literals; for others, literals that the code compares with.
        ordered: For a tuple, whether `of` are its places.
        called: For `python`, the name of its type, as the annotation has it.
    """

    sort: Sort = "anything"
    of: tuple[Hint, ...] = ()
    choices: tuple[Any, ...] = ()
    ordered: bool = False
    called: str = ""


ANYTHING = Hint()


def hint_of(parameter: Parameter, compared: tuple[Any, ...] = ()) -> Hint:
    """The hint of a parameter: its annotation, else its docstring's type, else its default's."""
    text = parameter.annotation or parameter.documented or _of_default(parameter.default)
    hint = read_hint(text) if text else ANYTHING
    if hint.sort in {"text", "whole", "number"}:
        return Hint(sort=hint.sort, choices=compared[:MOST_CHOICES])
    return hint


def read_hint(annotation: str) -> Hint:
    """What an annotation's text says; `anything` for what cannot be read."""
    try:
        return _read(ast.parse(annotation.strip().strip("\"'"), mode="eval").body, 0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ANYTHING


def type_aliases(source_text: str) -> dict[str, str]:
    """The names that a module gives to unions and other types, and what they stand for."""
    tree = parsed(source_text)
    found: dict[str, str] = {}
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.AnnAssign) and node.value and _last(node.annotation) == "TypeAlias":
            found[ast.unparse(node.target)] = ast.unparse(node.value)
        elif isinstance(node, ast.Assign) and _is_union(node.value):
            found |= {ast.unparse(one): ast.unparse(node.value) for one in node.targets}
    return found


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


def _is_union(node: ast.expr) -> bool:
    if isinstance(node, ast.Subscript):
        return _last(node.value) in {"Union", "Optional", "Literal"}
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr)


def _read(node: ast.expr, depth: int) -> Hint:
    if depth > _DEEPEST:
        return ANYTHING
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([node.left, node.right], depth)
    if isinstance(node, ast.Subscript):
        return _subscript(_last(node.value), list(_arguments(node.slice)), depth)
    sort = _NAMES.get(_last(node))
    return Hint(sort=sort) if sort else Hint(sort="python", called=ast.unparse(node)[:LONGEST_NAME])


def _constant(value: object) -> Hint:
    """`None`, or a name in quotes."""
    if value is None:
        return Hint(sort="none")
    return read_hint(value) if isinstance(value, str) else ANYTHING


def _subscript(name: str, arguments: list[ast.expr], depth: int) -> Hint:
    if name in {"Union", "Optional"}:
        extra = [ast.Constant(None)] if name == "Optional" else []
        return _union([*arguments, *extra], depth)
    if name == "Literal":
        return Hint(sort="choice", choices=tuple(_literals(arguments)))
    if name in _WRAPPERS and arguments:
        return _read(arguments[0], depth + 1)
    return _container(_NAMES.get(name), arguments, depth)


def _container(sort: Sort | None, arguments: list[ast.expr], depth: int) -> Hint:
    if sort == "tuple":
        return _tuple(arguments, depth)
    if sort in {"list", "set", "frozenset", "dict"} and arguments:
        return Hint(sort=sort, of=(_read(arguments[-1 if sort == "dict" else 0], depth + 1),))
    return Hint(sort="python")


def _tuple(arguments: list[ast.expr], depth: int) -> Hint:
    is_open = any(isinstance(one, ast.Constant) and one.value is ... for one in arguments)
    places = [one for one in arguments if not (isinstance(one, ast.Constant) and one.value is ...)]
    return Hint(sort="tuple", of=tuple(_read(one, depth + 1) for one in places), ordered=not is_open)


def _union(nodes: list[ast.expr], depth: int) -> Hint:
    members: list[Hint] = []
    for node in nodes:
        one = _read(node, depth + 1)
        members += one.of if one.sort == "union" else [one]
    # Of objects, the first names one: an expression may make any of them.
    objects = [one for one in members if one.sort == "python"][1:]
    distinct = tuple(dict.fromkeys(one for one in members if not any(one is other for other in objects)))
    return distinct[0] if len(distinct) == 1 else Hint(sort="union", of=distinct)


def _arguments(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.Tuple):
        yield from node.elts
    else:
        yield node


def _literals(nodes: list[ast.expr]) -> Iterator[Any]:
    for node in nodes[:MOST_CHOICES]:
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | bool | None):
            yield node.value


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _of_default(default: str | None) -> str:
    """The type of a literal default; None tells nothing."""
    try:
        value = ast.literal_eval(default or "None")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return "" if value is None or value is ... else type(value).__name__


def _array(what: Hint, depth: int) -> dict[str, Any]:
    if what.ordered and what.of:
        places = [of_hint(one, depth + 1) for one in what.of]
        return {"type": "array", "prefixItems": places, "minItems": len(places), "maxItems": len(places)}
    items = of_hint(what.of[0] if what.of else ANYTHING, depth + 1)
    return {"type": "array", "items": items, "maxItems": MOST_ITEMS}


def _anything(depth: int) -> dict[str, Any]:
    """Any value that JSON or an expression can name; lists of these only at the top."""
    plain = [dict(_SCALARS[sort]) for sort in ("text", "whole", "number", "flag", "none")]
    if depth == 0:
        plain.append({"type": "array", "items": {"anyOf": plain[:]}, "maxItems": MOST_ITEMS})
    return {"anyOf": [*plain, dict(_PYTHON)]}


def _is_asked(parameter: Parameter, mentioned: str) -> bool:
    if parameter.kind == "keywords":
        return False
    return (parameter.default is None and parameter.kind != "variadic") or parameter.name in mentioned


def _hint(parameter: Parameter, compared: tuple[Any, ...]) -> Hint:
    if parameter.kind == "variadic":
        return Hint(sort="list", of=(hint_of(parameter, compared),))
    return hint_of(parameter, compared)


def _compared(source: str) -> dict[str, list[Any]]:
    """The literals that code compares each of its names with."""
    tree = parsed(source)
    found: dict[str, list[Any]] = {}
    for node in ast.walk(tree) if tree else ():
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
        return len(value) <= LONGEST_TEXT
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST
