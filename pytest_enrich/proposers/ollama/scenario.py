"""`scenario`: ask for a whole short test; it is kept when the code does what the model expected, and gains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_enrich.data import Candidate, Gap, NewTest, Origin
from pytest_enrich.proposers.ollama import answer, prompt, redact, written
from pytest_enrich.proposers.ollama import subject as subjects
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.question import Question
from pytest_enrich.protocols import Task

NAME = "scenario"
MOST_GAPS = 2
PREDICT = 400
TEMPERATURE = 0.2
FEWEST_PARAMETERS = 3e9
"""What smaller models write as whole tests does not pass; their time is better spent on inputs."""


class Scenario:
    """The strategy as a proposer; `literal` says that no code that a model wrote may run: then it is silent."""

    name = "ollama"

    def __init__(self, asker: Asker, excluded: Sequence[str] = (), *, literal: bool) -> None:
        self._asker = asker
        self._excluded = excluded
        self._is_silent = literal or 0 < asker.model.pulled.parameters < FEWEST_PARAMETERS

    def propose(self, task: Task) -> Iterator[Candidate]:
        """The tests that the model writes for a few of the gaps, those without a chance left out."""
        target = task.target
        if self._is_silent or not target.entries or redact.is_excluded(target.path, self._excluded):
            return
        taken: frozenset[str] = frozenset()
        for gap in target.gaps[:MOST_GAPS]:
            for made in self._of_gap(task, gap, taken):
                taken |= {made.name}
                yield made

    def _of_gap(self, task: Task, gap: Gap, taken: frozenset[str]) -> Iterator[NewTest]:
        answered = self._asker.ask(self._question(task, gap))
        if answered is None:
            return
        origin = Origin(
            proposer=self.name,
            seed=task.seed,
            model=self._asker.model.pulled.name,
            strategy=NAME,
            prompt=answered.prompt,
        )
        desk = written.Desk.of(task, gap, origin, taken)
        for code in answer.tests(answered.text):
            self._asker.tally[f"{NAME} given"] += 1
            made = desk.write(code)
            if made is not None:
                self._asker.tally[f"{NAME} valid"] += 1
                yield made
                desk = desk.without(made.name)

    def _question(self, task: Task, gap: Gap) -> Question:
        is_open = not redact.is_excluded(task.target.placement.path, self._excluded)
        page = subjects.page(subjects.of(task.target, task.source_text))
        return Question(
            strategy=NAME,
            about=f"{task.target.path}::{task.target.qualname}",
            messages=prompt.scenario(page, gap, task.test_text if is_open else "", task.turned_down),
            predict=PREDICT,
            temperature=TEMPERATURE,
            seed=task.seed,
        )
