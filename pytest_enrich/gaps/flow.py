"""Where control goes on after a statement, as far as the text alone tells it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Literal

from pytest_enrich.data.code import Branch, Outcome
from pytest_enrich.gaps.outline import Loop, Node, Outline, Scope, children, first_row, last_row, ways

Step = tuple[Node, Outcome]
"""A decision and its outcome; for a function, class or module, ``entered`` is its body."""

Onward = Step | Literal["on"] | None
"""The only step that leads past a statement, "on" when it is not one step, None when nothing does."""


def read(outline: Outline) -> dict[Node, Onward]:
    """What leads past each statement: after ``if x: return`` only its false outcome does."""
    onward: dict[Node, Onward] = {}
    for node in reversed(outline.statements):
        onward[node] = _past(node, onward)
    return onward


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
    jumps = _jumps(node)
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


def _jumps(loop: ast.For | ast.AsyncFor | ast.While) -> set[type[Node]]:
    """Which of `break` and `continue` belong to a loop itself."""
    kinds: set[type[Node]] = set()
    waiting: list[Node] = [*loop.body]
    while waiting:
        node = waiting.pop()
        kinds.add(type(node))
        if isinstance(node, Loop):
            waiting += node.orelse
        elif not isinstance(node, Scope):
            waiting += children(node)
    return kinds & {ast.Break, ast.Continue}


def taken(outline: Outline, branch: Branch) -> Step:
    """The decision that a branch starts from, and the outcome that it stands for."""
    start, end = branch
    node = outline.at.get(start) or outline.at[max(row for row in outline.at if row <= start)]
    if isinstance(node, Scope) or next(children(node), None) is None:
        return (node, "entered")
    into, past = ways(node)
    return (node, into if _is_inside(outline, node, end) else past)


def _is_inside(outline: Outline, node: Node, line: int) -> bool:
    """Whether a line is in the body; for a body on the decision's own line, whether it is not further down."""
    body: Sequence[Node] = [*getattr(node, "body", ()), *getattr(node, "cases", ())]
    start = outline.text.first(first_row(body[0]))
    if start == outline.text.first(outline.statements[node].line):
        return line <= start
    return start <= line <= last_row(body[-1])
