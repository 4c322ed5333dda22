"""What tests that somebody wrote add to a suite: which are steady, and which branches of a module they cover."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

import layout
import measured
from measured import Branch
from msgspec import Struct
from projects import Bench
from suite import Suite, function

HASH_SEEDS = range(6)
"""A steady test passes in as many processes."""


class Added(Struct, frozen=True, kw_only=True):
    """What was added to a suite.

    Attributes:
        branches: How many of the module's missing branches are covered.
        written, kept, adding: How many tests there are, are steady, and cover a branch that none before them does.
        valid, passing: How many could be collected, and pass at the first run.
        lines, adding_lines: Of the kept ones, and of the adding ones.
        seconds: That it took to write them.
    """

    branches: int = 0
    written: int = 0
    kept: int = 0
    adding: int = 0
    valid: int = 0
    passing: int = 0
    lines: int = 0
    adding_lines: int = 0
    seconds: float = 0.0


class Steady(Struct, frozen=True, kw_only=True):
    """Test functions that always pass; how many could be collected, and how many pass once."""

    names: tuple[str, ...] = ()
    valid: int = 0
    passing: int = 0


class Judge(Struct, frozen=True, kw_only=True):
    """Judges for one module: `checkout` is the suite without the new tests, `missing` are its missing branches."""

    bench: Bench
    checkout: Path
    missing: frozenset[Branch]
    scratch: Path

    def added(self, texts: Mapping[str, str], seconds: float) -> Added:
        """What test files, by name their text, add.

        Raises:
            command.CommandError: pytest or coverage did not come to an end of their own.
        """
        checkout = layout.copy(self.checkout, self.scratch / "checkout")
        sizes: dict[str, int] = {}
        for name, text in texts.items():
            (checkout / name).write_text(text, encoding="utf-8")
            sizes |= tests(name, text)
        steady = self._steady(checkout, [name for name in texts if tests(name, texts[name])])
        kept = steady.names
        covered: set[Branch] = set()
        adding = []
        for one in kept:
            alone = measured.measure(self.bench, checkout, self.scratch, tests=(one,))
            gain = self.missing - alone.branches - covered
            covered |= gain
            adding += [one] if gain else []
        return Added(
            branches=len(covered),
            written=len(sizes),
            kept=len(kept),
            adding=len(adding),
            valid=steady.valid,
            passing=steady.passing,
            lines=sum(sizes.get(one, 0) for one in kept),
            adding_lines=sum(sizes.get(one, 0) for one in adding),
            seconds=seconds,
        )

    def _steady(self, checkout: Path, names: Sequence[str]) -> Steady:
        """The test functions that pass, with all their cases, in each of several processes."""
        if not names:
            return Steady()
        suite = Suite(self.bench, checkout, self.scratch)
        # A file that cannot be imported has no tests; the others have.
        more = ("--continue-on-collection-errors",)
        found = [suite.run("file:0", seed, names, more) for seed in HASH_SEEDS]
        first = dict.fromkeys(map(function, found[0].collected))
        failed = [{function(one) for one in each.collected if one not in each.passed} for each in found]
        names = [one for one in first if not any(one in each for each in failed)]
        return Steady(names=tuple(names), valid=len(first), passing=sum(one not in failed[0] for one in first))


def tests(path: str, text: str) -> dict[str, int]:
    """The test functions of a file, by node id the number of their lines; none where it is not Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return {}
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            start = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            found[f"{path}::{node.name}"] = (node.end_lineno or node.lineno) - start + 1
    return found
