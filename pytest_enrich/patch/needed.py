"""What a test needs beside imports: fixtures, and its class."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from unittest import TestCase

from pytest_enrich.data import NewTest


def fixtures(code: str) -> tuple[str, ...]:
    """The parameters that a fixture must give: those without a default that no `parametrize` names."""
    function = _function(code)
    arguments = function.args
    optional = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    given = {word for text in _strings(function.decorator_list) for word in text.replace(",", " ").split()}
    given |= {"self", "cls", *(one.arg for one in optional)}
    return tuple(name for name in names if name not in given)


def _strings(nodes: Sequence[ast.expr]) -> Iterable[str]:
    """The names of the parameters that `parametrize` decorators give."""
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("parametrize") and node.args:
            for inner in ast.walk(node.args[0]):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner.value


def uses_owner(test: NewTest) -> bool:
    """Whether a method needs more of its class than any class, or `unittest.TestCase`, has."""
    if test.placement.style == "function":
        return False
    attributes = {
        node.attr
        for node in ast.walk(_function(test.code))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    known = set(dir(TestCase)) if test.placement.style == "unittest" else set()
    return not attributes <= known


def _function(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    found = [node for node in ast.parse(code).body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return found[-1]
