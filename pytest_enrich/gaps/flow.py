"""Where control goes on after a statement, as far as the text alone tells it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Literal

from pytest_enrich.data.code import Branch, Outcome
from pytest_enrich.gaps.outline import Loop, Node, Outline, Scope, children, first_row, last_row, ways

Step = tuple[Node, Outcome]
"""A decision and its outcome; for a function, class or module, ``entered`` is its body."""

Onward = Step | Literal["on"] | None
"""The only step that leads past a statement, "on" when it is not one step, None when nothing does."""
_LEAVES = -1


def read(outline: Outline) -> dict[Node, Onward]:
    """What leads past each statement: after ``if x: return`` only its false outcome does."""
    found: dict[Node, Onward] = {}
    for node in reversed(outline.statements):
        found[node] = _past(node, found)
    return found


def through(block: Sequence[Node], step: Onward, found: dict[Node, Onward]) -> Onward:
    """The last step on the way from `step` to the end of a block, None when the end is never reached."""
    for node in block:
        past = found[node]
        if past is None:
            return None
        step = step if past == "on" else past
    return step


def _past(node: Node, found: dict[Node, Onward]) -> Onward:
    if isinstance(node, Scope) or next(children(node), None) is None:
        return None if isinstance(node, (ast.Return, ast.Raise, ast.Continue, ast.Break)) else "on"
    if isinstance(node, ast.If):
        return _one([through(node.body, (node, "true"), found), through(node.orelse, (node, "false"), found)])
    if isinstance(node, Loop):
        return _past_loop(node, found)
    if isinstance(node, ast.Match):
        return _past_match(node, found)
    if isinstance(node, (ast.With, ast.AsyncWith, ast.ExceptHandler, ast.match_case)):
        return through(node.body, "on", found)
    return _past_try(node, found)


def _one(ways: Sequence[Onward]) -> Onward:
    open_ways = [way for way in ways if way is not None]
    return open_ways[0] if len(open_ways) == 1 else ("on" if open_ways else None)


def _past_loop(node: ast.For | ast.AsyncFor | ast.While, found: dict[Node, Onward]) -> Onward:
    jumps = {type(jump) for jump in _jumps(node)}
    if isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value:
        return "on" if ast.Break in jumps else None
    if jumps or through(node.body, "on", found) is not None:
        return "on"
    return through(node.orelse, (node, ways(node)[1]), found)


def _past_match(node: ast.Match, found: dict[Node, Onward]) -> Onward:
    ways = [through(case.body, (case, "matches"), found) for case in node.cases]
    last = node.cases[-1]
    always = last.guard is None and isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None
    return _one(ways if always else [*ways, (last, "no match")])


def _past_try(node: Node, found: dict[Node, Onward]) -> Onward:
    body = [*getattr(node, "body", ()), *getattr(node, "orelse", ())]
    ways = [through(handler.body, (handler, "raises"), found) for handler in getattr(node, "handlers", ())]
    if through(getattr(node, "finalbody", ()), "on", found) is None:
        return None
    return "on" if through(body, "on", found) is not None else _one(ways)


def _jumps(loop: Node) -> list[Node]:
    """The `break` and `continue` statements that belong to `loop`."""
    found: list[Node] = []
    waiting = [(child, child in getattr(loop, "body", ())) for child in children(loop)]
    while waiting:
        node, ours = waiting.pop()
        if isinstance(node, (ast.Break, ast.Continue)) and ours:
            found.append(node)
        if not isinstance(node, Scope):
            waiting += [(child, ours and _still_in(node, child)) for child in children(node)]
    return found


def _still_in(node: Node, child: Node) -> bool:
    """Whether a jump in `child` of `node` can belong to a loop round `node`."""
    return not isinstance(node, Loop) or child in node.orelse


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
        into, past = ways(node)
        return (node, into if self._inside(node, branch[1]) else past)

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
    return any(isinstance(part, kinds) for part in ast.walk(node))
