"""Makes gaps of missing lines and branches that somebody wants tests for, the most worthwhile first."""

from __future__ import annotations

import ast
import bisect
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from pytest_enrich.data.code import Branch, Gap, Outcome
from pytest_enrich.gaps import flow
from pytest_enrich.gaps.flow import Step
from pytest_enrich.gaps.measured import FileCoverage
from pytest_enrich.gaps.outline import (
    Loop,
    Node,
    Outline,
    Scope,
    Site,
    children,
    first_row,
    header_end,
    last_row,
    ways,
)
from pytest_enrich.gaps.text import digest

_PRAGMA = re.compile(r"#\s*pragma[:\s]\s*no\s+enrich\b", re.IGNORECASE)
_STEM = 60


def unwanted(outline: Outline, text: str) -> set[int]:
    """The lines that ``# pragma: no enrich`` takes away, and those that never run: only types, abstract methods.

    The pragma on a statement's first lines takes its body too, as ``no cover`` does; an ``else`` stays.
    """
    marked = set()
    if _PRAGMA.search(text):
        marked = {row for row, line in enumerate(outline.text.lines, 1) if _PRAGMA.search(line)}
    lines = {outline.text.first(row) for row in marked}
    for node in outline.statements:
        header = range(first_row(node), header_end(node) + 1)
        if not marked.isdisjoint(header) or _only_types(node) or _is_stub(node):
            lines |= {outline.text.first(row) for row in range(header.start, _end(node) + 1)}
    return lines


def _end(node: Node) -> int:
    """The last line of the first block: all of a function or class."""
    if isinstance(node, Scope) or next(children(node), None) is None:
        return last_row(node)
    return last_row((getattr(node, "body", None) or getattr(node, "cases", [node]))[-1])


def _is_stub(node: Node) -> bool:
    """Whether a statement is a function that is declared to be overridden, or never to be called."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    names = {getattr(decorator, "attr", getattr(decorator, "id", "")) for decorator in node.decorator_list}
    return not names.isdisjoint({"abstractmethod", "overload"})


def _only_types(node: Node) -> bool:
    if not isinstance(node, ast.If):
        return False
    test = node.test
    return (test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")) == "TYPE_CHECKING"


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
        self.branches = {branch: flow.taken(outline, branch) for branch in sorted(branches)}
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


def find(path: str, text: str, file: FileCoverage) -> tuple[Gap, ...]:
    """The gaps of one source file, in the order of its lines.

    Each missing line and each missing branch of `file` belongs to exactly one gap, except those that
    ``# pragma: no enrich`` takes away and those that never run (``if TYPE_CHECKING:``, abstract methods).

    Args:
        path: The file, relative to rootdir, with `/`; part of the ids.
        text: What is in it.
        file: What coverage says about it.

    Returns:
        The gaps; none when `text` is not Python.
    """
    try:
        outline = Outline(text)
    except SyntaxError:
        return ()
    away = unwanted(outline, text)
    lines = [line for line in file.missing_lines if line not in away]
    branches = [branch for branch in file.missing_branches if branch[0] not in away and branch[1] not in away]
    grouped = _group(Partition(outline, file.statements, lines, branches), lines)
    gaps = [_gap(path, site(outline, step), step[1], *parts) for step, parts in grouped.items()]
    return tuple(sorted(gaps, key=lambda gap: (gap.line, gap.qualname, gap.outcome)))


def identify(path: str, text: str) -> dict[str, tuple[str, int]]:
    """Every gap id that this text could have: a suggestion whose id is not among them is stale.

    Returns:
        The qualified name and the line of each; empty when `text` is not Python.
    """
    try:
        outline = Outline(text)
    except SyntaxError:
        return {}
    sites = [*outline.statements.values(), *outline.bodies.values()]
    return {
        identity(path, place, outcome): (place.qualname, place.line)
        for place in sites
        for outcome in place.outcomes
    }


def identity(path: str, place: Site, outcome: Outcome) -> str:
    """The id of a gap."""
    return name_of(path, (place.qualname, place.header, outcome, str(place.nth)))


def name_of(path: str, facts: Iterable[str]) -> str:
    """`<module stem>-<8 characters of base32>` of a place in a source file, which the `facts` tell from others."""
    pure = PurePosixPath(path)
    stem = pure.parent.name or pure.stem if pure.stem == "__init__" else pure.stem
    plain = "".join(char if char.isascii() and (char.isalnum() or char == "_") else "_" for char in stem)
    return f"{plain[:_STEM] or '_'}-{digest((path, *facts))}"


def site(outline: Outline, step: Step) -> Site:
    """The place in the text that a step is about."""
    node, outcome = step
    if outcome == "entered" and (isinstance(node, Scope) or node is outline.text.tree):
        return outline.bodies[node]
    return outline.statements[node]


def _group(partition: Partition, lines: list[int]) -> dict[Step, tuple[list[int], list[Branch]]]:
    grouped: dict[Step, tuple[list[int], list[Branch]]] = defaultdict(lambda: ([], []))
    for line in lines:
        grouped[partition.step(line)][0].append(line)
    for branch, step in partition.branches.items():
        grouped[step][1].append(branch)
    return grouped


def _gap(path: str, place: Site, outcome: Outcome, lines: list[int], branches: list[Branch]) -> Gap:
    return Gap(
        id=identity(path, place, outcome),
        path=path,
        qualname=place.qualname,
        line=place.line,
        outcome=outcome,
        text=place.text,
        lines=tuple(sorted(lines)),
        branches=tuple(sorted(branches)),
    )


RISK = 3.0
_DEFINES = ("def ", "async def ", "class ")
MOST_BRANCHES = 10
# A test to start from is worth as much as three branches.
STARTED = 3


def is_error(gap: Gap) -> bool:
    """Whether a gap is error handling that never happened."""
    return gap.outcome == "raises"


class Ranked(Struct, frozen=True, kw_only=True):
    """A gap, and in a few words the reason for its place in the order."""

    gap: Gap
    reason: str


def order(gaps: Sequence[Gap]) -> tuple[Ranked, ...]:
    """The gaps, the most worthwhile and the easiest to reach first.

    First come functions that tests already run, since there is a test to start from, that have many missing
    branches, or that handle errors. Module bodies come last. The gaps of one function stay together: what enters
    it, then the others by line.
    """
    grouped: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        grouped.setdefault((gap.path, gap.qualname), []).append(gap)
    return tuple(
        Ranked(gap=gap, reason=_reason(gap, group))
        for group in sorted(grouped.values(), key=_place)
        for gap in sorted(group, key=_rank)
    )


def _place(group: Sequence[Gap]) -> tuple[object, ...]:
    first = group[0]
    value = RISK * any(map(is_error, group)) + min(_branches(group), MOST_BRANCHES) + STARTED * _is_run(group)
    return (not first.qualname, -value, first.path, first.line)


def _rank(gap: Gap) -> tuple[object, ...]:
    return (not _is_start(gap), gap.line, gap.outcome)


def _is_run(group: Sequence[Gap]) -> bool:
    """Whether some test runs the function: otherwise its first lines are a gap of their own."""
    return not any(_is_start(gap) for gap in group)


def _is_start(gap: Gap) -> bool:
    return gap.outcome == "entered" and gap.text.startswith(_DEFINES)


def _branches(group: Sequence[Gap]) -> int:
    return sum(len(gap.branches) for gap in group)


def _reason(gap: Gap, group: Sequence[Gap]) -> str:
    if not gap.qualname:
        return "runs on import only"
    parts = ["tests run this function" if _is_run(group) else "no test runs this function"]
    missing = _branches(group)
    if is_error(gap):
        parts.append("its error handling never happened")
    elif missing:
        parts.append(f"{missing} missing branch{'es' * (missing > 1)}")
    return "; ".join(parts)
