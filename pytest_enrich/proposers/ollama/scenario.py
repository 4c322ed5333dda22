"""`scenario`: ask for a whole short test; it is kept when the code does what the model expected, and gains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_enrich.data import Candidate, Gap, NewTest, Origin, Target
from pytest_enrich.proposers.ollama import answer, prompt, redact, written
from pytest_enrich.proposers.ollama import subject as subjects
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.exchange import Message
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
        self._writer = Writer(asker, excluded, literal=literal)

    def propose(self, task: Task) -> Iterator[Candidate]:
        """The tests that the model writes for a few of the gaps, those without a chance left out."""
        if not self._writer.may_ask(task.target, NAME):
            return
        taken: frozenset[str] = frozenset()
        for gap in task.target.gaps[:MOST_GAPS]:
            for made in self._writer.ask(NAME, task, gap, self._writer.messages(task, gap), taken):
                taken |= {made.name}
                yield made


class Writer:
    """Has a model write whole tests, for the strategies that do."""

    def __init__(self, asker: Asker, excluded: Sequence[str], *, literal: bool) -> None:
        self._asker = asker
        self._excluded = excluded
        self._is_silent = literal or 0 < asker.model.pulled.parameters < FEWEST_PARAMETERS

    def may_ask(self, target: Target, strategy: str) -> bool:
        """Whether this model is asked for whole tests, about this target, and whether that ever led anywhere."""
        is_open = bool(target.entries) and not redact.is_excluded(target.path, self._excluded)
        return is_open and not self._is_silent and not self._asker.is_barren(strategy)

    def messages(self, task: Task, gap: Gap) -> tuple[Message, ...]:
        """The chat that asks for a whole test."""
        is_open = not redact.is_excluded(task.target.placement.path, self._excluded)
        page = subjects.page(subjects.of(task.target, task.source_text))
        return prompt.scenario(page, gap, task.test_text if is_open else "", task.turned_down)

    def ask(
        self, strategy: str, task: Task, gap: Gap, messages: tuple[Message, ...], taken: frozenset[str]
    ) -> Iterator[NewTest]:
        """The tests of the reply that could run, under names that are not among `taken`."""
        answered = self._asker.ask(_question(strategy, task, messages))
        if answered is None:
            return
        model = self._asker.model.pulled.name
        origin = Origin(proposer="ollama", seed=task.seed, model=model, strategy=strategy, prompt=answered.prompt)
        desk = written.Desk.of(task, gap, origin, taken)
        for code in answer.tests(answered.text):
            self._asker.tally[f"{strategy} given"] += 1
            made = desk.write(code)
            if made is not None:
                self._asker.tally[f"{strategy} valid"] += 1
                yield made
                desk = desk.without(made.name)


def _question(strategy: str, task: Task, messages: tuple[Message, ...]) -> Question:
    return Question(
        strategy=strategy,
        about=f"{task.target.path}::{task.target.qualname}",
        messages=messages,
        predict=PREDICT,
        temperature=TEMPERATURE,
        seed=task.seed,
    )
