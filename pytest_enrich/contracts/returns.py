"""The documented type of what a function returns, where it is one plain type and nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from pytest_enrich.contracts.claim import Claim
from pytest_enrich.contracts.function import Documented

TYPES = {"str": "str", "string": "str", "int": "int", "integer": "int", "bool": "bool", "boolean": "bool"}
TYPES |= {name: name for name in ("bytes", "list", "dict", "tuple", "set", "float")}

_SPHINX = re.compile(r"^:rtype:\s*`{0,2}(?P<type>\w+)`{0,2}\.?$")
_ONE_LINE = re.compile(r"^Returns?:\s*`{0,2}(?P<type>\w+)`{0,2}(?:\s*[:.].*)?$")
_LISTED = re.compile(r"^`{0,2}(?P<type>\w+)`{0,2}(?::\s.*|\.)?$")
_NAMED = re.compile(r"^\w+\s*:\s*`{0,2}(?P<type>\w+)`{0,2}$")
_MOST = 12
"""Calls of one function that are tried."""


def claims(one: Documented, calls: Iterable[str]) -> Iterator[Claim]:
    """That each of these calls (templates) returns what the docstring says."""
    said = promised(one)
    if said is None or not one.is_plain:
        return
    at, count, name = said
    for call in list(dict.fromkeys(calls))[:_MOST]:
        yield one.claim("returns", at, count, action=call, expected=name)


def promised(one: Documented) -> tuple[int, int, str] | None:
    """The place in the docstring, on how many lines, and the type; None where anything else is thinkable."""
    returns = getattr(one.node, "returns", None)
    written = ast.unparse(returns) if returns else ""
    if re.search(r"\b(None|optional|nothing)\b", one.docstring + written, re.IGNORECASE) or "|" in written:
        return None
    found = [said for at in range(len(one.lines)) if (said := _at(one.lines, at)) is not None]
    return found[0] if len({name for _, _, name in found}) == 1 else None


def _at(lines: tuple[str, ...], at: int) -> tuple[int, int, str] | None:
    line = lines[at].strip()
    if found := _SPHINX.match(line) or _ONE_LINE.match(line):
        return _named(at, 1, found["type"])
    heading, count = line.lower() in {"returns", "returns:"}, 2
    if heading and at + 1 < len(lines) and set(lines[at + 1].strip()) == {"-"}:
        count = 3
    if not heading or at + count > len(lines):
        return None
    below = lines[at + count - 1].strip()
    listed = [found["type"] for found in (_LISTED.match(below), _NAMED.match(below)) if found]
    return next((said for name in listed if (said := _named(at, count, name)) is not None), None)


def _named(at: int, count: int, name: str) -> tuple[int, int, str] | None:
    return (at, count, TYPES[name]) if name in TYPES else None
