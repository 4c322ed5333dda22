"""A test under variation: its rows, and its variations, run in forks with the permissions of a candidate."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeAlias

from .. import confine, fork
from ..engine.bounds import DAYS_AHEAD, shifted
from ..engine.probe import Note, Probes
from ..explore.calls import Call
from .names import Names
from .runner import ItemRunner, Record, TestRun

GRACE_SECONDS = 10.0
SECONDS_EACH = 2.0
MOST_ROWS_AT_ONCE, MOST_ROWS = 120, 24
MOST_STUCK = 2
LOST = TestRun(refusal="crash")


Variation: TypeAlias = Call
"""Values for some holes in a row of a test, as a call of the row with the holes as argument names."""


def variation_of(row: int) -> Variation:
    """A row as it is."""
    return Call(str(row))


def row_of(variation: Variation) -> int:
    """Which row is varied."""
    return int(variation.qualname)


def _without_wholes(run: TestRun) -> list[Record]:
    """What the run saw where the test looks, without the containers around it."""
    return [{name: value for name, value in sighting.items() if name != "whole"} for sighting in run.seen]


class Test:
    """A pattern and the items collected for it.

    Args:
        work: The work that has the job.
        pattern: One of the job's, with the values of rows in its holes.
        number: The place of the pattern in the job.
        runners: One for each combination of the parameters that do not vary; the search uses the first.
        probes: Those of the source file.

    Attributes:
        rows: Places of the rows that pass as they are; the row of a variation is an index into these.
    """

    __test__ = False  # pytest collects classes by this name

    def __init__(
        self, work: Record, pattern: Record, number: int, runners: Sequence[ItemRunner], probes: Probes
    ) -> None:
        self._confinement: Record | None = work["confinement"]
        self.holes: list[Record] = pattern["holes"]
        self.number, self._runners = number, runners
        self.names = Names(runners[0].namespace)
        self._probes = probes
        self.is_direct = runners[0].is_direct
        self.rows = list(range(max((len(hole["values"]) for hole in self.holes), default=0)))

    def check(self, most: int, deadline: float) -> list[TestRun] | str:
        """Keep at most `most` rows that pass before the deadline, and return their runs, or why there are none."""
        most = MOST_ROWS_AT_ONCE if self.is_direct else most
        if not self.is_direct and self._apart(lambda: [self._runners[0].set_up_shared()], SECONDS_EACH) == [True]:
            self._runners[0].set_up_shared()
        rows = self.rows[:: len(self.rows) // most + 1]
        runs = self.run_all([variation_of(self.rows.index(row)) for row in rows], deadline)
        refusals = [run.objection or ("raises" if run.raised else "") for run in runs]
        self.rows = [row for row, refusal in zip(rows, refusals, strict=True) if not refusal]
        sound = [run for run, refusal in zip(runs, refusals, strict=True) if not refusal]
        return sound or (refusals or ["nothing varies"])[0]

    def values(self, hole: int) -> list[str]:
        """The values of a hole, row by row."""
        values: list[str] = self.holes[hole]["values"]
        return [values[row] for row in self.rows]

    def is_literal(self, hole: int) -> bool:
        """Whether the value of a hole is a literal in the body of the test itself."""
        return not any(self.holes[hole][kind] for kind in ("name", "fixture", "adds"))

    def run_all(self, variations: Sequence[Variation], deadline: float = math.inf) -> list[TestRun]:
        """The runs of these variations, one after another in a fork; after the deadline they are not run."""
        answer = self._apart(
            lambda: [run.dump() for run in self._runs(variations, deadline)],
            SECONDS_EACH * len(variations),
            deadline,
        )
        return [TestRun.load(record) for record in answer] or [LOST] * len(variations)

    def _runs(self, variations: Iterable[Variation], deadline: float) -> list[TestRun]:
        """The runs of these variations; a few that do not end are enough, as the rest may take as long."""
        runs: list[TestRun] = []
        for variation in variations:
            stuck = sum(run.refusal == "too long" for run in runs)
            late = stuck >= MOST_STUCK or time.monotonic() > deadline
            runs.append(TestRun(refusal="too long") if late else self.run(variation))
        return runs

    def run(self, variation: Variation, runner: ItemRunner | None = None, *, whole: bool = False) -> TestRun:
        """The run of a variation in this process."""
        changed = dict(variation.arguments)
        parameters: dict[str, Any] = {}
        literals: dict[int, Any] = {}
        fixtures: dict[str, str] = {}
        try:
            for place, hole in enumerate(self.holes):
                template = changed.get(str(place))
                if hole["name"] and not hole["fixture"]:
                    parameters[hole["name"]] = self.names.value(template or self._value(row_of(variation), place))
                elif hole["fixture"] and template is not None:
                    fixtures[hole["fixture"]] = template
                elif template is not None:
                    literals[place] = self.names.value(template)
        except Exception:  # a constructor that refuses its arguments
            return TestRun(refusal="no such value")
        return (runner or self._runners[0]).run(parameters, literals, fixtures, whole=whole)

    def watch(self, variation: Variation, lines: Collection[int]) -> list[Note]:
        """What conditions compare when the variation is run."""
        with self._probes.watching(lines) as notes:
            self.run(variation)
        return notes

    def whole(self, variation: Variation) -> Variation:
        """The variation with the values of all holes."""
        own = {str(place): self._value(row_of(variation), place) for place in range(len(self.holes))}
        return dataclasses.replace(variation, arguments=tuple({**own, **dict(variation.arguments)}.items()))

    def changed(self, variation: Variation) -> Variation:
        """The variation without the values that the row has anyway."""
        row = row_of(variation)
        differing = (pair for pair in variation.arguments if pair[1] != self._value(row, int(pair[0])))
        return dataclasses.replace(variation, arguments=tuple(differing))

    def _value(self, row: int, hole: int) -> str:
        value: str = self.holes[hole]["values"][self.rows[row]]
        return value

    def look(self, variation: Variation) -> TestRun | str:
        """The run, if it is the same each time (by pytest's protocol, on another day, with each runner)."""
        ways = [(days, self._runners[0]) for days in DAYS_AHEAD]
        ways += [(0, runner) for runner in self._runners[1:]]
        runs = [self._looked_at(variation, *way) for way in ways]
        comparable = [dataclasses.replace(run, branches=frozenset(), seen=_without_wholes(run)) for run in runs]
        if any(other != comparable[0] for other in comparable[1:]):
            return "not the same each time"
        is_same = all(run.seen == runs[0].seen for run in runs)
        first = runs[0] if is_same else dataclasses.replace(runs[0], seen=_without_wholes(runs[0]))
        return first.objection or first

    def _looked_at(self, variation: Variation, days: int, runner: ItemRunner) -> TestRun:
        def action() -> list[Record]:
            with shifted(days):
                return [self.run(variation, runner, whole=True).dump()]

        answer = self._apart(action, 0.0)
        return TestRun.load(answer[0]) if answer else LOST

    def apart(
        self, action: Callable[[], list[Variation]], seconds: float, deadline: float = math.inf
    ) -> list[Variation]:
        """The variations that `action` returns in such a fork; none if it does not end."""
        variations = self._apart(lambda: [[call.qualname, call.arguments] for call in action()], seconds, deadline)
        return [Call(row, tuple((hole, value) for hole, value in arguments)) for row, arguments in variations]

    def _apart(self, action: Callable[[], list[Any]], seconds: float, deadline: float = math.inf) -> list[Any]:
        """What `action` returns in a fork with the permissions of a candidate; nothing if it does not end.

        It may take so many seconds, but only until the deadline, and a grace period: a run that hangs where no
        signal interrupts it must not take the time of others.
        """

        def narrowed() -> Record:
            confine.narrow(self._confinement, programs=True)
            return {"answer": action()}

        remaining = max(deadline - time.monotonic(), 0.0)
        answer: list[Any] = fork.run(narrowed, min(seconds, remaining) + GRACE_SECONDS).get("answer", [])
        return answer
