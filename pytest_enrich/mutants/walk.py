"""Which statements a text has, and which expressions run as part of each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, TypeAlias

from msgspec import Struct

from pytest_enrich.gaps.outline import children, first_row, is_docstring

Role: TypeAlias = Literal["", "test", "default", "annotation"]
"""What an expression is to its parent."""

_BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)
# What is inside strings has no place of its own before Python 3.12, and annotations and decorators run once.
_CLOSED = (ast.JoinedStr, getattr(ast, "TemplateStr", ast.JoinedStr))
_PASSED_OVER = {"annotation", "returns", "decorator_list", "type_params", "type_comment"}
_DEFAULTS = {"defaults", "kw_defaults"}


class Site(Struct, frozen=True, eq=False):
    """A statement, handler or case, and the line that coverage counts it as."""

    node: ast.AST
    line: int


def sites(tree: ast.Module) -> Iterator[Site]:
    """All statements in the order of the text, docstrings left out."""
    waiting = list(children(tree))[::-1]
    while waiting:
        node = waiting.pop()
        if not is_docstring(node):
            line = node.lineno if isinstance(node, (ast.stmt, ast.excepthandler)) else first_row(node)
            yield Site(node, line)
        waiting += list(children(node))[::-1]


def expressions(node: ast.AST) -> Iterator[tuple[ast.AST, Role]]:
    """The expressions of a statement's own header or line, outer ones first."""
    for name, value in ast.iter_fields(node):
        if name in _PASSED_OVER:
            continue
        role: Role = "test" if name in {"test", "ifs", "guard"} else "default" if name in _DEFAULTS else ""
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, _BLOCKS):
                yield child, role
                if not isinstance(child, _CLOSED):
                    yield from expressions(child)
