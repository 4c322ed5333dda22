"""How the tests of a file await: as coroutines of their own, with whatever decorator runs them there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

from pytest_enrich.data import Finding, Placement

Decorators: TypeAlias = tuple[str, ...]
AWAITED = {"await", "async list"}


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def decorators(text: str, placement: Placement) -> Decorators | None:
    """What most coroutine tests beside which a new one goes are decorated with; None where there are none.

    Args:
        text: Of the test file.
        placement: Where the new test goes.
    """
    try:
        body = _scope(ast.parse(text).body, re.split(r"::|\.", placement.owner) if placement.owner else [])
    except (SyntaxError, ValueError, RecursionError):
        return None
    tests = [one for one in body if isinstance(one, ast.AsyncFunctionDef) and one.name.startswith("test")]
    kinds = Counter(tuple(_plain(one)) for one in tests)
    return kinds.most_common(1)[0][0] if kinds else None


def is_awaited(finding: Finding) -> bool:
    """Whether what the call gave has to be awaited."""
    return finding.consume in AWAITED


def _scope(body: Sequence[ast.stmt], owners: Sequence[str]) -> Sequence[ast.stmt]:
    for owner in owners:
        body = next((one.body for one in body if isinstance(one, ast.ClassDef) and one.name == owner), [])
    return body


def _plain(test: ast.AsyncFunctionDef) -> Iterator[str]:
    """Its decorators, without those that give it cases."""
    texts = (ast.unparse(one) for one in test.decorator_list)
    return (text for text in texts if "parametrize" not in text)
