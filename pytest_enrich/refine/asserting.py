"""Statements that a test needs: they assert, or isolate it from the machine."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Container, Iterator

from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import last_name, literal_value, nodes_of

BLOCKS = {"raises", "warns", "deprecated_call"}
"""The names of pytest's context managers that expect something."""
REPLACING = {
    "setattr", "delattr", "setitem", "delitem", "setenv", "delenv", "chdir", "syspath_prepend", "patch", "seed",
}  # fmt: skip
"""Functions of `monkeypatch`, and of modules whose state others see."""
SHORTEST = 3
"""A repr says something if it is longer than that of an empty value, or of a string of one character."""
BEGINNING = {"start", "activate"}
"""Methods of patchers; servers have them, too."""
BUILT_IN = {"setattr", "delattr"}


def is_telling(node: ast.AST) -> bool:
    """Whether it is a call that asserts, or says what a block raises: pytest's, unittest's, or a helper's.

    Whose helper it is does not matter: what it notices is measured with mutants.
    """
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return name.removeprefix("pytest.") in BLOCKS or name.rpartition(".")[2].startswith("assert")


def expects(code: str) -> bool:
    """Whether a test may check an exception: by a block, a call, or by hand. So may code that is not Python."""
    tree = parsed(textwrap.dedent(code))
    if tree is None or any(nodes_of(ast.Try, tree)):
        return True
    names = (last_name(call.func) for call in nodes_of(ast.Call, tree))
    return any(name in BLOCKS or name.startswith(("assertRaises", "assertWarns")) for name in names)


def states_all(code: str, called: Container[str]) -> bool:
    """Whether a test states the whole result of a call of one of these, and that result says something.

    An attribute of the result, or that it is empty, may have nothing to do with what the call did.

    Args:
        code: The test.
        called: The last names of functions and classes.
    """
    return any(map(_says_something, stated(code, called)))


def stated(code: str, called: Container[str]) -> Iterator[ast.expr]:
    """What a test says that whole results of these calls are, or are not; see `states_all`."""
    tree = parsed(textwrap.dedent(code)) or ast.Module([], [])
    assignments = (node for node in nodes_of(ast.Assign, tree) if _is_call(node.value, called))
    names = {target.id for node in assignments for target in node.targets if isinstance(target, ast.Name)}
    for left, right in map(_equated, ast.walk(tree)):
        if right is not None and (_is_call(left, called) or getattr(left, "id", "") in names):
            yield right


def _equated(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """The two sides that an assertion says are equal, or are not: `==` looks at all of a value."""
    match node:
        case ast.Assert(ast.Compare(left, [ast.Eq() | ast.NotEq()], [right])):
            return left, right
        case ast.Call(ast.Attribute(_, "assertEqual" | "assertNotEqual"), [left, right, *_]):
            return left, right
    return None, None


def _is_call(node: ast.expr | None, called: Container[str]) -> bool:
    node = node.value if isinstance(node, ast.Await) else node
    return isinstance(node, ast.Call) and last_name(node.func) in called


def _says_something(node: ast.expr) -> bool:
    """Whether it is a literal that is not empty, not a number, and more than one character."""
    (value,) = literal_value(node) or (None,)
    return isinstance(value, str | bytes | list | tuple | dict | set) and len(repr(value)) > SHORTEST


def keeps_apart(node: ast.AST) -> bool:
    """Whether anything in it replaces something else, or fixes what chance gives."""
    called = (call.func for call in nodes_of(ast.Call, node))
    return any(replaces(kind) or (isinstance(kind, ast.Attribute) and kind.attr in BEGINNING) for kind in called)


def replaces(function: ast.expr) -> bool:
    """Whether this function certainly replaces something: `patch`, `mock.patch.object`, `monkeypatch.setattr`."""
    if isinstance(function, ast.Name):
        return function.id in REPLACING - BUILT_IN
    names = ast.unparse(function).split(".")
    return isinstance(function, ast.Attribute) and (function.attr in REPLACING or "patch" in names[-2:])
