"""What comes back over the network before it is a reply: a body that is too long, a redirection, a broken line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import httpx

from pytest_enrich.proposers.ollama import failure
from pytest_enrich.proposers.ollama.exchange import Failure

T = TypeVar("T")
LONGEST_BODY = 16 * 1024 * 1024
_FIRST_ERROR = 400


def fault(response: httpx.Response) -> Failure | None:
    """What a response says that is no success."""
    if response.is_redirect:
        return Failure(kind="refused", message="it sends on to another address", status=response.status_code)
    if response.status_code < _FIRST_ERROR:
        return None
    return failure.of_response(response.status_code, _read(response, 64 * 1024))


def _read(response: httpx.Response, most: int) -> bytes:
    """The body's beginning; what is longer than any honest one is left."""
    found = b""
    for chunk in response.iter_bytes():
        found += chunk
        if len(found) > most:
            break
    return found


def until(response: httpx.Response, deadline: float, stopped: Callable[[], bool]) -> Iterator[bytes]:
    """The chunks of a reply, as long as there is time and somebody wants it; inside `guarded`."""
    for chunk in response.iter_bytes():
        if stopped():
            raise _StoppedError
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the whole reply takes too long")
        yield chunk


def fetched(response: httpx.Response) -> dict[str, Any] | Failure:
    """The JSON object that a whole response is."""
    if found := fault(response):
        return found
    content = _read(response, LONGEST_BODY)
    known = _decoded(content)
    told = failure.said(content[: failure.SHOWN])[0]
    return known if known is not None else Failure(kind="bad answer", message=told)


def _decoded(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


class _StoppedError(Exception):
    """Nobody wants the reply any more."""


def guarded(action: Callable[[], T]) -> T | Failure:
    """What `action` gives, or the failure that the network's exceptions stand for."""
    try:
        return action()
    except (_StoppedError, httpx.HTTPError, OSError, RuntimeError, ValueError) as error:
        return _told(error)


def _told(error: Exception) -> Failure:
    """What an exception means. A RuntimeError is of a client that was closed, a ValueError of an endless line."""
    text = str(error)
    known: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Failure], ...] = (
        (_StoppedError, Failure(kind="stopped", message="")),
        (httpx.ConnectTimeout, Failure(kind="unreachable", message="no connection in time")),
        (httpx.TimeoutException, Failure(kind="timeout", message=text or "no byte came in time")),
        ((httpx.ConnectError, OSError), Failure(kind="unreachable", message="nobody listens there")),
        (httpx.HTTPError, Failure(kind="aborted", message=f"the connection broke: {type(error).__name__}")),
    )
    other = Failure(kind="stopped" if "closed" in text else "bad answer", message=text)
    return next((failure for kinds, failure in known if isinstance(error, kinds)), other)
