"""Asking one model for one run: what is sent is clean and noted, what was asked before is not asked again."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Attempt
from pytest_enrich.proposers.ollama import paying, redact
from pytest_enrich.proposers.ollama import question as questions
from pytest_enrich.proposers.ollama.client import Client
from pytest_enrich.proposers.ollama.exchange import Answer, Failure, Message, Options, Reply, Request
from pytest_enrich.proposers.ollama.figures import Figures
from pytest_enrich.proposers.ollama.line import Line
from pytest_enrich.proposers.ollama.paying import Paid
from pytest_enrich.proposers.ollama.question import Answered, Answers, Exchange, Model, Question
from pytest_enrich.proposers.ollama.redact import Redaction, Scan
from pytest_enrich.proposers.ollama.replies import Replies

PATIENCE = 3
_DOWN = {"unreachable", "busy", "timeout", "server error"}
_FINAL = {"remote", "not found", "stopped"}
FIRST_WORDS = 4
DEAR = 0.1
"""The part of the time that is left which one question of another form may cost."""


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
        self._scan = scan or redact.scanner()
        self._attempts = attempts
        self._window = model.window
        self._is_closed = False
        self._failed = 0
        self._line = Line(client, model, left)

    def ask(self, question: Question) -> Answered | None:
        """The reply, from before or from the model; None when there is none."""
        question, log = questions.without_secrets(question, self._scan)
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
        paid = self.paid().get(strategy, paying.NOTHING)
        reached = bool(self.tally[f"{strategy} reaching"])
        return self.is_late or paying.is_spent(paid, self.tally[f"{strategy} asked"], reached=reached)

    def is_dear(self, question: Question) -> bool:
        """Whether a question of another form than those round it costs more than it is likely to be worth.

        The server reads all of it, and then all of the others once more: several of those could be asked instead.
        """
        request = self._request(questions.without_secrets(question, self._scan)[0])
        is_known = self._replies.get(request.digest(self.model.pulled.digest)) is not None
        return not is_known and self._line.costs(request, question.strategy) > DEAR * max(self._left(), 0.0)

    def paid(self) -> Mapping[str, Paid]:
        """What became of the candidates of each strategy."""
        return paying.fold(self._attempts(), self.model.pulled.name)

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
