"""A process that gets ready once, with pytest configured and the project imported, and then forks for each job.

What is forked is a run of pytest itself: it waits where collection is about to begin, and each child goes on from
there to the end of the run, with the plugins and arguments of its job. So a child does what a fresh run does,
except for what all of them have in common.
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
    (the last three apply to every fork), and `argument`: the file or directory with the tests that the jobs are
    about, "" for jobs without tests; `writes` are paths that the jobs may write, in the directories `written`.
    Then `ready.json` in `scratch` holds `unfit` (why no job can be done here, "" if jobs can), `files` (what is
    loaded by now and the outcome of jobs depends on), `held` (those of them that a job cannot import anew) and
    `loaded` (those of `held` in which a job can exchange the code of functions).
    """
    start: dict[str, Any] = json.loads(Path(start_file).read_bytes())
    supervise.adopt()
    apply_limits(start["limits"])
    confine.apply(start["confinement"], start["scratch"])
    sys.path[:0] = start["path"]
    places = guard.install(start["scratch"], start["rootdir"], subprocesses=True, writes=start["writes"])
    line = Line(control, start["scratch"])
    # Imported once the import path is the project's, which may bring its own pytest.
    from .run import run

    unfit = run(start, places, line)
    line.ready(unfit=unfit)
    os._exit(0)


class Request(NamedTuple):
    """A job: its file and the content, and the descriptors for its status and its output."""

    file: str
    work: dict[str, Any]
    status: int
    output: int


class Line:
    """One end of a socket. A request is a line with two descriptors; `stop FILE` ends a job early."""

    def __init__(self, control: int, scratch: str) -> None:
        self._socket = socket.socket(fileno=control)
        self._scratch = Path(scratch)
        self._text = b""
        self._descriptors: list[int] = []
        # The supervisor and its request, by the descriptor that is closed when the supervisor ends.
        self._underway: dict[int, tuple[int, Request]] = {}
        self._own: set[int] = set()

    def ready(
        self, *, unfit: str, files: Iterable[str] = (), held: Iterable[str] = (), loaded: Iterable[str] = ()
    ) -> None:
        """Report that everything is ready, or why no job can be done."""
        self._own = set(supervise.children())
        report = {"unfit": unfit, "files": sorted(files), "held": sorted(held), "loaded": sorted(loaded)}
        (self._scratch / "ready.json").write_text(json.dumps(report), encoding="utf-8")
        self._socket.sendall(b"ready\n")

    def wait(self, prepare: Callable[[dict[str, Any]], None]) -> Request:
        """Look after jobs until there are no more; returns only in a fork that does one.

        `prepare` is called with the content of a request, before the fork.
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
        """Start a supervisor for a job; returns the request in the job itself, None here."""
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
        """Close this end, and all that belongs to other jobs."""
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
        """Clean up after a supervisor, and after its job if the supervisor was killed; then close the status."""
        supervisor, request = self._underway.pop(reading)
        os.close(reading)
        # Its end of the pipe may have been closed by a trick: it must not go on unseen.
        with contextlib.suppress(OSError):
            os.kill(supervisor, signal.SIGTERM)
        _, status = os.waitpid(supervisor, 0)
        if status != 0:
            self._end_strays()
        os.close(request.status)

    def _end_strays(self) -> None:
        """Kill the processes that were adopted here, and then those that are adopted after these."""
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
        """No more jobs are wanted: end all of them and whatever the project started, and exit."""
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
        # Since 3.12 Python warns if native threads are alive; Python's own were looked for already.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _load(file: str) -> dict[str, Any]:
    """The content of a request's file; the file is removed, as it names the file of the answer."""
    work: dict[str, Any] = json.loads(Path(file).read_bytes())
    Path(file).unlink()
    return work
