"""What a review is held on: something that shows lines and says which choice was made."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from pytest_enrich.commands.review.keys import Choice
from pytest_enrich.commands.review.screen import Size

REDRAW = "redraw"
"""The answer when nothing was chosen, and what was drawn is no longer right."""


ESCAPED = "escaped"
"""The answer to Escape where no choice has it."""


class Gone(EOFError):  # noqa: N818 - no error: the reader has left
    """Nobody is there any more: the terminal is lost, or its input has ended."""


class Hangup(KeyboardInterrupt):
    """The terminal was closed while something ran."""


class Console(Protocol):
    """A person's side of a review."""

    def size(self) -> Size:
        """How much can be seen at once, now."""

    def legend(self, choices: Sequence[Choice], width: int) -> list[str]:
        """The lines of a screen that say what can be chosen; none where the question says it."""

    def draw(self, lines: Sequence[str]) -> None:
        """Show these lines as a new screen."""

    def tell(self, line: str) -> None:
        """One more line below what is shown: something takes a while, or is over."""

    def choose(self, choices: Sequence[Choice]) -> str:
        """The word of the choice that a person makes, `REDRAW`, `ESCAPED`, or what means nothing as they typed it.

        Raises:
            Gone: Nobody is there.
        """

    def line(self, question: str) -> str:
        """A line of text; "" when they think better of it.

        Raises:
            Gone: Nobody is there.
        """

    def forget_typed(self) -> None:
        """Drop what was typed while something ran: it was not meant for what comes now."""

    def aside(self) -> AbstractContextManager[None]:
        """While it lasts the terminal is as it was: for an editor."""
