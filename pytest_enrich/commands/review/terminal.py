"""A person's side of a review: a terminal with single keys, or lines and words for any reader."""

from __future__ import annotations

import codecs
import contextlib
import os
import select
import shutil
import signal
import sys
import termios
import tty
from collections.abc import Iterator, Sequence
from types import FrameType

from pytest_enrich.commands.project import say
from pytest_enrich.commands.review.console import (
    ENTER,
    ESCAPE,
    ESCAPED,
    REDRAW,
    Choice,
    Gone,
    Hangup,
    key_legend,
    painted,
    pressed,
    question_keys,
    typed,
)
from pytest_enrich.commands.review.screen import Size
from pytest_enrich.reporters.words import columns, filled

_CLEAR = "\x1b[H\x1b[2J"
_END = "\x04"
_ERASE_ALL = "\x15"
_ERASE = ("\x7f", "\b", _ERASE_ALL)
"""Backspace, as terminals send it, and Ctrl-U."""
_ARROWS = {"A": "k", "D": "k", "B": "j", "C": "j"}
_BEGINNINGS, _PARAMETERS = ("[", "O"), "0123456789;"
_FOLLOWS = 0.05
"""Seconds within which the rest of a key that sends several characters comes."""


class Lines:
    """Standard input and output."""

    def size(self) -> Size:
        """Rows have no end: what was said scrolls away."""
        return Size(shutil.get_terminal_size().columns)

    def legend(self, choices: Sequence[Choice], size: Size) -> list[str]:  # noqa: ARG002 - the question says it
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
        text = self.line(filled(question_keys(choices), self.size().width))
        empty = next((one.word for one in choices if one.key == ENTER), "")
        return typed(text, choices) or (text or empty)

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


class Terminal:
    """The terminal of this process; use it in a `with` block, which gives it back as it was."""

    def __init__(self, *, colours: bool) -> None:
        self._in = sys.stdin.fileno()
        self._colours = colours
        self._before = termios.tcgetattr(self._in)
        self._ahead = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._signals: dict[signal.Signals, object] = {}
        self._wake, self._changed = os.pipe()

    def __enter__(self) -> Terminal:  # noqa: PYI034 - `Self` is newer than the oldest Python
        os.set_blocking(self._changed, False)
        self._signals = {
            signal.SIGWINCH: signal.signal(signal.SIGWINCH, self._note_change),
            signal.SIGCONT: signal.signal(signal.SIGCONT, self._note_change),
            signal.SIGHUP: signal.signal(signal.SIGHUP, _hang_up),
            signal.SIGTERM: signal.signal(signal.SIGTERM, _hang_up),
        }
        self._single_keys()
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()
        for number, handler in self._signals.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        os.close(self._wake)
        os.close(self._changed)

    def size(self) -> Size:
        """Asked anew each time: it changes."""
        found = shutil.get_terminal_size()
        with contextlib.suppress(OSError):  # before COLUMNS: that says what it was when the shell started
            found = os.get_terminal_size(sys.stdout.fileno())
        return Size(found.columns or 80, found.lines or 24)

    def legend(self, choices: Sequence[Choice], size: Size) -> list[str]:
        """Keys and words."""
        return key_legend(choices, size)

    def draw(self, lines: Sequence[str]) -> None:
        """On an empty screen, the prompt below."""
        shown = [painted(line) for line in lines] if self._colours else lines
        self._write(_CLEAR + "\n".join(shown) + "\n > ")

    def tell(self, line: str) -> None:
        """Below."""
        self._write(f"{line}\n")

    def choose(self, choices: Sequence[Choice]) -> str:
        """Wait for a key, or for another size."""
        while True:
            key = self._key()
            if key == _END:
                raise Gone
            if key == REDRAW:
                return REDRAW
            word = pressed(key, choices)
            if word or key.isprintable():
                self._write(f"{key if key.isprintable() else ''}\n")
                return word or key
            if key == ESCAPE:
                return ESCAPED

    def line(self, question: str) -> str:
        """Typed key by key, so that Escape is a key; it and Ctrl-D think better of it."""
        self._write(f" {question} ")
        text = ""
        while (key := self._key()) not in {ENTER, ESCAPE, _END}:
            if key in _ERASE:
                kept = text[:-1] if key != _ERASE_ALL else ""
                self._write("\b \b" * columns(text[len(kept) :]))
                text = kept
            elif key != REDRAW and key.isprintable():
                self._write(key)
                text += key
        self._write("\n")
        return text.strip() if key == ENTER else ""

    def forget_typed(self) -> None:
        """What the terminal has for us is thrown away."""
        with contextlib.suppress(termios.error):
            termios.tcflush(self._in, termios.TCIFLUSH)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """Lines and echo, as before."""
        self._restore()
        try:
            yield
        finally:
            self._single_keys()

    def _key(self) -> str:
        """The next key, `REDRAW` after a change of size or `fg`, "" for one that sends what we do not know."""
        if not self._ahead and self._wake in select.select([self._in, self._wake], [], [])[0]:
            os.read(self._wake, 1024)
            self._single_keys()
            return REDRAW
        key = self._character()
        if key != ESCAPE or not self._follows():
            return ENTER if key == "\n" else key
        following = self._character()
        if following not in _BEGINNINGS:
            self._ahead = following
            return ESCAPE
        last = self._character()
        while last in _PARAMETERS:
            last = self._character()
        return _ARROWS.get(last, "")

    def _follows(self) -> bool:
        return bool(select.select([self._in], [], [], _FOLLOWS)[0])

    def _character(self) -> str:
        text, self._ahead = self._ahead, ""
        while not text:
            try:
                content = os.read(self._in, 1)
            except OSError as error:
                raise Gone from error
            if not content:
                raise Gone
            text = self._decoder.decode(content)
        return text

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError as error:
            raise Gone from error

    def _single_keys(self) -> None:
        with contextlib.suppress(termios.error):
            tty.setcbreak(self._in, termios.TCSADRAIN)

    def _restore(self) -> None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._in, termios.TCSADRAIN, self._before)

    def _note_change(self, _number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(OSError):  # the pipe is full: it will be read
            os.write(self._changed, b"x")


def _hang_up(_number: int, _frame: FrameType | None) -> None:
    raise Hangup
