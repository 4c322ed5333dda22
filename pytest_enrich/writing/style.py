"""The style of the file that a test goes into: its annotations, how its tests await, and what runs before them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias, TypeGuard

from msgspec import Struct

from pytest_enrich.data import Placement
from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import Function, functions_in, last_name, nodes_of, parameters_of

Decorators: TypeAlias = tuple[str, ...]
EACH = {"setUp", "asyncSetUp", "setup_method"}
"""Methods that run before each test."""
PREPARING = {*EACH, "setUpClass", "setup_class", "setup"}


class Annotated(Struct, frozen=True, kw_only=True):
    """The annotations of a test file.

    Attributes:
        parameters: The annotation of each parameter that has one somewhere, by name.
        returns: What follows a test's parentheses, "" if most tests have nothing there.
    """

    parameters: Mapping[str, str] = {}
    returns: str = ""

    def parameter(self, name: str) -> str:
        """A parameter, annotated if others of the same name are."""
        return f"{name}: {self.parameters[name]}" if name in self.parameters else name


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def annotated(text: str) -> Annotated:
    """How the functions of a file are annotated."""
    functions = [*functions_in(parsed(text) or ast.Pass())]
    parameters = [parameter for function in functions for parameter in parameters_of(function)]
    annotations = {
        parameter.arg: ast.unparse(parameter.annotation)
        for parameter in parameters
        if parameter.annotation is not None
    }
    tests = [function for function in functions if function.name.startswith("test")]
    count = sum(test.returns is not None for test in tests)
    return Annotated(parameters=annotations, returns=" -> None" if 2 * count > len(tests) else "")


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def coroutine_decorators(text: str, placement: Placement) -> Decorators | None:
    """The decorators of most coroutine tests next to which a new one goes, without `parametrize`.

    None if there are no such tests.

    Args:
        text: The text of the test file.
        placement: Where the new test goes.
    """
    tree = parsed(text)
    body = _scope(tree.body, _owners(placement.owner)) if tree is not None else []
    tests = [node for node in body if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test")]
    decorators = (map(ast.unparse, test.decorator_list) for test in tests)
    kinds = Counter(tuple(text for text in texts if "parametrize" not in text) for texts in decorators)
    return kinds.most_common(1)[0][0] if kinds else None


@lru_cache(maxsize=32)  # a few classes are asked about, each for many targets
def is_prepared(text: str, placement: Placement) -> bool:
    """Whether a test's class there, or a base of it in the file, does something before each test.

    A call may then behave differently from how it did alone.

    Args:
        text: The text of the test file.
        placement: Where the test goes.
    """
    return any(map(_prepares, lineage(text, placement.owner)))


@lru_cache(maxsize=32)
def prepared(text: str, placement: Placement) -> Mapping[str, str]:
    """The attributes that are set up anew for each test there, by the `ast.dump` of the call that makes them.

    Args:
        text: The text of the test file.
        placement: Where the test goes.
    """
    attributes: dict[str, str] = {}
    for owner in reversed(lineage(text, placement.owner)):
        for method in (node for node in owner.body if isinstance(node, Function) and node.name in EACH):
            attributes |= dict(_kept(method))
    return attributes


def _kept(method: Function) -> Iterator[tuple[str, str]]:
    """The calls whose results a method keeps in attributes that it mentions nowhere else."""
    mentions = Counter(
        node.attr for node in nodes_of(ast.Attribute, method) if getattr(node.value, "id", "") == "self"
    )
    for node in method.body:
        match node:
            case ast.Assign([ast.Attribute(ast.Name("self"), name)], ast.Call() as call) if mentions[name] == 1:
                yield ast.dump(call), f"self.{name}"


@lru_cache(maxsize=32)
def given(text: str) -> Mapping[str, str]:
    """By the name of a class, the only fixture of the file that provides an object of it, without parameters.

    Args:
        text: The text of the test file.
    """
    tree = parsed(text)
    fixtures = [node for node in (tree.body if tree is not None else ()) if _is_fixture(node)]
    made = [(name, node.name) for node in fixtures for name in _class_given(node)]
    times = Counter(name for name, _ in made)
    return {name: fixture for name, fixture in made if times[name] == 1}


def _is_fixture(node: ast.stmt) -> TypeGuard[Function]:
    """Whether it is a fixture that is made anew for each test and has no parameters."""
    marks = [ast.unparse(mark) for mark in node.decorator_list] if isinstance(node, Function) else []
    return any("fixture" in mark and "params" not in mark and "scope" not in mark for mark in marks)


def _class_given(fixture: Function) -> Iterator[str]:
    """The name of the class whose object a fixture returns or yields."""
    bound = {
        ast.unparse(item.optional_vars): item.context_expr
        for item in nodes_of(ast.withitem, fixture)
        if item.optional_vars
    }
    bound |= {ast.unparse(assignment.targets[0]): assignment.value for assignment in nodes_of(ast.Assign, fixture)}
    leaving: list[ast.Return | ast.Yield] = [*nodes_of(ast.Return, fixture), *nodes_of(ast.Yield, fixture)]
    ends = [node.value for node in leaving if node.value is not None]
    made = [bound.get(end.id, end) if isinstance(end, ast.Name) else end for end in ends]
    names = {last_name(call.func) for call in made if isinstance(call, ast.Call)}
    yield from names if len(ends) == 1 and all(name[:1].isupper() for name in names) else ()


def _owners(owner: str | None) -> list[str]:
    """The classes that a test goes into, outermost first."""
    return re.split(r"::|\.", owner) if owner else []


def _scope(body: Sequence[ast.stmt], owners: Sequence[str]) -> Sequence[ast.stmt]:
    for owner in owners:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner), [])
    return body


def lineage(text: str, owner: str | None) -> list[ast.ClassDef]:
    """The class that a test goes into, and its bases in the file."""
    classes = classes_in(parsed(text) or ast.Pass())
    found: dict[str, ast.ClassDef] = {}
    waiting = _owners(owner)[-1:]
    while waiting:
        name = waiting.pop()
        if name in classes and name not in found:
            found[name] = classes[name]
            waiting += map(last_name, classes[name].bases)
    return list(found.values())


def classes_in(tree: ast.AST) -> dict[str, ast.ClassDef]:
    """The classes in a tree, by name."""
    return {node.name: node for node in nodes_of(ast.ClassDef, tree)}


def _prepares(owner: ast.ClassDef) -> bool:
    functions = [node for node in owner.body if isinstance(node, Function)]
    decorators = [*owner.decorator_list, *(mark for function in functions for mark in function.decorator_list)]
    texts = map(ast.unparse, decorators)
    named = any(function.name in PREPARING for function in functions)
    return named or any("usefixtures" in text or "autouse=True" in text for text in texts)
