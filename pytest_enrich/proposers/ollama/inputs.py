"""`inputs`: ask for arguments, run them, and state what was seen; what the model believes of them is not asked.

The arguments are also where the search begins once more: a value that is nearly right is varied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from pytest_enrich.data import Call, Candidate, Explored, Gap, Origin, Recorded, Target
from pytest_enrich.proposers import exploring
from pytest_enrich.proposers.exploring import Limits, record
from pytest_enrich.proposers.ollama import answer, excerpt, prompt, redact, schema
from pytest_enrich.proposers.ollama import subject as subjects
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.question import Question
from pytest_enrich.proposers.ollama.subject import Subject, as_call
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.writing import findings

NAME = "inputs"
MOST_INPUTS = 4
MOST_GAPS = 3
PREDICT = 320
MOST_TESTS = 40
RECORD_SECONDS = 30.0
SEARCH_SECONDS = 6.0
EXECUTIONS = 3000
# First what is likely, then something else.
TEMPERATURES = (0.2, 0.8)


class Inputs:
    """The strategy as a proposer."""

    name = "ollama"

    def __init__(self, asker: Asker, sandbox: Sandbox, excluded: Sequence[str] = (), *, literal: bool) -> None:
        self._asker = asker
        self._sandbox = sandbox
        self._excluded = excluded
        self._literal = literal

    def propose(self, task: Task) -> Iterator[Candidate]:
        """Tests of inputs that reach a gap, for a few of the gaps, most important first."""
        target = task.target
        if not target.entries or redact.is_excluded(target.path, self._excluded) or self._asker.is_barren(NAME):
            return
        subject = subjects.of(target, task.source_text, self._record(target), literal=self._literal)
        if not subject.fields:  # a call without arguments is no question
            return
        reached: set[str] = set()
        taken: frozenset[str] = frozenset()
        for gap in task.target.gaps[:MOST_GAPS]:
            if gap.id in reached:
                continue
            for made in self._of_gap(task, subject, gap, taken):
                reached |= set(made.gaps)
                taken |= {made.name}
                yield made

    def _of_gap(self, task: Task, subject: Subject, gap: Gap, taken: frozenset[str]) -> Iterator[Candidate]:
        """Ask, run, and when nothing gets there ask once more with what was tried."""
        tried: list[dict[str, Any]] = []
        for number, temperature in enumerate(TEMPERATURES):
            question = self._question(subject, gap, tried, temperature, task.seed + number)
            answered = self._asker.ask(question)
            if answered is None:
                return
            given = answer.inputs(answered.text)
            calls = [call for one in given if (call := as_call(one, subject)) is not None]
            self._asker.tally[f"{NAME} given"] += len(given)
            self._asker.tally[f"{NAME} valid"] += len(calls)
            explored = self._explore(task, subject, calls) if calls else None
            origin = self._origin(task, answered.prompt)
            made = list(findings.render(task, explored, origin, taken)) if explored else []
            self._asker.tally[f"{NAME} reaching"] += len(made)
            yield from made
            if any(gap.id in one.gaps for one in made):
                return
            tried += list(given)

    def _question(
        self, subject: Subject, gap: Gap, tried: Sequence[dict[str, Any]], temperature: float, seed: int
    ) -> Question:
        messages = prompt.inputs(subjects.page(subject), gap, tried)
        return Question(
            strategy=NAME,
            about=f"{subject.target.path}::{subject.target.qualname}",
            messages=messages,
            schema=schema.of_inputs(subject.fields, subject.required, MOST_INPUTS),
            predict=PREDICT,
            temperature=temperature,
            seed=seed,
        )

    def _origin(self, task: Task, digest: str) -> Origin:
        model = self._asker.model.pulled.name
        return Origin(proposer=self.name, seed=task.seed, model=model, strategy=NAME, prompt=digest)

    def _record(self, target: Target) -> Recorded:
        def may_run(path: str) -> bool:
            return not redact.is_excluded(path, self._excluded)

        return record(target, self._sandbox, most=MOST_TESTS, seconds=RECORD_SECONDS, may_run=may_run)

    def _explore(self, task: Task, subject: Subject, calls: Sequence[Call]) -> Explored | None:
        limits = Limits(seed=task.seed + 1, executions=min(EXECUTIONS, task.executions), seconds=SEARCH_SECONDS)
        entry = replace(subject.entry, calls=tuple(calls))
        return exploring.explore(task, (entry,), subject.recorded, self._sandbox, limits)


def sizes(targets: Iterable[Target], source_text: Callable[[str], str]) -> Iterator[int]:
    """How many characters the prompts about these targets have at most, for a window that all of them fit into."""
    for target in targets:
        if target.entries:
            page = subjects.page(subjects.of(target, source_text(target.path)))
            # A repair shows the existing test, the model's own one and how that ended.
            extra = prompt.MOST_SHOWN * (prompt.MOST_TRIED + subjects.SHOWN) + prompt.MOST_FAILURE
            extra += 2 * excerpt.MOST_TEST
            for gap in target.gaps[:MOST_GAPS]:
                yield sum(len(one.content) for one in prompt.inputs(page, gap)) + extra
