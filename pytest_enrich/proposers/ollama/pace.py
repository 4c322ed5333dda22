"""How long a question takes, learned from the replies of a run: one that its end would cut off is not asked."""

from __future__ import annotations

from collections import defaultdict

from pytest_enrich.proposers.ollama.exchange import Counts

FULL = 0.3
"""Of the tokens that a reply may have, how many it is taken to have before there was one of its kind."""


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
