"""Being told to end: by `kill`, or since the terminal was closed."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_TELLING = ("SIGTERM", "SIGHUP")


@contextlib.contextmanager
def as_interrupts() -> Iterator[None]:
    """While it lasts, being told to end is the same as Ctrl-C: processes are ended, temporary files removed.

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
