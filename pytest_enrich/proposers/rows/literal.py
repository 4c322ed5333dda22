"""What is written with literals alone, and what is one expression at all."""

from __future__ import annotations

import ast
import re

from pytest_enrich.data import Template

NAME = re.compile(r"⟨[\w.]+:([\w.]+)⟩")


def is_literal(node: ast.expr) -> bool:
    """Whether a node is written with literals alone."""
    if isinstance(node, ast.Constant):
        return node.value is not ...
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return isinstance(node.operand, ast.Constant)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(is_literal(one) for one in node.elts)
    if isinstance(node, ast.Dict):
        return all(one is not None and is_literal(one) for one in (*node.keys, *node.values))
    return False


def is_expression(template: Template) -> bool:
    """Whether a template is one expression and nothing more."""
    plain = NAME.sub(r"\1", template)
    try:
        ast.parse(f"({plain}\n)", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
