"""Requests on the official client, with the limits and the two fields that it has no way to send."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from pytest_enrich.proposers.ollama import failure, response, wire
from pytest_enrich.proposers.ollama.exchange import Answer, Failure, Limits, Request
from pytest_enrich.proposers.ollama.host import Host


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Without a variable of the environment."""
    kept = os.environ.pop(name, None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ[name] = kept


with _without("OLLAMA_HOST"):  # the package reads it when it is imported, and does not survive a bad one
    import ollama

WAITS = (0.5, 1.0, 2.0, 4.0)
_SHORT = 10.0


class Client:
    """One server. What it or the network does is an answer, never an exception; one request at a time.

    `wait` is how to wait between tries; `notice` is told what a question that takes long waits for.
    """

    def __init__(
        self,
        host: Host,
        limits: Limits,
        wait: Callable[[float], None] = time.sleep,
        notice: Callable[[str], None] = lambda _what: None,
    ) -> None:
        self.host = host
        self._limits = limits
        self._wait = wait
        self._notice = notice
        self._one = threading.Lock()
        # Proxies are for other hosts, and a redirection would carry code to one.
        self._ollama = ollama.Client(host.url, timeout=limits.connect, trust_env=False, follow_redirects=False)
        self._http: httpx.Client = self._ollama._client  # noqa: SLF001 - it cannot send `truncate` and `shift`
        self._sockets: list[socket.socket] = []
        # The package sends OLLAMA_API_KEY to any host.
        self._http.headers.pop("authorization", None)

    def close(self) -> None:
        """Nothing is asked any more; a request that is under way ends."""
        for one in self._sockets:
            with suppress(OSError):  # it may be closed already
                one.shutdown(socket.SHUT_RDWR)  # unlike a close it wakes the thread that reads
        self._http.close()

    def get(self, path: str) -> dict[str, Any] | Failure:
        """What a GET of `path` answers."""
        return self._plain(self._http.build_request("GET", path, timeout=self._timeout(_SHORT)))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Failure:
        """What a short POST answers."""
        return self._plain(self._http.build_request("POST", path, json=body, timeout=self._timeout(_SHORT)))

    def ask(self, request: Request, seconds: float, stopped: Callable[[], bool] = lambda: False) -> Answer:
        """The reply to a question, streamed, within `seconds`; tried again where that may help."""
        end = time.monotonic() + seconds
        with self._one:  # waiting for its turn, behind a load perhaps, is no fault of this question
            deadline = min(end, time.monotonic() + self._limits.total)
            answer = self._once(request, deadline, stopped)
            died = 0
            for pause in WAITS:
                died += isinstance(answer, Failure) and answer.kind == "server error"
                if not _again(answer, died) or time.monotonic() + pause >= deadline or stopped():
                    return answer
                if isinstance(answer, Failure) and answer.kind == "busy":
                    self._notice(_waits(request, "the server's queue is full"))
                self._wait(pause)
                answer = self._once(request, deadline, stopped)
        return answer

    def _once(self, request: Request, deadline: float, stopped: Callable[[], bool]) -> Answer:
        path = "/api/chat" if request.suffix is None else "/api/generate"
        timeout = self._timeout(max(0.01, min(self._limits.first, deadline - time.monotonic())))
        built = self._http.build_request("POST", path, json=wire.body(request), timeout=timeout)
        built.extensions["trace"] = self._note
        with self._noticing(request):
            return response.guarded(lambda: self._streamed(built, deadline, stopped))

    @contextmanager
    def _noticing(self, request: Request) -> Iterator[None]:
        """Say so when nothing has come for a while: no server tells that it loads, reads, or has others before."""
        doing = "its prompt is read, or others are before" if request.messages else "it is loaded"
        timer = threading.Timer(self._limits.quiet, self._notice, [_waits(request, doing)])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _streamed(self, built: httpx.Request, deadline: float, stopped: Callable[[], bool]) -> Answer:
        answer = self._http.send(built, stream=True)
        try:
            if fault := response.fault(answer):
                return fault
            # The same mapping is read again for the body: from here on a byte must come every so often.
            built.extensions["timeout"]["read"] = self._limits.gap
            return wire.fold(wire.lines(response.until(answer, deadline, stopped)))
        finally:
            answer.close()

    def _note(self, event: str, facts: dict[str, Any]) -> None:
        """Keep the socket of a new connection, so that `close` can end a read in another thread."""
        if event == "connection.connect_tcp.complete":
            self._sockets = [facts["return_value"].get_extra_info("socket")]

    def _plain(self, built: httpx.Request) -> dict[str, Any] | Failure:
        return response.guarded(lambda: self._fetched(built))

    def _fetched(self, built: httpx.Request) -> dict[str, Any] | Failure:
        answer = self._http.send(built, stream=True)
        try:
            return response.fetched(answer)
        finally:
            answer.close()

    def _timeout(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(seconds, connect=self._limits.connect)


def _waits(request: Request, doing: str) -> str:
    return f"waits for {failure.said(request.model.encode())[0]}: {doing}"


def _again(answer: Answer, died: int) -> bool:
    """A dead runner is given one more chance, a full queue several."""
    return isinstance(answer, Failure) and failure.may_retry(answer) and died <= 1
