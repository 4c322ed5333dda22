"""What Hypothesis draws for the inputs of a law: by their annotations, or by recorded calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from msgspec import Struct

from pytest_enrich.data import Call, Template
from pytest_enrich.proposers.properties.laws import Input, Law
from pytest_enrich.proposers.properties.outline import Outline
from pytest_enrich.writing.syntax import last_name, literal_value


def _strategy(name: str, *arguments: str) -> Template:
    return f"⟨hypothesis.strategies:{name}⟩({', '.join(arguments)})"


_FINITE = ("allow_nan=False", "allow_infinity=False")
PLAIN = {
    "str": _strategy("text"),
    "bytes": _strategy("binary"),
    "int": _strategy("integers"),
    "float": _strategy("floats", *_FINITE),
    "bool": _strategy("booleans"),
    "None": _strategy("none"),
    "Decimal": _strategy("decimals", *_FINITE),
    "Fraction": _strategy("fractions"),
    "date": _strategy("dates"),
    "datetime": _strategy("datetimes"),
    "time": _strategy("times"),
    "timedelta": _strategy("timedeltas"),
    "UUID": _strategy("uuids"),
}
DOCUMENTED = {"string": "str", "integer": "int", "boolean": "bool"}
CONTAINERS = {
    **dict.fromkeys(("list", "List", "Sequence", "Iterable", "Collection", "Iterator"), ("lists", 1)),
    **dict.fromkeys(("set", "Set", "AbstractSet"), ("sets", 1)),
    **dict.fromkeys(("frozenset", "FrozenSet"), ("frozensets", 1)),
    **dict.fromkeys(("dict", "Dict", "Mapping"), ("dictionaries", 2)),
}
"""The strategy, and how many others it takes."""


class Source(Struct, frozen=True, kw_only=True, eq=False):
    """What the strategies are read from.

    Attributes:
        outline: The module under test.
        calls: Gives the calls that existing tests make of a function, by its qualname; called only when needed.
    """

    outline: Outline
    calls: Callable[[str], Sequence[Call]]

    def drawn(self, law: Law) -> tuple[Template, ...] | None:
        """A strategy for each input; None when one has no simple strategy."""
        strategies = tuple(strategy for strategy in map(self._of, law.inputs) if strategy is not None)
        return strategies if len(strategies) == len(law.inputs) else None

    def _of(self, given: Input) -> Template | None:
        parameter = given.parameter
        if parameter.annotation is not None:
            return of_annotation(parameter.annotation, self.outline)
        if (documented := parameter.documented) is not None:
            return of_annotation(DOCUMENTED.get(documented.strip(), documented), self.outline)
        seen = self.calls(given.of.qualname) if given.of is not None else ()
        return of_values([part.value for call in seen for part in call.arguments if part.name == parameter.name])


def of_annotation(annotation: str, outline: Outline) -> Template | None:
    """The strategy for an annotation's source, None when there is no simple one."""
    try:
        return _of(ast.parse(annotation.strip("'\""), mode="eval").body, outline)
    except (SyntaxError, ValueError, RecursionError):
        return None


def of_values(values: Sequence[Template]) -> Template | None:
    """The strategy for arguments that were seen: literals of one kind, else None."""
    kinds = {type(literal[0]).__name__ if literal else "" for literal in map(literal_value, values)}
    return PLAIN.get(kinds.pop()) if len(kinds) == 1 else None


def _of(node: ast.expr, outline: Outline) -> Template | None:
    match node:
        case ast.Constant(None):
            return PLAIN["None"]
        case ast.Constant(str(name)):
            return _named(name, outline)
        case ast.BinOp(left, ast.BitOr(), right):
            return _generic("Union", [left, right], outline)
        case ast.Subscript(_, ast.Tuple(elements)):
            return _generic(last_name(node.value), elements, outline)
        case ast.Subscript(_, element):
            return _generic(last_name(node.value), [element], outline)
    return _named(last_name(node), outline)


def _named(name: str, outline: Outline) -> Template | None:
    return _strategy("from_type", outline.name(name)) if name in outline.classes else PLAIN.get(name)


def _generic(name: str, inside: Sequence[ast.expr], outline: Outline) -> Template | None:
    if name == "Literal":
        return _strategy("sampled_from", f"[{', '.join(map(ast.unparse, inside))}]")
    parts = [part for part in (_of(argument, outline) for argument in inside) if part is not None]
    if len(parts) < len(inside):
        return None
    if name in {"Optional", "Union"}:
        return " | ".join([*parts, PLAIN["None"]] if name == "Optional" else parts)
    if name in {"tuple", "Tuple"}:
        return _strategy("tuples", *parts)
    strategy, count = CONTAINERS.get(name, ("", 0))
    return _strategy(strategy, *parts) if len(parts) == count else None
