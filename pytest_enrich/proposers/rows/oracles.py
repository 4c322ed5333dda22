"""Where the expected values of a test come from that is made of another one."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from pytest_enrich.data import Oracle, Template
from pytest_enrich.proposers.rows.names import last
from pytest_enrich.proposers.search import body

RAISES = "raises"
"""What is seen begins so where it is an exception."""
ASSERTION = re.compile(r"\s*(assert\b|[\w.]*\bassert_?\w*\(|(async )?with\b.*\b(raises|assertRaises\w*)\()")


def asserts(code: str) -> bool:
    """Whether it says anything that can fail."""
    nodes = list(ast.walk(ast.parse(code)))
    called = (one.func for one in nodes if isinstance(one, ast.Call))
    names = list(map(last, called))
    said = any(name in {"raises", "warns"} or name.startswith("assert") for name in names)
    return said or any(isinstance(one, ast.Assert) for one in nodes)


def of(code: str, values: Sequence[tuple[str, Template]]) -> tuple[Oracle, ...]:
    """Where the expected values come from: by the lines of the assertions, in their order."""
    numbered = enumerate(code.splitlines(), 1)
    lines = [at for at, line in numbered if ASSERTION.match(line)]
    if not values:
        return (Oracle(line=(lines or [1])[0], what="what the test asserts", source="property", look=True),)
    pairs = zip([*lines, *[1] * len(values)], values, strict=False)
    return tuple(
        Oracle(
            line=line,
            what=body.shown(value),
            source="raises" if done.startswith(RAISES) else "observed",
            look=at == 0,
        )
        for at, (line, (done, value)) in enumerate(pairs)
    )
