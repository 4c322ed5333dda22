"""What a sandbox is asked to vary for a target: the nearest tests, with values that are near them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath

from pytest_enrich.data import Target, Vary
from pytest_enrich.imports import parsed
from pytest_enrich.proposers.rows import addable, reading, steps
from pytest_enrich.proposers.rows.addable import Addable
from pytest_enrich.proposers.rows.reading import Sheet
from pytest_enrich.protocols import Task
from pytest_enrich.writing.syntax import arguments, is_literal, last_name, nodes_of, text_of, texts

MOST_TESTS, MOST_APART, MOST_FILES, MOST_READ = 6, 3, 2, 40
MOST_VALUES, LONGEST_VALUE = 60, 40
MOST_WORDS = 24
WORD = re.compile(r"[\w.@+-]{3,30}")


def job(task: Task, sheets: Sequence[Sheet], files: int, read: Callable[[str], str]) -> Vary:
    """The job of varying these tests of one file, with the task's budget divided by `files`.

    `read` gives the text of a test file, "" for none: fixtures near the tests have words that fit.
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
    *,
    seconds: float,
) -> list[list[Sheet]]:
    """The nearest tests that are wanted and in which something can vary, by file.

    Those with cases come first, and once more last, for making tests beside them. With the text of the `source`
    file they may also get what they do not pass yet. Tests of related classes come after those of the target; in
    them only the class is another. Tests that need more than `seconds` for one run are left out.
    """
    known = addable.of(target, source) if source else Addable()
    quick = [near for near in target.nearest if near.seconds <= seconds]
    nodeids = dict.fromkeys(near.function for near in quick if near.shared)
    first = _varying(filter(wanted, _sheets(target, [*nodeids][:MOST_READ], read)), known, MOST_TESTS)
    if known.kin:
        others = dict.fromkeys(near.function for near in quick if not near.shared)
        of_kin = (sheet.of_kin(known) for sheet in _sheets(target, [*others][:MOST_READ], read))
        first += islice((sheet for sheet in filter(wanted, of_kin) if sheet.pattern.holes), MOST_APART)
    rows = [sheet.pattern.nodeid for sheet in first if sheet.is_row]
    apart = _varying(filter(wanted, _sheets(target, rows, read, apart=True)), known, MOST_APART)
    return [*islice(_by_file(first), MOST_FILES), *islice(_by_file(apart), 1)]


def _near(target: Target, sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Short literals: from calls of the function, from the tests, and from other calls of what the tests call."""
    calls = [*nodes_of(ast.Call, sheets[0].text.tree)]
    functions = [sheet.function for sheet in sheets]
    called = {last_name(call.func) for call in nodes_of(ast.Call, *functions) if not steps.is_assertion(call)}
    constants = nodes_of(ast.Constant, *functions)
    near = (*_arguments(calls, {target.qualname.rpartition(".")[2]}), *constants, *_arguments(calls, called))
    shown = (ast.unparse(node) for node in near if is_literal(node))
    return tuple(dict.fromkeys(text for text in shown if len(text) <= LONGEST_VALUE))[:MOST_VALUES]


def _arguments(calls: Iterable[ast.Call], names: Collection[str]) -> Iterator[ast.expr]:
    """The arguments of calls of these names."""
    for call in calls:
        if last_name(call.func) in names:
            yield from arguments(call)


def _of_fixtures(path: str, read: Callable[[str], str]) -> Iterator[str]:
    """Words in the conftest files around a test file, the nearest first: mostly names and passwords."""
    folders = PurePosixPath(path).parents
    words = (word for folder in folders for word in _single_words(read((folder / "conftest.py").as_posix())))
    return islice((repr(word) for word in dict.fromkeys(words)), MOST_WORDS)


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def _single_words(source: str) -> tuple[str, ...]:
    """The string literals of a file that are a single word."""
    return tuple(filter(WORD.fullmatch, texts(ast.walk(parsed(source) or ast.Module([], [])))))


def _sheets(
    target: Target, nodeids: Sequence[str], read: Callable[[str], str], *, apart: bool = False
) -> list[Sheet]:
    """The tests that can be read, those that take rows first; with `apart`, for making tests beside them."""
    paths = [nodeid.partition("::")[0] for nodeid in nodeids]
    files = {path: text_of(read(path)) for path in dict.fromkeys(paths)}
    sheets = [
        reading.read(text, nodeid, target.placement.style, target.fixtures, apart=apart)
        for path, nodeid in zip(paths, nodeids, strict=True)
        if (text := files[path]) is not None
    ]
    return sorted(filter(None, sheets), key=lambda sheet: not sheet.is_row)


def _varying(sheets: Iterable[Sheet], known: Addable, most: int) -> list[Sheet]:
    """The first `most` tests in which something can vary, with what may be added to them."""
    added = (sheet.with_added(known) for sheet in sheets)
    return list(islice((sheet for sheet in added if sheet.pattern.holes), most))


def _by_file(sheets: Iterable[Sheet]) -> Iterator[list[Sheet]]:
    """The tests of each file, in the order of the files."""
    files: dict[str, list[Sheet]] = {}
    for sheet in sheets:
        files.setdefault(sheet.placement.path, []).append(sheet)
    yield from files.values()
