"""Classes that a test makes for itself, and types that are passed as values.

One that is declared below another is a call while it is searched for (`type(...)`); a test has it as people write
it, as a class statement (`unfolded`).
"""

from __future__ import annotations

import ast
import collections.abc
import dataclasses
import enum
import inspect
import typing
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

from ..express import NAME, evaluable, express
from . import draw, rule
from .body import function_of, nodes
from .draw import Strategy
from .types import CLASS, FIELD, GENERIC, Dataclass

ENUM = "⟨enum:Enum⟩('Color', ['RED', 'GREEN'])"
USUAL = ("⟨builtins:int⟩", "⟨builtins:str⟩")
TYPES = (
    "⟨typing:Optional⟩[⟨builtins:int⟩]",
    "⟨typing:List⟩[⟨builtins:int⟩]",
    "⟨typing:Dict⟩[⟨builtins:str⟩, ⟨builtins:int⟩]",
    "⟨typing:Union⟩[⟨builtins:int⟩, ⟨builtins:str⟩]",
    "⟨typing:Literal⟩['a', 'b']",
    "⟨typing:Optional⟩[⟨typing:List⟩[⟨builtins:int⟩]]",
    "⟨typing:Tuple⟩[⟨builtins:int⟩, ...]",
    "⟨typing:Any⟩",
    "⟨typing:NewType⟩('Number', ⟨builtins:int⟩)",
)
DEFAULTS = (
    "",
    ", 1",
    ", None",
    ", ⟨dataclasses:field⟩(default_factory=⟨builtins:list⟩)",
    ", ⟨dataclasses:field⟩(default=1, init=False)",
)
MOST = 24
TYPE = "⟨builtins:type⟩"
OTHER = "Other"


@rule("types spoken of")
def spoken(module: ModuleType, functions: Iterable[object]) -> Iterator[str]:
    """Templates of the types that code names: those of functions first, then the aliases of their module."""
    names = vars(module)
    texts: dict[str, None] = {}
    for node in (node for function in functions for node in nodes(function)):
        if isinstance(node, ast.Name | ast.Subscript) and (kind := _type_of(node, names)) is not None:
            texts |= dict.fromkeys(filter(None, [express(kind)]))
    aliases = (held for held in names.values() if _is_of_typing(held) and typing.get_args(held))
    texts |= dict.fromkeys(text for held in aliases if (text := express(held)))
    yield from list(texts)[:MOST]


def _type_of(node: ast.expr, names: dict[str, Any]) -> Any:
    """The type that a name, or a name with parameters, stands for; None where it is none."""
    holder = node.value if isinstance(node, ast.Subscript) else node
    base = holder.value if isinstance(holder, ast.Attribute) else holder
    held = names.get(base.id) if isinstance(base, ast.Name) else None
    if issubclass(type(held), ModuleType) and isinstance(holder, ast.Attribute):
        held = vars(held).get(holder.attr)
    # Anything else that takes a key is the project's own, and may do something.
    if not (issubclass(type(held), type) or _is_of_typing(held)):
        return None
    try:
        found = eval(ast.unparse(node), dict(names))
    except Exception:  # a key that is a variable of the function's own, or not one for types
        return None
    is_error = isinstance(found, type) and issubclass(found, BaseException)
    return found if (isinstance(found, type) or typing.get_origin(found) is not None) and not is_error else None


def _is_of_typing(held: object) -> bool:
    """Whether it is what `typing` makes; of a proxy even the question of which class it is may do something."""
    return type(held).__module__ in {"typing", "types"}


def types_of(wanted: Sequence[Any], known: Sequence[str]) -> Strategy[str]:
    """A strategy for templates of classes: those `wanted`, else `known` and usual ones."""
    options = [one for kind in wanted for one in _classes(kind, known)]
    plain = [text for text, value in evaluable(known) if isinstance(value, type)]
    return draw.one_of(options) if options else draw.sampled([*plain, *USUAL, ENUM])


def _classes(kind: Any, known: Sequence[str]) -> Iterator[Strategy[str]]:
    if kind is Dataclass:
        yield _dataclasses(known)
    elif kind is enum.Enum:
        yield draw.just(ENUM)
    elif isinstance(kind, type) and (text := express(kind)):
        yield draw.just(text)


@rule("dataclasses")
def _made(kinds: Sequence[str]) -> Iterator[str]:
    """A dataclass with a field of each type, and without any."""
    yield f"⟨dataclasses:make_dataclass⟩({CLASS!r}, [])"
    fields = (f"({FIELD!r}, {kind}{default})" for default in DEFAULTS for kind in kinds)
    yield from (f"⟨dataclasses:make_dataclass⟩({CLASS!r}, [{one}])" for one in fields)


def _dataclasses(known: Sequence[str]) -> Strategy[str]:
    made = [*_made([*known, *USUAL, *TYPES, ENUM])]
    nested = [*_made(made[1:2])][1:2]
    return draw.sampled([*made, *nested])


def instances(
    kind: type, known: Sequence[str], of: collections.abc.Callable[[Any], Strategy[str]]
) -> Strategy[str] | None:
    """A strategy for templates of objects of a class that the test defines; None where it need not.

    Args:
        kind: What they are to be objects of.
        known: Templates of types that code speaks of.
        of: A strategy for the values of a type.
    """
    if kind is enum.Enum:
        return draw.just(f"{ENUM}.RED")
    if kind is GENERIC:
        return draw.sampled([text for text, value in evaluable([*known, *TYPES]) if isinstance(value, GENERIC)])
    if kind is dataclasses.Field:
        return draw.sampled([f"⟨dataclasses:fields⟩({one})[0]" for one in [*_made([*known, *USUAL])][1:]])
    if kind is not Dataclass:
        return None
    return draw.one_of(
        [
            of(held).map(f"⟨dataclasses:make_dataclass⟩({CLASS!r}, [({FIELD!r}, {text})])({{}})".format)
            for text, held in evaluable([*known, *USUAL])
        ]
    )


@rule("declared classes")
def declares(kind: type) -> Iterator[type]:
    """What classes below this one have as attributes: its metaclass, or `__init_subclass__`, looks for such.

    That is what it is for: `class Book(Schema): title = String()`, where `Schema`'s metaclass asks for each
    attribute `isinstance(value, Field)`. What a project does with the base of a library is its own affair.
    """
    makers = [vars(one).get(name) for one in inspect.getmro(type(kind)) for name in ("__new__", "__init__")]
    makers += [vars(one).get("__init_subclass__") for one in kind.__mro__]
    own = [getattr(one, "__func__", one) for one in makers if inspect.isroutine(one)]
    root = _root(kind)
    found = [sought for one in own if _root(one) == root for sought in _sought(one, root, deeper=True)]
    yield from dict.fromkeys(one for one in found if not issubclass(one, type | kind))


def contents(module: ModuleType) -> Iterator[str]:
    """Templates of what is said of such a class's attribute, where a class of the module is made for that."""
    own = (
        held
        for held in vars(module).values()
        if issubclass(type(held), type) and held.__module__ == module.__name__
    )
    if any(True for one in own for _ in declares(one)):
        yield from (f"{{{FIELD!r}: {value}}}" for value in ("1", "'a'", "None"))


def _sought(function: Any, root: str, *, deeper: bool) -> Iterator[type]:
    """The package's classes of which a function asks whether a variable is one, itself or by one that it calls."""
    names = getattr(inspect.unwrap(function), "__globals__", {})
    for node in (node for node in nodes(function) if isinstance(node, ast.Call)):
        match node.args:
            case [ast.Name(), ast.Name() | ast.Attribute() as asked]:
                kind = _type_of(asked, names)
                yield from [kind] if isinstance(kind, type) and _root(kind) == root else []
        if deeper and (called := function_of(node.func, function)) is not None and _root(called) == root:
            yield from _sought(called, root, deeper=False)


def _root(held: Any) -> str:
    """The package that a class or a function is of; "" where it does not say."""
    return str(getattr(held, "__module__", None) or "").partition(".")[0]


def below(kind: str, value: str) -> str:
    """The template of a class below `kind` with one attribute."""
    return f"{TYPE}({CLASS!r}, ({kind},), {{{FIELD!r}: {value}}})"


def unfolded(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines of a program, with class statements before them for the classes that they make by a call."""
    known: dict[str, str] = {}
    statements: list[str] = []
    shown = []
    for line in lines:
        while (made := _class_made(line)) is not None:
            if made.text not in known:
                known[made.text] = f"{OTHER}{len(known)}" if len(known) > 1 else (CLASS, OTHER)[len(known)]
                statements.append(made.statement(known[made.text]))
            line = line.replace(made.text, known[made.text])  # noqa: PLW2901 - taken out one by one
        shown.append(line)
    return (*statements, *shown)


@dataclasses.dataclass(frozen=True)
class _Made:
    """A call that makes a class: its text, the bases of the class, and what stands in it."""

    text: str
    bases: Sequence[str]
    body: Sequence[str]

    def statement(self, name: str) -> str:
        head = f"class {name}({', '.join(self.bases)}):"
        return "\n".join([head, *(f"    {one}" for one in self.body)])


def _class_made(line: str) -> _Made | None:
    """The innermost call in a line that makes a class and can be a statement; None where there is none."""
    if TYPE not in line:
        return None
    try:
        tree = ast.parse(NAME.sub(lambda match: "_" * len(match[0]), line))
    except SyntaxError:
        return None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = (_as_statement(call, lambda node: _text(line, node)) for call in reversed(calls))
    return next(filter(None, made), None)


def _text(line: str, node: ast.AST) -> str:
    """The part of a line of which a node was parsed; names were put in its place letter by letter."""
    rows = NAME.sub(lambda match: "_" * len(match[0]), line).splitlines(keepends=True)
    first, last = (
        sum(map(len, rows[: row - 1])) + len(rows[row - 1].encode()[:column].decode())
        for row, column in ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))  # type: ignore[attr-defined]
    )
    return line[first:last]


def _as_statement(call: ast.Call, text: collections.abc.Callable[[ast.AST], str]) -> _Made | None:
    match text(call.func), call.args:
        case ("⟨builtins:type⟩", [ast.Constant(), ast.Tuple(elts=bases), ast.Dict(keys=keys, values=values)]):
            names = [str(key.value) for key in keys if isinstance(key, ast.Constant)]
            pairs = [f"{name} = {text(value)}" for name, value in zip(names, values, strict=True)]
            return _Made(text(call), [*map(text, bases)], pairs or ["pass"])
    return None
