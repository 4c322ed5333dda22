"""What is written with literals alone."""

from __future__ import annotations

import ast


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
