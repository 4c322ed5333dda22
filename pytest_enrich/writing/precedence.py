"""Expressions as parts of others: in parentheses where they would otherwise mean something else."""

from __future__ import annotations

import ast
import re

from pytest_enrich.data import Template

_NAME = re.compile(r"⟨[^⟨⟩]*⟩")
_TRUTHS = {"True", "False"}
_CONDITIONS = (ast.Compare, ast.BoolOp)
_LOOSE = (*_CONDITIONS, ast.IfExp, ast.Lambda, ast.NamedExpr, ast.Yield, ast.YieldFrom)
"""What binds no closer than a comparison does."""
_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)
_CLOSE = (ast.Call, ast.Subscript, ast.Attribute, ast.Name, *_DISPLAYS)


def relation(left: Template, sign: str, right: Template) -> Template:
    """What is true when both sides, whatever they are, stand in a relation (`==`, `is`, `in`, `<=`, ...).

    Of a condition nobody says that it `is True`: it is stated itself, or denied.
    """
    if sign == "is" and right in _TRUTHS and _is_condition(left):
        return left if right == "True" else denied(left)
    return f"{side(left)} {sign} {side(right)}"


def denied(code: Template) -> Template:
    """What is true when `code` is not."""
    return f"not {side(code)}"


def side(code: Template) -> Template:
    """`code` as one side of a comparison, or behind a `not`."""
    return f"({code})" if "\n" in code or _binds_loosely(code) else code


def owner(code: Template) -> Template:
    """`code` as what an attribute, an item or a call is taken of."""
    node = _parsed(code)
    return code if node is None or isinstance(node, _CLOSE) or node.col_offset else f"({code})"


def within(code: Template, before: str, after: str) -> Template:
    """`code` in the place of a name, between these texts: as it is where it stands by itself."""
    is_apart = before.rstrip()[-1:] in {"", *"([{,="} and after.lstrip()[:1] in {"", *")]},"}
    return code if is_apart else owner(code)


def _is_condition(code: Template) -> bool:
    node = _parsed(code)
    return isinstance(node, _CONDITIONS) or _is_denial(node)


def _binds_loosely(code: Template) -> bool:
    node = _parsed(code)
    if node is None or node.col_offset:  # what stands in parentheses begins behind the first one
        return False
    is_bare = isinstance(node, ast.Tuple) and bool(node.elts) and node.elts[0].col_offset == 0
    return isinstance(node, _LOOSE) or _is_denial(node) or is_bare


def _is_denial(node: ast.expr | None) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _parsed(code: Template) -> ast.expr | None:
    """The syntax tree; None of what is no expression."""
    try:
        return ast.parse(_NAME.sub("_", code.strip()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
