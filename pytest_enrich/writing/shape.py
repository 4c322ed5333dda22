"""The shape of statements: statements of one shape are variants that say the same about different values."""

from __future__ import annotations

import ast

from pytest_enrich.writing.syntax import Function, is_literal, plain

VALUE = "_"


def shapes(code: str) -> tuple[str, ...]:
    """The shape of each statement (for a single function, of its body); none if the code is not Python."""
    try:
        statements = ast.parse(plain(code)).body
    except (SyntaxError, ValueError):
        return ()
    if len(statements) == 1 and isinstance(statements[0], Function):
        statements = statements[0].body
    return tuple(_shape(node, is_outer=True) for node in statements)


def _shape(node: ast.AST, *, is_outer: bool) -> str:
    """A node without its values; inner calls, which only make values, are without their arguments."""
    if isinstance(node, ast.expr) and is_literal(node):
        return VALUE
    if isinstance(node, ast.Call):
        given = [
            *(_shape(argument, is_outer=False) for argument in node.args),
            *(_keyword(keyword) for keyword in node.keywords),
        ]
        return f"{_shape(node.func, is_outer=False)}({', '.join(given) if is_outer else ''})"
    if isinstance(node, ast.Name | ast.Attribute):
        return (
            ast.unparse(node)
            if isinstance(node, ast.Name)
            else f"{_shape(node.value, is_outer=False)}.{node.attr}"
        )
    is_around = is_outer and isinstance(node, ast.stmt | ast.Compare | ast.withitem | ast.UnaryOp | ast.Await)
    parts = [_shape(child, is_outer=is_around) for child in ast.iter_child_nodes(node)]
    if isinstance(node, ast.Compare):  # what is compared is on the left
        signs = (type(sign).__name__ for sign in node.ops)
        parts = [
            _shape(node.left, is_outer=is_around),
            *signs,
            *(_shape(side, is_outer=False) for side in node.comparators),
        ]
    return f"{type(node).__name__}[{' '.join(parts)}]"


def _keyword(given: ast.keyword) -> str:
    return f"{given.arg}={_shape(given.value, is_outer=False)}"
