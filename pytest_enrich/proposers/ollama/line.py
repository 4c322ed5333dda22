"""The line to one model: one question at a time, how fast it is, and what is done when it thinks instead."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from msgspec.structs import replace

from pytest_enrich.proposers.ollama.client import Client
from pytest_enrich.proposers.ollama.exchange import Answer, Failure, Reply, Request
from pytest_enrich.proposers.ollama.pace import Pace
from pytest_enrich.proposers.ollama.question import Model
from pytest_enrich.proposers.ollama.turns import Turns

# Code has two to five characters a token; a prompt of which the server counts far fewer was cut.
MOST_CHARACTERS = 9.0
MARGIN = 1.2
"""What a question may take beyond what those before it took."""
_THINKING_ROOM = 4


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


def _only_thought(answer: Answer) -> bool:
    """Whether a model that was told not to think did nothing else."""
    return isinstance(answer, Reply) and not answer.text.strip() and bool(answer.thinking.strip())
