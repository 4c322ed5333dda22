"""Statements of a test that are there for a reason: they assert, or keep it apart from the machine."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Container, Iterator

from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import last_name, literal_value

BLOCKS = {"raises", "warns", "deprecated_call"}
"""What pytest's blocks are called that expect something."""
REPLACING = {
    "setattr", "delattr", "setitem", "delitem", "setenv", "delenv", "chdir", "syspath_prepend", "patch", "seed",
}  # fmt: skip
"""Of `monkeypatch`, and of modules that others look at."""
SHORTEST = 3
"""Of a value, as it is written: an empty one, or a text of one sign."""
BEGINNING = {"start", "activate"}
"""Of patchers; servers have them, too."""
BUILT_IN = {"setattr", "delattr"}


def is_telling(node: ast.AST) -> bool:
    """Whether it is a call that asserts, or says what a block raises: pytest's, of unittest, or a helper's.

    Whose helper it is does not matter: what it notices is counted in mutants.
    """
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return name.removeprefix("pytest.") in BLOCKS or name.rpartition(".")[2].startswith("assert")


def expects(code: str) -> bool:
    """Whether a test may look at an exception: by a block, a call, or by hand; so may what cannot be read."""
    tree = parsed(textwrap.dedent(code))
    nodes = [*ast.walk(tree)] if tree else []
    names = {ast.unparse(node.func).rpartition(".")[2] for node in nodes if isinstance(node, ast.Call)}
    return (
        not tree
        or any(isinstance(node, ast.Try) for node in nodes)
        or any(name in BLOCKS or name.startswith(("assertRaises", "assertWarns")) for name in names)
    )


def states_all(code: str, called: Container[str]) -> bool:
    """Whether a test states all of what a call of one of these gives, and that is a value that says something.

    An attribute of it, or that it is empty, may have nothing to do with what the call came to.

    Args:
        code: Of the test.
        called: The last names of functions and classes.
    """
    return any(map(_says_something, stated(code, called)))


def stated(code: str, called: Container[str]) -> Iterator[ast.expr]:
    """What a test says that all is, or is not, that calls of these give; as in `states_all`."""
    tree = parsed(textwrap.dedent(code))
    nodes = [*ast.walk(tree)] if tree else []
    made = [node for node in nodes if isinstance(node, ast.Assign) and _is_call(node.value, called)]
    given = {target.id for node in made for target in node.targets if isinstance(target, ast.Name)}
    for left, right in map(_equated, nodes):
        if right is not None and (_is_call(left, called) or getattr(left, "id", "") in given):
            yield right


def _equated(node: ast.AST) -> tuple[ast.expr | None, ast.expr | None]:
    """What an assertion says to be equal, or not to be: of what compares itself that is all."""
    match node:
        case ast.Assert(ast.Compare(left, [ast.Eq() | ast.NotEq()], [right])):
            return left, right
        case ast.Call(ast.Attribute(_, "assertEqual" | "assertNotEqual"), [left, right, *_]):
            return left, right
    return None, None


def _is_call(node: ast.expr | None, called: Container[str]) -> bool:
    node = node.value if isinstance(node, ast.Await) else node
    function = node.func if isinstance(node, ast.Call) else None
    return last_name(function) in called


def _says_something(node: ast.expr) -> bool:
    """Whether it is a literal that is not empty, no number, and more than a sign."""
    (value,) = literal_value(node) or (None,)
    return isinstance(value, str | bytes | list | tuple | dict | set) and len(repr(value)) > SHORTEST


def keeps_apart(node: ast.AST) -> bool:
    """Whether anything in it puts something into the place of something else, or says what chance gives."""
    called = [part.func for part in ast.walk(node) if isinstance(part, ast.Call)]
    return any(replaces(one) or (isinstance(one, ast.Attribute) and one.attr in BEGINNING) for one in called)


def replaces(function: ast.expr) -> bool:
    """Whether what is called does so for sure: `patch`, `mock.patch.object`, `monkeypatch.setattr`."""
    if isinstance(function, ast.Name):
        return function.id in REPLACING - BUILT_IN
    names = ast.unparse(function).split(".")
    return isinstance(function, ast.Attribute) and (function.attr in REPLACING or "patch" in names[-2:])
