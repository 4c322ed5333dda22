"""Whether a test has an assertion that could fail, as far as reading tells: what it notices is counted in mutants.

An assertion is put in all worlds: each of its parts may be true or false there, but the same part is the same, and
what is a constant stays one. It has to be false in one of them, and about something that is not made in the test.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import unittest
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from pytest_enrich.validate.telling import BLOCKS, is_telling

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
World: TypeAlias = dict[str, bool]
MOST_PARTS = 8
STAND_INS = frozenset({"AsyncMock", "MagicMock", "Mock", "NonCallableMock", "PropertyMock", "call", "sentinel"})
CATCH_ALL = frozenset({"AssertionError", "BaseException", "Exception"})
TRUE = frozenset({"id", "repr", "type"})
"""Functions that always give something true."""
SOMETHING = TRUE | {"abs", "bool", "bytes", "dict", "float", "hash", "int", "len", "list", "set", "sorted", "str"}
"""Those that never give None."""
_BUILTIN = frozenset(dir(builtins))
_OPPOSITE = {ast.NotEq: ast.Eq, ast.NotIn: ast.In, ast.IsNot: ast.Is, ast.GtE: ast.Lt}
_REFLEXIVE = (ast.Eq, ast.LtE, ast.GtE)


def asserts(function: Function) -> bool:
    """Whether one of its assertions could fail."""
    reading = _Reading(function)
    return any(reading.can_fail(node) for node in _run(function.body, reading))


class _Reading:
    """A test's names: `local` are those that it binds, `live` those of them that code outside has a part in."""

    def __init__(self, function: Function) -> None:
        self.nodes = [*ast.walk(function)]
        self.parameters = {
            one.arg for node in self.nodes if isinstance(node, ast.arguments) for one in _given(node)
        }
        stored = {node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self.inner = {node.name: node for node in self.nodes if isinstance(node, Scope) and node is not function}
        classes = [node for node in self.nodes if isinstance(node, ast.ClassDef)]
        self.methods = {one.name for node in classes for one in node.body if isinstance(one, Scope)}
        self.local = stored | self.parameters | self.inner.keys()
        self.live = set(self.parameters)
        before = -1
        while before != len(self.live):
            before = len(self.live)
            self._spread()

    def _spread(self) -> None:
        """What comes out of code outside, and what is given to it, is alive."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and self._is_outside(node.func):
                self.live |= self._names(node)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self.live |= self._names(node.optional_vars)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                self.live.add(node.name)
            else:
                self._bind(node)
        for name, inner in self.inner.items():  # who calls it, or makes it, comes to what is in it
            if name in self.live:
                self.live |= self._names(inner)
            elif self.is_live(inner):
                self.live.add(name)

    def _bind(self, node: ast.AST) -> None:
        value = getattr(
            node, "iter" if isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)) else "value", None
        )
        targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        if isinstance(value, ast.expr) and self.is_live(value):
            self.live |= {name for target in targets if target is not None for name in self._names(target)}

    def _names(self, node: ast.AST) -> set[str]:
        return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} & self.local

    def _is_outside(self, func: ast.expr) -> bool:
        """Whether what is called is neither made in the test nor Python's, nor makes something that stands in."""
        if isinstance(func, ast.Name):
            return func.id in self.live or func.id not in self.local | _BUILTIN | STAND_INS
        if isinstance(func, ast.Attribute):
            return func.attr not in STAND_INS and (self.is_live(func.value) or self._is_global(func.value))
        return self.is_live(func)

    def _is_global(self, node: ast.expr) -> bool:
        """Whether it is a name of the file, or something of that."""
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        return isinstance(node, ast.Name) and node.id not in self.local | _BUILTIN | STAND_INS

    def is_live(self, node: ast.AST) -> bool:
        """Whether code outside has a part in it."""
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and (one.id in self.live or self._is_global(one)):
                return True
            if isinstance(one, ast.Call) and self._is_outside(one.func):
                return True
        return False

    def can_fail(self, node: ast.AST) -> bool:
        """Whether it is an assertion that could fail."""
        if isinstance(node, ast.Assert):
            return self.is_live(node.test) and self._is_false_somewhere(node.test)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            blocks = [item.context_expr for item in node.items if is_telling(item.context_expr)]
            others = [item.context_expr for item in node.items if item.context_expr not in blocks]
            return any(self._can_miss(block, [*others, *node.body]) for block in blocks)
        if isinstance(node, (ast.Expr, ast.Assign, ast.Return)):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            return isinstance(call, ast.Call) and is_telling(call) and self._can_be_wrong(call)
        return False

    def _can_miss(self, block: ast.expr, body: Sequence[ast.AST]) -> bool:
        """Whether what a block expects may not happen: it has to come from outside."""
        parts = [one for part in body for one in ast.walk(part)]
        is_own = any(isinstance(one, (ast.Assert, ast.Raise)) for one in parts)
        is_live = any(isinstance(one, (ast.Import, ast.ImportFrom)) for one in parts) or self._is_any(body)
        return is_live and not (is_own and _swallows(block))

    def _can_be_wrong(self, call: ast.Call) -> bool:
        """Whether a call that asserts could fail."""
        parts, name = _arguments(call), ast.unparse(call.func).rpartition(".")[2]
        if isinstance(call.func, ast.Attribute) and name.startswith("assert_") and not self._is_global(call.func):
            return self.is_live(call.func.value) or self._is_any(parts)
        if not parts or not hasattr(unittest.TestCase, name):  # somebody's helper: it knows what it looks at
            return name not in BLOCKS or self._is_any(parts)
        if name in {"assertTrue", "assertFalse"}:
            wrong = ast.UnaryOp(ast.Not(), parts[0]) if name == "assertFalse" else parts[0]
            return self.is_live(parts[0]) and self._is_false_somewhere(wrong)
        if name in {"assertEqual", "assertEquals", "assertAlmostEqual"} and len(parts) > 1:
            return self._is_false_somewhere(ast.Compare(parts[0], [ast.Eq()], [parts[1]])) and self._is_any(parts)
        return self._is_any(parts)

    def _is_any(self, parts: Sequence[ast.AST]) -> bool:
        return any(map(self.is_live, parts))

    def _is_false_somewhere(self, test: ast.expr) -> bool:
        parts: World = {}
        self._truth(test, parts)
        if len(parts) > MOST_PARTS:
            return True
        worlds = itertools.product((False, True), repeat=len(parts))
        return any(not self._truth(test, dict(zip(parts, world, strict=True))) for world in worlds)

    def _truth(self, node: ast.expr, world: World) -> bool:  # noqa: C901, PLR0911 - one for each kind of expression
        """Whether it is true in a world, which gets to know all parts that it has not met."""

        def truth(one: ast.expr) -> bool:
            return self._truth(one, world)

        def part(one: ast.AST) -> bool:
            return world.setdefault(ast.dump(one), False)

        if isinstance(node, ast.BoolOp):
            each = [truth(one) for one in node.values]
            return all(each) if isinstance(node.op, ast.And) else any(each)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return not truth(node.operand)
        if isinstance(node, ast.IfExp):
            test, one, other = truth(node.test), truth(node.body), truth(node.orelse)
            return one if test else other
        if isinstance(node, ast.NamedExpr):
            return truth(node.value)
        if isinstance(node, ast.Compare):
            pairs = zip([node.left, *node.comparators], node.ops, node.comparators, strict=False)
            each = [self._compared(*pair, world) for pair in pairs]
            return all(each)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            if node.func.id == "bool":
                return truth(node.args[0])
            return self._is_sure(node.func.id, node.args) or part(node)
        if isinstance(node, ast.Name):
            return self._is_global(node) or part(node)
        return _is_true(node) if _is_plain(node) else part(node)

    def _is_sure(self, name: str, given: Sequence[ast.expr]) -> bool:
        """Whether a call of a function of Python's gives something true whatever it is about."""
        last = given[-1]
        if name in {"isinstance", "issubclass"}:
            return "object" in {one.id for one in ast.walk(last) if isinstance(one, ast.Name)}
        if name == "hasattr":
            return isinstance(last, ast.Constant) and isinstance(last.value, str) and hasattr(object, last.value)
        return name in TRUE or (name == "callable" and self._is_global(last))

    def _compared(  # noqa: PLR0911 - one for each kind of comparison
        self, left: ast.expr, op: ast.cmpop, right: ast.expr, world: World
    ) -> bool:
        if type(op) in _OPPOSITE:
            return not self._compared(left, _OPPOSITE[type(op)](), right, world)
        if isinstance(op, ast.Gt):
            return self._compared(right, ast.Lt(), left, world)
        one, other = ast.dump(left), ast.dump(right)
        if isinstance(op, ast.LtE):
            return one == other or not self._compared(right, ast.Lt(), left, world)
        if one == other and not _is_made(left) and not isinstance(op, ast.In):
            return not isinstance(op, ast.Lt) and (isinstance(op, ast.Eq) or not isinstance(left, ast.Call))
        if isinstance(op, ast.In) and one in map(ast.dump, getattr(right, "elts", ())) and not _is_made(left):
            return True
        if isinstance(op, ast.Is) and self._is_something(left, right):
            return False
        if isinstance(op, ast.Lt) and _is_length(left) and _number(right) <= 0:
            return False
        key = sorted((one, other)) if isinstance(op, ast.Eq) else [one, other]
        return world.setdefault(f"{type(op).__name__}: {key}", False)

    def _is_something(self, left: ast.expr, right: ast.expr) -> bool:
        """Whether it asks for None where nothing else than something can be."""
        is_call = isinstance(left, ast.Call) and isinstance(left.func, ast.Name) and left.func.id in SOMETHING
        is_there = is_call or self._is_global(left) if isinstance(left, (ast.Call, ast.Name)) else _is_plain(left)
        return isinstance(right, ast.Constant) and right.value is None and is_there and not _is_none(left)


Scope = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _given(node: ast.arguments) -> list[ast.arg]:
    given = (*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg)
    return [one for one in given if one is not None]


def _arguments(node: ast.expr) -> list[ast.expr]:
    return [*node.args, *(one.value for one in node.keywords)] if isinstance(node, ast.Call) else []


def _run(block: Sequence[ast.stmt], reading: _Reading) -> Iterator[ast.stmt]:
    """The statements that may run, and whose failure is nobody else's business."""
    for one in block:
        yield one
        for inner in _inside(one, reading):
            yield from _run(inner, reading)
        if isinstance(one, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            return


def _inside(node: ast.stmt, reading: _Reading) -> Iterator[list[ast.stmt]]:
    if isinstance(node, Scope):
        is_named = any(isinstance(one, ast.Name) and one.id == node.name for one in reading.nodes)
        yield from [node.body] if is_named or node.name in reading.methods else []
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        yield from [] if any(_swallows(item.context_expr) for item in node.items) else [node.body]
    elif isinstance(node, ast.Try):
        yield from [] if any(map(_forgives, node.handlers)) else [node.body]
        yield from (node.orelse, *(handler.body for handler in node.handlers), node.finalbody)
    elif not _is_never(node):
        yield from (getattr(node, name, []) for name in ("body", "orelse"))
        yield from (case.body for case in getattr(node, "cases", ()))


def _is_never(node: ast.stmt) -> bool:
    """Whether its body never runs."""
    if isinstance(node, (ast.If, ast.While)):
        return _is_plain(node.test) and not _is_true(node.test) and not node.orelse
    return isinstance(node, ast.For) and _is_plain(node.iter) and not _is_true(node.iter)


def _forgives(handler: ast.ExceptHandler) -> bool:
    """Whether a failed assertion ends there."""
    if handler.type is not None and not _is_catch_all([handler.type]):
        return False
    words = [ast.unparse(node.func) for node in ast.walk(handler) if isinstance(node, ast.Call)]
    ends = any(isinstance(node, (ast.Raise, ast.Assert)) for node in ast.walk(handler))
    return not ends and not any(word.rpartition(".")[2] == "fail" for word in words)


def _swallows(block: ast.expr) -> bool:
    """Whether a block goes on after any failure in it, whatever that says."""
    if not isinstance(block, ast.Call) or any(one.arg == "match" for one in block.keywords):
        return False
    name = ast.unparse(block.func).rpartition(".")[2]
    return name in {*BLOCKS, "assertRaises", "suppress"} and _is_catch_all(block.args)


def _is_catch_all(kinds: Sequence[ast.expr]) -> bool:
    names = {ast.unparse(one) for kind in kinds for one in getattr(kind, "elts", [kind])}
    return not CATCH_ALL.isdisjoint(names)


def _is_plain(node: ast.expr) -> bool:
    """Whether its truth is written there."""
    shown = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Lambda, ast.GeneratorExp)
    parts = [one for one in getattr(node, "elts", ()) if isinstance(one, ast.Starred)]
    return (isinstance(node, shown) and not parts) or (isinstance(node, ast.JoinedStr) and _is_true(node))


def _is_true(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(one, ast.Constant) and one.value for one in node.values)
    if isinstance(node, ast.Dict):
        return bool(node.keys)
    return isinstance(node, (ast.Lambda, ast.GeneratorExp)) or bool(getattr(node, "elts", ()))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_made(node: ast.expr) -> bool:
    """Whether an object is made: two of them are as equal as their class says."""
    names = [ast.unparse(one.func).rpartition(".")[2] for one in ast.walk(node) if isinstance(one, ast.Call)]
    return any(name[:1].isupper() for name in names)


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"abs", "len"}


def _number(node: ast.expr) -> float:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return 1
    return value if isinstance(value, (int, float)) else 1
