"""A possible bug in words: what the docstring says, what the code does, and how to see it."""

from __future__ import annotations

from pytest_enrich.data import PossibleBug
from pytest_enrich.reporters.md.escape import code, fenced, plain
from pytest_enrich.reporters.words import counted


def says(bug: PossibleBug) -> str:
    """`src/shop/orders.py:61 docstring: >>> refund(0)`, without what ends a line."""
    return f"{bug.path}:{bug.contract_line} docstring: {' '.join(bug.contract.split())}"


def does(bug: PossibleBug) -> str:
    """`refund(0) raised ZeroDivisionError in orders.py:61`."""
    return f"{' '.join(bug.call.split())} {bug.observed}"


def runs(bug: PossibleBug) -> str:
    """How sure that is."""
    return f"the same in {counted(len(bug.runs), 'run')}: {'; '.join(bug.runs)}"


def reproduction(bug: PossibleBug) -> str:
    """The test of what is promised, with its imports."""
    head = "\n".join(bug.test.imports)
    return f"{head}\n\n\n{bug.test.code}" if head else bug.test.code


def issue(bug: PossibleBug) -> str:
    """The text of an issue, in Markdown: what it quotes calls nobody and ends no fence."""
    name = code(bug.qualname)
    lines = [
        f"# {plain(bug.title)}",
        f"The docstring of {name} ({code(f'{bug.path}:{bug.contract_line}')}) says:",
        fenced(bug.contract),
        f"{code(' '.join(bug.call.split()))} {plain(bug.observed)}.",
        "This test fails:",
        fenced(reproduction(bug), "python"),
        f"Found by pytest-enrich ({code(bug.id)}), {plain(runs(bug))}. Python {plain(bug.made.python)}"
        + (f", commit {code(bug.made.commit)}." if bug.made.commit else "."),
    ]
    return "\n\n".join(lines) + "\n"
