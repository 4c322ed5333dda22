"""What a sandbox is asked to vary for a target: the tests that come nearest, and values that stand near them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice

from pytest_enrich.data import Target, Vary
from pytest_enrich.proposers.rows import addable, reading, steps
from pytest_enrich.proposers.rows.reading import KINDS, Sheet
from pytest_enrich.protocols import Task
from pytest_enrich.writing.syntax import arguments, is_literal, last_name, text_of

MOST_TESTS, MOST_APART, MOST_FILES, MOST_READ = 6, 3, 2, 40
MOST_VALUES, LONGEST_VALUE = 60, 40


def job(task: Task, sheets: Sequence[Sheet], files: int) -> Vary:
    """To vary these tests of one file, with what the task has for one of so many files."""
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
        values=_near(target, sheets),
        way=tuple(sorted({condition.line for way in target.conditions for condition in way})),
        raises=target.raise_lines,
        seed=task.seed,
        executions=max(task.executions // files, 1),
        seconds=task.seconds / files,
    )


def nearest(
    target: Target,
    read: Callable[[str], str],
    wanted: Callable[[Sheet], bool] = lambda _sheet: True,
    source: str = "",
) -> list[list[Sheet]]:
    """The nearest tests that are wanted and in which something can vary, by file.

    Those with cases come first, and last, as what tests beside them are made of. With the text of the `source`
    file they may be given what they do not pass.
    """
    known = addable.of(target, source) if source else addable.Addable()
    file_at = cache(lambda path: text_of(read(path)))

    def sheets(nodeids: Iterable[str], most: int, *, apart: bool = False) -> list[Sheet]:
        """So many of these tests; with `apart` they are there to make tests beside them of."""
        style, fixtures = target.placement.style, target.fixtures
        texts = ((nodeid, file_at(nodeid.partition("::")[0])) for nodeid in nodeids)
        tests = (
            reading.read(text, nodeid, style, fixtures, apart=apart) for nodeid, text in texts if text is not None
        )
        chosen = sorted((sheet for sheet in tests if sheet is not None and wanted(sheet)), key=_worth)
        added = (sheet.with_added(known) for sheet in chosen)
        return [*islice((sheet for sheet in added if sheet.pattern.holes), most)]

    nodeids = dict.fromkeys(near.nodeid.partition("[")[0] for near in target.nearest if near.shared)
    first = sheets([*nodeids][:MOST_READ], MOST_TESTS)
    rows = [sheet.pattern.nodeid for sheet in first if sheet.kind == "row"]
    return [
        *islice(_by_file(first), MOST_FILES),
        *islice(_by_file(sheets(rows, MOST_APART, apart=True)), 1),
    ]


def _near(target: Target, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Short literals: what calls of the function pass, what the tests have, what others pass in such calls."""
    calls = [node for node in ast.walk(sheets[0].text.tree) if isinstance(node, ast.Call)]
    nodes = [node for sheet in sheets for node in ast.walk(sheet.function)]
    made = {last_name(node.func) for node in nodes if isinstance(node, ast.Call) and not steps.is_assertion(node)}
    texts = (node for node in nodes if isinstance(node, ast.Constant))
    near = (*_arguments(calls, {target.qualname.rpartition(".")[2]}), *texts, *_arguments(calls, made))
    shown = (ast.unparse(node) for node in near if is_literal(node))
    return tuple(dict.fromkeys(text for text in shown if len(text) <= LONGEST_VALUE))[:MOST_VALUES]


def _arguments(calls: Iterable[ast.Call], names: Collection[str]) -> Iterator[ast.expr]:
    """The arguments of the calls of these names."""
    for call in calls:
        if last_name(call.func) in names:
            yield from arguments(call)


def _by_file(sheets: Iterable[Sheet]) -> Iterator[list[Sheet]]:
    """Those of each file, in the order of the files."""
    files: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        files.setdefault(sheet.placement.path, []).append(sheet)
    yield from files.values()


def _worth(sheet: Sheet) -> tuple[bool, int]:
    """Rows first."""
    return not sheet.takes_rows, KINDS.index(sheet.kind)
