from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest
from coverage.parser import PythonParser

from pytest_enrich import gaps

Cover = Callable[..., tuple[str, gaps.FileCoverage]]


@pytest.fixture
def cover() -> Cover:
    """Coverage of a text in which `# miss` marks the lines that no test ran.

    Branches into and out of such lines are missing too, and those given as `untaken`.
    """

    def measured(source: str, untaken: tuple[tuple[int, int], ...] = ()) -> tuple[str, gaps.FileCoverage]:
        text = textwrap.dedent(source)
        parser = PythonParser(text=text, filename="m.py")
        parser.parse_source()
        rows = {row for row, line in enumerate(text.splitlines(), 1) if "# miss" in line}
        missing = rows & parser.statements
        exits = parser.exit_counts()
        branches = sorted(arc for arc in parser.arcs() if exits.get(arc[0], 0) > 1)
        lost = [arc for arc in branches if missing.intersection(arc) or arc in untaken]
        return text, gaps.FileCoverage(
            path="m.py",
            statements=tuple(sorted(parser.statements)),
            missing_lines=tuple(sorted(missing)),
            branches=tuple(branches),
            missing_branches=tuple(lost),
        )

    return measured


@pytest.fixture
def found(cover: Cover) -> Callable[..., list[tuple[str, str, tuple[int, ...]]]]:
    """The gaps of such a text, each as its outcome, its text and its lines."""

    def outcomes(source: str, untaken: tuple[tuple[int, int], ...] = ()) -> list[tuple[str, str, tuple[int, ...]]]:
        text, file = cover(source, untaken)
        return [(gap.outcome, gap.text, gap.lines) for gap in gaps.find("m.py", text, file)]

    return outcomes
