"""Classes that a test makes for itself, and types that are passed as values.

While tests are searched for, a subclass that a test declares is a call (`type(...)`); the test has it as people
write it, as a class statement (`unfolded`).
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
    aliases = (value for value in names.values() if _is_of_typing(value) and typing.get_args(value))
    texts |= dict.fromkeys(text for alias in aliases if (text := express(alias)))
    yield from list(texts)[:MOST]


def _type_of(node: ast.expr, names: dict[str, Any]) -> Any:
    """The type that a name, or a name with parameters, stands for; None where it is no type."""
    holder = node.value if isinstance(node, ast.Subscript) else node
    base = holder.value if isinstance(holder, ast.Attribute) else holder
    value = names.get(base.id) if isinstance(base, ast.Name) else None
    if issubclass(type(value), ModuleType) and isinstance(holder, ast.Attribute):
        value = vars(value).get(holder.attr)
    # Anything else that takes a key belongs to the project, and may run its code.
    if not (issubclass(type(value), type) or _is_of_typing(value)):
        return None
    try:
        kind = eval(ast.unparse(node), dict(names))
    except Exception:  # the key is a local variable, or no type
        return None
    is_error = isinstance(kind, type) and issubclass(kind, BaseException)
    return kind if (isinstance(kind, type) or typing.get_origin(kind) is not None) and not is_error else None


def _is_of_typing(held: object) -> bool:
    """Whether a value was made by `typing`; even asking a proxy for its class may run code."""
    return type(held).__module__ in {"typing", "types"}


def types_of(wanted: Sequence[Any], known: Sequence[str]) -> Strategy[str]:
    """A strategy for templates of classes: those `wanted`, else `known` and usual ones."""
    options = [option for kind in wanted for option in _classes(kind, known)]
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
    yield from (f"⟨dataclasses:make_dataclass⟩({CLASS!r}, [{field}])" for field in fields)


def _dataclasses(known: Sequence[str]) -> Strategy[str]:
    templates = [*_made([*known, *USUAL, *TYPES, ENUM])]
    nested = [*_made(templates[1:2])][1:2]
    return draw.sampled([*templates, *nested])


def instances(
    kind: type, known: Sequence[str], of: collections.abc.Callable[[Any], Strategy[str]]
) -> Strategy[str] | None:
    """A strategy for templates of objects of a class that the test defines; None where it need not.

    Args:
        kind: The class of the objects.
        known: Templates of types that the code names.
        of: A strategy for the values of a type.
    """
    if kind is enum.Enum:
        return draw.just(f"{ENUM}.RED")
    if kind is GENERIC:
        return draw.sampled([text for text, value in evaluable([*known, *TYPES]) if isinstance(value, GENERIC)])
    if kind is dataclasses.Field:
        return draw.sampled(
            [f"⟨dataclasses:fields⟩({template})[0]" for template in [*_made([*known, *USUAL])][1:]]
        )
    if kind is not Dataclass:
        return None
    return draw.one_of(
        [
            of(field_type).map(f"⟨dataclasses:make_dataclass⟩({CLASS!r}, [({FIELD!r}, {text})])({{}})".format)
            for text, field_type in evaluable([*known, *USUAL])
        ]
    )


@rule("declared classes")
def declares(kind: type) -> Iterator[type]:
    """The classes of the attributes that subclasses declare: its metaclass or `__init_subclass__` looks for such.

    An example is `class Book(Schema): title = String()`, where `Schema`'s metaclass asks for each attribute
    `isinstance(value, Field)`. What another package's base class looks for does not count.
    """
    makers = [vars(cls).get(name) for cls in inspect.getmro(type(kind)) for name in ("__new__", "__init__")]
    makers += [vars(cls).get("__init_subclass__") for cls in kind.__mro__]
    functions = [getattr(maker, "__func__", maker) for maker in makers if inspect.isroutine(maker)]
    root = _root(kind)
    kinds = [
        sought
        for function in functions
        if _root(function) == root
        for sought in _sought(function, root, deeper=True)
    ]
    yield from dict.fromkeys(sought for sought in kinds if not issubclass(sought, type | kind))


def contents(module: ModuleType) -> Iterator[str]:
    """Templates of the attributes of such a subclass, where a class of the module is made for that."""
    own = (
        cls for cls in vars(module).values() if issubclass(type(cls), type) and cls.__module__ == module.__name__
    )
    if any(True for cls in own for _ in declares(cls)):
        yield from (f"{{{FIELD!r}: {value}}}" for value in ("1", "'a'", "None"))


def _sought(function: Any, root: str, *, deeper: bool) -> Iterator[type]:
    """The package's classes that a function, or one that it calls, checks a variable against."""
    names = getattr(inspect.unwrap(function), "__globals__", {})
    for node in (node for node in nodes(function) if isinstance(node, ast.Call)):
        match node.args:
            case [ast.Name(), ast.Name() | ast.Attribute() as asked]:
                kind = _type_of(asked, names)
                yield from [kind] if isinstance(kind, type) and _root(kind) == root else []
        if deeper and (called := function_of(node.func, function)) is not None and _root(called) == root:
            yield from _sought(called, root, deeper=False)


def _root(held: Any) -> str:
    """The package that a class or a function is from; "" where it does not say."""
    return str(getattr(held, "__module__", None) or "").partition(".")[0]


def below(kind: str, value: str) -> str:
    """The template of a subclass of `kind` with one attribute."""
    return f"{TYPE}({CLASS!r}, ({kind},), {{{FIELD!r}: {value}}})"


def unfolded(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines of a program, with class statements before them for the classes that they make by a call."""
    names: dict[str, str] = {}
    statements: list[str] = []
    shown = []
    for line in lines:
        while (made := _class_made(line)) is not None:
            if made.text not in names:
                names[made.text] = f"{OTHER}{len(names)}" if len(names) > 1 else (CLASS, OTHER)[len(names)]
                statements.append(made.statement(names[made.text]))
            line = line.replace(made.text, names[made.text])  # noqa: PLW2901 - taken out one by one
        shown.append(line)
    return (*statements, *shown)


@dataclasses.dataclass(frozen=True)
class _Made:
    """A call that makes a class: its text, the bases of the class, and the lines of its body."""

    text: str
    bases: Sequence[str]
    body: Sequence[str]

    def statement(self, name: str) -> str:
        head = f"class {name}({', '.join(self.bases)}):"
        return "\n".join([head, *(f"    {line}" for line in self.body)])


def _class_made(line: str) -> _Made | None:
    """The innermost call in a line that makes a class and can be a statement; None where there is none."""
    if TYPE not in line:
        return None
    try:
        tree = ast.parse(NAME.sub(lambda match: "_" * len(match[0]), line))
    except SyntaxError:
        return None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    making = (_as_statement(call, lambda node: _text(line, node)) for call in reversed(calls))
    return next(filter(None, making), None)


def _text(line: str, node: ast.AST) -> str:
    """The part of a line that a node was parsed from; its names had as many letters there."""
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
