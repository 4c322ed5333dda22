"""The public functions of a module, as far as laws about them are concerned."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from msgspec import Struct

from pytest_enrich.data import Parameter, Template
from pytest_enrich.data.code import Kind
from pytest_enrich.source.function import documentation, is_generator, kind, parameters
from pytest_enrich.source.module import Module, dotted
from pytest_enrich.writing.syntax import nodes_of, used
from pytest_enrich.writing.words import snake

HARMLESS = frozenset({"cache", "classmethod", "lru_cache", "staticmethod"})
"""Decorators that do not change how a function is called."""
CONVERSIONS = {"__str__", "__bytes__"}


class Function(Struct, frozen=True, kw_only=True, eq=False):
    """A public function, outside classes or directly in one.

    Attributes:
        qualname, kind: As in `Target`.
        required: The parameters without which it cannot be called, the bound `self` or `cls` left out.
        returns: The annotation's source.
        docstring: "" for none.
    """

    qualname: str
    kind: Kind
    required: tuple[Parameter, ...]
    returns: str | None
    docstring: str

    @property
    def name(self) -> str:
        """Its own name, without the class."""
        return self.qualname.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The class that it is in, "" for none."""
        return self.qualname.rpartition(".")[0]


class Outline(Struct, frozen=True, kw_only=True, eq=False):
    """A module: its public functions, the names of its classes, and what functions may call, by bare name."""

    module: str
    functions: dict[str, Function]
    classes: frozenset[str]
    calls: dict[str, frozenset[str]]

    def reached(self, names: Iterable[str]) -> set[str]:
        """The bare names of all that calls of these may reach, themselves included."""
        seen, waiting = set[str](), {*names}
        while waiting:
            name = waiting.pop()
            seen.add(name)
            waiting |= self.calls.get(name, frozenset()) - seen
        return seen

    def call(self, function: Function, arguments: Iterable[str], receiver: str = "") -> Template:
        """A call, as a template; of `__str__` and `__bytes__` as `str(x)` and `bytes(x)`."""
        if receiver and function.name in CONVERSIONS:
            return f"⟨builtins:{function.name.strip('_')}⟩({receiver})"
        called = f"{receiver}.{function.name}" if receiver else self.name(function.qualname)
        return f"{called}({', '.join(arguments)})"

    def scene(self, function: Function) -> tuple[Template, str]:
        """The statement that makes the object a method is called on, and the object's name.

        Both are "" for what is called without an object.
        """
        if function.kind != "method":
            return "", ""
        name = snake(function.owner)
        return f"{name} = {self.name(function.owner)}()", name

    def sibling(self, function: Function, name: str) -> Function | None:
        """Another function of this name beside it: in the same class, or outside all classes."""
        other = self.functions.get(f"{function.owner}.{name}" if function.owner else name)
        return other if other is not function else None

    def name(self, qualname: str) -> Template:
        """The template for something in the module."""
        return f"⟨{self.module}:{qualname}⟩"


def read(text: str, name: str) -> Outline | None:
    """The outline of a module's source, None when it is not Python."""
    try:
        module = Module(text)
    except (SyntaxError, ValueError, RecursionError):
        return None
    calls: dict[str, frozenset[str]] = {}
    for node in module.functions():
        calls[node.name] = calls.get(node.name, frozenset()) | _names(node)
    functions = [_function(module, node) for node in module.functions() if _is_plain(module, node)]
    return Outline(
        module=name,
        functions={function.qualname: function for function in functions},
        classes=frozenset(node.name for node in module.tree.body if isinstance(node, ast.ClassDef)),
        calls=calls,
    )


def _is_plain(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is public, can be called directly, and gives what it returns."""
    parts = module.qualname(node).split(".")
    public = not any(part.startswith("_") for part in parts[:-1]) and (
        not node.name.startswith("_") or node.name in CONVERSIONS
    )
    plain = isinstance(node, ast.FunctionDef) and not is_generator(node) and kind(module, node) != "nested"
    decorators = {dotted(mark).rpartition(".")[2] for mark in node.decorator_list}
    return public and plain and len(parts) <= 2 and decorators <= HARMLESS  # noqa: PLR2004 - a method


def _function(module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    optional = {"variadic", "keywords"}
    return Function(
        qualname=module.qualname(node),
        kind=kind(module, node),
        required=tuple(
            parameter
            for parameter in parameters(module, node)
            if parameter.default is None and parameter.kind not in optional
        ),
        returns=ast.unparse(node.returns) if node.returns else None,
        docstring=documentation(module, node) or "",
    )


def _names(node: ast.AST) -> frozenset[str]:
    """The last parts of all names in a function: what it may call."""
    return frozenset(used(node) | {part.attr for part in nodes_of(ast.Attribute, node)})
