"""What a sandbox is asked to vary for a target: the tests that come nearest, and values that stand near them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath

from pytest_enrich.data import Target, Vary
from pytest_enrich.proposers.rows import addable, part
from pytest_enrich.proposers.rows.literal import is_literal
from pytest_enrich.proposers.rows.names import last
from pytest_enrich.proposers.rows.sheet import KINDS, Sheet
from pytest_enrich.proposers.rows.sheet import read as read_sheet
from pytest_enrich.proposers.rows.text import Text
from pytest_enrich.protocols import Task

MOST_TESTS, MOST_FILES, MOST_READ = 6, 2, 40
MOST_VALUES, LONGEST_VALUE = 60, 40
MOST_WORDS = 24
WORD = re.compile(r"[\w.@+-]{3,30}")
REPORT = r"(?i)(?:issue|bug|ticket|gh|pr)_?\d+"


def _nothing(_path: str) -> str:
    return ""


def job(task: Task, sheets: Sequence[Sheet], files: int, read: Callable[[str], str] = _nothing) -> Vary:
    """To vary these tests of one file, with what the task has for one of so many files.

    `read` gives the text of a test file, "" for none: fixtures beside the tests have words that fit.
    """
    target, path = task.target, sheets[0].placement.path
    return Vary(
        path=target.path,
        module=target.module,
        test_path=path,
        text=sheets[0].text.text,
        patterns=tuple(sheet.pattern for sheet in sheets),
        branches=tuple(branch for gap in target.gaps for branch in gap.branches),
        lines=tuple(line for gap in target.gaps for line in gap.lines),
        statements=target.statements,
        constants=target.constants,
        values=(*_near(task.target, sheets), *_of_fixtures(path, read)),
        way=tuple(sorted({one.line for way in target.conditions for one in way})),
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
    """The nearest tests that are wanted and in which something can vary, by file; those with cases come first.

    With the `source` file's text they may be given what they do not pass.
    """
    texts: dict[str, Text | None] = {}
    known = addable.of(target, source) if source else addable.Addable()
    near = dict.fromkeys(one.nodeid.partition("[")[0] for one in target.nearest if one.shared)
    found = []
    for nodeid in list(near)[:MOST_READ]:
        path = nodeid.partition("::")[0]
        if path not in texts:
            texts[path] = _text(read(path))
        text = texts[path]
        one = read_sheet(text, nodeid, target.placement.style, target.fixtures) if text is not None else None
        found += [one] if one is not None and wanted(one) else []
    added = (one.with_added(known) for one in sorted(found, key=_worth))
    files: dict[str, list[Sheet]] = {}
    for sheet in islice((one for one in added if one.pattern.holes), MOST_TESTS):
        files.setdefault(sheet.placement.path, []).append(sheet)
    return list(files.values())[:MOST_FILES]


def _worth(sheet: Sheet) -> tuple[bool, bool, int]:
    """Rows first; last what is about one report, where cases of anything else are out of place."""
    is_report = bool(re.search(REPORT, sheet.function.name))
    return is_report, not sheet.takes_rows, KINDS.index(sheet.kind)


def _text(text: str) -> Text | None:
    try:
        return Text(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _near(target: Target, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Short literals: what calls of the function pass, what the tests have, what others pass in such calls."""
    calls = [node for node in ast.walk(sheets[0].text.tree) if isinstance(node, ast.Call)]
    nodes = [node for sheet in sheets for node in ast.walk(sheet.function)]
    made = {last(one.func) for one in nodes if isinstance(one, ast.Call) and not part.is_assertion(one)}
    texts = (one for one in nodes if isinstance(one, ast.Constant))
    near = (*_passed(calls, {target.qualname.rpartition(".")[2]}), *texts, *_passed(calls, made))
    shown = (ast.unparse(node) for node in near if is_literal(node))
    return tuple(dict.fromkeys(text for text in shown if len(text) <= LONGEST_VALUE))[:MOST_VALUES]


def _passed(calls: Iterable[ast.Call], names: Collection[str]) -> Iterator[ast.expr]:
    """The arguments of the calls of these names."""
    for call in calls:
        if last(call.func) in names:
            yield from (*call.args, *(keyword.value for keyword in call.keywords))


def _of_fixtures(path: str, read: Callable[[str], str]) -> Iterator[str]:
    """Words that the conftest files round a test file have, the nearest first: names and passwords, most often."""
    folders = PurePosixPath(path).parents
    words = (word for folder in folders for word in _words(read((folder / "conftest.py").as_posix())))
    return islice((repr(word) for word in dict.fromkeys(words)), MOST_WORDS)


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def _words(source: str) -> tuple[str, ...]:
    """The texts of a file that are one word."""
    text = _text(source)
    nodes = (node for node in ast.walk(text.tree) if isinstance(node, ast.Constant)) if text is not None else ()
    return tuple(node.value for node in nodes if isinstance(node.value, str) and WORD.fullmatch(node.value))
