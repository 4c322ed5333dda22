"""Asking one model for one run: what is sent is clean and noted, what was asked before is not asked again.

What was asked is counted, for people and for `run.json`, and a strategy that never pays is left.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Kept
from pytest_enrich.proposers.ollama.client import Client
from pytest_enrich.proposers.ollama.line import Line
from pytest_enrich.proposers.ollama.protocol import Answer, Counts, Failure, Message, Options, Reply, Request
from pytest_enrich.proposers.ollama.question import (
    Answered,
    Answers,
    Exchange,
    Model,
    Question,
    Redaction,
    Replies,
    Scan,
    scanner,
    without_secrets,
)

PATIENCE = 3
_DOWN = {"unreachable", "busy", "timeout", "server error"}
_FINAL = {"remote", "not found", "stopped"}
FIRST_WORDS = 4
DEAR = 0.1
"""The part of the time that is left which one question of another form may cost."""

UNASKED = "not asked: no time"
NEEDED, LEFT = "needed by what was not asked", "left for what was not asked"

BARREN = 16
"""So many questions of which none led to a candidate are enough."""
IDLE = 12
"""So many questions in a row of whose candidates none was kept are, too."""


class Asker:
    """Asks one model. Threads may share it; the server is asked one question at a time.

    `left` tells how many seconds of the run are left, `attempts` what was tried in it so far. `unasked` is what
    (`path::qualname`) there was no time to ask about; when it `is_late` there is none for any question.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each is known to another part of a session
        self,
        client: Client,
        model: Model,
        answers: Answers,
        left: Callable[[], float],
        scan: Scan | None = None,
        attempts: Callable[[], Sequence[Attempt]] = tuple,
    ) -> None:
        self.model = model
        self._figures = Figures()
        self.tally, self.seconds = self._figures.tally, self._figures.seconds
        self.problem = ""
        self.unasked: set[str] = set()
        self.is_late = False
        self._client = client
        self._replies = Replies(answers)
        self._left = left
        self._scan = scan or scanner()
        self._attempts = attempts
        self._window = model.window
        self._is_closed = False
        self._failed = 0
        self._line = Line(client, model, left)

    def ask(self, question: Question) -> Answered | None:
        """The reply, from before or from the model; None when there is none."""
        question, log = without_secrets(question, self._scan)
        if log:
            self.tally["secrets taken out"] += len(log)
        request = self._request(question)  # as it would be sent at first: whatever is learned, it is kept as this
        digest = request.digest(self.model.pulled.digest)
        if (known := self._replies.get(digest)) is not None:
            self.tally["from before"] += 1
            return Answered(text=known.text, prompt=digest, strategy=question.strategy, kept=True)
        with self._line.turn(request):
            return self._asked(question, request, digest, log) if self._may_ask(question, request) else None

    def said(self, about: str) -> Sequence[Answered]:
        """What was replied to questions about a target (`path::qualname`), in this run and in earlier ones."""
        return self._replies.about(about)

    def warm(self, first: tuple[Message, ...] = ()) -> Answer:
        """Have the model loaded with the options of the run, and read what all questions about inputs begin with.

        From that it is known how fast it is before it is asked anything about the code.
        """
        empty = Request(model=self.model.name, messages=(), options=Options(window=self._window))
        few = replace(empty.options, predict=FIRST_WORDS, temperature=0.0)
        primer = replace(empty, messages=first, options=few, think=self.model.think)
        with self._line.turn(empty):
            for request in (empty, primer) if first else (empty,):
                answer = self._line.ask(request)
                if isinstance(answer, Failure):
                    return answer
                self._figures.loaded(answer.counts)
        return answer

    def close(self) -> None:
        """Ask nothing more, and leave what is under way."""
        self._is_closed = True
        self._client.close()

    def is_barren(self, strategy: str) -> bool:
        """Whether a strategy led nowhere so often that its time is better spent elsewhere, or it is late."""
        paid = self.paid().get(strategy, UNTRIED)
        reached = bool(self.tally[f"{strategy} reaching"])
        return self.is_late or is_spent(paid, self.tally[f"{strategy} asked"], reached=reached)

    def is_dear(self, question: Question) -> bool:
        """Whether a question of another form than those round it costs more than it is likely to be worth.

        The server reads all of it, and then all of the others once more: several of those could be asked instead.
        """
        request = self._request(without_secrets(question, self._scan)[0])
        is_known = self._replies.get(request.digest(self.model.pulled.digest)) is not None
        return not is_known and self._line.costs(request, question.strategy) > DEAR * max(self._left(), 0.0)

    def paid(self) -> Mapping[str, Paid]:
        """What became of the candidates of each strategy."""
        return fold_attempts(self._attempts(), self.model.pulled.name)

    def _may_ask(self, question: Question, request: Request) -> bool:
        """Whether there is somebody to be asked, and time for it: a reply that is cut off is worth nothing."""
        if self._is_closed or self.problem:
            return False
        left, needed = self._left(), self._line.needs(request, question.strategy)
        if left > 0 and needed <= left:
            return True
        self.is_late = self.is_late or left <= self._line.shortest or not self.tally["questions"]
        self.unasked.add(question.about)
        self._figures.unasked(needed, max(left, 0.0))
        return False

    def _asked(
        self, question: Question, request: Request, digest: str, log: tuple[Redaction, ...]
    ) -> Answered | None:
        began = time.monotonic()
        answer = self._line.ask(request, question.strategy)
        took = time.monotonic() - began
        self._figures.answered(question, answer, took)
        if isinstance(answer, Failure):
            self._note(answer)
            return None
        self._failed = 0
        self._keep(question, answer, digest, log, took)
        return Answered(text=answer.text, prompt=digest, strategy=question.strategy)

    def _request(self, question: Question) -> Request:
        return Request(
            model=self.model.name,
            messages=question.messages,
            options=Options(
                window=self._window,
                predict=question.predict,
                temperature=question.temperature,
                seed=question.seed,
            ),
            schema=question.schema,
            think=self.model.think,
            suffix=question.suffix,
            stop=question.stop,
        )

    def _keep(
        self, question: Question, reply: Reply, digest: str, log: tuple[Redaction, ...], took: float
    ) -> None:
        kept = Exchange(
            model=self.model.pulled.name,
            digest=self.model.pulled.digest,
            host=str(self._client.host),
            question=question,
            window=self._window,
            text=reply.text,
            reason=reply.reason,
            counts=reply.counts,
            seconds=took,
            redactions=log,
        )
        self._replies.keep(digest, kept)

    def _note(self, failure: Failure) -> None:
        """A server that is gone, or that sends code elsewhere, is not asked again in this run; unless we left."""
        if self._is_closed:
            return
        self._failed = self._failed + 1 if failure.kind in _DOWN else 0
        if failure.kind in _FINAL or self._failed >= PATIENCE:
            self.problem = str(failure)


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


class Paid(Struct, frozen=True, kw_only=True):
    """What became of a strategy: how many candidates were tried and kept.

    `idle` are the questions since the last one of which a candidate was kept. Candidates of one question are not
    counted one by one: after one that closes the gap the others close none.
    """

    tried: int = 0
    kept: int = 0
    idle: int = 0


UNTRIED = Paid()


def fold_attempts(attempts: Iterable[Attempt], model: str) -> Mapping[str, Paid]:
    """Of each strategy of this model, what it came to."""
    found: dict[str, dict[str, list[bool]]] = {}
    for attempt in attempts:
        origin = attempt.candidate.origin
        if origin.model == model and origin.strategy:
            questions = found.setdefault(origin.strategy, {})
            questions.setdefault(origin.prompt, []).append(isinstance(attempt.verdict, Kept))
    return {strategy: _paid(list(questions.values())) for strategy, questions in found.items()}


def is_spent(paid: Paid, asked: int, *, reached: bool) -> bool:
    """Whether a strategy has led nowhere for so long; `reached` says that one of its questions did."""
    return paid.idle >= IDLE or (asked >= BARREN and not reached and not paid.tried)


def _paid(questions: Sequence[Sequence[bool]]) -> Paid:
    paying = [at for at, kept in enumerate(questions, 1) if any(kept)]
    return Paid(
        tried=sum(map(len, questions)), kept=sum(map(sum, questions)), idle=len(questions) - max(paying, default=0)
    )
