"""Deleting a seeded share of a suite's test functions: what is left looks like a suite that was never finished.

Whole functions and methods go, with their decorators and the comments above them. Imports, fixtures and
functions that tests share stay; so do tests that other code names, and tests that override an inherited one.
The same files, seed and fraction always lose the same tests.
"""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import libcst as cst

NO_TEST = frozenset({"fixture", "property", "cached_property", "overload"})
"""What carries one of these decorators is no test, whatever its name is."""


class Place(NamedTuple):
    """A test function: its file relative to the checkout, its dotted name, its number among those of the file."""

    path: str
    name: str
    number: int

    @property
    def nodeid(self) -> str:
        """As pytest calls it."""
        return f"{self.path}::{self.name.replace('.', '::')}"


def ablate(checkout: Path, files: Sequence[Path], seed: int, fraction: float) -> tuple[str, ...]:
    """Delete `fraction` of the test functions in `files`, which are edited in place.

    Args:
        checkout: What the names in the answer are relative to.
        files: The test files, in the order that the draw is made in.
        seed: Of the draw.
        fraction: Of all test functions, as far as that many can go without breaking another.

    Returns:
        The node ids of what was deleted, file by file, in the order of their lines.
    """
    chosen = choose(find(checkout, files), files, seed, fraction)
    delete(checkout, chosen)
    return tuple(test.nodeid for test in chosen)


def delete(checkout: Path, tests: Iterable[Place]) -> None:
    """Rewrite the files of these tests without them."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for test in tests:
        numbers[test.path].add(test.number)
    for path, gone in numbers.items():
        file = checkout / path
        file.write_bytes(without(file.read_bytes(), gone))


def find(checkout: Path, files: Iterable[Path]) -> list[Place]:
    """The test functions of `files`, in their order."""
    found = []
    for file in _trees(files):
        scan = _Scan()
        cst.parse_module(file.read_bytes()).visit(scan)
        path = file.relative_to(checkout).as_posix()
        found += [Place(path, name, number) for number, name in enumerate(scan.names)]
    return found


def choose(tests: Sequence[Place], files: Iterable[Path], seed: int, fraction: float) -> list[Place]:
    """The tests to delete, sorted: a random `fraction` of all, taken from those that nothing depends on."""
    trees = _trees(files).values()
    kept, overriding = set(_named(trees)), overrides(trees)
    drawn = random.Random(seed).sample(tests, len(tests))
    free = [test for test in drawn if test.name.split(".")[-1] not in kept and _method(test) not in overriding]
    return sorted(free[: round(len(tests) * fraction)], key=lambda test: (test.path, test.number))


def without(content: bytes, numbers: Collection[int]) -> bytes:
    """A test file's bytes less the test functions with these numbers.

    Raises:
        SyntaxError: What is left is no Python.
    """
    left = cst.parse_module(content).visit(_Scan(numbers)).bytes
    compile(left, "<ablated>", "exec", dont_inherit=True)
    return left


def overrides(trees: Iterable[ast.Module]) -> set[str]:
    """Each ``Class.method`` that has the name of a method inherited from a class of these files.

    Classes are told apart by their bare names, so there may be too many of them but not too few.
    """
    classes = _Classes()
    for tree in trees:
        classes.visit(tree)
    return {
        f"{name}.{method}"
        for name, methods in classes.methods.items()
        for method in methods & classes.inherited(name, frozenset({name}))
    }


def _trees(files: Iterable[Path]) -> dict[Path, ast.Module]:
    """Those of the files that are Python, in their order: a template of a test file is none."""
    trees = {}
    for file in files:
        with suppress(SyntaxError):
            trees[file] = ast.parse(file.read_bytes())
    return trees


class _Scan(cst.CSTTransformer):
    """Counts the tests of a file, and deletes those with the given numbers."""

    def __init__(self, gone: Collection[int] = ()) -> None:
        self._gone = gone
        self._around: list[cst.ClassDef] = []
        self.names: list[str] = []

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802 - libcst's name
        self._around.append(node)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:  # noqa: N802 - libcst's name
        del original_node
        self._around.pop()
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802 - libcst's name
        del node
        return False  # what is inside a function is no test

    def leave_FunctionDef(  # noqa: N802 - libcst's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.RemovalSentinel:
        if not self._is_test(original_node):
            return updated_node
        around = (node.name.value for node in self._around)
        self.names.append(".".join((*around, original_node.name.value)))
        return cst.RemoveFromParent() if len(self.names) - 1 in self._gone else updated_node

    def _is_test(self, node: cst.FunctionDef) -> bool:
        decorators = {_last_name(decorator.decorator) for decorator in node.decorators}
        is_named = node.name.value.startswith("test") and all(map(_holds_tests, self._around))
        return is_named and not decorators & NO_TEST


def _holds_tests(node: cst.ClassDef) -> bool:
    """Whether pytest collects from it: a test class, a unittest case, or a mixin of those."""
    words = [node.name.value, *(cst.Module([]).code_for_node(base.value) for base in node.bases)]
    return "test" in " ".join(words).lower()


def _last_name(node: cst.BaseExpression) -> str:
    """`fixture` of `@pytest.fixture(scope="module")`."""
    if isinstance(node, cst.Call):
        node = node.func
    if isinstance(node, cst.Attribute):
        node = node.attr
    return node.value if isinstance(node, cst.Name) else ""


def _method(test: Place) -> str:
    return ".".join(test.name.split(".")[-2:])


def _named(trees: Iterable[ast.Module]) -> Iterator[str]:
    """The names that code reads, calls or imports; a definition alone names nothing."""
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names)


class _Classes(ast.NodeVisitor):
    """The classes of all files together: their methods, their bases, and the names they are imported under."""

    def __init__(self) -> None:
        self.methods: dict[str, set[str]] = defaultdict(set)
        self._bases: dict[str, set[str]] = defaultdict(set)
        self._real: dict[str, str] = {}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._real.update((alias.asname, alias.name) for alias in node.names if alias.asname)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        functions = (item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef))
        self.methods[node.name].update(function.name for function in functions)
        self._bases[node.name].update(ast.unparse(base).split(".")[-1] for base in node.bases)
        self.generic_visit(node)

    def inherited(self, name: str, seen: frozenset[str]) -> set[str]:
        """The methods of all classes above."""
        bases = {self._real.get(base, base) for base in self._bases.get(name, ())} - seen
        above = [self.inherited(base, seen | {base}) | self.methods.get(base, set()) for base in bases]
        return set().union(*above)
