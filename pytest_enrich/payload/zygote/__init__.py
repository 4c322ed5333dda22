"""A process that gets ready once and then forks for each job: pytest configured, the project imported.

Pytest's own run is what is forked: it waits where collection is about to begin, and each child goes on from
there with the plugins and the arguments of its job, to the end of the run. So a child does what a fresh run
does, less what all of them have in common.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from .. import confine, guard, supervise
from ..job import apply_limits

MOST = 65536
DESCRIPTORS = 2
PATIENCE = 6.0


def serve(start_file: str, control: int) -> NoReturn:
    """Get ready, say so on `control`, and fork for each job that comes until the other end is closed.

    The file holds `rootdir`, `scratch`, `pytest_args`, `path`, `limits`, `confinement` and `world` as a job does
    (the last three hold for all that is forked), and `argument`: the file or directory whose tests the jobs are
    about, "" for jobs without tests; `writes` are paths that they may write, in the directories `written`. Then
    `ready.json` in `scratch` holds `unfit` (why no job can be done here, "" if they can), `files`, all that the
    jobs' outcome depends on and that is loaded by now, `held`, those of them that a job cannot import anew, and
    `loaded`, those of these in which it can exchange the code of functions.
    """
    start: dict[str, Any] = json.loads(Path(start_file).read_bytes())
    supervise.adopt()
    apply_limits(start["limits"])
    confine.apply(start["confinement"], start["scratch"])
    sys.path[:0] = start["path"]
    places = guard.install(start["scratch"], start["rootdir"], subprocesses=True, writes=start["writes"])
    line = Line(control, start["scratch"])
    # Imported when the import path is the project's: pytest may be the project's own.
    from .run import run

    unfit = run(start, places, line)
    line.ready(unfit=unfit)
    os._exit(0)


class Request(NamedTuple):
    """A job: its file and what that said, the descriptor of its status and that of its output."""

    file: str
    work: dict[str, Any]
    status: int
    output: int


class Line:
    """One end of a socket. A request is a line with two descriptors; `stop FILE` ends a job before its time."""

    def __init__(self, control: int, scratch: str) -> None:
        self._socket = socket.socket(fileno=control)
        self._scratch = Path(scratch)
        self._text = b""
        self._descriptors: list[int] = []
        # By the descriptor that is closed when the supervisor ends: it, its request.
        self._underway: dict[int, tuple[int, Request]] = {}
        self._own: set[int] = set()

    def ready(
        self, *, unfit: str, files: Iterable[str] = (), held: Iterable[str] = (), loaded: Iterable[str] = ()
    ) -> None:
        """Say that all is set, or why no job can be done."""
        self._own = set(supervise.children())
        said = {"unfit": unfit, "files": sorted(files), "held": sorted(held), "loaded": sorted(loaded)}
        (self._scratch / "ready.json").write_text(json.dumps(said), encoding="utf-8")
        self._socket.sendall(b"ready\n")

    def wait(self, prepare: Callable[[dict[str, Any]], None]) -> Request:
        """Look after jobs until there are no more; returns only in the fork that does one.

        `prepare` is called with what a request says, before the fork.
        """
        while True:
            poll = select.poll()
            for descriptor in (self._socket.fileno(), *self._underway):
                poll.register(descriptor, select.POLLIN | select.POLLHUP)
            for descriptor, _ in poll.poll():
                if descriptor in self._underway:
                    self._ended(descriptor)
                elif (request := self._receive(prepare)) is not None:
                    return request

    def _receive(self, prepare: Callable[[dict[str, Any]], None]) -> Request | None:
        try:
            text, descriptors, _, _ = socket.recv_fds(self._socket, MOST, DESCRIPTORS)
        except OSError:
            text, descriptors = b"", []
        if not text:
            self._end()
        self._descriptors += descriptors
        self._text += text
        while b"\n" in self._text:
            line, _, self._text = self._text.partition(b"\n")
            word, _, file = line.decode().partition(" ")
            if word == "stop":
                self._stop(file)
            elif (request := self._fork(file, prepare)) is not None:
                return request
        return None

    def _fork(self, file: str, prepare: Callable[[dict[str, Any]], None]) -> Request | None:
        """Start a supervisor for a job; answers the request in the job itself."""
        status, output = self._descriptors[:DESCRIPTORS]
        del self._descriptors[:DESCRIPTORS]
        request = Request(file, _load(file), status, output)
        prepare(request.work)
        reading, writing = os.pipe()
        supervisor = _fork()
        if supervisor == 0:
            os.close(reading)
            self._leave()
            supervise.fork(status)
            os.close(writing)
            return request
        os.close(writing)
        os.close(output)
        self._underway[reading] = supervisor, request
        return None

    def _leave(self) -> None:
        """Keep nothing of this end, nor of other jobs."""
        self._socket.close()
        for reading, (_, request) in self._underway.items():
            os.close(reading)
            os.close(request.status)
        self._underway.clear()

    def _stop(self, file: str) -> None:
        for supervisor, request in self._underway.values():
            if request.file == file:
                os.kill(supervisor, signal.SIGTERM)

    def _ended(self, reading: int) -> None:
        """A supervisor ended; one that was ended by others left its job behind. Then the status is closed."""
        supervisor, request = self._underway.pop(reading)
        os.close(reading)
        # Its end of the pipe may be closed by a trick: it does not go on unseen.
        with contextlib.suppress(OSError):
            os.kill(supervisor, signal.SIGTERM)
        _, how = os.waitpid(supervisor, 0)
        if how != 0:
            self._end_strays()
        os.close(request.status)

    def _end_strays(self) -> None:
        """Whoever was adopted here: one generation comes after the other."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            known = self._own | {supervisor for supervisor, _ in self._underway.values()}
            strays = set(supervise.children()) - known
            if not strays:
                return
            for stray in strays:
                with contextlib.suppress(OSError):
                    os.kill(stray, signal.SIGKILL)
                with contextlib.suppress(OSError):
                    os.waitpid(stray, 0)

    def _end(self) -> NoReturn:
        """Nobody wants more: end all jobs, and whatever the project started, and leave."""
        for supervisor, _ in self._underway.values():
            with contextlib.suppress(OSError):
                os.kill(supervisor, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for supervisor, _ in self._underway.values():
            while time.monotonic() < deadline and os.waitpid(supervisor, os.WNOHANG) == (0, 0):
                time.sleep(0.002)
        self._underway.clear()
        self._own.clear()
        self._end_strays()
        os._exit(0)


def _fork() -> int:
    with warnings.catch_warnings():
        # Since 3.12 Python warns where native threads are alive; those of Python's own were looked for.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _load(file: str) -> dict[str, Any]:
    """What the request's file says; the file, with the name of the answer's in it, is gone afterwards."""
    work: dict[str, Any] = json.loads(Path(file).read_bytes())
    Path(file).unlink()
    return work
