"""Ask a model for whole tests: about a function with all its open gaps, until nothing more is gained.

In the same chat the model is told what became of a test that was not kept, and which changes of the code one that
was kept does not notice. When a question about all gaps gains nothing, each gap is asked about alone. A value that
the code gives and the model did not expect is put in without asking (`corrected`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from pytest_enrich.data import Attempt, Candidate, Dropped, Gap, Kept, NewTest, Origin
from pytest_enrich.proposers.ollama import prompt, reply
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.candidates import Candidates, known_names
from pytest_enrich.proposers.ollama.corrected import corrected, disagrees
from pytest_enrich.proposers.ollama.places import Places
from pytest_enrich.proposers.ollama.prompt import Context
from pytest_enrich.proposers.ollama.protocol import Message, Options
from pytest_enrich.proposers.ollama.question import Answered, Question, about_target, is_excluded
from pytest_enrich.protocols import Task
from pytest_enrich.writing import names

FIRST, AGAIN, SURVIVED = "scenario", "repair", "survivors"
ROUNDS = 3
"""How many replies a model gives in one chat."""
PREDICT = 1200
TEMPERATURE = 0.2
MOST_ENDS = 3
"""The number of tests whose end a model is told."""
PLACES = 4
"""At how many places a test is tried."""
_OUT_OF_PLACE = {"runs", "passes"}
_HOPELESS = {"parses", "allowed", "new"}
"""What is no test, is not allowed or exists already is nothing to try again from."""


class Scenario:
    """The strategy as a proposer.

    Args:
        asker: The model.
        places: Where tests may stand.
        excluded: Globs of files that must not be shown.
    """

    name = "ollama"

    def __init__(self, asker: Asker, places: Places, excluded: Sequence[str] = ()) -> None:
        self._asker, self._places, self._excluded = asker, places, excluded

    def propose(self, task: Task) -> Iterator[Candidate]:
        """The tests that the model writes: for all gaps together, then for each that is left."""
        talk = _Talk.of(task, self._asker, self._places, self._excluded)
        if talk is None:
            return
        left: Sequence[Gap] = task.target.gaps
        while left:
            yield from talk.about(left)
            before, left = left, [gap for gap in left if task.is_open(gap.id)]
            if len(left) == len(before):
                break
        for gap in left if len(left) > 1 else ():
            if task.is_open(gap.id):
                yield from talk.about([gap])

    def sharper(self, task: Task, kept: Attempt) -> Iterator[NewTest]:
        """Other tests for the gaps of a kept test of its own; none where that one notices enough."""
        alive = surviving(kept)
        talk = _Talk.of(task, self._asker, self._places, self._excluded)
        if talk is not None and alive and kept.candidate.origin.strategy in {FIRST, AGAIN}:
            yield from talk.sharper(kept.candidate.code, alive)


class _Talk:
    """All chats about one target."""

    def __init__(self, task: Task, asker: Asker, candidates: Candidates, context: Context) -> None:
        self._task, self._asker = task, asker
        self._candidates, self._context = candidates, context

    @classmethod
    def of(cls, task: Task, asker: Asker, places: Places, excluded: Sequence[str]) -> _Talk | None:
        """The chats about a task's target; None when its source must not be shown."""
        target = task.target
        if is_excluded(target.path, excluded):
            return None

        def shown(path: str) -> str:
            return "" if is_excluded(path, excluded) else places.read(path)

        path = target.placement.path
        near = [near.nodeid for near in target.nearest] or places.others(path)
        examples = (prompt.existing_test(shown(nodeid.partition("::")[0]), nodeid) for nodeid in near)
        context = Context(
            source_text=task.source_text,
            test_text=shown(path),
            example=next(filter(None, examples), ""),
            fixtures={} if is_excluded(path, excluded) else places.fixtures(path, excluded),
            turned_down=task.turned_down,
            room=asker.model.room,
        )
        origin = Origin(proposer="ollama", seed=task.seed, model=asker.model.pulled.name)
        known = known_names(target, task.source_text, places)
        return cls(task, asker, Candidates(target=target, known=known, places=places, origin=origin), context)

    def about(self, gaps: Sequence[Gap]) -> Iterator[Candidate]:
        """One chat about open gaps, until a reply gains something or leaves nothing to tell the model."""
        messages = prompt.whole_test(self._task.target, gaps, self._context)
        for turn in range(ROUNDS):
            strategy = AGAIN if turn else FIRST
            if not self._task.has_turn() or self._asker.is_barren(strategy):
                return
            answered = self._asker.ask(self._question(strategy, messages))
            if answered is None:
                return
            seen = len(self._task.so_far())
            yield from self._written(answered, strategy)
            docstring = self._task.target.docstring or ""
            yield from filter(None, (corrected(attempt, docstring) for attempt in self._task.so_far()[seen:]))
            attempts = self._task.so_far()[seen:]
            ends = [end for attempt in attempts if (end := described(attempt))]
            if not ends or any(isinstance(attempt.verdict, Kept) for attempt in attempts):
                return
            codes = "\n\n".join(attempt.candidate.code for attempt in attempts)[: prompt.MOST_REPLY]
            messages = prompt.again(messages, codes, ends[:MOST_ENDS])

    def sharper(self, code: str, alive: Sequence[str]) -> Iterator[NewTest]:
        """Tests that the model writes when told what its kept test does not notice."""
        if self._asker.is_barren(SURVIVED):
            return
        asked = prompt.whole_test(self._task.target, self._task.target.gaps, self._context)
        answered = self._asker.ask(self._question(SURVIVED, prompt.sharper(asked, code, alive)))
        if answered is not None and reply.read(answered.text):
            yield from self._written(answered, SURVIVED)

    def _question(self, strategy: str, messages: tuple[Message, ...]) -> Question:
        return Question(
            strategy=strategy,
            about=about_target(self._task.target),
            messages=messages,
            options=Options(predict=PREDICT, temperature=TEMPERATURE, seed=self._task.seed),
        )

    def _written(self, answered: Answered, strategy: str) -> Iterator[NewTest]:
        """The tests of a reply; a reply that cannot be read is judged like any other."""
        origin = replace(self._candidates.origin, strategy=strategy, prompt=answered.prompt)
        taken = names.kept(replace(self._task, attempts=self._task.so_far()))
        candidates = replace(self._candidates, origin=origin, taken=taken)
        tests = reply.read(answered.text)
        self._asker.tally[f"{strategy} given"] += len(tests)
        if not tests:
            yield candidates.unreadable(answered.text)
        for test in tests:
            for candidate in islice(candidates.of(test), PLACES):
                yield candidate
                if not self._stands_elsewhere(candidate):
                    candidates = replace(candidates, taken=candidates.taken | {candidate.name})
                    break

    def _stands_elsewhere(self, made: NewTest) -> bool:
        """Whether a test did not even run as it should, as when its names mean something else at that place."""
        verdicts = [attempt.verdict for attempt in self._task.so_far() if attempt.candidate is made]
        return any(isinstance(verdict, Dropped) and verdict.rung in _OUT_OF_PLACE for verdict in verdicts)


def surviving(attempt: Attempt) -> list[str]:
    """The changes of the code that neither the kept test nor an existing one notices, as told to the model."""
    if not isinstance(attempt.verdict, Kept):
        return []
    tried = attempt.verdict.mutants.list
    alive = (one for one in tried if not (one.killed or one.killed_before or one.equivalent))
    return [f"line {mutant.line}: {mutant.change}" for mutant in alive]


def described(attempt: Attempt) -> str:
    """How a test ended, in a few lines without paths; "" for one that was kept, or that no second try can fix."""
    verdict, name = attempt.verdict, attempt.candidate.name
    if not isinstance(verdict, Dropped) or verdict.rung in _HOPELESS or disagrees(attempt):
        return ""
    if verdict.rung == "gains":
        return f"{name} passes, but does not get to a marked line."
    if verdict.rung == "asserts":
        return f"{name} asserts nothing about the code."
    lines = [line.strip() for line in verdict.detail.splitlines() if re.match(r"E |>", line)]
    shown = "\n".join(line for line in lines if line)[: prompt.MOST_FAILURE]
    return f"{name} failed:\n{shown}" if shown else f"{name} {verdict.reason}."
