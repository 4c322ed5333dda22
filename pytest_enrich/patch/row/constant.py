"""Names of a test file that stand for a value: where they get it, and who uses them."""

from __future__ import annotations

import libcst as cst
from libcst import matchers


def assigned(place: cst.Module | cst.ClassDef, name: str) -> cst.BaseExpression | None:
    """What the one assignment to `name` directly in `place` gives it; None when there is none or several."""
    body = place.body if isinstance(place, cst.Module) else place.body.body
    lines = [line.body for line in body if isinstance(line, cst.SimpleStatementLine)]
    found = [value for line in lines for one in line if (value := _value(one, name)) is not None]
    return found[0] if len(found) == 1 else None


def uses(node: cst.CSTNode, name: str) -> int:
    """How often `name` is written in `node`."""
    return len(matchers.findall(node, matchers.Name(name)))


def _value(node: cst.CSTNode, name: str) -> cst.BaseExpression | None:
    """The value that a statement gives to just this name."""
    targets: list[cst.BaseExpression] = []
    if isinstance(node, cst.Assign):
        targets = [one.target for one in node.targets]
    elif isinstance(node, cst.AnnAssign):
        targets = [node.target]
    named = len(targets) == 1 and isinstance(targets[0], cst.Name) and targets[0].value == name
    return node.value if named and isinstance(node, cst.Assign | cst.AnnAssign) else None
