"""What coverage measured, as the rest of the program sees it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data.code import Branch


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

    @property
    def test_files(self) -> tuple[str, ...]:
        """The files of the tests that ran any of it, sorted."""
        names = {name for names in self.contexts.values() for name in names}
        return tuple(sorted({_file(name) for name in names}))

    def without(self, red: Collection[str]) -> FileCoverage:
        """The same lines run, by the tests of other files than these."""
        if not red:
            return self
        kept = {
            line: tuple(one for one in names if _file(one) not in red) for line, names in self.contexts.items()
        }
        return replace(self, contexts={line: names for line, names in kept.items() if names})


class Measured(Struct, frozen=True, kw_only=True):
    """All measured source files, by path, and those that could not be read, each with the reason."""

    files: tuple[FileCoverage, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def tests(self) -> dict[str, tuple[str, ...]]:
        """For each source file the files of the tests that ran any of it, sorted."""
        return {file.path: file.test_files for file in self.files if file.test_files}

    @property
    def line_percent(self) -> float:
        """Of the statements, how many were run: 0 to 100."""
        return _percent([(file.statements, file.missing_lines) for file in self.files])

    @property
    def branch_percent(self) -> float:
        """Of the branches, how many were taken: 0 to 100."""
        return _percent([(file.branches, file.missing_branches) for file in self.files])

    @property
    def percent(self) -> float:
        """Of both together, coverage's total: 0 to 100."""
        lines = [(file.statements, file.missing_lines) for file in self.files]
        return _percent([*lines, *((file.branches, file.missing_branches) for file in self.files)])


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _percent(parts: list[tuple[Sequence[object], Sequence[object]]]) -> float:
    total = sum(len(everything) for everything, _ in parts)
    missing = sum(len(missed) for _, missed in parts)
    return 100.0 * (total - missing) / total if total else 100.0
