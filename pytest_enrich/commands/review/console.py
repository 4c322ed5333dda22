"""Keys and what they mean: the same choices for a single key and for a typed word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec import Struct

from pytest_enrich.commands.review.screen import Size
from pytest_enrich.data import Reason, Scope, Suggestion
from pytest_enrich.reporters.words import columns

ENTER, ESCAPE = "\r", "\x1b"
_WORD = 2  # fewer letters are a key
_BOLD, _RED, _GREEN, _YELLOW, _OFF = "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"
_KINDS = (
    (re.compile(r" *\+ |\+"), _GREEN),
    (re.compile(r"! "), _YELLOW),
    (re.compile(r"look  | \d+/\d+  "), _BOLD),
    (re.compile(r"-(?!-)| +\d+  alive"), _RED),
)
REDRAW = "redraw"
"""The answer when nothing was chosen, and what was drawn is no longer right."""


ESCAPED = "escaped"
"""The answer to Escape where no choice has it."""


class Choice(Struct, frozen=True):
    """One thing that can be done: its key, its word, and what the screen says beside the key."""

    key: str
    word: str
    text: str = ""


HELP = Choice("?", "help")
_ALL = "  ? all keys"
MAIN = (
    Choice("a", "accept"),
    Choice("e", "edit"),
    Choice("r", "reject"),
    Choice("s", "skip"),
    Choice("t", "test", "run it"),
    Choice("d", "diff"),
    Choice("m", "mutants"),
    Choice("u", "undo"),
    HELP,
    Choice("j", "next"),
    Choice("k", "back"),
    Choice("/", "find"),
    Choice("v", "verify"),
    Choice("A", "all-strong", "all strong"),
    Choice("q", "quit", "quit (all is saved)"),
)
STALE = (Choice("v", "verify", "check again"), *(one for one in MAIN if one.key not in "aev"))
BUG = (
    Choice("x", "xfail", "add as xfail(strict=True) test"),
    Choice("c", "copy", "copy as issue text"),
    Choice("r", "reject", "not a bug"),
    *(one for one in MAIN if one.key in "stu"),
    Choice("d", "diff", "whole function"),
    *(one for one in MAIN if one.key in "?jk/vq"),
)
"""For a possible bug: there is nothing to accept."""

MORE = Choice(" ", "more")
"""For a page that is longer than the screen."""

REASONS = (
    Choice("w", "wrong", "wrong expectation"),
    Choice("t", "trivial", "trivial"),
    Choice("d", "duplicate", "duplicate"),
    Choice("s", "style", "style"),
    Choice("f", "flaky", "flaky"),
    Choice("n", "never", "never for this code"),
    Choice("N", "never-file", "never for this file"),
    Choice(ENTER, "none", "none"),
    Choice(ESCAPE, "cancel", "back"),
)
EDITED = (
    Choice("a", "accept", "accept your version"),
    Choice("e", "edit", "edit again"),
    Choice("x", "original", "back to the original"),
    Choice(ESCAPE, "cancel", "decide later"),
)
SHOWN = (Choice(ENTER, "done", "back"),)
_REASONS: dict[str, Reason] = {
    "wrong": "wrong",
    "trivial": "trivial",
    "duplicate": "duplicate",
    "style": "style",
    "flaky": "flaky",
}
_SCOPES: dict[str, Scope] = {"never": "gap", "never-file": "file"}


def keys_of(one: Suggestion, *, stale: bool) -> tuple[Choice, ...]:
    """What can be chosen for it."""
    if one.kind == "bug":
        return BUG
    return STALE if stale else MAIN


def key_words(one: Suggestion) -> frozenset[str]:
    """The words that mean something for it: a stale one's accept is refused in words, not unknown."""
    return frozenset(choice.word for choice in (BUG if one.kind == "bug" else MAIN))


def pressed(key: str, choices: Sequence[Choice]) -> str:
    """The word of a pressed key, "" when it means nothing here."""
    return next((one.word for one in choices if one.key == key), "")


def typed(text: str, choices: Sequence[Choice]) -> str:
    """The word that a typed line means: a key, a word, or the beginning of one word; "" for none.

    An empty line means nothing: Enter decides nothing by accident.
    """
    text = text.strip()
    exact = [one.word for one in choices if text and text in {one.key, one.word}]
    begun = [one.word for one in choices if len(text) >= _WORD and one.word.startswith(text.lower())]
    found = exact or begun
    return found[0] if len(found) == 1 else ""


def rejection(word: str) -> tuple[Reason, Scope]:
    """What is noted for one of `REASONS`."""
    return _REASONS.get(word, "other"), _SCOPES.get(word, "idea")


def key_legend(choices: Sequence[Choice], size: Size) -> list[str]:
    """`a accept  e edit ...` on as many lines as it takes; where rows are few, on one with the way to more."""
    items = [f"{_name(one.key)} {one.text or one.word}" for one in choices]
    lines = _joined(items, size.width)
    if len(lines) > 1 and size.is_low and HELP in choices:
        return [_joined(items, size.width - len(_ALL))[0] + _ALL]
    return lines


def _joined(items: Iterable[str], width: int) -> list[str]:
    lines = [""]
    for item in items:
        joined = f"{lines[-1]}  {item}" if lines[-1] else item
        if columns(joined) <= width or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(item)
    return lines


def question_keys(choices: Sequence[Choice]) -> str:
    """`accept, edit, reject, ... quit?` for a prompt in words."""
    return ", ".join(one.word for one in choices) + "?"


def _name(key: str) -> str:
    return {ENTER: "Enter", ESCAPE: "Esc"}.get(key, key)


def wants_colour(environ: Mapping[str, str]) -> bool:
    """Whether the environment has nothing against colours (https://no-color.org)."""
    return not environ.get("NO_COLOR") and environ.get("TERM", "dumb") != "dumb"


def painted(line: str) -> str:
    """The line with the colour of its kind, if it has one; nothing else of it changes."""
    colour = next((colour for pattern, colour in _KINDS if pattern.match(line)), "")
    return f"{colour}{line}{_OFF}" if colour else line


class Gone(EOFError):  # noqa: N818 - no error: the reader has left
    """Nobody is there any more: the terminal is lost, or its input has ended."""


class Hangup(KeyboardInterrupt):
    """The terminal was closed while something ran."""


class Console(Protocol):
    """A person's side of a review."""

    def size(self) -> Size:
        """How much can be seen at once, now."""

    def legend(self, choices: Sequence[Choice], size: Size) -> list[str]:
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


def answer_of(
    console: Console, lines: Callable[[], Sequence[str]], choices: Sequence[Choice], *others: str
) -> str:
    """Ask until it is one of the choices, or of the `others`; the terminal may get another size meanwhile."""
    words = {*(one.word for one in choices), *others}
    while True:
        console.draw([*lines(), *console.legend(choices, console.size())])
        word = console.choose(choices)
        if word in words:
            return word
