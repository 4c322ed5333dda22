"""Functions that may be called, and how people call special methods."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
import re
from typing import Any

from . import command
from .templates import parsed

SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>",
}  # fmt: skip
COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
BUILT_INS = ("abs", "bool", "bytes", "complex", "float", "int", "len", "next", "repr", "round", "str")
OPERATORS = {
    "__getitem__": "{0}[{1}]",
    "__setitem__": "{0}[{1}] = {2}",
    "__delitem__": "del {0}[{1}]",
    "__missing__": "{0}[{1}]",
    "__contains__": "{1} in {0}",
    "__getattr__": "{0}.{1}",
    "__iter__": "list({0})",
    "__reversed__": "list(reversed({0}))",
    "__format__": "format({0}, {1})",
    "__fspath__": "⟨os:fspath⟩({0})",
    "__index__": "⟨operator:index⟩({0})",
    "__floor__": "⟨math:floor⟩({0})",
    "__ceil__": "⟨math:ceil⟩({0})",
    "__trunc__": "⟨math:trunc⟩({0})",
    "__divmod__": "divmod({0}, {1})",
    "__rdivmod__": "divmod({1}, {0})",
    "__neg__": "-{0}",
    "__pos__": "+{0}",
    "__invert__": "~{0}",
    **{f"__{name}__": f"{name}({{0}})" for name in BUILT_INS},
    **{f"__{name}__": f"{{0}} {sign} {{1}}" for name, sign in (SIGNS | COMPARISONS).items()},
    **{f"__r{name}__": f"{{1}} {sign} {{0}}" for name, sign in SIGNS.items()},
    **{f"__i{name}__": f"{{0}} {sign}= {{1}}" for name, sign in SIGNS.items()},
}
"""How people call special methods, by their names."""
BETWEEN = {
    f"{left} {sign} {right}"
    for sign in ("==", "!=", "<", "<=", ">", ">=", "+", "-")
    for left, right in (("{0}", "{1}"), ("{1}", "{0}"))
}
ATTRIBUTE = re.compile(r"'[a-z]\w*'")
"""The name of an attribute, as a literal."""
ENTERING = {"__enter__", "__exit__"}
"""Methods that a `with` statement calls, with arguments of its own."""
STATEMENTS = {"__setitem__", "__delitem__", *(f"__i{name}__" for name in SIGNS)}
ASKING = OPERATORS.keys() - STATEMENTS - {"__getitem__", "__next__"}
"""Operators used only for their result: nobody writes `"a" in box` as a line of its own."""
LOOSE = (ast.Lambda, ast.IfExp, ast.BoolOp, ast.Compare, ast.NamedExpr, ast.BinOp)
"""Expressions of which an operator beside them may take only a part."""
COPYING = {
    f"__{name}__" for name in ("copy", "deepcopy", "reduce", "reduce_ex", "getstate", "setstate", "getnewargs")
}
"""Methods that the `copy` module calls, with arguments of its own."""
MAKERS = {"__init__", "__new__", "__post_init__"}
COMPARERS = {"__eq__", "__ne__"}


def operation_text(name: str, receiver: str, values: list[str]) -> str | None:
    """How people call a special method of this object with these operands; None if they never do."""
    form = OPERATORS.get(name, "")
    if form.count("{") != 1 + len(values):
        return None
    if name == "__getattr__":
        return f"{receiver}.{values[0][1:-1]}" if ATTRIBUTE.fullmatch(values[0]) else None
    if values and "[{1}]" in form:
        values = [_subscript(values[0]), *values[1:]]
    elif "(" not in form:
        values = [*map(_operand, values)]
    return form.format(receiver, *values)


def _operand(value: str) -> str:
    """The operand, in parentheses if the operator would otherwise take only a part of it (`lambda: 1 == x`)."""
    node = parsed(value)
    is_denial = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return f"({value})" if node and (isinstance(node, LOOSE) or is_denial) and not node.col_offset else value


def _subscript(value: str) -> str:
    """`slice(1, None)` as `1:`, any other key as it is."""
    call = parsed(value)
    if not (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "slice" and call.args):
        return value
    written = [value[bound.col_offset : bound.end_col_offset] for bound in call.args]
    bounds = ["" if bound == "None" else bound for bound in written]
    start, stop, *step = ["", *bounds] if len(bounds) == 1 else bounds
    return ":".join([start, stop, *filter(None, step)])


def finished(function: object) -> str:
    """What has to be called to run the result of a coroutine or generator function to its end; "" for others."""
    if inspect.iscoroutinefunction(function):
        return "⟨asyncio:run⟩"
    plain = inspect.unwrap(function) if callable(function) and not _is_entered(function) else function
    return "list" if inspect.isgeneratorfunction(plain) else ""


def _is_entered(function: object) -> bool:
    """Whether it was made by `contextlib.contextmanager`: its result is entered, not iterated over."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_filename == contextlib.__file__


@dataclasses.dataclass(frozen=True)
class Entry:
    """A function that may be called; `parameters` are JSON forms of `data.Parameter`.

    `answers` says whether it returns values, so that None is an answer, too. `line` is how a command is called. An
    entry that `is_elsewhere` is of another module than the one under test. `finished` is what the result of a
    coroutine or generator function is passed to. If not `is_named`, no test calls it by its name.
    """

    module: str
    qualname: str
    kind: str
    parameters: tuple[dict[str, Any], ...]
    answers: bool = True
    line: command.Line | None = None
    is_elsewhere: bool = False
    finished: str = ""
    is_named: bool = True

    @property
    def key(self) -> str:
        """The name that calls use for it: its qualname, preceded by the module's name if it is elsewhere."""
        return f"{self.module}:{self.qualname}" if self.is_elsewhere else self.qualname

    @property
    def name(self) -> str:
        """The last part of the qualname."""
        return self.qualname.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """The class's qualname, "" for a function."""
        return self.qualname.rpartition(".")[0]

    @property
    def is_unusual(self) -> bool:
        """Whether it is a special method that nobody calls, or a special function of a module."""
        special = self.name.startswith("__") and self.name.endswith("__")
        return special and (
            not self.owner or self.name not in {*OPERATORS, *MAKERS, *COPYING, *ENTERING, "__call__", "__hash__"}
        )

    @property
    def is_operator(self) -> bool:
        """Whether it is an operator between two objects, most often of the same class."""
        return OPERATORS.get(self.name, "") in BETWEEN

    @property
    def needs_receiver(self) -> bool:
        """Whether it is called on an object."""
        return self.kind in {"method", "property", "setter"} and self.name not in MAKERS
