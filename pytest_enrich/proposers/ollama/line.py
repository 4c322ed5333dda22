"""The line to one model: one question at a time, how fast it is, and what is done when it thinks instead.

A server reads what the question before did not have, so that the one whose prompt begins most like the last goes
first. From the replies of a run it is learned how long a question takes: one that its end would cut off is not
asked.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from msgspec.structs import replace

from pytest_enrich.proposers.ollama.client import Client
from pytest_enrich.proposers.ollama.protocol import Answer, Counts, Failure, Reply, Request
from pytest_enrich.proposers.ollama.question import Model

# Code has two to five characters a token; a prompt of which the server counts far fewer was cut.
MOST_CHARACTERS = 9.0
MARGIN = 1.2
"""What a question may take beyond what those before it took."""
_THINKING_ROOM = 4

FULL = 0.3
"""Of the tokens that a reply may have, how many it is taken to have before there was one of its kind."""


class Line:
    """Threads may share it; who asks has its turn. `left` tells how many seconds there are."""

    def __init__(self, client: Client, model: Model, left: Callable[[], float]) -> None:
        self._client = client
        self._model = model
        self._left = left
        self._turns = Turns()
        self._pace = Pace()
        self._thinks = False

    def turn(self, request: Request) -> AbstractContextManager[None]:
        """Wait for the server, and have it until the end."""
        return self._turns.take(request.text)

    def needs(self, request: Request, kind: str) -> float:
        """Seconds that a question of some kind is likely to take; 0.0 as long as the server gave no figures."""
        return MARGIN * self._pace.expect(kind, self._turns.unread(request.text), request.options.predict)

    def costs(self, request: Request, kind: str) -> float:
        """The same, and the seconds to read again what the server forgets for it."""
        characters = self._turns.unread(request.text) + self._turns.forgotten(request.text)
        return self._pace.expect(kind, characters, request.options.predict)

    @property
    def shortest(self) -> float:
        """Seconds that no question is likely to take less than; 0.0 before the first."""
        return MARGIN * self._pace.shortest

    def ask(self, request: Request, kind: str = "") -> Answer:
        """The answer; a model that thinks although it was told not to is asked once more, with room for it."""
        answer = self._thinking(request, kind) if self._thinks else self._sent(request, kind)
        if _only_thought(answer) and self._model.think is not None and not self._thinks:
            self._thinks = True
            answer = self._thinking(request, kind)
        return answer

    def _thinking(self, request: Request, kind: str) -> Answer:
        """Ask a model that does not stop thinking to think little, with room for it."""
        options = replace(request.options, predict=request.options.predict * _THINKING_ROOM)
        return self._sent(replace(request, think="low", options=options), kind)

    def _sent(self, request: Request, kind: str) -> Answer:
        """The answer, unless the server's own count tells that it did not see the whole prompt."""
        unread = self._turns.unread(request.text)
        self._turns.asked(request.text)
        answer = self._client.ask(request, max(self._left(), 0.1))
        if not isinstance(answer, Reply):
            return answer
        self._pace.learn(kind, unread, answer.counts)
        count = answer.counts.prompt
        if count and request.size > count * MOST_CHARACTERS:
            return Failure(kind="cut", message=f"the server saw {count} tokens of {request.size} characters")
        return answer


class Turns:
    """Where threads wait for the server: the one whose prompt begins most like the last goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[list[str]] = []
        self._is_taken = False
        self._last = ""

    @contextmanager
    def take(self, prompt: str) -> Iterator[None]:
        """Wait for the server, and have it until the end."""
        mine = [prompt]  # two that wait may ask the same
        with self._changed:
            self._waiting.append(mine)
            self._changed.wait_for(lambda: not self._is_taken and self._next() is mine)
            self._waiting.remove(mine)
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()

    def unread(self, prompt: str) -> int:
        """How many characters of it the server has to read, which remembers the last one that it was asked."""
        return len(prompt) - self._shared(prompt)

    def forgotten(self, prompt: str) -> int:
        """How many characters of the last one the server no longer remembers after this one."""
        return len(self._last) - self._shared(prompt)

    def asked(self, prompt: str) -> None:
        """This is asked now, by who has the server."""
        self._last = prompt

    def _next(self) -> list[str]:
        """Of equals the one that came first."""
        return max(self._waiting, key=lambda one: self._shared(one[0]))

    def _shared(self, prompt: str) -> int:
        pairs = enumerate(zip(prompt, self._last, strict=False))
        return next((at for at, (one, other) in pairs if one != other), min(len(prompt), len(self._last)))


class Pace:
    """What one server needs to read and to write; what it reads is counted in characters, tokens are its own.

    `shortest` is what the quickest reply took; one without a kind is no measure for others.
    """

    def __init__(self) -> None:
        self._reading = self._characters = 0.0
        self._writing = self._tokens = 0.0
        self._replies: defaultdict[str, list[int]] = defaultdict(list)
        self.shortest = 0.0

    def learn(self, kind: str, unread: int, counts: Counts) -> None:
        """A reply to a question of some kind, of which `unread` characters were new to it, had these figures."""
        took = counts.reading + counts.writing
        self.shortest = min(self.shortest or took, took) if kind else self.shortest
        self._reading += counts.reading
        self._characters += unread
        if counts.reply:
            self._writing += counts.writing
            self._tokens += counts.reply
            self._replies[kind].append(counts.reply)

    def expect(self, kind: str, unread: int, most: int) -> float:
        """Seconds for a question with `most` tokens of reply; 0.0 as long as the server gave no figures."""
        replies = self._replies[kind]
        tokens = sum(replies) / len(replies) if replies else FULL * most
        reading = unread * self._reading / self._characters if self._characters else 0.0
        return reading + (tokens * self._writing / self._tokens if self._tokens else 0.0)


def _only_thought(answer: Answer) -> bool:
    """Whether a model that was told not to think did nothing else."""
    return isinstance(answer, Reply) and not answer.text.strip() and bool(answer.thinking.strip())
