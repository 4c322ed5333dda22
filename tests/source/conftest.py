from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable

import pytest

from pytest_enrich import gaps, source
from pytest_enrich.data import Gap, Target

Contexts = dict[int, tuple[str, ...]]


def statement_lines(text: str) -> tuple[int, ...]:
    return tuple(sorted({node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)}))


def gap_at(qualname: str, line: int, text: str, outcome: str = "true") -> Gap:
    return Gap(id=f"m-{line:08}", path="m.py", qualname=qualname, line=line, outcome=outcome, text=text)


@pytest.fixture
def locate() -> Callable[..., tuple[Target, ...]]:
    """The targets of a text for gaps at (qualname, the statement's text)."""

    def located(
        text: str,
        *places: tuple[str, str],
        suite: source.Suite | None = None,
        contexts: Contexts | None = None,
        path: str = "shop/cart.py",
    ) -> tuple[Target, ...]:
        text = textwrap.dedent(text)
        rows = [line.strip() for line in text.splitlines()]
        found = [gap_at(qualname, rows.index(words) + 1, words) for qualname, words in places]
        file = gaps.FileCoverage(
            path=path, statements=statement_lines(text), missing_lines=(), contexts=contexts or {}
        )
        return source.locate(file, text, found, suite or source.Suite())

    return located


@pytest.fixture
def target(locate) -> Callable[..., Target]:
    """The only target of such a text."""

    def only(*args: object, **named: object) -> Target:
        (found,) = locate(*args, **named)
        return found

    return only
