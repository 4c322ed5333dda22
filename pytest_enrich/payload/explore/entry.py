"""Special methods, and how people call them."""

from __future__ import annotations

import ast
import dataclasses
from typing import Any

from ..express import NAME
from . import command

OPERATORS = {
    "__getitem__": "{0}[{1}]",
    "__setitem__": "{0}[{1}] = {2}",
    "__delitem__": "del {0}[{1}]",
    "__contains__": "{1} in {0}",
    "__len__": "len({0})",
    "__iter__": "list({0})",
    "__reversed__": "list(reversed({0}))",
    "__bool__": "bool({0})",
    "__repr__": "repr({0})",
    "__str__": "str({0})",
    "__int__": "int({0})",
    "__float__": "float({0})",
    "__abs__": "abs({0})",
    "__neg__": "-{0}",
    "__eq__": "{0} == {1}",
    "__ne__": "{0} != {1}",
    "__lt__": "{0} < {1}",
    "__le__": "{0} <= {1}",
    "__gt__": "{0} > {1}",
    "__ge__": "{0} >= {1}",
    "__add__": "{0} + {1}",
    "__radd__": "{1} + {0}",
    "__sub__": "{0} - {1}",
    "__rsub__": "{1} - {0}",
    "__mul__": "{0} * {1}",
    "__rmul__": "{1} * {0}",
    "__truediv__": "{0} / {1}",
    "__floordiv__": "{0} // {1}",
    "__mod__": "{0} % {1}",
    "__and__": "{0} & {1}",
    "__or__": "{0} | {1}",
    "__xor__": "{0} ^ {1}",
    "__missing__": "{0}[{1}]",
    "__pow__": "{0} ** {1}",
    "__matmul__": "{0} @ {1}",
    "__lshift__": "{0} << {1}",
    "__rshift__": "{0} >> {1}",
    "__rtruediv__": "{1} / {0}",
    "__rfloordiv__": "{1} // {0}",
    "__rmod__": "{1} % {0}",
    "__rand__": "{1} & {0}",
    "__ror__": "{1} | {0}",
    "__rxor__": "{1} ^ {0}",
    "__iadd__": "{0} += {1}",
    "__isub__": "{0} -= {1}",
    "__iand__": "{0} &= {1}",
    "__ior__": "{0} |= {1}",
    "__ixor__": "{0} ^= {1}",
    "__pos__": "+{0}",
    "__invert__": "~{0}",
    "__next__": "next({0})",
    "__bytes__": "bytes({0})",
    "__format__": "format({0}, {1})",
    "__fspath__": "⟨os:fspath⟩({0})",
    "__index__": "⟨operator:index⟩({0})",
}
BETWEEN = {
    f"{left} {sign} {right}"
    for sign in ("==", "!=", "<", "<=", ">", ">=", "+", "-")
    for left, right in (("{0}", "{1}"), ("{1}", "{0}"))
}
STATEMENTS = {"__setitem__", "__delitem__", "__iadd__", "__isub__", "__iand__", "__ior__", "__ixor__"}
ASKING = OPERATORS.keys() - STATEMENTS - {"__getitem__", "__next__"}
"""What gives an answer and is done for nothing else: nobody writes `"a" in box` as a line of its own."""
LOOSE = (ast.Lambda, ast.IfExp, ast.BoolOp, ast.Compare, ast.NamedExpr, ast.BinOp)
"""What an operator may take a part of."""
COPYING = {
    "__copy__",
    "__deepcopy__",
    "__reduce__",
    "__reduce_ex__",
    "__getstate__",
    "__setstate__",
    "__getnewargs__",
}
"""What the `copy` module calls, with arguments of its own."""
MAKERS = {"__init__", "__new__", "__post_init__"}
COMPARERS = {"__eq__", "__ne__"}


def operation_text(name: str, receiver: str, values: list[str]) -> str | None:
    """How people call a special method of this object with these operands; None where there is no such way."""
    form = OPERATORS.get(name, "")
    if form.count("{") != 1 + len(values):
        return None
    if values and "[{1}]" in form:
        values = [_subscript(values[0]), *values[1:]]
    elif "(" not in form:
        values = [*map(_operand, values)]
    return form.format(receiver, *values)


def _operand(value: str) -> str:
    """In parentheses where the operator would otherwise take a part of it (`lambda: 1 == x`)."""
    try:
        node = ast.parse(NAME.sub("_", value), mode="eval").body
    except SyntaxError:
        return value
    is_denial = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return f"({value})" if (isinstance(node, LOOSE) or is_denial) and not node.col_offset else value


def _subscript(value: str) -> str:
    """`slice(1, None)` as `1:`, any other key as it is."""
    try:
        call = ast.parse(value, mode="eval").body
    except SyntaxError:
        return value
    if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "slice" and call.args):
        return value
    bounds = ["" if ast.unparse(bound) == "None" else ast.unparse(bound) for bound in call.args]
    start, stop, *step = ["", *bounds] if len(bounds) == 1 else bounds
    return ":".join([start, stop, *filter(None, step)])


@dataclasses.dataclass(frozen=True)
class Entry:
    """A function that may be called; `parameters` are JSON forms of `data.Parameter`.

    `answers` says whether it returns values, so that None is one, too. `line` is how a command is called. One that
    `is_elsewhere` is of another module than the one under test. What `is_async` gives has to be awaited.
    """

    module: str
    qualname: str
    kind: str
    parameters: tuple[dict[str, Any], ...]
    answers: bool = True
    line: command.Line | None = None
    is_elsewhere: bool = False
    is_async: bool = False

    @property
    def key(self) -> str:
        """What its calls name it by: the qualname, of another module with the module's name before it."""
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
        """Whether it is a special method that no operator stands for."""
        special = self.name.startswith("__") and self.name.endswith("__")
        return special and self.name not in {*OPERATORS, *MAKERS, *COPYING, "__call__", "__hash__"}

    @property
    def is_operator(self) -> bool:
        """Whether it is called between two objects, which are most often of the same class."""
        return OPERATORS.get(self.name, "") in BETWEEN

    @property
    def needs_receiver(self) -> bool:
        """Whether it is called on an object."""
        return self.kind in {"method", "property", "setter"} and self.name not in MAKERS
