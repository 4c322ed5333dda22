"""What coverage measured, as the rest of the program sees it."""

from __future__ import annotations

import ast
import functools
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Branch, ChangedPart, Changes, Gap
from pytest_enrich.gaps.outline import Node, children, first_row, header_end
from pytest_enrich.gaps.text import Text


class FileCoverage(Struct, frozen=True, kw_only=True):
    """One measured source file.

    Attributes:
        path: Relative to rootdir, with `/`.
        statements: The first lines of its statements, ascending.
        missing_lines: Those that no test ran.
        branches: All branches, ascending.
        missing_branches: Those that no test took, also at lines that no test ran.
        contexts: For each line that was run, the node ids of the tests that ran it, sorted.
    """

    path: str
    statements: tuple[int, ...]
    missing_lines: tuple[int, ...]
    branches: tuple[Branch, ...] = ()
    missing_branches: tuple[Branch, ...] = ()
    contexts: dict[int, tuple[str, ...]] = {}

    def without(self, red: Collection[str]) -> FileCoverage:
        """The same coverage, but for the contexts of `red` tests and of all tests in `red` files."""
        if not red:
            return self
        kept = {
            line: tuple(name for name in names if name not in red and _file(name) not in red)
            for line, names in self.contexts.items()
        }
        return replace(self, contexts={line: names for line, names in kept.items() if names})


class Measured(Struct, frozen=True, kw_only=True):
    """All measured source files, by path, and those that could not be read, each with the reason."""

    files: tuple[FileCoverage, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def line_percent(self) -> float:
        """Of the statements, how many were run: 0 to 100."""
        return _percent([(file.statements, file.missing_lines) for file in self.files])

    @property
    def branch_percent(self) -> float:
        """Of the branches, how many were taken: 0 to 100."""
        return _percent([(file.branches, file.missing_branches) for file in self.files])


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _percent(parts: Sequence[tuple[Sequence[object], Sequence[object]]]) -> float:
    total = sum(len(items) for items, _ in parts)
    missing = sum(len(missing_items) for _, missing_items in parts)
    return 100.0 * (total - missing) / total if total else 100.0


def imported_files() -> frozenset[str]:
    """The files of the modules that are loaded in this process, resolved."""
    named = (getattr(module, "__file__", None) for module in [*sys.modules.values()])
    return frozenset(os.path.realpath(name) for name in named if isinstance(name, str))


def with_import(file: FileCoverage, text: str, *, is_loaded: bool) -> FileCoverage:
    """The file with what its import ran counted as run, if it was imported and none of that was measured.

    Args:
        file: What was measured.
        text: What is in it.
        is_loaded: Whether it is known to be imported; if one of its functions ran, it was in any case.
    """
    missing, executed = set(file.missing_lines), set(file.statements) - set(file.missing_lines)
    if not missing or not (executed or is_loaded):
        return file
    ran = set(_at_import(text))
    if ran & executed:
        return file
    return replace(
        file,
        missing_lines=tuple(sorted(missing - ran)),
        missing_branches=tuple(branch for branch in file.missing_branches if branch[0] not in ran),
    )


def _at_import(text: str) -> Iterator[int]:
    """The lines outside of functions; those that define a function are among them."""
    parsed = Text(text)
    waiting: list[Node] = [*parsed.tree.body]
    while waiting:
        node = waiting.pop()
        yield from (parsed.first(row) for row in range(first_row(node), header_end(node) + 1))
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += children(node)


@functools.lru_cache(maxsize=4)  # a few files are asked about, each many times
def branches(text: str) -> frozenset[Branch]:
    """All branches of a source file's text, whether they can be taken or not; none when it cannot be parsed."""
    from coverage.exceptions import CoverageException
    from coverage.parser import PythonParser

    parser = PythonParser(text=text or "\n")
    try:
        parser.parse_source()
        exits = parser.exit_counts()
        return frozenset(arc for arc in parser.arcs() if exits.get(arc[0], 0) > 1)
    except (CoverageException, SyntaxError, ValueError, RecursionError):
        return frozenset()


def changed_statements(lines: Mapping[str, Sequence[int]], texts: Mapping[str, str]) -> dict[str, set[int]]:
    """For each changed file the lines that coverage counts its changed lines as; files in `texts` only."""
    return {path: _firsts(texts[path], changed) for path, changed in lines.items() if path in texts}


def within_changed(gaps: Iterable[Gap], changed: Mapping[str, Collection[int]]) -> tuple[Gap, ...]:
    """The gaps in which a changed line is missing, is the decision, or is where a missing branch starts."""
    return tuple(gap for gap in gaps if not _places(gap).isdisjoint(changed.get(gap.path, ())))


def count_changed(
    files: Iterable[FileCoverage], changed: Mapping[str, Collection[int]], changes: Changes
) -> ChangedPart:
    """What coverage says about the changed lines, as `changed_statements` has them."""
    pairs = [(file, set(file.statements) & set(changed.get(file.path, ()))) for file in files]
    touched = [(file, lines) for file, lines in pairs if lines]
    missing = {file.path: tuple(sorted(lines & set(file.missing_lines))) for file, lines in touched}
    return ChangedPart(
        since=changes.since,
        base=changes.base,
        paths=len(changes.lines),
        files=len(touched),
        lines=sum(len(lines) for _, lines in touched),
        missing=sum(map(len, missing.values())),
        open={path: lines for path, lines in missing.items() if lines},
    )


def _firsts(text: str, lines: Iterable[int]) -> set[int]:
    try:
        parsed = Text(text)
    except (SyntaxError, ValueError, RecursionError):
        return set(lines)
    return {parsed.first(line) for line in lines}


def _places(gap: Gap) -> set[int]:
    return {gap.line, *gap.lines, *(abs(start) for start, _ in gap.branches)}
