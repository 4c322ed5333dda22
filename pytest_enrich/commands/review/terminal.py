"""A review line by line: nothing moves, nothing is coloured, everything is asked in words. For any reader."""

from __future__ import annotations

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
    short_legend,
    typed,
)
from pytest_enrich.commands.review.screen import Size
from pytest_enrich.reporters.words import columns, filled

_CLEAR = "\x1b[H\x1b[2J"
_END = "\x04"
_ERASE_ALL = "\x15"
_ERASE = ("\x7f", "\b", _ERASE_ALL)
"""Backspace, as terminals send it, and Ctrl-U."""
_ARROWS = {b"[A": "k", b"[D": "k", b"[B": "j", b"[C": "j", b"OA": "k", b"OD": "k", b"OB": "j", b"OC": "j"}
_BEGINNINGS = (b"[", b"O")
_LEADS = (0xC0, 0xE0, 0xF0)
"""From these bytes on one more follows in UTF-8."""
_FOLLOWS = 0.05
"""Seconds within which the rest of a key that sends several bytes comes."""


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
        self._ahead = b""
        self._is_aside = False
        self._signals: dict[signal.Signals, object] = {}
        self._wake, self._resized = os.pipe()

    def __enter__(self) -> Terminal:  # noqa: PYI034 - `Self` is newer than the oldest Python
        os.set_blocking(self._resized, False)
        self._signals = {
            signal.SIGWINCH: signal.signal(signal.SIGWINCH, self._note_resize),
            signal.SIGCONT: signal.signal(signal.SIGCONT, self._come_back),
            signal.SIGHUP: signal.signal(signal.SIGHUP, _hang_up),
            signal.SIGTERM: signal.signal(signal.SIGTERM, _hang_up),
        }
        tty.setcbreak(self._in)
        return self

    def __exit__(self, *_: object) -> None:
        self._restore()
        for number, handler in self._signals.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        os.close(self._wake)
        os.close(self._resized)

    def size(self) -> Size:
        """Asked anew each time: it changes."""
        found = shutil.get_terminal_size()
        with contextlib.suppress(OSError):  # before COLUMNS: that says what it was when the shell started
            found = os.get_terminal_size(sys.stdout.fileno())
        return Size(found.columns or 80, found.lines or 24)

    def legend(self, choices: Sequence[Choice], width: int) -> list[str]:
        """Keys and words, on as many lines as they take; the short list where rows are few."""
        return key_legend(short_legend(choices) if self.size().is_low else choices, width)

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
        self._is_aside = True
        try:
            yield
        finally:
            self._is_aside = False
            with contextlib.suppress(termios.error):
                tty.setcbreak(self._in)

    def _key(self) -> str:
        """The next key, `REDRAW` after a change of size, "" for one that sends what we do not know."""
        ready = [] if self._ahead else select.select([self._in, self._wake], [], [])[0]
        if self._wake in ready:
            os.read(self._wake, 1024)
            return REDRAW
        first = self._byte()
        if first == b"\x1b":
            return self._sequence()
        size = 1 + sum(first[0] >= lead for lead in _LEADS)
        while len(first) < size and select.select([self._in], [], [], _FOLLOWS)[0]:
            first += self._byte()
        key = first.decode("utf-8", "replace")
        return ENTER if key == "\n" else key

    def _sequence(self) -> str:
        """Escape alone, or a key that begins with it."""
        rest = b""
        while select.select([self._in], [], [], _FOLLOWS)[0]:
            rest += self._byte()
            if rest not in _BEGINNINGS and not rest[-1:].isdigit() and rest[-1:] != b";":
                break
        if rest[:1] in _BEGINNINGS:
            return _ARROWS.get(rest, "")
        self._ahead = rest
        return ESCAPE

    def _byte(self) -> bytes:
        if self._ahead:
            content, self._ahead = self._ahead[:1], self._ahead[1:]
            return content
        try:
            content = os.read(self._in, 1)
        except OSError as error:
            raise Gone from error
        if not content:
            raise Gone
        return content

    def _write(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError as error:
            raise Gone from error

    def _restore(self) -> None:
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._in, termios.TCSADRAIN, self._before)

    def _come_back(self, number: int, frame: FrameType | None) -> None:
        """After Ctrl-Z and `fg`: keys again, and a screen."""
        if not self._is_aside:
            with contextlib.suppress(termios.error):
                tty.setcbreak(self._in)
        self._note_resize(number, frame)

    def _note_resize(self, _number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(OSError):  # the pipe is full: it will be read
            os.write(self._resized, b"x")


def _hang_up(_number: int, _frame: FrameType | None) -> None:
    raise Hangup
