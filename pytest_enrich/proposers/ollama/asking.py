"""Asking one model for one run: what is sent is clean and noted, what was asked before is not asked again."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Attempt
from pytest_enrich.proposers.ollama import paying, redact
from pytest_enrich.proposers.ollama.client import Client
from pytest_enrich.proposers.ollama.exchange import Answer, Failure, Options, Reply, Request
from pytest_enrich.proposers.ollama.paying import Paid
from pytest_enrich.proposers.ollama.question import Answered, Answers, Exchange, Model, Question
from pytest_enrich.proposers.ollama.redact import Redaction, Scan
from pytest_enrich.proposers.ollama.replies import Replies

# Code has two to five characters a token; a prompt of which the server counts far fewer was cut.
MOST_CHARACTERS = 9.0
PATIENCE = 3
_DOWN = {"unreachable", "busy", "timeout", "server error"}
_FINAL = {"remote", "not found", "stopped"}
_THINKING_ROOM = 4


class Asker:
    """Asks one model. Threads may share it; the server is asked one question at a time.

    `left` tells how many seconds of the run are left, `attempts` what was tried in it so far.
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
        self.tally: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)
        self.problem = ""
        self._client = client
        self._replies = Replies(answers)
        self._left = left
        self._scan = scan or redact.scanner()
        self._attempts = attempts
        self._window = model.window
        self._thinks = False
        self._modules: set[str] = set()
        self._is_closed = False
        self._failed = 0
        self._turn = threading.Lock()

    def ask(self, question: Question) -> Answered | None:
        """The reply, from before or from the model; None when there is none."""
        question, log = self._clean(question)
        request = self._request(question)  # as it would be sent at first: whatever is learned, it is kept as this
        digest = request.digest(self.model.pulled.digest)
        if (known := self._replies.get(digest)) is not None:
            self.tally["from before"] += 1
            return Answered(text=known.text, prompt=digest, strategy=question.strategy, kept=True)
        with self._turn:
            return None if self._is_over() else self._asked(question, request, digest, log)

    def said(self, about: str) -> Sequence[Answered]:
        """What was replied to questions about a target (`path::qualname`), in this run and in earlier ones."""
        return self._replies.about(about)

    def warm(self, stopped: Callable[[], bool] = lambda: False) -> Answer:
        """Have the model loaded with the options of the run, before the first question."""
        request = Request(model=self.model.name, messages=(), options=Options(window=self._window))
        return self._client.ask(request, max(self._left(), 1.0), stopped)

    def close(self) -> None:
        """Ask nothing more, and leave what is under way."""
        self._is_closed = True
        self._client.close()

    def is_barren(self, strategy: str) -> bool:
        """Whether a strategy was tried so often for nothing that its time is better spent elsewhere."""
        paid = self.paid().get(strategy, paying.NOTHING)
        reached = bool(self.tally[f"{strategy} reaching"])
        return paying.is_spent(paid, self.tally[f"{strategy} asked"], reached=reached)

    def paid(self) -> Mapping[str, Paid]:
        """What became of the candidates of each strategy."""
        return paying.fold(self._attempts(), self.model.pulled.name)

    def _is_over(self) -> bool:
        return self._is_closed or bool(self.problem) or self._left() <= 0

    def _asked(
        self, question: Question, request: Request, digest: str, log: tuple[Redaction, ...]
    ) -> Answered | None:
        began = time.monotonic()
        answer = self._thinking(request) if self._thinks else self._sent(request)
        if _only_thought(answer) and self.model.think is not None and not self._thinks:
            self._thinks = True
            answer = self._thinking(request)
        took = time.monotonic() - began
        self._count(question, answer, took)
        if isinstance(answer, Failure):
            self._note(answer)
            return None
        self._failed = 0
        self._keep(question, answer, digest, log, took)
        return Answered(text=answer.text, prompt=digest, strategy=question.strategy)

    def _thinking(self, request: Request) -> Answer:
        """Ask a model that does not stop thinking to think little, with room for it."""
        options = replace(request.options, predict=request.options.predict * _THINKING_ROOM)
        return self._sent(replace(request, think="low", options=options))

    def _sent(self, request: Request) -> Answer:
        """The answer, unless the server's own count tells that it did not see the whole prompt."""
        answer = self._client.ask(request, self._left())
        count = answer.counts.prompt if isinstance(answer, Reply) else None
        if count and request.size > count * MOST_CHARACTERS:
            return Failure(kind="cut", message=f"the server saw {count} tokens of {request.size} characters")
        return answer

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

    def _clean(self, question: Question) -> tuple[Question, tuple[Redaction, ...]]:
        cleaned = [redact.secrets(one.content, self._scan) for one in question.messages]
        after = redact.secrets(question.suffix or "", self._scan)
        pairs = zip(question.messages, cleaned, strict=True)
        messages = tuple(replace(one, content=clean.text) for one, clean in pairs)
        log = tuple(entry for clean in (*cleaned, after) for entry in clean.log)
        if log:
            self.tally["secrets taken out"] += len(log)
        return replace(
            question, messages=messages, suffix=after.text if question.suffix is not None else None
        ), log

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

    def _count(self, question: Question, answer: Answer, took: float) -> None:
        self.tally["questions"] += 1
        self.tally[f"{question.strategy} asked"] += 1
        self.seconds["waited"] += took
        if isinstance(answer, Failure):
            self.tally[f"failed: {answer.kind}"] += 1
            return
        self.tally["tokens read"] += answer.counts.prompt or 0
        self.tally["tokens written"] += answer.counts.reply or 0
        self.seconds["loading"] += answer.counts.load
        module = question.about.partition("::")[0]
        order = "reading, later" if module in self._modules else "reading, first of a module"
        self._modules.add(module)
        self.tally[order] += 1
        self.seconds[order] += answer.counts.reading
        self.seconds["writing"] += answer.counts.writing
        self.seconds["server"] += answer.counts.total

    def _note(self, failure: Failure) -> None:
        """A server that is gone, or that sends code elsewhere, is not asked again in this run; unless we left."""
        if self._is_closed:
            return
        self._failed = self._failed + 1 if failure.kind in _DOWN else 0
        if failure.kind in _FINAL or self._failed >= PATIENCE:
            self.problem = str(failure)


def _only_thought(answer: Answer) -> bool:
    """Whether a model that was told not to think did nothing else."""
    return isinstance(answer, Reply) and not answer.text.strip() and bool(answer.thinking.strip())
