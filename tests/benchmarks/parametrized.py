"""Which functions the parametrized tests of a suite run: where a new row is possible at all."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path


def tests(files: Iterable[Path]) -> frozenset[str]:
    """The parametrized test functions, as coverage names them: `test_cart.test_total`, `test_cart.Test.test`."""
    return frozenset(name for file in files for name in _parametrized(ast.parse(file.read_bytes()), file.stem))


def is_run(path: Path, qualname: str, contexts: Mapping[str, Iterable[str]], parametrized: frozenset[str]) -> bool:
    """Whether one of the `parametrized` tests runs a line inside this function.

    Args:
        path: The source file, absolute.
        qualname: The function's; one that is not there, a module's "" for one, has no lines.
        contexts: For each line of the file, as text, the tests that run it.
        parametrized: As `tests` gives them.
    """
    lines = inside(ast.parse(path.read_bytes()), qualname)
    return any(_ends(test, parametrized) for line in lines for test in contexts.get(str(line), ()))


def called(path: Path, code: str) -> frozenset[str]:
    """The functions of a source file's top level that a test's code names.

    What an attribute is taken of is none: in `parse.findall(...)`, `parse` is a module that has a function of its
    own name.
    """
    functions = {node.name for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.FunctionDef)}
    nodes = list(ast.walk(ast.parse(code)))
    owners = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    named = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in owners}
    return frozenset(functions & (named | {node.attr for node in nodes if isinstance(node, ast.Attribute)}))


def inside(tree: ast.Module, qualname: str) -> range:
    """The lines of a function's body; importing the module runs none of them."""
    node: ast.AST = tree
    for name in qualname.split("."):
        found = [inner for inner in ast.walk(node) if getattr(inner, "name", None) == name and inner is not node]
        if not found:
            return range(0)
        node = found[0]
    body: list[ast.stmt] = getattr(node, "body", [])
    return range(body[0].lineno, (body[-1].end_lineno or body[-1].lineno) + 1) if body else range(0)


def _parametrized(node: ast.AST, prefix: str) -> Iterator[str]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.ClassDef):
            yield from _parametrized(inner, f"{prefix}.{inner.name}")
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and _is_parametrized(inner):
            yield f"{prefix}.{inner.name}"


def _is_parametrized(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("parametrize" in ast.unparse(decorator) for decorator in node.decorator_list)


def _ends(context: str, names: frozenset[str]) -> bool:
    words = context.split(".")
    return any(".".join(words[start:]) in names for start in range(len(words)))
