"""The rungs that only read: what can be said of a candidate before anything runs.

An assertion has to be one that could fail, as far as reading tells: it is reached, its failure is nobody else's
business, and it is not plainly true.
"""

from __future__ import annotations

import ast
import contextlib
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from pytest_enrich import patch
from pytest_enrich.data import Candidate, Dropped, NewRow, NewTest
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports import parsed
from pytest_enrich.protocols import Task
from pytest_enrich.refine.asserting import BLOCKS, is_telling
from pytest_enrich.validate import allowed

CATCH_ALL = frozenset({"AssertionError", "BaseException", "Exception"})
_OPPOSITE = {ast.NotEq: ast.Eq, ast.NotIn: ast.In, ast.IsNot: ast.Is, ast.GtE: ast.Lt, ast.Gt: ast.LtE}


def asserts(function: Function) -> bool:
    """Whether one of its assertions could fail; whether it looks at what the code does, mutants tell."""
    return any(map(_can_fail, _run(function.body)))


def _run(block: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that may run, and whose failure is nobody else's business."""
    for statement in block:
        yield statement
        for inner in _inside(statement):
            yield from _run(inner)
        if isinstance(statement, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
            return


def _inside(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    if isinstance(node, (ast.With, ast.AsyncWith)):
        yield from [] if any(_swallows(item.context_expr) for item in node.items) else [node.body]
    elif isinstance(node, ast.Try):
        yield from [] if any(map(_forgives, node.handlers)) else [node.body]
        yield from (node.orelse, *(handler.body for handler in node.handlers), node.finalbody)
    else:
        yield from (getattr(node, name, []) for name in ("body", "orelse"))
        yield from (case.body for case in getattr(node, "cases", ()))


def _can_fail(node: ast.stmt) -> bool:
    """Whether it is an assertion that could fail."""
    if isinstance(node, ast.Assert):
        has_name = any(isinstance(part, ast.Name) for part in ast.walk(node.test))
        return has_name and not _is_true(node.test)
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return any(_can_miss(item, node) for item in node.items if is_telling(item.context_expr))
    value = getattr(node, "value", None)
    call = value.value if isinstance(value, ast.Await) else value
    return isinstance(call, ast.Call) and is_telling(call) and not _is_vain(call)


def _can_miss(block: ast.withitem, node: ast.With | ast.AsyncWith) -> bool:
    """Whether what a block expects may not happen: more than the test itself has a part in it."""
    own = [part for inner in node.body for part in ast.walk(inner) if isinstance(part, (ast.Assert, ast.Raise))]
    parts = [*(item for item in node.items if item is not block), *(one for one in node.body if one not in own)]
    named = (ast.Name, ast.Import, ast.ImportFrom)
    is_live = any(isinstance(part, named) for one in parts for part in ast.walk(one))
    return is_live and not (own and _swallows(block.context_expr))


def _is_vain(call: ast.Call) -> bool:
    """Whether what unittest asserts there is true whatever the code does."""
    name, given = ast.unparse(call.func).rpartition(".")[2], call.args
    if name == "assertTrue" and given:
        return _is_true(given[0])
    if name in {"assertEqual", "assertEquals"} and len(given) > 1:
        return _is_true(ast.Compare(given[0], [ast.Eq()], [given[1]]))
    return False


def _is_true(node: ast.expr) -> bool:
    """Whether it is plainly true, whatever the code does."""
    if isinstance(node, ast.BoolOp):
        each = [_is_true(value) for value in node.values]
        both = {ast.dump(value) for value in node.values} & {_opposite(value) for value in node.values}
        return any(each) or bool(both) if isinstance(node.op, ast.Or) else all(each)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        (op,), (right,) = node.ops, node.comparators
        is_same = ast.dump(node.left) == ast.dump(right) and not _is_made(right)
        is_length = isinstance(op, ast.GtE) and _is_length(node.left) and ast.unparse(right) == "0"
        return is_length or (is_same and isinstance(op, (ast.Eq, ast.LtE, ast.GtE)))
    return _is_written(node)


def _is_written(node: ast.expr) -> bool:
    """Whether its truth is written there."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.JoinedStr):
        return any(map(_is_written, node.values))
    elements = getattr(node, "keys" if isinstance(node, ast.Dict) else "elts", ())
    is_filled = any(not isinstance(element, ast.Starred) for element in elements)
    return is_filled or isinstance(node, (ast.Lambda, ast.GeneratorExp))


def _forgives(handler: ast.ExceptHandler) -> bool:
    """Whether a failed assertion ends there."""
    if handler.type is not None and not _is_catch_all([handler.type]):
        return False
    words = [ast.unparse(node.func) for node in ast.walk(handler) if isinstance(node, ast.Call)]
    ends = any(isinstance(node, (ast.Raise, ast.Assert)) for node in ast.walk(handler))
    return not ends and not any(word.rpartition(".")[2] == "fail" for word in words)


def _swallows(block: ast.expr) -> bool:
    """Whether a block goes on after any failure in it, whatever that says."""
    if not isinstance(block, ast.Call) or any(keyword.arg == "match" for keyword in block.keywords):
        return False
    name = ast.unparse(block.func).rpartition(".")[2]
    return name in {*BLOCKS, "assertRaises", "suppress"} and _is_catch_all(block.args)


def _is_catch_all(kinds: Sequence[ast.expr]) -> bool:
    names = {ast.unparse(element) for kind in kinds for element in getattr(kind, "elts", [kind])}
    return not CATCH_ALL.isdisjoint(names)


def _is_made(node: ast.expr) -> bool:
    """Whether an object is made: two of them are as equal as their class says."""
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
    """Whether an assertion could fail: of a new test, of the one that a row is of, or of a helper of these."""
    functions = _functions(task.test_text)
    tests = [node for node in functions if node.name == name] if test is None else [test]
    helpers = [function for each in tests for function in _called(each, functions)]
    told = helpers if test is not None else [*tests, *helpers]
    return (test is not None and asserts(test)) or any(_tells(node) for one in told for node in ast.walk(one))


def _functions(text: str) -> list[Function]:
    tree = parsed(text)
    return [node for node in ast.walk(tree) if isinstance(node, Function)] if tree else []


def _called(test: ast.AST, functions: list[Function]) -> list[Function]:
    """The functions of a file that a test of it calls by name."""
    calls = (node.func for node in ast.walk(test) if isinstance(node, ast.Call))
    called = {getattr(function, "attr", getattr(function, "id", "")) for function in calls}
    return [node for node in functions if node.name in called]


def _is_there(task: Task, candidate: Candidate) -> bool:
    """Whether its file has this test, or its test this case."""
    if isinstance(candidate, NewTest):
        return patch.body_of(candidate) in patch.bodies(task.test_text)
    with contextlib.suppress(RefusedError):  # what cannot be put in says so when it is
        return patch.is_there(task.test_text, candidate)
    return False


def _is_tried(task: Task, candidate: Candidate) -> bool:
    """Whether the same was thought of before for the same place, whatever it is called."""
    body, place = patch.body_of(candidate), (candidate.placement.path, candidate.placement.owner)
    tried = (attempt.candidate for attempt in task.attempts if type(attempt.candidate) is type(candidate))
    there = (each for each in tried if (each.placement.path, each.placement.owner) == place)
    return any(patch.body_of(each) == body for each in there)


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
    """The rung `allowed` by itself, of what need not be one test: a person's version, perhaps."""
    found = _allowed(task, candidate, lambda test: ast.parse(textwrap.dedent(test.code)), "is no test")
    return found if isinstance(found, Dropped) else None


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
