"""What a model was asked in one run, counted: for people, for `run.json`, and to see what pays."""

from __future__ import annotations

from collections import Counter, defaultdict

from pytest_enrich.proposers.ollama.exchange import Answer, Counts, Failure
from pytest_enrich.proposers.ollama.question import Question

UNASKED = "not asked: no time"
NEEDED, LEFT = "needed by what was not asked", "left for what was not asked"


class Figures:
    """Counts of what was asked and given, and seconds; `waited` are the clock's, the others the server's own."""

    def __init__(self) -> None:
        self.tally: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)
        self._modules: set[str] = set()

    def loaded(self, counts: Counts) -> None:
        """The model was loaded, or read what all questions begin with."""
        self.seconds["loading"] += counts.load
        self.seconds["server"] += counts.total

    def answered(self, question: Question, answer: Answer, took: float) -> None:
        """A question was asked, and this came of it after `took` seconds."""
        self.tally["questions"] += 1
        self.tally[f"{question.strategy} asked"] += 1
        self.seconds["waited"] += took
        if isinstance(answer, Failure):
            self.tally[f"failed: {answer.kind}"] += 1
            return
        self.tally["tokens read"] += answer.counts.prompt or 0
        self.tally["tokens written"] += answer.counts.reply or 0
        self.seconds["writing"] += answer.counts.writing
        self.loaded(answer.counts)
        self._read(question, answer.counts.reading)

    def unasked(self, needed: float, left: float) -> None:
        """There was no time for a question; of the first it is kept what it needed, and what was left."""
        self.tally[UNASKED] += 1
        self.seconds.setdefault(NEEDED, needed)
        self.seconds.setdefault(LEFT, left)

    def _read(self, question: Question, seconds: float) -> None:
        module = question.about.partition("::")[0]
        order = "reading, later" if module in self._modules else "reading, first of a module"
        self._modules.add(module)
        self.tally[order] += 1
        self.seconds[order] += seconds
