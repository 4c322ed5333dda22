"""`properties`: laws that the source invites, as short `@given` tests, for teams that use Hypothesis.

Round trips by name, doing a thing twice, what a docstring says of each result, two functions that do the same.
Only what holds, with several seeds and many examples, and closes a gap each time is proposed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import islice

from msgspec.structs import replace

from pytest_enrich.data import Call, Candidate, NewTest, Origin, Template
from pytest_enrich.proposers.properties import draw, find, outline, trial
from pytest_enrich.proposers.properties.draw import Drawn, Source
from pytest_enrich.proposers.properties.law import Law
from pytest_enrich.proposers.properties.trial import Held
from pytest_enrich.proposers.properties.uses import uses_hypothesis
from pytest_enrich.proposers.properties.write import Desk
from pytest_enrich.proposers.recording import record
from pytest_enrich.protocols import Sandbox, Task

MOST_LAWS = 6
MOST_TRIES = 3
MOST_TESTS = 40
RECORD_SECONDS = 30.0


class PropertiesProposer:
    """Thinks of properties; everything runs in `sandbox`. For suites of which `uses_hypothesis` is true."""

    name = "properties"

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def propose(self, task: Task) -> Iterator[Candidate]:
        """One candidate for each law that holds and closes gaps, the most telling first."""
        # Another seed would give it no other ideas.
        if any(attempt.candidate.origin.proposer == self.name for attempt in task.attempts):
            return
        target, read = task.target, outline.read(task.source_text)
        if read is None:
            return
        desk = Desk.of(task, Origin(proposer=self.name, seed=task.seed, reduced=True))
        source = Source(outline=read, module=target.module, calls=self._calls(task))
        until, done = time.monotonic() + task.seconds, set[str]()
        for law in find.laws(read, target.module, target.qualname.rpartition(".")[2])[:MOST_LAWS]:
            if time.monotonic() > until:
                return
            if law.name not in done and not desk.knows(law):
                found = self._test(task, desk, source, law)
                yield from found
                done |= {law.name} if found else set()

    def _test(self, task: Task, desk: Desk, source: Source, law: Law) -> list[NewTest]:
        """The test of a law with the widest of its strategies with which it holds, if there is one."""
        refuted = ""
        for drawn in islice(source.ways(law), MOST_TRIES):
            every = draw.words(drawn)
            write = partial(_write, desk, law, drawn, f"{every}{refuted}")
            tried = trial.run(task, write, self._sandbox)
            if isinstance(tried, Held):
                written = write(()) if tried.gaps else None
                return [replace(written, gaps=tried.gaps)] if written else []
            if tried is None:
                return []
            refuted = refuted or f" (it does not hold for every {every})"
        return []

    def _calls(self, task: Task) -> Callable[[str], Sequence[Call]]:
        """The calls that the nearest tests make, recorded when somebody first asks."""

        @cache
        def recorded() -> tuple[Call, ...]:
            return record(task.target, self._sandbox, most=MOST_TESTS, seconds=RECORD_SECONDS).calls

        return lambda qualname: [one for one in recorded() if one.qualname == qualname]


def _write(desk: Desk, law: Law, drawn: Drawn, every: str, above: Sequence[Template]) -> NewTest | None:
    return desk.write(law, drawn, every, above=above)


__all__ = ["PropertiesProposer", "uses_hypothesis"]
