"""A review line by line: nothing moves, nothing is coloured, everything is asked in words. For any reader."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence

from pytest_enrich.commands.output import say
from pytest_enrich.commands.review import keys
from pytest_enrich.commands.review.console import Gone
from pytest_enrich.commands.review.keys import Choice
from pytest_enrich.commands.review.screen import Size
from pytest_enrich.reporters.words import filled


class Lines:
    """Standard input and output."""

    def size(self) -> Size:
        """Rows have no end: what was said scrolls away."""
        return Size(shutil.get_terminal_size().columns)

    def legend(self, choices: Sequence[Choice], width: int) -> list[str]:  # noqa: ARG002 - the question says it
        """None: see `choose`."""
        return []

    def draw(self, lines: Sequence[str]) -> None:
        """Below what was said before."""
        say("\n".join(["", *lines]))

    def tell(self, line: str) -> None:
        """One line."""
        say(line)

    def choose(self, choices: Sequence[Choice]) -> str:
        """Ask in words; a key or the beginning of a word will do."""
        text = self.line(filled(keys.question(choices), self.size().width))
        empty = next((one.word for one in choices if one.key == keys.ENTER), "")
        return keys.typed(text, choices) or (text or empty)

    def line(self, question: str) -> str:
        """A line of standard input."""
        try:
            return input(f"{question} ").strip()
        except (EOFError, OSError, UnicodeDecodeError) as error:
            raise Gone from error

    def forget_typed(self) -> None:
        """Lines that were typed ahead were meant."""

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """The terminal was never changed."""
        yield
