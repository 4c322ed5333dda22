"""The smallest strategy of Hypothesis for what a parameter takes, by its annotation or by calls that were seen."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Template
from pytest_enrich.proposers.properties.outline import Outline
from pytest_enrich.writing.syntax import last_name, literal_value

DEEPEST = 3
SIZED = frozenset({"text", "binary", "lists", "sets", "dictionaries"})
ORDERED = frozenset({"integers", "floats", "decimals", "fractions"})


class Strategy(Struct, frozen=True, kw_only=True):
    """A call of a function of `hypothesis.strategies`.

    Attributes:
        call: Its name; "" for a union of `parts`.
        parts: Strategies that it is made of.
        first: Its first argument as a template, "" for none.
        options: Keyword arguments.
        suffix: What comes after the call (`.map(tuple)`).
        words: What it draws, for a person (`text`, `list`).
    """

    call: str
    parts: tuple[Strategy, ...] = ()
    first: Template = ""
    options: tuple[tuple[str, Template], ...] = ()
    suffix: str = ""
    words: str = "value"

    @property
    def template(self) -> Template:
        """The call, to be resolved for a file."""
        parts = [part.template for part in self.parts]
        if not self.call:
            return " | ".join(parts)
        options = [f"{name}={value}" for name, value in self.options]
        inside = ", ".join([*([self.first] if self.first else []), *parts, *options])
        return f"⟨hypothesis.strategies:{self.call}⟩({inside}){self.suffix}"

    def having(self, **options: Template) -> Strategy:
        """The same with these keyword arguments; what it has already stays."""
        known = {**options, **dict(self.options)}
        return replace(self, options=tuple(sorted(known.items(), key=lambda option: _place(option[0]))))


PLAIN = {
    "str": Strategy(call="text", words="text"),
    "AnyStr": Strategy(call="text", words="text"),
    "bytes": Strategy(call="binary", words="byte string"),
    "bytearray": Strategy(call="binary", words="byte string"),
    "int": Strategy(call="integers", words="whole number"),
    "float": Strategy(call="floats", options=(("allow_nan", "False"),), words="number"),
    "bool": Strategy(call="booleans", words="truth value"),
    "None": Strategy(call="none", words="None"),
    "Decimal": Strategy(call="decimals", options=(("allow_nan", "False"),), words="decimal number"),
    "Fraction": Strategy(call="fractions", words="fraction"),
    "date": Strategy(call="dates", words="date"),
    "datetime": Strategy(call="datetimes", words="date and time"),
    "time": Strategy(call="times", words="time of day"),
    "timedelta": Strategy(call="timedeltas", words="time span"),
    "UUID": Strategy(call="uuids", words="UUID"),
}
LISTS = frozenset({"list", "List", "Sequence", "Iterable", "Collection", "MutableSequence", "Iterator"})
SETS = {"set": "sets", "Set": "sets", "frozenset": "frozensets", "FrozenSet": "frozensets", "AbstractSet": "sets"}
DICTIONARIES = frozenset({"dict", "Dict", "Mapping", "MutableMapping"})
NO_MODULE = Outline(module="", functions={}, classes={}, calls={})
LITERALS: dict[type, str] = {str: "str", bytes: "bytes", int: "int", float: "float", bool: "bool"}


def of_annotation(annotation: str, outline: Outline) -> Strategy | None:
    """The strategy for an annotation's source, None when there is no plain one."""
    try:
        node = ast.parse(annotation.strip("'\""), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return None
    return _of(node, outline, DEEPEST)


def of_values(values: Sequence[Template]) -> Strategy | None:
    """The strategy for arguments that were seen: literals of one kind, else None."""
    literals = [literal_value(value) for value in values]
    kinds = {_kind(literal[0]) if literal is not None else "" for literal in literals}
    kinds = kinds - {"list[?]"} or kinds
    kind = kinds.pop() if len(kinds) == 1 else ""
    return of_annotation(kind, NO_MODULE) if kind else None


def of_documented(documented: str, outline: Outline) -> Strategy | None:
    """The strategy for a type as docstrings give it (`list of str`)."""
    match = re.fullmatch(r"(list|set|sequence|iterable) of (\w+?)s?", documented.strip(), re.IGNORECASE)
    if match:
        return of_annotation(f"{match[1].lower().replace('sequence', 'list')}[{match[2]}]", outline)
    words = {"string": "str", "integer": "int", "boolean": "bool"}
    return of_annotation(words.get(documented.strip(), documented), outline)


def _place(option: str) -> tuple[int, str]:
    """Where people write it: from least to most, the rest after that."""
    bounds = ("min_value", "max_value", "min_size", "max_size")
    return (bounds.index(option), "") if option in bounds else (len(bounds), option)


def _kind(value: object) -> str:
    """An annotation for a literal, "" when it has none that says enough."""
    if isinstance(value, list):
        inner = {_kind(item) for item in value}
        return "list[?]" if not inner else f"list[{inner.pop()}]" if len(inner) == 1 else ""
    if isinstance(value, dict):
        keys, inner = {_kind(item) for item in value}, {_kind(item) for item in value.values()}
        return f"dict[{keys.pop()}, {inner.pop()}]" if len(keys) == len(inner) == 1 else ""
    return LITERALS.get(type(value), "")


def _of(node: ast.expr, outline: Outline, depth: int) -> Strategy | None:
    if not depth:
        return None
    if isinstance(node, ast.Constant):
        return PLAIN["None"] if node.value is None else _named(str(node.value), outline)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([_of(side, outline, depth) for side in (node.left, node.right)])
    if isinstance(node, ast.Subscript):
        return _generic(node, outline, depth)
    return _named(last_name(node), outline)


def _named(name: str, outline: Outline) -> Strategy | None:
    cls = outline.classes.get(name)
    if cls is None:
        return PLAIN.get(name)
    template = f"⟨{outline.module}:{name}⟩"
    if cls.values:
        return Strategy(call="sampled_from", first=template, words=name)
    known = cls.fields and all(field.annotation or field.default for field in cls.fields)
    return Strategy(call="from_type", first=template, words=name) if known else None


def _generic(node: ast.Subscript, outline: Outline, depth: int) -> Strategy | None:
    name = last_name(node.value)
    inside = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Literal":
        return Strategy(call="sampled_from", first=f"[{', '.join(map(ast.unparse, inside))}]", words="of them")
    repeated = name in {"tuple", "Tuple"} and len(inside) == 2 and _is_dots(inside[1])  # noqa: PLR2004 - `[T, ...]`
    parts = [_of(argument, outline, depth - 1) for argument in (inside[:1] if repeated else inside)]
    known = tuple(part for part in parts if part is not None)
    if len(known) < len(parts):
        return None
    if name == "Optional":
        return _union([*known, PLAIN["None"]])
    if name == "Union":
        return _union(parts)
    return _container(name, known, repeated=repeated)


def _container(name: str, parts: tuple[Strategy, ...], *, repeated: bool) -> Strategy | None:
    if name in LISTS:
        return Strategy(call="lists", parts=parts, words="list")
    if name in SETS:
        return Strategy(call=SETS[name], parts=parts, words="set")
    if name in DICTIONARIES and len(parts) == 2:  # noqa: PLR2004 - keys and values
        return Strategy(call="dictionaries", parts=parts, words="dict")
    if name in {"tuple", "Tuple"}:
        suffix = ".map(tuple)" if repeated else ""
        return Strategy(call="lists" if repeated else "tuples", parts=parts, suffix=suffix, words="tuple")
    return parts[0] if name in {"Annotated", "Final"} else None


def _union(parts: Sequence[Strategy | None]) -> Strategy | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    ordered = sorted(known, key=lambda part: part.call != "none")
    return Strategy(call="", parts=tuple(ordered), words=" or ".join(part.words for part in known))


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
