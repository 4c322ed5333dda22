"""`repair`: show the model how its own test ended, once, and take what it makes of it.

What `corrected` can mend without asking is left to it. So is a test whose expected value the docstring has:
to have it changed would hide that the code may be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pytest_enrich.data import Candidate, Dropped, Gap, NewTest, Target
from pytest_enrich.proposers.ollama import corrected, excerpt, prompt, scenario
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.scenario import Writer
from pytest_enrich.protocols import Task

NAME = "repair"
MOST = 2
RUNGS = {"asserts", "passes", "gains"}
"""Where a test misses that a second look may mend; what is not allowed or flaky is no start for another."""


class Repair:
    """The strategy as a proposer; it comes after `scenario` and `corrected`, whose attempts it looks at."""

    name = "ollama"

    def __init__(self, asker: Asker, excluded: Sequence[str] = (), *, literal: bool) -> None:
        self._writer = Writer(asker, excluded, literal=literal)

    def propose(self, task: Task) -> Iterator[Candidate]:
        """For each of the model's tests that failed, what it writes after having seen how: one round."""
        taken: frozenset[str] = frozenset()
        for test, failure in list(_failed(task))[:MOST]:
            gap = _gap(task.target, test)
            if gap is None or not self._writer.may_ask(task.target, NAME):
                continue
            messages = prompt.repair(self._writer.messages(task, gap), test.code, failure)
            for made in self._writer.ask(NAME, task, gap, messages, taken):
                if made.code.partition("(")[2] != test.code.partition("(")[2]:
                    taken |= {made.name}
                    yield made


def _failed(task: Task) -> Iterator[tuple[NewTest, str]]:
    """The tests to be repaired, with what is told of their end."""
    for attempt in task.attempts:
        test, verdict = attempt.candidate, attempt.verdict
        if isinstance(verdict, Dropped) and verdict.rung in RUNGS and _is_first_try(test, task):
            is_ours = corrected.is_disagreement(attempt)
            if isinstance(test, NewTest) and not is_ours and len(test.code) <= excerpt.MOST_TEST:
                yield test, told(verdict)


def _is_first_try(test: Candidate, task: Task) -> bool:
    return test.origin.strategy == scenario.NAME and test.origin.seed == task.seed


def _gap(target: Target, test: NewTest) -> Gap | None:
    """The gap that the test was written for, if it is still open."""
    return next((gap for gap in target.gaps if gap.id == test.gaps[0]), None)


def told(verdict: Dropped) -> str:
    """How a test ended, in a few lines without paths."""
    if verdict.rung == "gains":
        return "It passes, but does not get to the marked line."
    if verdict.rung == "asserts":
        return "It asserts nothing about the code."
    lines = [line.strip() for line in verdict.detail.splitlines() if re.match(r"E |>", line)]
    shown = "\n".join(line for line in lines if line)[: prompt.MOST_FAILURE]
    return f"It failed:\n{shown}" if shown else f"It {verdict.reason}."
