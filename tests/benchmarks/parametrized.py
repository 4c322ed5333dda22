"""Which functions the parametrized tests of a suite run or are on: where rows are possible."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path


def tests(files: Iterable[Path]) -> dict[str, frozenset[str]]:
    """The parametrized test functions, and the names in the code of each.

    Keys are as coverage has them: `test_cart.test_total`, `test_cart.Test.test`.
    """
    found: dict[str, frozenset[str]] = {}
    for file in files:
        with contextlib.suppress(SyntaxError):  # of templates, which are no tests
            found |= _parametrized(ast.parse(file.read_bytes()), file.stem)
    return found


def running(
    path: Path, qualname: str, contexts: Mapping[str, Iterable[str]], parametrized: Collection[str]
) -> frozenset[str]:
    """Those of the `parametrized` tests that run a line inside this function.

    Args:
        path: The source file, absolute.
        qualname: The function's; one that is not there, a module's "" for one, has no lines.
        contexts: For each line of the file, as text, the tests that run it.
        parametrized: As `tests` gives them.
    """
    lines = inside(ast.parse(path.read_bytes()), qualname)
    found = (_known(test, parametrized) for line in lines for test in contexts.get(str(line), ()))
    return frozenset(one for one in found if one)


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


def _parametrized(node: ast.AST, prefix: str) -> Iterator[tuple[str, frozenset[str]]]:
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.ClassDef):
            yield from _parametrized(inner, f"{prefix}.{inner.name}")
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and _is_parametrized(inner):
            yield f"{prefix}.{inner.name}", frozenset(_names(inner))


def _is_parametrized(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("parametrize" in ast.unparse(decorator) for decorator in node.decorator_list)


def _names(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name | ast.Attribute):
            yield inner.id if isinstance(inner, ast.Name) else inner.attr


def _known(context: str, names: Collection[str]) -> str:
    """The test that a context is about, "" for none of these."""
    words = context.split(".")
    return next((end for start in range(len(words)) if (end := ".".join(words[start:])) in names), "")
