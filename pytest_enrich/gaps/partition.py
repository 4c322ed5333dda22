"""Which step each line waits for: every missing line and branch belongs to exactly one gap."""

from __future__ import annotations

import ast
import bisect
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from pytest_enrich.data.code import Branch
from pytest_enrich.gaps import flow
from pytest_enrich.gaps.branch import Branches
from pytest_enrich.gaps.flow import Step
from pytest_enrich.gaps.outline import Loop, Node, Outline, Scope, first_row, header_end, ways


class _Arm(Struct, frozen=True):
    """A block of statements, the step that leads into it, and whether something on that step has run before it."""

    block: Sequence[Node]
    step: Step
    entered: bool = False


class Partition:
    """The steps that the missing lines and branches of one text wait for.

    Args:
        outline: Of the text.
        statements: The lines that coverage counts.
        lines: The missing ones.
        branches: The missing branches.
    """

    def __init__(
        self, outline: Outline, statements: Collection[int], lines: Collection[int], branches: Collection[Branch]
    ) -> None:
        self._outline = outline
        self._executed = set(statements) - set(lines)
        self._missing = set(lines)
        self._past = flow.read(outline)
        explain = Branches(outline)
        self.branches = {branch: explain.step(branch) for branch in sorted(branches)}
        self._into = {end: step for (_, end), step in self.branches.items()}
        self._owner: dict[int, Step] = {}
        self._give_all()
        self._given = sorted(self._owner)

    def step(self, line: int) -> Step:
        """What a missing line waits for."""
        if line not in self._owner:
            before = bisect.bisect_right(self._given, line)
            line = self._given[max(before - 1, 0)]
        return self._owner[line]

    def _give_all(self) -> None:
        tree = self._outline.text.tree
        waiting = [_Arm(tree.body, (tree, "entered"))]
        while waiting:
            waiting += self._block(waiting.pop())

    def _block(self, arm: _Arm) -> Iterator[_Arm]:
        """Give the lines of a block to the step that leads to them; yield the blocks inside."""
        owner, step, entered = arm.step, arm.step, arm.entered
        for node in arm.block:
            line = self._outline.text.first(first_row(node))
            if line in self._executed:
                entered, owner = True, step
            elif line in self._missing and entered and owner == step:
                owner = self._into.get(line, (node, "entered"))
            self._give(node, owner)
            yield from self._inside(node, _Arm((), owner, entered and owner == step))
            onward = self._past[node]
            if isinstance(onward, tuple):
                owner, step, entered = onward, onward, False

    def _inside(self, node: Node, outer: _Arm) -> Iterator[_Arm]:
        """The blocks of a statement, `outer` being what leads to it."""
        if isinstance(node, Scope):
            yield _Arm(node.body, (node, "entered"))
        elif isinstance(node, ast.Match):
            yield from self._cases(node, outer.step)
        elif isinstance(node, (ast.If, *Loop)):
            into, past = ways(node)
            yield _Arm(node.body, (node, into))
            yield _Arm(node.orelse, (node, past))
        else:
            for name in ("body", "orelse", "finalbody"):
                yield _Arm(getattr(node, name, ()), outer.step, outer.entered)
            yield from self._handlers(getattr(node, "handlers", ()))

    def _handlers(self, handlers: Sequence[Node]) -> Iterator[_Arm]:
        for handler in handlers:
            self._give(handler, (handler, "raises"))
            yield _Arm(getattr(handler, "body", ()), (handler, "raises"))

    def _cases(self, node: ast.Match, owner: Step) -> Iterator[_Arm]:
        for case in node.cases:
            self._give(case, owner)
            yield _Arm(case.body, (case, "matches"))
            owner = (case, "no match")

    def _give(self, node: Node, owner: Step) -> None:
        for line in range(first_row(node), header_end(node) + 1):
            self._owner.setdefault(self._outline.text.first(line), owner)
