"""A possible bug in words: what the docstring says, what the code does, and how to see it."""

from __future__ import annotations

from pytest_enrich.data import PossibleBug
from pytest_enrich.reporters.words import counted


def says(bug: PossibleBug) -> str:
    """`src/shop/orders.py:61 docstring: >>> refund(0)`, without what ends a line."""
    return f"{bug.path}:{bug.contract_line} docstring: {' '.join(bug.contract.split())}"


def does(bug: PossibleBug) -> str:
    """`refund(0) raised ZeroDivisionError in orders.py:61`, and which other examples differ."""
    more = others(bug)
    return f"{' '.join(bug.call.split())} {bug.observed}" + (f"; {more}" if more else "")


def others(bug: PossibleBug) -> str:
    """`the examples of lines 63 and 65 differ, too`; "" where there are none."""
    lines = [str(line) for line in bug.also]
    if len(lines) <= 1:
        return f"the example of line {lines[0]} differs, too" if lines else ""
    return f"the examples of lines {', '.join(lines[:-1])} and {lines[-1]} differ, too"


def runs(bug: PossibleBug) -> str:
    """How sure that is."""
    return f"the same in {counted(len(bug.runs), 'run')}: {'; '.join(bug.runs)}"


def reproduction(bug: PossibleBug) -> str:
    """The test of what is promised, with its imports."""
    head = "\n".join(bug.test.imports)
    return f"{head}\n\n\n{bug.test.code}" if head else bug.test.code
