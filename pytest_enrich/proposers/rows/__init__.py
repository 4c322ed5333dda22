"""`rows`: existing tests with other values, so that what a person reviews is one more row of a list they know.

Take the tests that come nearest to a gap, run them in the sandbox with other values until one takes the missing
branch, and write that as a row, as a test beside it, or as a test of what it raised.
"""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich.data import (
    Answered,
    Candidate,
    Explored,
    NewRow,
    Origin,
    Pattern,
    Target,
    Variant,
    Varied,
    Vary,
)
from pytest_enrich.proposers.rows import example, failure, row, sibling
from pytest_enrich.proposers.rows.desk import Desk
from pytest_enrich.proposers.rows.look import is_expression, is_literal
from pytest_enrich.proposers.rows.sheet import Kind, Sheet
from pytest_enrich.proposers.rows.sheet import read as read_sheet
from pytest_enrich.proposers.rows.text import Text
from pytest_enrich.protocols import Sandbox, Task

MOST_TESTS, MOST_FILES, MOST_READ = 6, 2, 40
# Beyond the variation itself: starting pytest, making variants plain and looking at them.
START_SECONDS = 60.0
OFFERED_EXECUTIONS, OFFERED_SECONDS = 400, 5.0
"""What is tried of values that are known: little, and the same whatever the budget."""
MOST_VALUES, LONGEST_VALUE = 60, 40
WRITERS: dict[Kind, Callable[[Desk, Sheet, Variant], Candidate | None]] = {
    "row": row.write,
    "example": example.write,
    "sibling": sibling.write,
}
"""Best first."""
KINDS = list(WRITERS)
REPORT = r"(?i)(?:issue|bug|ticket|gh|pr)_?\d+"


class RowsProposer:
    """Thinks of rows; everything runs in `sandbox`, and `read` gives the text of a test file, "" for none."""

    name = "rows"

    def __init__(self, sandbox: Sandbox, read: Callable[[str], str]) -> None:
        self._sandbox = sandbox
        self._read = read

    def propose(self, task: Task) -> Iterator[Candidate]:
        """One candidate for each variant found, rows first."""
        if task.has_asked(self.name):
            return
        files = nearest(task.target, self._read)
        for number, sheets in enumerate(files):
            started = time.monotonic()
            varied = self._varied(_job(task, sheets, len(files) - number), sheets)
            if varied is None:
                continue
            left = max(task.seconds - (time.monotonic() - started), task.seconds / len(files))
            task = replace(task, seconds=left, executions=max(task.executions - varied.executions, 1))
            yield from self._candidates(task, sheets, varied)

    def of_calls(self, task: Task, explored: Explored) -> Iterator[Candidate]:
        """Rows of tests that pass on what calls were found to need: a `search.Rewrite`."""
        offered = tuple(dict.fromkeys(one.call.arguments for one in explored.findings if one.call.arguments))
        for sheets in nearest(task.target, self._read, {"row"}) if offered else ():
            job = replace(
                _job(task, sheets, 1),
                offered=offered,
                executions=OFFERED_EXECUTIONS,
                seconds=min(task.seconds, OFFERED_SECONDS),
            )
            varied = self._varied(job, sheets)
            made = self._candidates(task, sheets, varied) if varied is not None else ()
            yield from (one for one in made if isinstance(one, NewRow))

    def _candidates(self, task: Task, sheets: Sequence[Sheet], varied: Varied) -> Iterator[Candidate]:
        origin = Origin(proposer=self.name, seed=task.seed, executions=varied.executions)
        desk = Desk(target=task.target, aliases=varied.aliases, origin=origin)
        for variant in sorted(varied.variants, key=lambda one: _rank(sheets[one.pattern], one)):
            written = _written(desk, sheets[variant.pattern], variant)
            if written is not None:
                yield written

    def _varied(self, job: Vary, sheets: Sequence[Sheet]) -> Varied | None:
        execution = self._sandbox.execute(job, timeout=job.seconds + START_SECONDS)
        answer = execution.answer if isinstance(execution, Answered) else None
        return answer if isinstance(answer, Varied) and _is_sound(answer, sheets) else None


def _job(task: Task, sheets: Sequence[Sheet], files: int) -> Vary:
    target = task.target
    return Vary(
        path=target.path,
        module=target.module,
        test_path=sheets[0].placement.path,
        text=sheets[0].text.text,
        patterns=tuple(sheet.pattern for sheet in sheets),
        branches=tuple(branch for gap in target.gaps for branch in gap.branches),
        lines=tuple(line for gap in target.gaps for line in gap.lines),
        statements=target.statements,
        constants=target.constants,
        values=_near(task.target, sheets),
        way=tuple(sorted({one.line for way in target.conditions for one in way})),
        raises=target.raise_lines,
        seed=task.seed,
        executions=max(task.executions // files, 1),
        seconds=task.seconds / files,
    )


def nearest(
    target: Target, read: Callable[[str], str], kinds: Collection[Kind] = tuple(WRITERS)
) -> list[list[Sheet]]:
    """The nearest tests of these kinds in which something can vary, by file; those with cases come first."""
    texts: dict[str, Text | None] = {}
    near = dict.fromkeys(one.nodeid.partition("[")[0] for one in target.nearest if one.shared)
    found = []
    for nodeid in list(near)[:MOST_READ]:
        path = nodeid.partition("::")[0]
        if path not in texts:
            texts[path] = _text(read(path))
        text = texts[path]
        one = read_sheet(text, nodeid, target.placement.style) if text is not None else None
        found += [one] if one is not None and one.kind in kinds else []
    chosen = sorted(found, key=_worth)[:MOST_TESTS]
    files: dict[str, list[Sheet]] = {}
    for sheet in chosen:
        files.setdefault(sheet.placement.path, []).append(sheet)
    return list(files.values())[:MOST_FILES]


def _worth(sheet: Sheet) -> tuple[bool, int]:
    """Rows first; last what is about one report, where cases of anything else are out of place."""
    return bool(re.search(REPORT, sheet.function.name)), KINDS.index(sheet.kind)


def _text(text: str) -> Text | None:
    try:
        return Text(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _near(target: Target, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Short literals: what calls of the function in the file pass, then what stands in the tests."""
    name = target.qualname.rpartition(".")[2]
    calls = [node for node in ast.walk(sheets[0].text.tree) if isinstance(node, ast.Call)]
    passed = [value for call in calls if _called(call) == name for value in (*call.args, *_given(call))]
    tests = (node for sheet in sheets for node in ast.walk(sheet.function))
    nodes = [*passed, *(node for node in tests if isinstance(node, ast.Constant))]
    texts = (ast.unparse(node) for node in nodes if is_literal(node))
    return tuple(dict.fromkeys(text for text in texts if len(text) <= LONGEST_VALUE))[:MOST_VALUES]


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def _given(call: ast.Call) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords]


def _is_sound(answer: Varied, sheets: Sequence[Sheet]) -> bool:
    """Whether it speaks of what was asked about: it comes from a process that ran untrusted code."""
    return all(
        0 <= one.pattern < len(sheets) and _fits(one, sheets[one.pattern].pattern) for one in answer.variants
    )


def _fits(variant: Variant, pattern: Pattern) -> bool:
    changed = [hole for hole, _ in variant.values]
    within = all(0 <= hole < len(pattern.holes) for hole in changed)
    rows = all(0 <= variant.row < len(hole.values) for hole in pattern.holes)
    known = changed == list(range(len(pattern.holes))) if pattern.given else rows
    values = [*(value for _, value in variant.values), *(one.value for one in variant.seen if one.value)]
    return bool(changed) and within and known and _looks_at(variant, pattern) and all(map(is_expression, values))


def _looks_at(variant: Variant, pattern: Pattern) -> bool:
    return all(0 <= seen.point < len(pattern.points) for seen in variant.seen)


def _rank(sheet: Sheet, variant: Variant) -> tuple[bool, int, int]:
    """Rows before other tests, what passes before what raises, more before less."""
    return bool(variant.raised), KINDS.index(sheet.kind), -len(variant.branches) - len(variant.reached)


def _written(desk: Desk, sheet: Sheet, variant: Variant) -> Candidate | None:
    if variant.raised:  # of what is drawn nothing may raise: the test says so
        return None if sheet.kind == "example" else failure.write(desk, sheet, variant)
    return WRITERS[sheet.kind](desk, sheet, variant)
