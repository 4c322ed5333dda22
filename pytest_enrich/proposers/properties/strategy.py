"""What Hypothesis draws for the inputs of a law, by their annotations or by calls that were seen."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from msgspec import Struct

from pytest_enrich.data import Call, Template
from pytest_enrich.proposers.properties.laws import Input, Law
from pytest_enrich.proposers.properties.outline import Outline
from pytest_enrich.writing.syntax import last_name, literal_value


class Strategy(Struct, frozen=True):
    """A template, and what it draws, for a person (`text`, `list`)."""

    template: Template
    words: str


def _calling(call: str, words: str) -> Strategy:
    return Strategy(f"⟨hypothesis.strategies:{call.partition('(')[0]}⟩({call.partition('(')[2]}", words)


PLAIN = {
    "str": _calling("text()", "text"),
    "bytes": _calling("binary()", "byte string"),
    "int": _calling("integers()", "whole number"),
    "float": _calling("floats(allow_nan=False, allow_infinity=False)", "finite number"),
    "bool": _calling("booleans()", "truth value"),
    "None": _calling("none()", "None"),
    "Decimal": _calling("decimals(allow_nan=False, allow_infinity=False)", "finite decimal number"),
    "Fraction": _calling("fractions()", "fraction"),
    "date": _calling("dates()", "date"),
    "datetime": _calling("datetimes()", "date and time"),
    "time": _calling("times()", "time of day"),
    "timedelta": _calling("timedeltas()", "time span"),
    "UUID": _calling("uuids()", "UUID"),
}
DOCUMENTED = {"string": "str", "integer": "int", "boolean": "bool"}
CONTAINERS = {
    **dict.fromkeys(("list", "List", "Sequence", "Iterable", "Collection", "Iterator"), ("lists", "list", 1)),
    **dict.fromkeys(("set", "Set", "AbstractSet"), ("sets", "set", 1)),
    **dict.fromkeys(("frozenset", "FrozenSet"), ("frozensets", "set", 1)),
    **dict.fromkeys(("dict", "Dict", "Mapping"), ("dictionaries", "dict", 2)),
}
"""The strategy, its words, and of how many others it is made."""


class Source(Struct, frozen=True, kw_only=True, eq=False):
    """What the strategies are read from.

    Attributes:
        outline: The module under test.
        calls: Gives the calls of a function that existing tests make, by its qualname; asked only when needed.
    """

    outline: Outline
    calls: Callable[[str], Sequence[Call]]

    def drawn(self, law: Law) -> tuple[Strategy, ...] | None:
        """A strategy for each input; None when one is of no plain kind."""
        found = tuple(strategy for strategy in map(self._of, law.inputs) if strategy is not None)
        return found if len(found) == len(law.inputs) else None

    def _of(self, given: Input) -> Strategy | None:
        parameter = given.parameter
        if parameter.annotation is not None:
            return of_annotation(parameter.annotation, self.outline)
        if (documented := parameter.documented) is not None:
            return of_annotation(DOCUMENTED.get(documented.strip(), documented), self.outline)
        if parameter.default in {"True", "False"}:
            return PLAIN["bool"]
        seen = self.calls(given.of.qualname) if given.of is not None else ()
        return of_values([part.value for call in seen for part in call.arguments if part.name == parameter.name])


def of_annotation(annotation: str, outline: Outline) -> Strategy | None:
    """The strategy for an annotation's source, None when there is no plain one."""
    try:
        return _of(ast.parse(annotation.strip("'\""), mode="eval").body, outline)
    except (SyntaxError, ValueError, RecursionError):
        return None


def of_values(values: Sequence[Template]) -> Strategy | None:
    """The strategy for arguments that were seen: literals of one kind, else None."""
    kinds = {type(literal[0]).__name__ if literal else "" for literal in map(literal_value, values)}
    return PLAIN.get(kinds.pop()) if len(kinds) == 1 else None


def _of(node: ast.expr, outline: Outline) -> Strategy | None:
    match node:
        case ast.Constant(None):
            return PLAIN["None"]
        case ast.Constant(str(name)):
            return _named(name, outline)
        case ast.BinOp(left, ast.BitOr(), right):
            return _union([_of(left, outline), _of(right, outline)])
        case ast.Subscript(_, ast.Tuple(elements)):
            return _generic(last_name(node.value), elements, outline)
        case ast.Subscript(_, element):
            return _generic(last_name(node.value), [element], outline)
    return _named(last_name(node), outline)


def _named(name: str, outline: Outline) -> Strategy | None:
    cls = outline.classes.get(name)
    if cls is None:
        return PLAIN.get(name)
    if cls.values:
        return _calling(f"sampled_from(⟨{outline.module}:{name}⟩)", name)
    known = cls.fields and all(field.annotation or field.default for field in cls.fields)
    return _calling(f"from_type(⟨{outline.module}:{name}⟩)", name) if known else None


def _generic(name: str, inside: Sequence[ast.expr], outline: Outline) -> Strategy | None:
    if name == "Literal":
        return _calling(f"sampled_from([{', '.join(map(ast.unparse, inside))}])", "of them")
    parts = [_of(argument, outline) for argument in inside]
    if name in {"Optional", "Union"}:
        return _union([*parts, PLAIN["None"]] if name == "Optional" else parts)
    templates = [part.template for part in parts if part is not None]
    call, words, count = CONTAINERS.get(name, ("tuples", "tuple", len(parts)))
    if len(templates) != count or (call == "tuples" and name not in {"tuple", "Tuple"}):
        return None
    return _calling(f"{call}({', '.join(templates)})", words)


def _union(parts: Sequence[Strategy | None]) -> Strategy | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    first = sorted(known, key=lambda part: part != PLAIN["None"])
    return Strategy(" | ".join(part.template for part in first), " or ".join(part.words for part in known))
