"""Ask one model during one run: what is sent is free of secrets and recorded, and no question is asked twice.

The replies of a run tell how long a question takes: one that the end of the run would cut off is not asked. What
was asked is counted, for people and for `run.json`, and a strategy that never pays off is dropped.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile

import msgspec
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Kept
from pytest_enrich.proposers.ollama.client import Client
from pytest_enrich.proposers.ollama.gate import Model
from pytest_enrich.proposers.ollama.protocol import (
    Answer,
    Counts,
    Failure,
    Message,
    Options,
    Reply,
    Request,
    decoded,
)
from pytest_enrich.proposers.ollama.question import (
    Answered,
    Answers,
    Exchange,
    Question,
    Redaction,
    Scan,
    scanner,
    without_secrets,
)

PATIENCE = 3
_DOWN = {"unreachable", "busy", "timeout", "server error"}
_LOST = {"aborted", "stopped"}
_FINAL = {"remote", "not found", "stopped"}
FIRST_WORDS = 4
FEWEST_TOKENS = 16
"""A reply that must be shorter than this, for lack of time, says nothing."""

UNASKED = "not asked: no time"
NEEDED, LEFT = "needed by what was not asked", "left for what was not asked"

IDLE = 120.0
"""After so many seconds of a strategy's questions in a row that led to no kept test, it is dropped."""

# Code has two to five characters per token; if the server counts far fewer tokens, the prompt was cut.
MOST_CHARACTERS = 9.0
MARGIN = 1.2
"""The factor by which a question may take longer than those before it."""
FULL = 0.3
"""The share of its allowed tokens that a reply is expected to have before there was one of its kind."""
_THINKING_ROOM = 4


class Asker:
    """Asks one model. Threads may share it; the server is asked one question at a time.

    `left` gives the seconds left of the run, or of the part of it that questions may take; `attempts` gives what
    was tried in it so far. `unasked` has the targets (`path::qualname`) that there was no time to ask about.
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
        self._client = client
        self._answers = answers
        self.left = left
        self._scan = scan or scanner()
        self._attempts = attempts
        self._is_closed = False
        self._took: dict[str, dict[str, float]] = {}
        self._failed = 0
        self._server = threading.Lock()
        self._pace = Pace()
        self._last_prompt = ""
        self._thinks = False

    def ask(self, question: Question) -> Answered | None:
        """The reply, from an earlier run or from the model; None when there is none."""
        options = replace(question.options, window=self.model.window)
        question, log = without_secrets(replace(question, options=options), self._scan)
        if log:
            self.tally["secrets taken out"] += len(log)
        request = self._request(question)  # as it is sent first: its digest does not depend on what is learned
        digest = request.digest(self.model.pulled.digest)
        if (known := decoded(self._answers.get(digest) or b"", Exchange)) is not None:
            self.tally["from before"] += 1
            return Answered(text=known.text, prompt=digest)
        with self._server:
            return self._asked(question, request, digest, log) if self._may_ask(question, request) else None

    def warm(self, first: tuple[Message, ...] = ()) -> Answer:
        """Have the server load the model with the run's options, and read the common beginning of questions.

        This shows how fast it is before it is asked anything about the code.
        """
        options = Options(window=self.model.window)
        load = Request(model=self.model.name, messages=(), options=options)
        few = replace(options, predict=FIRST_WORDS, temperature=0.0)
        primer = replace(load, messages=first, options=few, think=None if self.model.think is None else False)
        with self._server:
            for request in (load, primer) if first else (load,):
                answer = self._sent_thinking_little(request)
                if isinstance(answer, Failure):
                    return answer
                self._figures.loaded(answer.counts)
        return answer

    def resume(self) -> None:
        """Forget which questions there was no time for: there is more time now."""
        self.unasked.clear()
        self._figures.resume()

    def close(self) -> None:
        """Ask nothing more, and abandon what is under way."""
        self._is_closed = True
        self._client.close()

    def is_barren(self, strategy: str) -> bool:
        """Whether the strategy has gone so long without a kept test that others use the time better."""
        attempts = self._attempts()
        kept = {attempt.candidate.origin.prompt for attempt in attempts if isinstance(attempt.verdict, Kept)}
        idle = 0.0
        for digest, took in self._took.get(strategy, {}).items():
            idle = 0.0 if digest in kept else idle + took
        return idle >= IDLE

    @property
    def has_kept(self) -> bool:
        """Whether any test was kept in the run so far, whoever proposed it."""
        return any(isinstance(attempt.verdict, Kept) for attempt in self._attempts())

    def paid(self) -> Counter[str]:
        """What became of the candidates of each strategy, as `fold_attempts` counts them."""
        return fold_attempts(self._attempts(), self.model.pulled.name)

    def _may_ask(self, question: Question, request: Request) -> bool:
        """Whether there is a server to ask, and time for it: a reply that is cut off is worth nothing."""
        if self._is_closed or self.problem:
            return False
        if question.within is not None:
            return self.left() > 0 and self._room(question, request) >= FEWEST_TOKENS
        expected = self._pace.expect(question.strategy, self._unread(request.text), request.options.predict)
        left, needed = self.left(), MARGIN * expected
        if left > 0 and needed <= left:
            return True
        self.unasked.add(question.about)
        self._figures.unasked(needed, max(left, 0.0))
        return False

    def _asked(
        self, question: Question, request: Request, digest: str, log: tuple[Redaction, ...]
    ) -> Answered | None:
        began = time.monotonic()
        if question.within is not None:
            options = replace(request.options, predict=self._room(question, request))
            request = replace(request, options=options)
        answer = self._sent_thinking_little(request, question.strategy)
        took = time.monotonic() - began
        self._figures.answered(question, answer, took)
        exchange = Exchange(
            model=self.model.pulled.name,
            digest=self.model.pulled.digest,
            host=str(self._client.host),
            question=question,
            prompt=digest,
            think=request.think,
            seconds=took,
            redactions=log,
        )
        if isinstance(answer, Failure):
            self._note(answer, exchange)
            return None
        self._failed = 0
        self._took.setdefault(question.strategy, {})[digest] = took
        kept = replace(exchange, text=answer.text, reason=answer.reason, counts=answer.counts)
        self._answers.put(digest, msgspec.json.encode(kept))
        return Answered(text=answer.text, prompt=digest)

    def _room(self, question: Question, request: Request) -> int:
        """How many tokens of a reply fit into the time that the question has.

        All but the last message is the same for all questions of its kind, and is read only once.
        """
        seconds = min(question.within or math.inf, self.left())
        most = self._pace.tokens(min(self._unread(request.text), len(request.messages[-1].content)), seconds)
        return int(min(most, request.options.predict))

    def _sent_thinking_little(self, request: Request, strategy: str = "") -> Answer:
        """The answer; a model that thinks although told not to is asked once more, with room for thoughts."""
        if not self._thinks:
            answer = self._sent(request, strategy)
            self._thinks = request.think is False and _is_only_thought(answer)
            if not self._thinks:
                return answer
        options = replace(request.options, predict=request.options.predict * _THINKING_ROOM)
        return self._sent(replace(request, think="low", options=options), strategy)

    def _sent(self, request: Request, strategy: str) -> Answer:
        """The answer, unless the server's own count shows that it did not see the whole prompt."""
        unread = self._unread(request.text)
        self._last_prompt = request.text
        answer = self._client.ask(request, max(self.left(), 0.1))
        if not isinstance(answer, Reply):
            return answer
        self._pace.learn(strategy, unread, answer.counts)
        count, size = answer.counts.prompt, sum(len(message.content) for message in request.messages)
        if count and size > count * MOST_CHARACTERS:
            return Failure(kind="cut", message=f"the server saw {count} tokens of {size} characters")
        return answer

    def _unread(self, prompt: str) -> int:
        """How many characters of the prompt the server has to read: it remembers the previous prompt."""
        pairs = zip(prompt, self._last_prompt, strict=False)
        return len(prompt) - sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))

    def _request(self, question: Question) -> Request:
        # Thoughts are tokens, too; a reply that is due within seconds has no room for them.
        thinks = self.model.think is True and question.within is None
        predict = question.options.predict * (_THINKING_ROOM if thinks else 1)
        return Request(
            model=self.model.name,
            messages=question.messages,
            options=replace(question.options, predict=predict),
            think=None if self.model.think is None else thinks,
        )

    def _note(self, failure: Failure, exchange: Exchange) -> None:
        """Record for people that there is no reply.

        A server that is gone, or that sends code elsewhere, is not asked again in this run. After `close`,
        failures do not count.
        """
        self._answers.note(msgspec.json.encode(replace(exchange, failure=str(failure))))
        if failure.kind in _DOWN | _LOST:  # the same question may well be answered later
            self.unasked.add(exchange.question.about)
        if self._is_closed:
            return
        self._failed = self._failed + 1 if failure.kind in _DOWN else 0
        if failure.kind in _FINAL or self._failed >= PATIENCE:
            self.problem = str(failure)


class Pace:
    """How fast one server reads and writes. Reading is measured in characters, as only it knows its tokens."""

    def __init__(self) -> None:
        self._reading = self._characters = 0.0
        self._writing = self._tokens = 0.0
        self._replies: defaultdict[str, list[int]] = defaultdict(list)

    def learn(self, strategy: str, unread: int, counts: Counts) -> None:
        """Take in the figures of a reply to a question with `unread` characters that were new to the server."""
        self._reading += counts.reading
        self._characters += unread
        if counts.reply:
            self._writing += counts.writing
            self._tokens += counts.reply
            self._replies[strategy].append(counts.reply)

    def _read(self, unread: int) -> float:
        """Seconds to read this many characters; 0.0 as long as the server gave no figures."""
        return unread * self._reading / self._characters if self._characters else 0.0

    def expect(self, strategy: str, unread: int, most: int) -> float:
        """Seconds for a question with `most` tokens of reply; 0.0 as long as the server gave no figures."""
        replies = self._replies[strategy]
        tokens = sum(replies) / len(replies) if replies else FULL * most
        return self._read(unread) + (tokens * self._writing / self._tokens if self._tokens else 0.0)

    def tokens(self, unread: int, seconds: float) -> float:
        """How many tokens of a reply come within this many seconds; infinite as long as there were no figures."""
        return max(seconds - self._read(unread), 0.0) * self._tokens / self._writing if self._writing else math.inf


class Figures:
    """Counts of questions and replies, and seconds; `waited` is by the clock, the others are the server's own."""

    def __init__(self) -> None:
        self.tally: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)
        self._modules: set[str] = set()

    def loaded(self, counts: Counts) -> None:
        """Note that the model was loaded, or read the common beginning of questions."""
        self.seconds["loading"] += counts.load
        self.seconds["server"] += counts.total

    def answered(self, question: Question, answer: Answer, took: float) -> None:
        """Note that a question was asked and had this answer after `took` seconds."""
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
        """Note that there was no time for a question; of the first, keep the time needed and the time left."""
        self.tally[UNASKED] += 1
        self.seconds.setdefault(NEEDED, needed)
        self.seconds.setdefault(LEFT, left)

    def resume(self) -> None:
        """Forget the questions that were not asked: there is time for them again."""
        for counts in (self.tally, self.seconds):
            for name in (UNASKED, NEEDED, LEFT):
                counts.pop(name, None)

    def _read(self, question: Question, seconds: float) -> None:
        module = question.about.partition("::")[0]
        order = "reading, later" if module in self._modules else "reading, first of a module"
        self._modules.add(module)
        self.tally[order] += 1
        self.seconds[order] += seconds


def fold_attempts(attempts: Iterable[Attempt], model: str) -> Counter[str]:
    """For each strategy of this model, how many candidates were `tried` and how many `kept`."""
    counts: Counter[str] = Counter()
    for attempt in attempts:
        origin = attempt.candidate.origin
        if origin.model == model and origin.strategy:
            counts[f"{origin.strategy} tried"] += 1
            counts[f"{origin.strategy} kept"] += isinstance(attempt.verdict, Kept)
    return counts


def _is_only_thought(answer: Answer) -> bool:
    """Whether a model that was told not to think did nothing else."""
    return isinstance(answer, Reply) and not answer.text.strip() and bool(answer.thinking.strip())
