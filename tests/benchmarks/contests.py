"""One module, the same suite for all: what pytest-enrich adds to it, and what other tools do."""

from __future__ import annotations

import time
from pathlib import Path

import ablation
import amplified
import layout
import measured
import repository
import runs
from generators import Setting, Target, Tool
from judging import HASH_SEEDS, Added, Judge
from measured import Branch
from msgspec import Struct
from projects import Bench
from runs import Run
from suite import Suite, function


class Contest(Struct, frozen=True, kw_only=True):
    """A module of a project; `base` has the suite that all start from, `missing` are its missing branches."""

    bench: Bench
    target: Target
    run: Run
    base: Path
    missing: frozenset[Branch]

    @property
    def place(self) -> Path:
        """Where everything about the module is kept."""
        return self.run.of(self.target.module)

    def ours(self) -> Added:
        """What pytest-enrich adds; of its tests all added lines count, imports included.

        Raises:
            command.CommandError: The run did not come to its end.
        """
        place = runs.clear(self.place / "pytest-enrich")
        checkout, started = repository.make(self.base, place / "checkout"), time.monotonic()
        amplified.enrich(self.bench, checkout, self.run, f"--enrich-only={self.target.path}")
        seconds = time.monotonic() - started
        written = len(amplified.waiting(checkout))
        accepted = written - amplified.accept(self.bench, checkout, self.run)
        lines = repository.added(checkout, place / "accepted.patch")
        after = measured.measure(self.bench, checkout, place / "measured")
        suite = Suite(self.bench, checkout, place)
        failed = {function(one) for seed in HASH_SEEDS for one in suite.run("file:0", seed).failed}
        kept = accepted - len(failed)
        return Added(
            branches=len(self.missing - after.branches),
            written=written,
            kept=kept,
            adding=kept,
            lines=lines,
            adding_lines=lines,
            seconds=seconds,
        )

    def theirs(self, tool: Tool, python: Path, seconds: int) -> Added:
        """What another tool adds.

        Raises:
            command.CommandError: Its tests made pytest or coverage fail.
        """
        place = runs.clear(self.place / tool.name)
        (place / "work").mkdir()
        setting = Setting(
            bench=self.bench,
            checkout=layout.copy(self.base, place / "checkout"),
            place=place / "work",
            python=python,
            seconds=seconds,
        )
        started = time.monotonic()
        texts = tool.write(setting, self.target)
        took = time.monotonic() - started
        judge = Judge(bench=self.bench, checkout=self.base, missing=self.missing, scratch=place / "judged")
        return judge.added(texts, took)


def prepare(bench: Bench, target: Target, run: Run) -> Contest:
    """Make the suite that all start from.

    Raises:
        command.CommandError: The project's tests cannot be run.
    """
    place = runs.clear(run.of(target.module))
    base = green(bench, layout.copy(bench.ablated, place / "base"), place)
    before = measured.measure(bench, layout.copy(base, place / "before" / "checkout"), place / "before")
    missing = frozenset(one for one in before.branches if one[0] == target.path)
    return Contest(bench=bench, target=target, run=run, base=base, missing=missing)


def green(bench: Bench, checkout: Path, scratch: Path) -> Path:
    """The checkout without the test functions that fail on this machine."""
    failed = set(map(function, Suite(bench, checkout, scratch).run("file:0", 0).failed))
    found = ablation.find(checkout, bench.project.test_files(checkout))
    ablation.delete(checkout, [one for one in found if one.nodeid in failed])
    return checkout
