"""Which step each line waits for: every missing line and branch belongs to exactly one gap."""

from __future__ import annotations

import ast
import bisect
from collections.abc import Collection, Iterator, Sequence

from pytest_enrich.data.code import Branch
from pytest_enrich.gaps import flow
from pytest_enrich.gaps.branch import Branches
from pytest_enrich.gaps.flow import Step
from pytest_enrich.gaps.outline import Loop, Node, Outline, Scope, first_row, header_end

Arm = tuple[Sequence[Node], Step, bool]
"""A block of statements, the step that leads into it, and whether something on that step has run before it."""


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
        waiting: list[Arm] = [(tree.body, (tree, "entered"), False)]
        while waiting:
            waiting += self._block(*waiting.pop())

    def _block(self, block: Sequence[Node], step: Step, entered: bool) -> Iterator[Arm]:
        """Give the lines of a block to the step that leads to them; yield the blocks inside."""
        owner = step
        for node in block:
            line = self._outline.text.first(first_row(node))
            if line in self._executed:
                entered, owner = True, step
            elif line in self._missing and entered and owner == step:
                owner = self._into.get(line, (node, "entered"))
            self._give(node, owner)
            yield from self._arms(node, owner, entered and owner == step)
            onward = self._past[node]
            if isinstance(onward, tuple):
                owner, step, entered = onward, onward, False

    def _arms(self, node: Node, owner: Step, entered: bool) -> Iterator[Arm]:
        if isinstance(node, Scope):
            yield (node.body, (node, "entered"), False)
        elif isinstance(node, ast.Match):
            yield from self._cases(node, owner)
        elif isinstance(node, (ast.If, *Loop)):
            taken, other = ("iterates", "skips") if isinstance(node, (ast.For, ast.AsyncFor)) else ("true", "false")
            yield (node.body, (node, taken), False)
            yield (node.orelse, (node, other), False)
        else:
            for name in ("body", "orelse", "finalbody"):
                yield (getattr(node, name, ()), owner, entered)
            for handler in getattr(node, "handlers", ()):
                self._give(handler, (handler, "raises"))
                yield (handler.body, (handler, "raises"), False)

    def _cases(self, node: ast.Match, owner: Step) -> Iterator[Arm]:
        for case in node.cases:
            self._give(case, owner)
            yield (case.body, (case, "matches"), False)
            owner = (case, "no match")

    def _give(self, node: Node, owner: Step) -> None:
        for line in range(first_row(node), header_end(node) + 1):
            self._owner.setdefault(self._outline.text.first(line), owner)
