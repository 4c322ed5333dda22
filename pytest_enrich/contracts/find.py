"""All promises of a source file that can be put to the test."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from pytest_enrich.contracts import example, raises, returns
from pytest_enrich.contracts.claim import Claim
from pytest_enrich.contracts.function import Documented, read
from pytest_enrich.contracts.write import plain
from pytest_enrich.data import Template


def find(
    path: str, module: str, text: str, tests: Iterable[str] = ()
) -> tuple[tuple[Documented, ...], tuple[Claim, ...]]:
    """The documented functions of a source file, and what they promise.

    Args:
        path: Of the file, relative to rootdir.
        module: The name that it is imported by.
        text: What is in it.
        tests: Texts of test files: their calls with literals are inputs that people care about.
    """
    functions = read(path, module, text)
    wanted = {one.name: one for one in functions if returns.promised(one) and one.is_plain}
    calls = _calls(tests, wanted) if wanted else {}
    claims = [claim for one in functions for claim in _claims(one, calls.get(one.name, ()))]
    return functions, tuple(dict.fromkeys(claims))


def _claims(one: Documented, calls: Iterable[str]) -> Iterator[Claim]:
    found = list(example.claims(one))
    yield from found
    yield from raises.claims(one)
    shown = [claim.action for claim in found if not claim.setup and claim.promise == "example"]
    yield from returns.claims(one, [*(action for action in shown if _is_call(one, action)), *calls])


def _is_call(one: Documented, action: Template) -> bool:
    """Whether it is a call of the function and nothing else: what is compared with it has another type."""
    try:
        tree = ast.parse(plain(action), mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == one.name


def _calls(tests: Iterable[str], wanted: Mapping[str, Documented]) -> dict[str, list[str]]:
    """Calls of these functions with nothing but literals, by name."""
    found: dict[str, list[str]] = {}
    for text in tests:
        if not any(name in text for name in wanted):
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in wanted and _is_literal(node):
                call = ast.unparse(node)[len(name) :]
                found.setdefault(name, []).append(f"⟨{wanted[name].module}:{name}⟩{call}")
    return found


def _is_literal(node: ast.AST) -> bool:
    assert isinstance(node, ast.Call)
    values = [*node.args, *(keyword.value for keyword in node.keywords)]
    try:
        for value in values:
            ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return all(keyword.arg for keyword in node.keywords) and "⟨" not in ast.unparse(node)
