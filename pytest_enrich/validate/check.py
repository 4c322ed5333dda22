"""The rungs that only read: what can be said of a candidate before anything runs.

An assertion has to be one that could fail, as far as reading tells: it is reached, nothing swallows its failure,
and it is about something that is not made in the test, and not plainly true.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import textwrap
import unittest
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from pytest_enrich import patch
from pytest_enrich.data import Candidate, Dropped, NewRow, NewTest
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports import parsed
from pytest_enrich.protocols import Task
from pytest_enrich.refine.asserting import BLOCKS, is_telling
from pytest_enrich.validate import allowed
from pytest_enrich.writing.syntax import last_name

STAND_INS = frozenset({"AsyncMock", "MagicMock", "Mock", "NonCallableMock", "PropertyMock", "call", "sentinel"})
CATCH_ALL = frozenset({"AssertionError", "BaseException", "Exception"})
_BUILTIN = frozenset(dir(builtins))
_OPPOSITE = {ast.NotEq: ast.Eq, ast.NotIn: ast.In, ast.IsNot: ast.Is, ast.GtE: ast.Lt, ast.Gt: ast.LtE}


def asserts(function: Function) -> bool:
    """Whether one of its assertions could fail."""
    reading = _Reading(function)
    return any(reading.can_fail(node) for node in _run(function.body, reading))


class _Reading:
    """A test's names: `local` are those that it binds, `live` those of them that code outside has a part in."""

    def __init__(self, function: Function) -> None:
        self.nodes = [*ast.walk(function)]
        self.parameters = {node.arg for node in self.nodes if isinstance(node, ast.arg)}
        stored = {node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self.inner = {node.name: node for node in self.nodes if isinstance(node, Scope) and node is not function}
        classes = [node for node in self.nodes if isinstance(node, ast.ClassDef)]
        self.methods = {
            statement.name for node in classes for statement in node.body if isinstance(statement, Scope)
        }
        self.local = stored | self.parameters | self.inner.keys()
        self.live = set(self.parameters)
        before = -1
        while before != len(self.live):
            before = len(self.live)
            self._spread()

    def _spread(self) -> None:
        """What comes out of code outside, and what is given to it, is live."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and self._is_outside(node.func):
                self.live |= self._names(node)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                # What is put into an object that the test made is in it from then on.
                self.live |= self._names(node.func.value) if self._is_any(_arguments(node)) else set()
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self.live |= self._names(node.optional_vars)
            elif isinstance(node, ast.ExceptHandler) and node.name:
                self.live.add(node.name)
            else:
                self._bind(node)
        for name, inner in self.inner.items():  # whoever calls it, or makes one, reaches what is in it
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
        return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & self.local

    def _is_outside(self, func: ast.expr) -> bool:
        """Whether what is called is neither made in the test, nor Python's, nor makes a stand-in."""
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
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and (part.id in self.live or self._is_global(part)):
                return True
            if isinstance(part, ast.Call) and self._is_outside(part.func):
                return True
        return False

    def can_fail(self, node: ast.AST) -> bool:
        """Whether it is an assertion that could fail."""
        if isinstance(node, ast.Assert):
            return self.is_live(node.test) and not self.is_true(node.test)
        if isinstance(node, (ast.With, ast.AsyncWith)):
            blocks = [item.context_expr for item in node.items if is_telling(item.context_expr)]
            others = [item.context_expr for item in node.items if item.context_expr not in blocks]
            return any(self._can_miss(block, [*others, *node.body]) for block in blocks)
        if isinstance(node, (ast.Expr, ast.Assign, ast.Return)):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value
            return isinstance(call, ast.Call) and is_telling(call) and self._can_be_wrong(call)
        return False

    def _can_miss(self, block: ast.expr, body: Sequence[ast.AST]) -> bool:
        """Whether what a block expects may fail to happen: it has to come from outside."""
        parts = [node for part in body for node in ast.walk(part)]
        is_own = any(isinstance(node, (ast.Assert, ast.Raise)) for node in parts)
        is_live = any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in parts) or self._is_any(body)
        return is_live and not (is_own and _swallows(block))

    def _can_be_wrong(self, call: ast.Call) -> bool:
        """Whether a call that asserts could fail."""
        parts, name = _arguments(call), ast.unparse(call.func).rpartition(".")[2]
        if isinstance(call.func, ast.Attribute) and name.startswith("assert_") and not self._is_global(call.func):
            return self.is_live(call.func.value) or self._is_any(parts)
        if not parts or not hasattr(unittest.TestCase, name):  # somebody's helper: it knows what it looks at
            return name not in BLOCKS or self._is_any(parts)
        if name == "assertTrue":
            return self.is_live(parts[0]) and not self.is_true(parts[0])
        if name in {"assertEqual", "assertEquals", "assertAlmostEqual"} and len(parts) > 1:
            return self._is_any(parts) and not self.is_true(ast.Compare(parts[0], [ast.Eq()], [parts[1]]))
        return self._is_any(parts)

    def _is_any(self, parts: Sequence[ast.AST]) -> bool:
        return any(map(self.is_live, parts))

    def is_true(self, node: ast.expr) -> bool:
        """Whether it is plainly true, whatever the code does."""
        if isinstance(node, ast.BoolOp):
            truths = [self.is_true(value) for value in node.values]
            both = {ast.dump(value) for value in node.values} & {_opposite(value) for value in node.values}
            return any(truths) or bool(both) if isinstance(node.op, ast.Or) else all(truths)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            (op,), (right,) = node.ops, node.comparators
            is_same = ast.dump(node.left) == ast.dump(right) and not _is_made(right)
            is_length = isinstance(op, ast.GtE) and _is_length(node.left) and ast.unparse(right) == "0"
            return is_length or (is_same and isinstance(op, (ast.Eq, ast.LtE, ast.GtE)))
        return self._is_global(node) if isinstance(node, ast.Name) else _is_plain(node) and _is_true(node)


Scope = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _arguments(node: ast.expr) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)] if isinstance(node, ast.Call) else []


def _run(block: Sequence[ast.stmt], reading: _Reading) -> Iterator[ast.stmt]:
    """The statements that may run, and whose failure nothing swallows."""
    for statement in block:
        yield statement
        for inner in _inside(statement, reading):
            yield from _run(inner, reading)
        if isinstance(statement, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            return


def _inside(node: ast.stmt, reading: _Reading) -> Iterator[list[ast.stmt]]:
    if isinstance(node, Scope):
        is_named = any(isinstance(part, ast.Name) and part.id == node.name for part in reading.nodes)
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
    """Whether it swallows a failed assertion."""
    if handler.type is not None and not _is_catch_all([handler.type]):
        return False
    words = [ast.unparse(node.func) for node in ast.walk(handler) if isinstance(node, ast.Call)]
    ends = any(isinstance(node, (ast.Raise, ast.Assert)) for node in ast.walk(handler))
    return not ends and not any(word.rpartition(".")[2] == "fail" for word in words)


def _swallows(block: ast.expr) -> bool:
    """Whether a block swallows any failure in it, whatever its message."""
    if not isinstance(block, ast.Call) or any(keyword.arg == "match" for keyword in block.keywords):
        return False
    name = ast.unparse(block.func).rpartition(".")[2]
    return name in {*BLOCKS, "assertRaises", "suppress"} and _is_catch_all(block.args)


def _is_catch_all(kinds: Sequence[ast.expr]) -> bool:
    names = {ast.unparse(element) for kind in kinds for element in getattr(kind, "elts", [kind])}
    return not CATCH_ALL.isdisjoint(names)


def _is_plain(node: ast.expr) -> bool:
    """Whether its truth value can be read off the source."""
    shown = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Lambda, ast.GeneratorExp)
    parts = [element for element in getattr(node, "elts", ()) if isinstance(element, ast.Starred)]
    return (isinstance(node, shown) and not parts) or (isinstance(node, ast.JoinedStr) and _is_true(node))


def _is_true(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(value, ast.Constant) and value.value for value in node.values)
    if isinstance(node, ast.Dict):
        return bool(node.keys)
    return isinstance(node, (ast.Lambda, ast.GeneratorExp)) or bool(getattr(node, "elts", ()))


def _is_made(node: ast.expr) -> bool:
    """Whether it makes an object: it is up to their class whether two of these are equal."""
    names = [ast.unparse(part.func).rpartition(".")[2] for part in ast.walk(node) if isinstance(part, ast.Call)]
    return any(name[:1].isupper() for name in names)


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"abs", "len"}


def _opposite(node: ast.expr) -> str:
    """What is false whenever a condition is true, as `ast.dump` has it; "" when nobody can say."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ast.dump(node.operand)
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _OPPOSITE and len(node.ops) == 1:
        return ast.dump(ast.Compare(node.left, [_OPPOSITE[type(node.ops[0])]()], node.comparators))
    return ""


Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


def _asserts(task: Task, name: str, test: Function | None) -> bool:
    """Whether an assertion could fail: of a new test, of the test that a row belongs to, or of a helper."""
    functions = _functions(task.test_text)
    tests = [node for node in functions if node.name == name] if test is None else [test]
    helpers = [function for node in tests for function in _called(node, functions)]
    others = helpers if test is not None else [*tests, *helpers]
    return (test is not None and asserts(test)) or any(
        _tells(node) for function in others for node in ast.walk(function)
    )


def _functions(text: str) -> list[Function]:
    tree = parsed(text)
    return [node for node in ast.walk(tree) if isinstance(node, Function)] if tree else []


def _called(test: ast.AST, functions: list[Function]) -> list[Function]:
    """The functions of a file that a test of it calls by name."""
    calls = (node.func for node in ast.walk(test) if isinstance(node, ast.Call))
    called = {last_name(function) for function in calls}
    return [node for node in functions if node.name in called]


def _is_there(task: Task, candidate: Candidate) -> bool:
    """Whether its file already has this test, or its test this case."""
    if isinstance(candidate, NewTest):
        return patch.body_of(candidate) in patch.bodies(task.test_text)
    with contextlib.suppress(RefusedError):  # what cannot be inserted is refused when it is tried
        return patch.is_there(task.test_text, candidate)
    return False


def _is_tried(task: Task, candidate: Candidate) -> bool:
    """Whether the same was thought of before for the same place, under whatever name."""
    body, place = patch.body_of(candidate), (candidate.placement.path, candidate.placement.owner)
    tried = (attempt.candidate for attempt in task.attempts if type(attempt.candidate) is type(candidate))
    same_place = (earlier for earlier in tried if (earlier.placement.path, earlier.placement.owner) == place)
    return any(patch.body_of(earlier) == body for earlier in same_place)


def text(task: Task, candidate: Candidate) -> Dropped | None:
    """The first of the reading rungs that the candidate misses, or None."""
    is_row = isinstance(candidate, NewRow)
    code = _allowed(task, candidate, _function, "is no case of a test" if is_row else "is no test function")
    if isinstance(code, Dropped):
        return code
    # A row asserts what its test asserts.
    if not _asserts(task, candidate.name, code if isinstance(code, Function) else None):
        return Dropped(rung="asserts", reason=f"{'its test ' if is_row else ''}asserts nothing about the code")
    if _is_tried(task, candidate) or _is_there(task, candidate):
        return Dropped(rung="new", reason=f"repeats an existing {'case' if is_row else 'test'}")
    return None


def refusal(task: Task, candidate: Candidate) -> Dropped | None:
    """The rung `allowed` by itself, for what need not be a single test: a person's version, perhaps."""
    code = _allowed(task, candidate, lambda test: ast.parse(textwrap.dedent(test.code)), "is no test")
    return code if isinstance(code, Dropped) else None


def _allowed(
    task: Task, candidate: Candidate, read: Callable[[NewTest], ast.AST], reason: str
) -> ast.AST | Dropped:
    """The code of a candidate that names only what it may; `reason` is why it is dropped where `read` fails."""
    try:
        code = patch.parsed_row(candidate) if isinstance(candidate, NewRow) else read(candidate)
        trees = [code, *map(ast.parse, candidate.imports)]
    except patch.UNREADABLE as error:
        return Dropped(rung="parses", reason=reason, detail=str(error))
    forbidden = next(allowed.refused(task, trees), "")
    return Dropped(rung="allowed", reason=f"uses {forbidden}") if forbidden else code


def _function(candidate: NewTest) -> Function:
    body = ast.parse(textwrap.dedent(candidate.code)).body
    if len(body) != 1 or not isinstance(body[0], Function):
        raise ValueError("not exactly one function")
    if body[0].name != candidate.name or not candidate.name.startswith("test"):
        raise ValueError(f"{body[0].name} is not the test that it says it is")
    return body[0]


def _tells(node: ast.AST) -> bool:
    """Whether it is an assertion that could fail: on a name or a call, or an expected exception."""
    if isinstance(node, ast.Assert):
        return any(isinstance(part, ast.Call | ast.Name) for part in ast.walk(node.test))
    return is_telling(node)
