"""What all ways of trying a mutant share: the tests, the time that is left, the forks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from .. import confine, fork, invocation
from . import tests
from .finder import SourceFinder

SLOWER = 5
"""How many times longer the tests may take on a mutant than on the original."""

Answer = dict[str, Any]


class Trial:
    """Some tests against some mutants.

    Args:
        work: The job's.
        mutants: Those to try, by id.
        select: Gives a fresh plugin that selects the tests, and pytest's arguments.
        deadline: When all must be over (`time.monotonic`).
    """

    def __init__(
        self,
        work: Answer,
        mutants: dict[str, Answer],
        select: Callable[[], tuple[object, Sequence[str]]],
        deadline: float,
    ) -> None:
        self._work = work
        self._job = work["job"]
        self._select = select
        self._deadline = deadline
        self.mutants = mutants

    @property
    def left(self) -> float:
        """Seconds."""
        return self._deadline - time.monotonic()

    def finder(self, name: str | None, before: Callable[[SourceFinder], None] | None = None) -> SourceFinder:
        """A finder of the source file with this mutant in it, or as it is."""
        path = Path(self._work["rootdir"], self._job["source"])
        return SourceFinder(path, self._job["source_text"] if name is None else self.text(name), before)

    def text(self, name: str) -> str:
        """The source file's text with this mutant in it."""
        text, mutant = self._job["source_text"], self.mutants[name]
        return f"{text[: mutant['start']]}{mutant['replacement']}{text[mutant['end'] :]}"

    def session(self, finder: SourceFinder, plugin: object) -> str:
        """A session of pytest with the source file as the finder has it; why it stopped early, or ""."""
        if finder.is_loaded():
            return "pytest itself has imported the source file"
        selection, arguments = self._select()
        sys.meta_path.insert(0, finder)
        return invocation.run(self._work, arguments, (selection, plugin))

    def fork_each(self, names: Iterable[str], action: Callable[[str], Answer], seconds: float) -> Answer:
        """What `action` answers for each mutant in a fork of its own, while there is time.

        Args:
            names: Ids of mutants.
            action: What to do.
            seconds: How long the same takes on the original.
        """
        limit, answers = max(float(self._job["seconds"]), SLOWER * seconds), {}
        for name in names:
            if self.left <= 0:
                break
            answer = fork.run(partial(action, name), min(limit, self.left))
            if "ended" not in answer or self.left > 0:  # cut short is not the same as too slow
                answers[name] = answer
        return answers

    def run(self, session: pytest.Session, items: Sequence[pytest.Item], most_failures: int = 0) -> Answer:
        """Run tests, in a process that from now on may do no more than a candidate's."""
        confinement = self._work["confinement"]
        if confinement is not None and not confinement["programs"]:
            confine.narrow()
        return tests.run(session, items, most_failures)

    def run_named(self, session: pytest.Session, names: Sequence[str]) -> Answer:
        """Run the tests that pass on the original, up to the first failure; one that is gone has failed."""
        wanted = set(names)
        items = [item for item in session.items if item.nodeid in wanted]
        if len(items) < len(wanted):
            return {"failed": [names[0]]}
        tests.without_words(items)
        return self.run(session, items, 1)
