"""A test under variation: its rows, and how variations of it are run, made smaller and looked at again."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

from .. import confine, fork
from ..explore.bounds import shifted
from ..explore.probe import Note, Probes
from .carrier import Carrier, Record
from .guide import Approach
from .pool import Pool
from .reduction import Reduction
from .search import Find, Search, objection
from .subject import Variation
from .values import Names

GRACE_SECONDS = 10.0
STEPS_AT_ONCE, STEPS = 400, 60
"""Runs that one look for what comes nearer may take."""
ASKS = 6
"""Such a look may take one part in so many of the time that is left."""
SECONDS_EACH = 2.0
TRIES_AT_ONCE, TRIES = 300, 40
MOST_ROWS_AT_ONCE, MOST_ROWS = 120, 24
MOST_STUCK = 2
LOST: Record = {"branches": [], "seen": [], "refusal": "crash"}
# A result that depends on today's date is not the same on both.
DAYS_AHEAD = (0, 400)


class Test:
    """A pattern with what was collected for it.

    Args:
        work: The job's.
        pattern: The job's, with the values of rows in its holes.
        cast: The pattern's place, and a carrier for each combination of the parameters that do not vary; the
            search uses the first.
        names: Of the test file.
        probes: Of the source file.

    Attributes:
        rows: Places of the rows that pass as they are; a variation's row is a place among these.
    """

    __test__ = False  # pytest collects classes by this name

    def __init__(
        self, work: Record, pattern: Record, cast: tuple[int, Sequence[Carrier]], names: Names, probes: Probes
    ) -> None:
        self._confinement: Record | None = work["confinement"]
        self.pattern = pattern
        self.number, self._carriers = cast
        self.names = names
        self._probes = probes
        self.is_direct = self._carriers[0].is_direct
        self.rows = list(range(max((len(hole["values"]) for hole in self.pattern["holes"]), default=0)))

    def check(self, most: int = MOST_ROWS) -> list[Record] | str:
        """Keep `most` of the rows that pass, and give their records; why there are none."""
        most = MOST_ROWS_AT_ONCE if self.is_direct else most
        every = len(self.rows) // most + 1
        rows = self.rows[::every]
        records = self.run_all([Variation(self.rows.index(row), ()) for row in rows])
        refusals = [objection(record) or ("raises" if "raised" in record else "") for record in records]
        self.rows = [row for row, refusal in zip(rows, refusals, strict=True) if not refusal]
        sound = [record for record, refusal in zip(records, refusals, strict=True) if not refusal]
        return sound or (refusals or ["nothing varies"])[0]

    def values(self, hole: int) -> list[str]:
        """What stands in a hole, row by row."""
        values: list[str] = self.pattern["holes"][hole]["values"]
        return [values[row] for row in self.rows]

    def run_all(self, variations: Sequence[Variation], deadline: float = math.inf) -> list[Record]:
        """The records of these, run one after the other in a fork; after the deadline they are not run."""
        seconds = SECONDS_EACH * len(variations)
        answer = self._apart(lambda: {"records": self._records(variations, deadline)}, seconds, deadline)
        found: list[Record] = answer.get("records") or [LOST] * len(variations)
        return found

    def _records(self, variations: Sequence[Variation], deadline: float) -> list[Record]:
        """A few that do not end are enough: the others of their kind would take as long."""
        found: list[Record] = []
        for one in variations:
            stuck = sum(record["refusal"] == "too long" for record in found)
            late = stuck >= MOST_STUCK or time.monotonic() > deadline
            found.append({**LOST, "refusal": "too long"} if late else self._run(one))
        return found

    def _run(self, variation: Variation, carrier: Carrier | None = None, *, whole: bool = False) -> Record:
        changed = dict(variation.values)
        parameters: dict[str, Any] = {}
        literals: dict[int, Any] = {}
        fixtures: dict[str, str] = {}
        try:
            for at, hole in enumerate(self.pattern["holes"]):
                if hole["fixture"]:
                    fixtures |= {hole["fixture"]: changed[at]} if at in changed else {}
                elif hole["name"]:
                    template = changed.get(at) or self._value(variation.row, at)
                    parameters[hole["name"]] = self.names.value(template)
                elif at in changed:
                    literals[at] = self.names.value(changed[at])
        except Exception:  # a constructor that refuses its arguments
            return {"branches": [], "seen": [], "refusal": "no such value"}
        return (carrier or self._carriers[0]).run(parameters, literals, fixtures, whole=whole)

    def towards(
        self, pools: Sequence[Pool], variation: Variation, lines: Sequence[int], deadline: float = math.inf
    ) -> list[Variation]:
        """Variations in which what is compared on these lines comes nearer to the other outcome."""
        # Only a part of the time: what is found has to be tried.
        late = time.monotonic() + min(GRACE_SECONDS, (deadline - time.monotonic()) / ASKS)
        answer = self._apart(lambda: {"found": self._towards(pools, variation, lines, late)}, GRACE_SECONDS, late)
        found = answer.get("found", ())
        return [Variation(variation.row, tuple((hole, value) for hole, value in values)) for values in found]

    def _towards(
        self, pools: Sequence[Pool], variation: Variation, lines: Sequence[int], late: float
    ) -> list[Any]:
        whole, steps = self._whole(variation), STEPS_AT_ONCE if self.is_direct else STEPS
        found = Approach(whole, self._notes, steps, late).variations(pools, lines)
        return [self._changed(one).values for one in found]

    def _notes(self, variation: Variation) -> list[Note]:
        """What conditions compare when the test is run so."""
        with self._probes.watching() as notes:
            self._run(variation)
        return notes

    def _whole(self, variation: Variation) -> Variation:
        """The same with the value of each hole."""
        changed = dict(variation.values)
        holes = range(len(self.pattern["holes"]))
        return Variation(
            variation.row, tuple((at, changed.get(at, self._value(variation.row, at))) for at in holes)
        )

    def _changed(self, variation: Variation) -> Variation:
        """The same without the values that the row has anyway."""
        own = ((at, value) for at, value in variation.values if value != self._value(variation.row, at))
        return Variation(variation.row, tuple(own))

    def _value(self, row: int, hole: int) -> str:
        value: str = self.pattern["holes"][hole]["values"][self.rows[row]]
        return value

    def reduce(self, find: Find, search: Search, until: float) -> Variation:
        """The variation with fewer and plainer values that still does what it was found for, in time."""
        tries = TRIES_AT_ONCE if self.is_direct else TRIES
        seconds = SECONDS_EACH * tries / 4
        answer = self._apart(lambda: self._reduced(find, search, tries, until), seconds, until)
        values = answer.get("values", self.shown(find.variation).values)
        return Variation(find.variation.row, tuple((hole, value) for hole, value in values))

    def shown(self, variation: Variation) -> Variation:
        """It with all that a candidate would say: what is drawn has no row to begin with."""
        return self._whole(variation) if self.pattern["given"] else variation

    def _reduced(self, find: Find, search: Search, tries: int, until: float) -> Record:
        first = self.shown(find.variation)
        fewest = len(first.values) if self.pattern["given"] else 1
        return {"values": Reduction(find, first, fewest, search, self._run, tries, until).variation().values}

    def look(self, variation: Variation) -> Record | str:
        """What it did, the same each time (through pytest's protocol, on another day, with each carrier)."""
        ways: list[tuple[int, Carrier]] = [(days, self._carriers[0]) for days in DAYS_AHEAD]
        ways += [(0, carrier) for carrier in self._carriers[1:]]
        records = [self._apart(self._looking(variation, *way), 0.0) for way in ways]
        shown = [{key: value for key, value in one.items() if key != "branches"} for one in records]
        if any(other != shown[0] for other in shown[1:]):
            return "not the same each time"
        if "ended" in records[0]:
            return "crash"
        return objection(records[0]) or records[0]

    def _looking(self, variation: Variation, days: int, carrier: Carrier) -> Callable[[], Record]:
        def action() -> Record:
            with shifted(days):
                return self._run(variation, carrier, whole=True)

        return action

    def _apart(self, action: Callable[[], Record], seconds: float, deadline: float = math.inf) -> Record:
        """What `action` answers in a fork that may do no more than a candidate.

        It may take so many seconds, though only until the deadline, and some more: a run that hangs where no
        signal interrupts it must not take the others' time.
        """

        def narrowed() -> Record:
            if self._confinement is not None and not self._confinement["programs"]:
                confine.narrow()
            return action()

        left = max(deadline - time.monotonic(), 0.0)
        return fork.run(narrowed, min(seconds, left) + GRACE_SECONDS)
