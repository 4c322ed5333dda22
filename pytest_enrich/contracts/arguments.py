"""The parameters of a documented function, and calls of it with one argument chosen."""

from __future__ import annotations

import ast
import doctest

from pytest_enrich.contracts.function import Documented
from pytest_enrich.source import docstring


def parameters(one: Documented) -> dict[str, str]:
    """Each that can be passed by position, with its annotation or documented type, "" for none; {} of a class."""
    if isinstance(one.node, ast.ClassDef):
        return {}
    documented = docstring.types(one.docstring)
    found = [*one.node.args.posonlyargs, *one.node.args.args]
    return {
        each.arg: ast.unparse(each.annotation) if each.annotation else documented.get(each.arg, "")
        for each in found
    }


def with_argument(one: Documented, name: str, value: str) -> str | None:
    """`⟨module:f⟩(value)`, with other arguments as an example has them; None where nothing is known."""
    assert isinstance(one.node, ast.FunctionDef)
    args = one.node.args
    found, plain = list(parameters(one)), len(args.posonlyargs) + len(args.args) - len(args.defaults)
    if name not in found or any(default is None for default in args.kw_defaults):
        return None
    at = found.index(name)
    needed = found[: max(plain, at + 1)]
    others = ["None"] * len(needed) if needed == [name] else _example(one, len(needed))
    if others is None:
        return None
    words = [*others[:at], value, *others[at + 1 :]]
    return f"⟨{one.module}:{one.name}⟩({', '.join(words)})"


def _example(one: Documented, count: int) -> list[str] | None:
    """The first arguments of an example in the docstring that has them all as literals."""
    try:
        examples = doctest.DocTestParser().get_examples(one.docstring)
        trees = [ast.parse(example.source) for example in examples if not example.exc_msg]
    except (ValueError, SyntaxError):
        return None
    for tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != one.name:
                continue
            if len(node.args) >= count and all(_is_literal(arg) for arg in node.args[:count]):
                return [ast.unparse(arg) for arg in node.args[:count]]
    return None


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True
