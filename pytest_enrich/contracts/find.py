"""Tests that state what a docstring denies: what they call is put to the test of its promises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from pytest_enrich.contracts import example, raises
from pytest_enrich.contracts.function import Claim, Documented, read
from pytest_enrich.contracts.raises import promised_result, return_claims
from pytest_enrich.contracts.write import plain
from pytest_enrich.data import Template

_TELLING = 3
"""A shorter value stands in any docstring."""


def contradicted(code: str, functions: Iterable[Documented], claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The promises that the calls of a test are about: where one is broken, the test states the opposite of it."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    known = {one.name: one for one in functions if one.is_plain}
    found = [claim for call in calls for claim in _shown(call, claims)]
    for call in calls:
        one = known.get(_name(call))
        if one is not None and _is_pinned_literal(call):
            found += _about(one, call, claims)
    return tuple(dict.fromkeys(found))


def sided(code: str, functions: Iterable[Documented]) -> tuple[Claim, ...]:
    """What a test expects of a call where one line of the docstring names both an argument and the value."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    known = {one.name: one for one in functions if one.is_plain}
    found = [_sided(node.test, known) for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    return tuple(claim for claim in found if claim is not None)


def _sided(test: ast.expr, known: Mapping[str, Documented]) -> Claim | None:
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return None
    call, expected = test.left, test.comparators[0]
    one = known.get(_name(call)) if isinstance(call, ast.Call) and _is_pinned_literal(call) else None
    if one is None or not isinstance(call, ast.Call) or not isinstance(expected, ast.Constant):
        return None
    if len(str(expected.value)) <= _TELLING:
        return None
    for at, line in enumerate(one.lines):
        if _says(line, expected) and any(_says(line, arg) for arg in call.args):
            return one.claim(
                "value",
                at,
                action=f"⟨{one.module}:{one.name}⟩({', '.join(_arguments(call))})",
                expected=ast.unparse(expected),
            )
    return None


def _says(line: str, value: ast.expr) -> bool:
    """Whether a literal stands in the line as a word of its own."""
    text = str(value.value) if isinstance(value, ast.Constant) else ast.unparse(value)
    return bool(text) and re.search(rf"(?<![\w.-]){re.escape(text)}(?![\w-]|\.\d)", line) is not None


def _shown(call: ast.Call, claims: Iterable[Claim]) -> Iterator[Claim]:
    """Examples that have the same call."""
    text = ast.unparse(call)
    for claim in claims:
        if claim.promise == "example" and not claim.setup and _plain(claim) == text:
            yield claim


def _about(one: Documented, call: ast.Call, claims: Iterable[Claim]) -> Iterator[Claim]:
    action = f"⟨{one.module}:{one.name}⟩({', '.join(_arguments(call))})"
    yield from return_claims(one, [action])
    for claim in claims:
        if claim.qualname == one.qualname and raises.meets(one, claim, call):
            yield replace(claim, action=action)


def _plain(claim: Claim) -> str:
    try:
        return ast.unparse(ast.parse(plain(claim.action), mode="eval").body)
    except SyntaxError:
        return ""


def _name(call: ast.Call) -> str:
    func = call.func
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def _arguments(call: ast.Call) -> list[str]:
    return [*map(ast.unparse, call.args), *(f"{one.arg}={ast.unparse(one.value)}" for one in call.keywords)]


def _is_pinned_literal(call: ast.Call) -> bool:
    try:
        for value in (*call.args, *(one.value for one in call.keywords)):
            ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return all(one.arg for one in call.keywords) and "⟨" not in ast.unparse(call)


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
    wanted = {one.name: one for one in functions if promised_result(one) and one.is_plain}
    calls = _calls(tests, wanted) if wanted else {}
    claims = [claim for one in functions for claim in _claims(one, calls.get(one.name, ()))]
    return functions, tuple(dict.fromkeys(claims))


def _claims(one: Documented, calls: Iterable[str]) -> Iterator[Claim]:
    found = list(example.claims(one))
    yield from found
    yield from raises.claims(one)
    shown = [claim.action for claim in found if not claim.setup and claim.promise == "example"]
    yield from return_claims(one, [*(action for action in shown if _is_call(one, action)), *calls])


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
