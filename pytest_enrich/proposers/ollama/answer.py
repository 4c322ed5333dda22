"""What is in a reply: JSON or Python, out of whatever a model writes round it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from pytest_enrich.imports import only_statement, parsed
from pytest_enrich.proposers.ollama.value import literal_value

_FENCE = re.compile(r"```[ \t]*[\w+-]*[ \t]*\r?\n(.*?)(?:```|\Z)", re.DOTALL)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_MOST = 40
_LONGEST = 800


def inputs(text: str) -> tuple[dict[str, Any], ...]:
    """The inputs in a reply, whole ones only: one that was cut off in the middle gives those before the cut."""
    for part in _parts(text):
        found = [one for one in _objects(part) if isinstance(one, dict)]
        listed = [one for whole in found for one in _listed(whole)]
        if listed:
            return tuple(_distinct(listed))[:_MOST]
    return ()


def tests(text: str) -> tuple[str, ...]:
    """The sources of the test functions in a reply, with the imports that stand inside them; no more."""
    for part in _parts(text):
        tree = _parsed(part)
        found = [one for one in _functions(tree) if one.name.startswith("test")] if tree else []
        if found:
            return tuple(ast.unparse(one) + "\n" for one in found)
    return ()


def rows(text: str) -> tuple[tuple[str, ...], ...]:
    """The cases that go on a list, each as the source of its values; "" for a value that is no literal.

    What comes after the list is left, and a case that was cut off.
    """
    plain = _THOUGHT.sub("", text).strip().strip(",")[:_LONGEST]
    ends = (len(plain), *(at for at in range(len(plain) - 1, 0, -1) if plain[at] in "),\n]"))
    lists = (_listed_in(plain[:end]) for end in ends)
    found = next((one for one in lists if one), [])
    return tuple(tuple(_literal(value) for value in _cells(one)) for one in found)[:_MOST]


def _listed_in(text: str) -> list[ast.expr]:
    """The elements that a text lists."""
    only = only_statement(f"[{text}\n]")
    value = only.value if isinstance(only, ast.Expr) else None
    return value.elts if isinstance(value, ast.List) else []


def _cells(case: ast.expr) -> list[ast.expr]:
    if isinstance(case, ast.Call):
        return case.args if ast.unparse(case.func).endswith("param") else [case]
    return case.elts if isinstance(case, ast.Tuple | ast.List) else [case]


def _literal(node: ast.expr) -> str:
    text = ast.unparse(node) if literal_value(node) else ""
    return "" if set("⟨⟩") & set(text) else text


def _parts(text: str) -> Iterator[str]:
    """What may hold the answer: each fenced block, then the whole without thoughts."""
    plain = _THOUGHT.sub("", text)
    yield from (match[1] for match in _FENCE.finditer(plain))
    yield plain


def _objects(text: str) -> Iterator[Any]:
    """The JSON objects in a text; of one that was cut off, the whole ones inside."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at = text.find("{", at + 1)
            continue
        yield found
        at = text.find("{", end)


def _listed(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The inputs in an object: its list of them, or it is one itself."""
    listed = whole.get("inputs")
    if isinstance(listed, list):
        return [one for one in listed if isinstance(one, dict)]
    return [whole] if whole and "inputs" not in whole else []


def _distinct(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each once: a model repeats itself."""
    seen = set()
    for one in found:
        told = json.dumps(one, sort_keys=True)
        if told not in seen:
            seen.add(told)
            yield one


def _parsed(text: str) -> ast.Module | None:
    """The text as Python; when it breaks off, what stands before the last function."""
    lines = text.strip().splitlines()
    starts = [index for index, line in enumerate(lines) if re.match(r"(async )?def |@|class ", line)]
    trees = (parsed("\n".join(lines[:end])) for end in (len(lines), *reversed(starts[1:])))
    return next((tree for tree in trees if tree is not None), None)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from (one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
