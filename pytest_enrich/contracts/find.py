"""The promises of a source file, and those that the calls of a test are about."""

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
from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import expression, has_only_literals, last_name, nodes_of

_TELLING = 3
"""A shorter value stands in any docstring."""


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
    wanted = {function.name: function for function in functions if promised_result(function) and function.is_plain}
    calls = _calls(tests, wanted) if wanted else {}
    claims = [claim for function in functions for claim in _claims(function, calls.get(function.name, ()))]
    return functions, tuple(dict.fromkeys(claims))


def contradicted(code: str, functions: Iterable[Documented], claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The promises that the calls of a test are about: where one is broken, the test states the opposite of it."""
    tree, known = parsed(code), _plain_functions(functions)
    found: list[Claim] = []
    for call in nodes_of(ast.Call, tree) if tree is not None else ():
        found += _examples_of(call, claims)
        function = known.get(last_name(call.func))
        if function is not None and has_only_literals(call):
            action = _action(function, call)
            refusing = (claim for claim in claims if claim.qualname == function.qualname)
            found += return_claims(function, [action])
            found += (replace(claim, action=action) for claim in refusing if raises.meets(function, claim, call))
    return tuple(dict.fromkeys(found))


def sided(code: str, functions: Iterable[Documented]) -> tuple[Claim, ...]:
    """What a test expects of a call where one line of the docstring names both an argument and the value."""
    tree, known = parsed(code), _plain_functions(functions)
    asserts = nodes_of(ast.Assert, tree) if tree is not None else ()
    return tuple(claim for claim in (_sided(node.test, known) for node in asserts) if claim is not None)


def _sided(test: ast.expr, known: Mapping[str, Documented]) -> Claim | None:
    match test:
        case ast.Compare(ast.Call() as call, [ast.Eq()], [ast.Constant(value) as expected]):
            function = known.get(last_name(call.func))
            if function is None or not has_only_literals(call) or len(str(value)) <= _TELLING:
                return None
            for at, line in enumerate(function.lines):
                if _says(line, expected) and any(_says(line, argument) for argument in call.args):
                    action = _action(function, call)
                    return function.claim("value", at, action=action, expected=ast.unparse(expected))
    return None


def _says(line: str, value: ast.expr) -> bool:
    """Whether a literal stands in the line as a word of its own."""
    text = str(value.value) if isinstance(value, ast.Constant) else ast.unparse(value)
    return bool(text) and re.search(rf"(?<![\w.-]){re.escape(text)}(?![\w-]|\.\d)", line) is not None


def _plain_functions(functions: Iterable[Documented]) -> dict[str, Documented]:
    return {function.name: function for function in functions if function.is_plain}


def _examples_of(call: ast.Call, claims: Iterable[Claim]) -> Iterator[Claim]:
    """Examples that have the same call."""
    text = ast.unparse(call)
    for claim in claims:
        if claim.promise == "example" and not claim.setup:
            action = expression(plain(claim.action))
            if action is not None and ast.unparse(action) == text:
                yield claim


def _action(function: Documented, call: ast.Call) -> Template:
    """A call of the function with the same arguments."""
    return f"⟨{function.module}:{function.name}⟩{ast.unparse(call)[len(ast.unparse(call.func)) :]}"


def _claims(function: Documented, calls: Iterable[Template]) -> Iterator[Claim]:
    examples = list(example.claims(function))
    yield from examples
    yield from raises.claims(function)
    shown = [claim.action for claim in examples if not claim.setup and claim.promise == "example"]
    yield from return_claims(function, [*(action for action in shown if _is_call(function, action)), *calls])


def _is_call(function: Documented, action: Template) -> bool:
    """Whether it is a call of the function and nothing else: what is compared with it has another type."""
    node = expression(plain(action))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name


def _calls(tests: Iterable[str], wanted: Mapping[str, Documented]) -> dict[str, list[Template]]:
    """Calls of these functions with nothing but literals, by name."""
    found: dict[str, list[Template]] = {}
    for text in tests:
        tree = parsed(text) if any(name in text for name in wanted) else None
        for call in nodes_of(ast.Call, tree) if tree is not None else ():
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name in wanted and has_only_literals(call):
                found.setdefault(name, []).append(_action(wanted[name], call))
    return found
