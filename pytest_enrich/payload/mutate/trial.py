"""What all ways of trying a mutant share: the tests, the time that is left, the forks."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .. import confine, fork, invocation
from . import tests
from .corpus import Corpus
from .finder import SourceFinder
from .statements import changed

SLOWER = 5
"""How many times longer the tests may take on a mutant than on the original."""

Answer = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Took:
    """How long something took on the original, in seconds: of wall clock, and of the processor."""

    wall: float
    processor: float

    def __add__(self, other: Took) -> Took:
        return Took(self.wall + other.wall, self.processor + other.processor)


@dataclasses.dataclass(frozen=True)
class Known:
    """What is known of the original.

    Attributes:
        names: Of the tests that pass.
        took: How long they take in the way in which a mutant is tried.
        calls: Asks how the calls of the corpus end; `Corpus.original` says what it gives.
    """

    names: Sequence[str]
    took: Took
    calls: Callable[[], Answer]


Way = Callable[[str, Callable[[pytest.Session], Answer]], Answer]
"""Puts a mutant in place, in this process for good, and answers what an action in a session answers then."""


class Trial:
    """Some tests against some mutants.

    Args:
        work: The job's.
        mutants: Those to try, by id.
        select: Gives a fresh plugin that selects the tests, and pytest's arguments.
        deadline: When all must be over (`time.monotonic`).
        corpus: Calls to compare a mutant by that no test notices, or None.
        to_the_end: Whether each test is wanted that fails, and not only the first.
        session: How pytest is run.
    """

    def __init__(  # noqa: PLR0913 - each is known to another part of a job
        self,
        work: Answer,
        mutants: dict[str, Answer],
        select: Callable[[], tuple[object, Sequence[str]]],
        deadline: float,
        *,
        corpus: Corpus | None = None,
        to_the_end: bool = False,
        session: invocation.Session = invocation.run,
    ) -> None:
        self._work = work
        self._job = work["job"]
        self._select = select
        self._deadline = deadline
        self._to_the_end = to_the_end
        self._session = session
        self.corpus = corpus
        self.mutants = mutants

    @property
    def left(self) -> float:
        """Seconds."""
        return self._deadline - time.monotonic()

    def finder(self, name: str | None, before: Callable[[SourceFinder], None] | None = None) -> SourceFinder:
        """A finder of the source file with this mutant in it, or as it is."""
        path = Path(self._work["rootdir"], self._job["source"])
        return SourceFinder(path, self.text(name), before)

    def text(self, name: str | None) -> str:
        """The source file's text with this mutant in it, or as it is."""
        text, mutant = self._job["source_text"], self.mutants.get(name) if name else None
        return changed(text, mutant) if mutant else text

    def lines(self, name: str) -> range:
        """The lines from the beginning of the mutated statement to the end of what is changed."""
        mutant = self.mutants[name]
        return range(mutant["statement"], self._job["source_text"].count("\n", 0, mutant["end"]) + 2)

    def session(self, finder: SourceFinder, plugin: object) -> str:
        """A session of pytest with the source file as the finder has it; why it stopped early, or ""."""
        if finder.is_loaded():
            return "pytest itself has imported the source file"
        selection, arguments = self._select()
        sys.meta_path.insert(0, finder)
        return self._session(self._work, arguments, (selection, plugin))

    def try_each(self, names: Iterable[str], way: Way, known: Known) -> Answer:
        """What the tests say of each mutant; of one that they say nothing of, what the calls of the corpus say.

        Args:
            names: Ids of mutants.
            way: How a mutant is put in place.
            known: Of the original.
        """
        fates = self._fork_each(names, lambda name: way(name, partial(self._run_named, known.names)), known.took)
        alive = [name for name, answer in fates.items() if answer.get("failed") == []]
        for name, answer in self._compared(alive, way, known).items():
            fates[name] = {**fates[name], **answer}
        return fates

    def _compared(self, alive: Sequence[str], way: Way, known: Known) -> dict[str, Answer]:
        """Of each of these mutants the calls by which it is `told`, or how many find it `alike`."""
        if self.corpus is None or not alive:
            return {}
        calls, corpus = known.calls(), self.corpus
        running = {name: corpus.running(self.mutants[name], calls) for name in alive}
        asked = [name for name, places in running.items() if places]
        longer = known.took + Took(*calls["took"])
        ends = self._fork_each(
            asked, lambda name: way(name, lambda _session: corpus.compare(calls["seen"], running[name])), longer
        )
        told = {name: answer["told"] for name, answer in ends.items() if "told" in answer}
        return {name: {"told": calls} if calls else {"alike": len(running[name])} for name, calls in told.items()}

    def _fork_each(self, names: Iterable[str], action: Callable[[str], Answer], took: Took) -> Answer:
        """What `action` answers for each mutant in a fork of its own, while there is time."""
        limit = max(float(self._job["seconds"]), SLOWER * took.wall)
        processor = max(float(self._job["processor_seconds"]), SLOWER * took.processor)
        answers: Answer = {}
        for name in names:
            if self.left <= 0:
                break
            answer = fork.run(partial(action, name), min(limit, self.left), processor)
            if "ended" not in answer or self.left > 0:  # cut short is not the same as too slow
                answers[name] = answer
        return answers

    def run(self, session: pytest.Session, items: Sequence[pytest.Item], most_failures: int = 0) -> Answer:
        """Run tests, in a process that from now on may do no more than a candidate's."""
        confinement = self._work["confinement"]
        if confinement is not None and not confinement["programs"]:
            confine.narrow()
        return tests.run(session, items, most_failures)

    def _run_named(self, names: Sequence[str], session: pytest.Session) -> Answer:
        """Run the tests that pass on the original, up to the first failure; one that is gone has failed."""
        wanted = set(names)
        items = [item for item in session.items if item.nodeid in wanted]
        if len(items) < len(wanted):
            return self.gone(names)
        tests.without_words(items)
        return self.run(session, items, 0 if self._to_the_end else 1)

    def gone(self, names: Sequence[str]) -> Answer:
        """What tests that are not there any more come to."""
        return {"failed": list(names if self._to_the_end else names[:1])}
