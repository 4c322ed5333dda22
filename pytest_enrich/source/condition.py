"""The decisions on the way to a statement."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pytest_enrich.data.code import Condition
from pytest_enrich.gaps.flow import Step
from pytest_enrich.gaps.outline import Loop, Node, ways
from pytest_enrich.source.module import Module


def conditions(module: Module, node: Node) -> tuple[Condition, ...]:
    """What must have happened in its function for control to come to `node`, outermost first.

    An early ``if x: return`` before it counts: x was false. What happens at `node` itself is not among them.
    """
    return tuple(_condition(module, step) for step in steps(module, node) if not _constant(step))


def steps(module: Module, node: Node) -> list[Step]:
    """The same as steps of the syntax tree."""
    scope = module.scope(node)
    return [] if node is module.tree else _inside(module, scope, node)


def _entering(above: Node, node: Node) -> list[Step]:
    """The outcome of `above` that leads into the block that `node` is in."""
    if isinstance(above, (ast.If, *Loop)):
        into, past = ways(above)
        return [(above, into if node in above.body else past)]
    if isinstance(above, ast.ExceptHandler):
        return [(above, "raises")]
    if isinstance(above, ast.match_case):
        return [(above, "matches")]
    if isinstance(above, ast.Match):
        return [(case, "no match") for case in above.cases[: above.cases.index(node)]]  # type: ignore[arg-type]
    return []


def _before(module: Module, above: Node, node: Node) -> list[Step]:
    """The steps that lead past the statements before `node` in its block."""
    found: list[Step] = []
    for one in _block(above, node):
        past = module.past[one]
        if isinstance(past, tuple):
            found += [*_inside(module, one, past[0]), past]
    return found


def _block(above: Node, node: Node) -> Sequence[Node]:
    """What stands before `node` in its block; a `try`'s body stands before its `else`."""
    for name in ("body", "orelse", "finalbody"):
        block: Sequence[Node] = getattr(above, name, ())
        if node in block:
            return block[: block.index(node)]
    return ()


def _inside(module: Module, outer: Node, node: Node) -> list[Step]:
    """The steps from `outer` to `node`, which is it or in it."""
    found: list[Step] = []
    while node is not outer:
        above = module.above[node]
        found = [*_entering(above, node), *_before(module, above, node), *found]
        node = above
    return found


def _condition(module: Module, step: Step) -> Condition:
    site = module.outline.statements[step[0]]
    return Condition(line=site.line, text=site.text, outcome=step[1])


def _constant(step: Step) -> bool:
    """Whether it is no decision, as in ``while True:``."""
    return isinstance(step[0], (ast.If, ast.While)) and isinstance(step[0].test, ast.Constant)
