"""How calls of the code under test end on the original, and whether they end differently on a mutant."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from .. import confine, express, fork, guard

if TYPE_CHECKING:
    from ..explore.calls import Program
    from ..explore.run import Runner

UNTOLD = {"side effect", "too long", "not a program", "no such object"}
"""Refusals after which nothing can be said about a call."""
SECONDS = 10.0
SHARE = 0.25
"""The share of the time left for all calls on the original: the rest is for mutants."""

Answer = dict[str, Any]
MOST_TOLD = 16
NOTHING: Answer = {"seen": [], "lines": [], "took": 0.0}


class Corpus:
    """The calls of a `Mutate` job.

    What runs them is imported only after pytest has started, as pytest would warn about it otherwise.
    """

    def __init__(self, work: Answer) -> None:
        self._work = work
        self._calls: list[Answer] = work["job"]["corpus"]

    def original(self, filename: Callable[[], str], seconds: float) -> Answer:
        """How the calls end on the code that is there now, run in forks.

        Args:
            filename: Returns the file name in the code of the source file, once that is imported.
            seconds: How much time is left for this and everything after it.

        Returns:
            `seen`: for each call, a digest of how it ends, None if that is not the same each time; `lines`: for
            each call, the lines of the source file that it runs; `took`: seconds for all of them. `NOTHING` if
            there is nothing to compare.
        """
        from ..explore import run  # noqa: F401 - once, here, as each of the forks would import it

        limit = min(SECONDS, seconds * SHARE)
        first = fork.run(lambda: self._all(filename), limit)
        # As on the mutants, without noting lines, which takes longer than the calls.
        again = fork.run(lambda: self._all(str), limit)
        if "ended" in first or "ended" in again:
            return NOTHING
        steady = [end if end == later else None for end, later in zip(first["seen"], again["seen"], strict=True)]
        return {**first, "seen": steady}

    @staticmethod
    def running(mutant: Answer, calls: Answer) -> list[int]:
        """The indices of the calls that run a mutant's statement and end the same each time, by `original`."""
        mutated = {mutant["line"], mutant["statement"]}
        pairs = enumerate(zip(calls["seen"], calls["lines"], strict=True))
        return [index for index, (seen, lines) in pairs if seen is not None and not mutated.isdisjoint(lines)]

    def compare(self, seen: Sequence[str | None], places: Sequence[int]) -> Answer:
        """`told`: of the calls at these indices, the first few that end differently here than in `seen`.

        Only to be called in a fork.
        """
        runner, programs = self._runner(""), self._programs()
        differing = (index for index in places if _end(runner, programs[index])[0] != seen[index])
        return {"told": list(islice(differing, MOST_TOLD))}

    def _all(self, filename: Callable[[], str]) -> Answer:
        started = time.monotonic()
        for call in self._calls:
            _import_names(call)
        runner = self._runner(filename())
        ends = [_end(runner, program) for program in self._programs()]
        seen, lines = [digest for digest, _ in ends], [lines for _, lines in ends]
        return {"seen": seen, "lines": lines, "took": time.monotonic() - started}

    def _programs(self) -> list[Program]:
        from ..explore.calls import Program

        return [Program(tuple(call["lines"]), call["action"], call["expression"]) for call in self._calls]

    def _runner(self, filename: str) -> Runner:
        """A runner, in a process that from now on may do no more than one that explores."""
        from ..engine.trace import Tracer
        from ..explore.run import Runner

        guard.install(self._work["scratch"], self._work["rootdir"], subprocesses=False)
        confine.narrow(self._work["confinement"])
        return Runner(Tracer(filename, {}), {}, self._work["rootdir"])


def _end(runner: Runner, program: Program) -> tuple[str | None, list[int]]:
    """A digest of how a call ends, and the lines that it runs."""
    from ..explore.observe import observe

    outcome = runner.run(program)
    lines = sorted({line for pair in outcome.branches for line in pair if line > 0})
    if outcome.refusal in UNTOLD:
        return None, lines
    kind = type(outcome.raised)
    seen = (outcome.refusal, kind.__module__, kind.__qualname__, observe(runner, program, known=outcome))
    return hashlib.sha256(repr(seen).encode("utf-8", "replace")).hexdigest()[:16], lines


def _import_names(call: Answer) -> None:
    for template in (*call["lines"], call["action"]):
        with contextlib.suppress(Exception):  # a name that does not exist: its call will be refused
            express.compilable(template)
