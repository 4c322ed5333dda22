"""One server: where it listens, requests through the official client, and raw responses.

`OLLAMA_HOST` is read as Ollama's own programs read it. Requests have time limits, and two fields that the official
client cannot send. No other module sends anything.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

import httpx
from msgspec import Struct

from pytest_enrich.proposers.ollama.protocol import (
    LONGEST_MESSAGE,
    Answer,
    Failure,
    Limits,
    Request,
    decoded,
    failure_of_response,
    fold_reply,
    lines_of,
    message_of,
    request_body,
)

PORT = 11434
_PORTS = {"http": 80, "https": 443}

WAITS = (0.5, 1.0, 2.0, 4.0)
_SHORT = 10.0
_DIED = re.compile(r"terminated|unexpected EOF|unexpected error|encountered while running")

T = TypeVar("T")
LONGEST_BODY = 16 * 1024 * 1024
_FIRST_ERROR = 400


@contextmanager
def _without(name: str) -> Iterator[None]:
    """Run a block without a variable of the environment."""
    saved = os.environ.pop(name, None)
    try:
        yield
    finally:
        if saved is not None:
            os.environ[name] = saved


class Host(Struct, frozen=True, kw_only=True):
    """An address that requests go to."""

    scheme: str = "http"
    name: str = "127.0.0.1"
    port: int = PORT
    path: str = ""

    @property
    def url(self) -> str:
        """The URL, as the client takes it."""
        return f"{self.scheme}://{self}{self.path}"

    def __str__(self) -> str:
        """As people read it: `127.0.0.1:11434`."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{name}:{self.port}"

    def is_loopback(self) -> bool:
        """Whether all addresses of the name are this machine; False if that cannot be told."""
        addresses = [self.name] if _address(self.name) else _resolved(self.name)
        parsed = [*map(_address, addresses)]
        return bool(parsed) and all(address is not None and address.is_loopback for address in parsed)

    def is_cloud(self) -> bool:
        """Whether it is Ollama's own service."""
        name = self.name.lower().rstrip(".")
        return name == "ollama.com" or name.endswith(".ollama.com")


def parse_host(text: str) -> Host:
    """The host that `[scheme://]host[:port][/path]` names; what is left out is Ollama's default.

    As in Ollama itself, a bad port becomes the default one, and an address to bind to (`0.0.0.0`) loopback.
    """
    scheme, has_scheme, rest = text.strip().strip("\"'").strip().rpartition("://")
    is_bare = ":" in rest and _address(rest) is not None  # an IPv6 address without brackets
    default = _PORTS.get(scheme, PORT) if has_scheme else PORT
    try:
        parts = urlsplit(f"//[{rest}]" if is_bare else f"//{rest}")
        name, port = parts.hostname or "", _port(parts, default)
    except ValueError:  # brackets without an end
        return Host()
    return Host(
        scheme=scheme if scheme in _PORTS else "http",
        name=_reachable(name),
        port=port,
        path=parts.path.rstrip("/"),
    )


with _without("OLLAMA_HOST"):  # the package reads it on import, and fails on a bad one
    import ollama


class Client:
    """One server, one request at a time. Whatever it or the network does is an answer, never an exception.

    `wait` waits between tries; `notice` is told what a slow question is waiting for.
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
        self._asking = threading.Lock()
        # Proxies are for other hosts, and a redirect would carry code to one.
        self._ollama = ollama.Client(host.url, timeout=limits.connect, trust_env=False, follow_redirects=False)
        self._http: httpx.Client = self._ollama._client  # noqa: SLF001 - it cannot send `truncate` and `shift`
        self._sockets: list[socket.socket] = []
        # The package sends OLLAMA_API_KEY to any host.
        self._http.headers.pop("authorization", None)

    def close(self) -> None:
        """Ask nothing more, and end a request that is under way."""
        for connection in self._sockets:
            with suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)  # unlike a close, this wakes the reading thread
        self._http.close()

    def get(self, path: str) -> dict[str, Any] | Failure:
        """The answer to a GET of `path`."""
        return _guarded(lambda: self._fetched("GET", path))

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | Failure:
        """The answer to a short POST."""
        return _guarded(lambda: self._fetched("POST", path, body))

    def ask(self, request: Request, seconds: float) -> Answer:
        """The reply to a question, streamed, within `seconds`; tried again where that may help."""
        end = time.monotonic() + seconds
        with self._asking:  # waiting for its turn, perhaps behind a load, does not count against it
            deadline = min(end, time.monotonic() + self._limits.total)
            answer = self._once(request, deadline)
            died = 0
            for pause in WAITS:
                died += isinstance(answer, Failure) and answer.kind == "server error"
                if not _may_try_again(answer, died) or time.monotonic() + pause >= deadline:
                    return answer
                if isinstance(answer, Failure) and answer.kind == "busy":
                    self._notice(_waits(request, "the server's queue is full"))
                self._wait(pause)
                answer = self._once(request, deadline)
        return answer

    def _once(self, request: Request, deadline: float) -> Answer:
        """One try, with a notice when nothing comes for a while: no server says that it loads or serves others."""
        doing = "its prompt is read, or others are before" if request.messages else "it is loaded"
        timer = threading.Timer(self._limits.quiet, self._notice, [_waits(request, doing)])
        timer.daemon = True
        timer.start()
        try:
            return _guarded(lambda: self._streamed(request, deadline))
        finally:
            timer.cancel()

    def _streamed(self, request: Request, deadline: float) -> Answer:
        timeout = self._timeout(max(0.01, min(self._limits.first, deadline - time.monotonic())))
        traced, body = {"trace": self._note}, request_body(request)
        with self._http.stream("POST", "/api/chat", json=body, timeout=timeout, extensions=traced) as answer:
            if fault := _fault_of(answer):
                return fault
            # This mapping is read again for the body: from here on a byte must come at least every `gap` seconds.
            answer.request.extensions["timeout"]["read"] = self._limits.gap
            return fold_reply(lines_of(_chunks_until(answer, deadline)))

    def _note(self, event: str, facts: dict[str, Any]) -> None:
        """Keep the socket of a new connection, so that `close` can end a read in another thread."""
        if event == "connection.connect_tcp.complete":
            self._sockets = [facts["return_value"].get_extra_info("socket")]

    def _fetched(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any] | Failure:
        """The JSON object of a whole response."""
        with self._http.stream(method, path, json=body, timeout=self._timeout(_SHORT)) as answer:
            if fault := _fault_of(answer):
                return fault
            content = _read(answer, LONGEST_BODY)
        found = decoded(content, dict[str, Any])
        message = message_of(content[:LONGEST_MESSAGE])[0]
        return found if found is not None else Failure(kind="bad answer", message=message)

    def _timeout(self, seconds: float) -> httpx.Timeout:
        return httpx.Timeout(seconds, connect=self._limits.connect)


def _fault_of(response: httpx.Response) -> Failure | None:
    """The failure that a response reports, None for a success."""
    if response.is_redirect:
        return Failure(kind="refused", message="it sends on to another address", status=response.status_code)
    if response.status_code < _FIRST_ERROR:
        return None
    return failure_of_response(response.status_code, _read(response, 64 * 1024))


def _chunks_until(response: httpx.Response, deadline: float) -> Iterator[bytes]:
    """The chunks of a reply, as long as there is time; to be used inside `_guarded`."""
    for chunk in response.iter_bytes():
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the whole reply takes too long")
        yield chunk


def _guarded(action: Callable[[], T]) -> T | Failure:
    """What `action` returns, or the failure for the network exception that it raised."""
    try:
        return action()
    except httpx.ConnectTimeout:
        return Failure(kind="unreachable", message="no connection in time")
    except httpx.TimeoutException as error:
        return Failure(kind="timeout", message=str(error) or "no byte came in time")
    except (httpx.ConnectError, OSError):
        return Failure(kind="unreachable", message="nobody listens there")
    except httpx.HTTPError as error:
        return Failure(kind="aborted", message=f"the connection broke: {type(error).__name__}")
    except (RuntimeError, ValueError) as error:  # the client was closed; a line has no end
        return Failure(kind="stopped" if "closed" in str(error) else "bad answer", message=str(error))


def _reachable(name: str) -> str:
    address = _address(name)
    if address is not None and address.is_unspecified:
        return "127.0.0.1" if address.version == 4 else "::1"  # noqa: PLR2004 - IP's version
    return name or "127.0.0.1"


def _port(parts: SplitResult, default: int) -> int:
    try:
        return parts.port or default
    except ValueError:
        return PORT


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name)
    return None


def _resolved(name: str) -> list[str]:
    """The addresses of `localhost`. Other names are not even looked up: they may point anywhere tomorrow."""
    if name.lower().rstrip(".") != "localhost":
        return []
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(name, None)]
    except OSError:
        return []


def _waits(request: Request, doing: str) -> str:
    return f"waits for {message_of(request.model.encode())[0]}: {doing}"


def _may_try_again(answer: Answer, died: int) -> bool:
    """Whether the same request may do better: a dead runner gets one more chance, a full queue several."""
    if not isinstance(answer, Failure):
        return False
    is_dead = answer.kind == "server error" and _DIED.search(answer.message) is not None
    return answer.kind in {"unreachable", "busy"} or (is_dead and died <= 1)


def _read(response: httpx.Response, most: int) -> bytes:
    """The beginning of the body; the rest of one longer than any honest body is not read."""
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > most:
            break
    return body
