"""Tests that state what a docstring denies: what they call is put to the test of its promises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from pytest_enrich.contracts import raises, returns
from pytest_enrich.contracts.claim import Claim
from pytest_enrich.contracts.function import Documented
from pytest_enrich.contracts.write import plain

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
        if one is not None and _is_literal(call):
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
    one = known.get(_name(call)) if isinstance(call, ast.Call) and _is_literal(call) else None
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
    yield from returns.claims(one, [action])
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


def _is_literal(call: ast.Call) -> bool:
    try:
        for value in (*call.args, *(one.value for one in call.keywords)):
            ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return all(one.arg for one in call.keywords) and "⟨" not in ast.unparse(call)
