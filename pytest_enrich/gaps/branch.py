"""Which outcome of which decision a branch in coverage's numbering is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from pytest_enrich.data.code import Branch, Outcome
from pytest_enrich.gaps.flow import Step
from pytest_enrich.gaps.outline import Loop, Node, Outline, Scope, children, first_row, last_row

_INSIDE: dict[type[Node], Outcome] = {
    ast.For: "iterates",
    ast.AsyncFor: "iterates",
    ast.match_case: "matches",
    ast.ExceptHandler: "raises",
}
_PAST: dict[type[Node], Outcome] = {
    ast.For: "skips",
    ast.AsyncFor: "skips",
    ast.match_case: "no match",
    ast.ExceptHandler: "no match",
}
_LEAVES = -1


class Branches:
    """Explains the branches of one text."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._after = dict(_neighbours(outline))

    def step(self, branch: Branch) -> Step:
        """The decision that a branch starts from and the outcome that it is."""
        node = self._outline.at.get(branch[0]) or self._nearest(branch[0])
        if next(children(node), None) is None:
            return (node, "iterates" if branch[1] < 0 and _comprehends(node) else "entered")
        if isinstance(node, Scope):
            return (node, "entered")
        inside = self._inside(node, branch[1])
        return (node, _INSIDE.get(type(node), "true") if inside else _PAST.get(type(node), "false"))

    def _nearest(self, line: int) -> Node:
        before = [known for known in self._outline.at if known <= line]
        return self._outline.at[max(before) if before else min(self._outline.at)]

    def _inside(self, node: Node, line: int) -> bool:
        body: Sequence[Node] = [*getattr(node, "body", ()), *getattr(node, "cases", ())]
        first = self._outline.text.first
        if first(first_row(body[0])) == first(self._outline.statements[node].line):
            return self._follows(node) != max(line, _LEAVES)
        return first(first_row(body[0])) <= line <= last_row(body[-1])

    def _follows(self, node: Node) -> int:
        """The line that runs when a one-line body is not entered, -1 for leaving the function."""
        inner: Sequence[Node] = getattr(node, "orelse", ())
        if inner:
            return self._outline.text.first(first_row(inner[0]))
        after = self._after.get(node)
        return self._outline.text.first(first_row(after)) if after is not None else _LEAVES


def _neighbours(outline: Outline) -> Iterator[tuple[Node, Node | None]]:
    """For each statement, the one that runs after it, None when the function is left."""
    known: dict[Node, Node | None] = {}
    for scope in outline.bodies:
        known.update(_pairs(getattr(scope, "body", ()), None))
    for node in outline.statements:
        if not isinstance(node, Scope):
            known.update(_within(node, known.get(node)))
    yield from known.items()


def _within(node: Node, after: Node | None) -> Iterator[tuple[Node, Node | None]]:
    last: Sequence[Node] = getattr(node, "finalbody", ())
    onward = last[0] if last else after
    more: Sequence[Node] = getattr(node, "orelse", ())
    if isinstance(node, Loop):
        yield from _pairs(node.body, node)
    elif isinstance(node, ast.If):
        yield from _pairs(node.body, after)
    else:
        yield from _pairs(getattr(node, "body", ()), more[0] if more else onward)
    yield from _pairs(more, onward)
    yield from _pairs(last, after)
    cases: Sequence[Node] = getattr(node, "cases", ())
    yield from _pairs(cases, after)
    yield from ((handler, onward) for handler in getattr(node, "handlers", ()))


def _pairs(block: Sequence[Node], after: Node | None) -> Iterator[tuple[Node, Node | None]]:
    yield from zip(block, [*block[1:], after], strict=False)


def _comprehends(node: Node) -> bool:
    kinds = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
    return any(isinstance(one, kinds) for one in ast.walk(node))
