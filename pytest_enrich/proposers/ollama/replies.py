"""The replies that are kept between runs, by the digest of their question, and by what they are about."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from pytest_enrich.proposers.ollama.question import Answered, Answers, Exchange


class Replies:
    """What is in a folder of answers; threads may share it."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._lock = threading.Lock()
        self._said: defaultdict[str, dict[str, Answered]] | None = None

    def get(self, digest: str) -> Exchange | None:
        """What was kept, None when nothing was or it cannot be read."""
        content = self._answers.get(digest)
        try:
            return msgspec.json.decode(content, type=Exchange) if content else None
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def keep(self, digest: str, exchange: Exchange) -> None:
        """Keep it."""
        self._answers.put(digest, msgspec.json.encode(exchange))
        with self._lock:
            if self._said is not None:
                self._note(self._said, digest, exchange)

    def about(self, target: str) -> Sequence[Answered]:
        """What was replied to questions about a target (`path::qualname`), in this run and in earlier ones."""
        with self._lock:
            return tuple(self._index().get(target, {}).values())

    def _index(self) -> defaultdict[str, dict[str, Answered]]:
        """All replies by what they are about; read when it is needed first."""
        if self._said is None:
            self._said = defaultdict(dict)
            for digest in self._answers.names():
                self._note(self._said, digest, self.get(digest))
        return self._said

    @staticmethod
    def _note(said: defaultdict[str, dict[str, Answered]], digest: str, kept: Exchange | None) -> None:
        if kept is not None:
            one = Answered(text=kept.text, prompt=digest, strategy=kept.question.strategy, kept=True)
            said[kept.question.about][digest] = one
