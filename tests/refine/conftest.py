from __future__ import annotations

import ast
import textwrap

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Oracle


@pytest.fixture
def test_of(fakes):
    """A candidate with this code; its oracle speaks of each assertion, the first is to be looked at."""

    def test_of(code, imports=(), *, reduced=False, **changes):
        text = textwrap.dedent(code).lstrip("\n")
        body = ast.parse(text).body[0].body
        lines = [node.lineno for node in body if isinstance(node, ast.Assert | ast.With)]
        oracle = tuple(
            Oracle(line=line, what=f"value {at}", source="observed", look=at == 0) for at, line in enumerate(lines)
        )
        plain = fakes.candidate(text)
        origin = replace(plain.origin, reduced=reduced)
        return replace(plain, oracle=oracle, imports=tuple(imports), origin=origin, **changes)

    return test_of


def _body(candidate):
    return [line.strip() for line in candidate.code.splitlines()[1:]]


@pytest.fixture
def body():
    """The lines below the `def`, without indentation."""
    return _body
