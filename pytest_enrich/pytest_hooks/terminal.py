"""pytest's terminal reporter as the place where a run writes (`progress.Terminal`)."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from pytest_enrich.config import MODEL, NO_MODEL, Settings, policy
from pytest_enrich.reporters.words import visible
from pytest_enrich.store import Store, last_run

if TYPE_CHECKING:
    from pytest_enrich.proposers.ollama.gate import Refusal

_TELLING = ("SIGTERM", "SIGHUP")
_PATCHING = "gevent.monkey"


class Terminal:
    """pytest's terminal; silent when there is none (`-p no:terminal`)."""

    def __init__(self, config: pytest.Config) -> None:
        self._reporter: Any = config.pluginmanager.getplugin("terminalreporter")
        self._shown = ""

    @property
    def isatty(self) -> bool:
        """Whether a line may be rewritten."""
        return self._reporter is not None and bool(self._reporter.isatty) and os.environ.get("TERM") != "dumb"

    def write_line(self, line: str) -> None:
        """Write a line of its own (or several); what was rewritten before goes away."""
        self._write("write_line", line)

    def section(self, title: str) -> None:
        """Write a title across the screen."""
        self._write("write_sep", "=", title)

    def rewrite(self, line: str) -> None:
        """Show `line` in place of the last one shown this way."""
        if self._reporter is not None:
            blank = " " * max(0, len(self._shown) - len(line))
            self._reporter.rewrite(line + blank)
            self._reporter.flush()
            self._shown = line

    def _write(self, way: str, *words: str) -> None:
        if self._shown:
            self.rewrite("")
            self._reporter.rewrite("")
            self._shown = ""
        if self._reporter is not None:
            getattr(self._reporter, way)(*words)
            self._reporter.flush()


def report_crash(error: BaseException, settings: Settings) -> str:
    """Keep the traceback; returns the line to say."""
    store = Store(settings.directory, settings.rootdir)
    where = last_run.keep_crash(store, "".join(traceback.format_exception(error)))
    return f"internal error, {where.replace(f'{settings.rootdir}/', '')}; your test result is not affected"


OLLAMA, PROBE_SECONDS = ("127.0.0.1", 11434), 0.3


def look_for_model(settings: Settings) -> tuple[Settings, str]:
    """Ask whether the model is there, if one is to be asked; nothing of the project is sent.

    Returns the settings as far as they can be fulfilled, and the line that the header has for it, "" for none.

    Raises:
        pytest.UsageError: It was asked for by name and cannot be asked.
    """
    if MODEL not in settings.asked or settings.listing:
        is_idle = settings.model not in {"", NO_MODEL} and not settings.listing
        line = f"{settings.model} is not asked: --enrich-with={','.join(settings.with_)} leaves {MODEL} out"
        return settings, visible(line) if is_idle else ""
    others = tuple(name for name in settings.asked if name != MODEL)
    is_usual = not (MODEL in settings.with_ or settings.model or settings.host or os.environ.get("OLLAMA_HOST"))
    if is_usual and not _is_listening():  # a client is not imported for nothing
        line = f"no local model: nobody listens on {OLLAMA[0]}:{OLLAMA[1]} (ollama serve)"
        return replace(settings, with_=others), line
    from pytest_enrich.proposers.ollama import connect

    answer = connect.connect(settings)
    if isinstance(answer, connect.Connected):
        answer.client.close()
        return settings, visible(f"{answer.heading}; {answer.reason}")
    if answer.is_forbidden and (settings.model or settings.host or MODEL in settings.with_):
        raise pytest.UsageError(visible(f"{policy.KEY}: {answer.reason}"))
    if MODEL in settings.with_:
        raise pytest.UsageError(_impossible(answer))
    line = f"without {MODEL}: {answer.reason}" + f" ({_command(answer.remedy)})" * bool(answer.remedy)
    return replace(settings, with_=others), visible(line)


def _is_listening() -> bool:
    """Whether anybody listens where Ollama does by default."""
    with contextlib.suppress(OSError), socket.create_connection(OLLAMA, PROBE_SECONDS):
        return True
    return False


def _impossible(refusal: Refusal) -> str:
    first = f"--enrich-with={MODEL}: {refusal.reason}"
    lines = (first, refusal.remedy, "or do without:  pytest --enrich --enrich-with=auto")
    return "\n       ".join(visible(line) for line in lines if line)


def _command(remedy: str) -> str:
    """The command of a remedy, without the words before it."""
    return remedy.partition(":")[2].strip()


@contextlib.contextmanager
def as_interrupts() -> Iterator[None]:
    """While this lasts, being told to end is the same as Ctrl-C: processes are ended, temporary files removed.

    What somebody else handles, or has the process ignore, is left alone.
    """
    numbers = [getattr(signal, name) for name in _TELLING if hasattr(signal, name)]
    is_main = threading.current_thread() is threading.main_thread()
    usual = [number for number in numbers if is_main and signal.getsignal(number) == signal.SIG_DFL]

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in usual:
            signal.signal(number, signal.SIG_IGN)  # once is enough: what it sets off takes a moment
        raise KeyboardInterrupt

    for number in usual:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in usual:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def without_gevent() -> Iterator[None]:
    """While this lasts, the system's functions are Python's own, whatever gevent put in their place.

    The tests may have had it patch `os` and `subprocess`: then a closed pipe stays open, and a process that has
    ended is waited for, until gevent's loop runs, which it does not.
    """
    saved = getattr(sys.modules.get(_PATCHING), "saved", {})
    with pytest.MonkeyPatch.context() as patch:
        for module, functions in saved.items():
            if module in sys.modules and isinstance(functions, dict):
                for name, function in functions.items():
                    patch.setattr(sys.modules[module], name, function)
        yield
