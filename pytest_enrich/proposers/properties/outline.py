"""The public functions and classes of a module, as far as laws about them are concerned."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from pytest_enrich.data import Parameter, Template
from pytest_enrich.data.code import Kind
from pytest_enrich.source.function import documentation, is_generator, kind, parameters
from pytest_enrich.source.module import FUNCTIONS, Module, dotted
from pytest_enrich.writing.syntax import Function as Method
from pytest_enrich.writing.syntax import nodes_of, used
from pytest_enrich.writing.words import snake

HARMLESS = frozenset({"cache", "classmethod", "lru_cache", "staticmethod"})
"""Decorators after which a function is called as it is written."""
COMPARED = frozenset({"dataclass", "define", "frozen", "attrs", "s", "mutable"})
"""Decorators (dataclasses, attrs) that give a class an `__eq__` and an `__init__` by its fields."""
COMPARED_BASES = frozenset({"BaseModel", "NamedTuple", "Struct"})
VALUES = frozenset({"Enum", "Flag", "IntEnum", "IntFlag", "StrEnum"})
OPTIONAL = ("variadic", "keywords")
CONVERSIONS = {"__str__", "__bytes__"}


class Function(Struct, frozen=True, kw_only=True, eq=False):
    """A function that anybody may call, outside classes or directly in one.

    Attributes:
        qualname, kind: As in `Target`.
        parameters: Without the bound `self` or `cls`.
        returns: The annotation's source.
        docstring: "" for none.
        calls: The last parts of all names in it: what it may call.
    """

    qualname: str
    kind: Kind
    parameters: tuple[Parameter, ...]
    returns: str | None
    docstring: str
    calls: frozenset[str]

    @property
    def name(self) -> str:
        """Its own, without the class."""
        return self.qualname.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The class that it is in, "" for none."""
        return self.qualname.rpartition(".")[0]

    @property
    def required(self) -> tuple[Parameter, ...]:
        """The parameters without which it cannot be called."""
        return required(self.parameters)

    @property
    def optional(self) -> tuple[Parameter, ...]:
        """The named parameters that have a default."""
        return tuple(parameter for parameter in self.parameters if parameter.default is not None)


class Class(Struct, frozen=True, kw_only=True, eq=False):
    """A class outside functions and classes.

    Attributes:
        name: Its name.
        fields: What its constructor takes; None when that is not known.
        compared: Whether two objects with the same fields are equal.
        values: Whether it is an enumeration.
    """

    name: str
    fields: tuple[Parameter, ...] | None
    compared: bool
    values: bool


class Outline(Struct, frozen=True, kw_only=True, eq=False):
    """A module: its public functions and its classes by name, and what private ones call."""

    module: str
    functions: dict[str, Function]
    classes: dict[str, Class]
    calls: dict[str, frozenset[str]]

    def reached(self, function: Function) -> frozenset[str]:
        """The bare names of all that may be called in the course of a call of a function, itself included."""
        seen, waiting = {function.name}, set(function.calls)
        while waiting:
            name = waiting.pop()
            seen.add(name)
            waiting |= self.calls.get(name, frozenset()) - seen
        return frozenset(seen)

    def call(self, function: Function, arguments: Iterable[str], receiver: str = "") -> Template:
        """A call, as a template; of `__str__` and `__bytes__` as everybody writes it."""
        if receiver and function.name in CONVERSIONS:
            return f"⟨builtins:{function.name.strip('_')}⟩({receiver})"
        called = f"{receiver}.{function.name}" if receiver else self._name(function.qualname)
        return f"{called}({', '.join(arguments)})"

    def scene(self, function: Function) -> tuple[Template, str] | None:
        """The statement that makes the object which a method is called on, and the object's name; None: no way.

        Both are "" for what is called without an object.
        """
        if function.kind != "method":
            return "", ""
        cls = self.classes.get(function.owner)
        if cls is None or cls.fields is None or required(cls.fields):
            return None
        name = snake(cls.name)
        return f"{name} = {self._name(cls.name)}()", name

    def sibling(self, function: Function, name: str) -> Function | None:
        """Another function of this name beside one: in the same class, or outside all."""
        other = self.functions.get(f"{function.owner}.{name}" if function.owner else name)
        return other if other is not function else None

    def _name(self, qualname: str) -> Template:
        return f"⟨{self.module}:{qualname}⟩"


def required(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Those without which there is no call."""
    return tuple(one for one in parameters if one.default is None and one.kind not in OPTIONAL)


def read(text: str, name: str) -> Outline | None:
    """The outline of the source of the module of that name, None when it is not Python."""
    try:
        module = Module(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    called: dict[str, frozenset[str]] = {}
    for node in module.functions():
        called[node.name] = called.get(node.name, frozenset()) | _names(node)
    functions = [_function(module, node) for node in module.functions() if _is_plain(module, node)]
    return Outline(
        module=name,
        functions={function.qualname: function for function in functions},
        classes={node.name: _class(node, module) for node in module.tree.body if isinstance(node, ast.ClassDef)},
        calls=called,
    )


def _is_plain(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it can be called just so, and gives what it returns."""
    parts = module.qualname(node).split(".")
    public = not any(part.startswith("_") for part in parts[:-1]) and (
        not node.name.startswith("_") or node.name in CONVERSIONS
    )
    plain = isinstance(node, ast.FunctionDef) and not is_generator(node) and kind(module, node) != "nested"
    decorators = {dotted(mark).rpartition(".")[2] for mark in node.decorator_list}
    return public and plain and len(parts) <= 2 and decorators <= HARMLESS  # noqa: PLR2004 - a method


def _function(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    return Function(
        qualname=module.qualname(node),
        kind=kind(module, node),
        parameters=parameters(module, node),
        returns=ast.unparse(node.returns) if node.returns else None,
        docstring=documentation(module, node) or "",
        calls=_names(node),
    )


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(used(node) | {part.attr for part in nodes_of(ast.Attribute, node)})


def _class(node: ast.ClassDef, module: Module) -> Class:
    methods = {method.name: method for method in node.body if isinstance(method, FUNCTIONS)}
    decorators = {dotted(mark).rpartition(".")[2] for mark in node.decorator_list}
    bases = {dotted(base).rpartition(".")[2] for base in node.bases}
    by_fields = bool(decorators & COMPARED or bases & COMPARED_BASES)
    return Class(
        name=node.name,
        fields=_fields(node, methods, module, by_fields=by_fields, bare=not bases),
        compared=by_fields or "__eq__" in methods,
        values=bool(bases & VALUES),
    )


def _fields(
    node: ast.ClassDef, methods: Mapping[str, Method], module: Module, *, by_fields: bool, bare: bool
) -> tuple[Parameter, ...] | None:
    if "__init__" in methods:
        return parameters(module, methods["__init__"])
    if by_fields:
        return tuple(_declared(node.body))
    return () if bare and "__new__" not in methods else None


def _declared(body: Iterable[ast.stmt]) -> Iterator[Parameter]:
    for statement in body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            kind_of = ast.unparse(statement.annotation)
            if not kind_of.rpartition(".")[2].startswith("ClassVar"):
                default = ast.unparse(statement.value) if statement.value else None
                yield Parameter(name=statement.target.id, kind="positional", annotation=kind_of, default=default)
