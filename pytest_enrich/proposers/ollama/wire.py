"""A request as it is sent, and what comes: bytes to objects, objects to a reply, what only looks like its end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from pytest_enrich.proposers.ollama import failure
from pytest_enrich.proposers.ollama.exchange import Answer, Counts, Failure, Reply, Request

KEEP_ALIVE = "10m"
LONGEST_LINE = 4 * 1024 * 1024
LONGEST_REPLY = 256 * 1024
LONGEST_SPACE = 60
_NANO = 1e9


def body(request: Request) -> dict[str, Any]:
    """A request as it is sent. `truncate` and `shift`: rather an error than a prompt that lost its beginning."""
    sent: dict[str, Any] = {
        "model": request.model,
        "options": {**request.options.sent(), **({"stop": list(request.stop)} if request.stop else {})},
        "stream": True,
        "keep_alive": KEEP_ALIVE,
        "truncate": False,
        "shift": False,
    }
    if request.suffix is None:
        sent["messages"] = [{"role": one.role, "content": one.content} for one in request.messages]
    else:
        sent |= {"prompt": "".join(one.content for one in request.messages), "suffix": request.suffix}
    if request.schema is not None:
        sent["format"] = request.schema
    if request.think is not None:
        sent["think"] = request.think
    return sent


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a stream whose chunks end anywhere, inside a line or a character.

    Only LF ends a line: JSON may hold U+2028 and its like as they are.

    Raises:
        ValueError: A line goes on without an end.
    """
    left = b""
    for chunk in chunks:
        *whole, left = (left + chunk).split(b"\n")
        yield from (line for line in whole if line.strip())
        if len(left) > LONGEST_LINE:
            raise ValueError("a line without an end")
    if left.strip():
        yield left


def fold(found: Iterable[bytes]) -> Answer:
    """The reply that lines of JSON make.

    Only a line with `done: true` ends one well: a server that gives up ends the stream as if all were said.
    """
    text, thinking = [], []
    for line in found:
        part = _part(line)
        if isinstance(part, Failure):
            return part
        said = _said(part)
        text.append(said[0])
        thinking.append(said[1])
        if fault := _endless(text, thinking):
            return fault
        if part.get("done") is True:
            return _reply("".join(text), "".join(thinking), part)
    return Failure(kind="aborted", message=f"the reply ended unfinished after {len(text)} parts")


def _part(line: bytes) -> dict[str, Any] | Failure:
    """A line's object, unless it tells of an error, or that another machine replies."""
    part = _object(line)
    if part is None:
        return Failure(kind="bad answer", message=failure.said(line[: failure.SHOWN])[0])
    if part.get("error"):
        return failure.of_line(part["error"])
    if part.get("remote_host") or part.get("remote_model"):
        return Failure(kind="remote", message=f"the reply came from {_host(part)}")
    return part


def _endless(text: list[str], thinking: list[str]) -> Failure | None:
    if sum(map(len, text)) + sum(map(len, thinking)) > LONGEST_REPLY:
        return Failure(kind="bad answer", message="the reply is longer than any that was asked for")
    if _says_nothing(text):
        return Failure(kind="aborted", message="the reply goes on with nothing but space")
    return None


def _says_nothing(text: list[str]) -> bool:
    """Whether a reply that begins has turned into endless space, as a schema lets it."""
    last = "".join(text[-LONGEST_SPACE:])
    return len(last) >= LONGEST_SPACE and not last[-LONGEST_SPACE:].strip()


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _said(part: dict[str, Any]) -> tuple[str, str]:
    """Content and thinking of a part, of `/api/chat` or `/api/generate`."""
    message = part.get("message")
    source = message if isinstance(message, dict) else part
    content = source.get("content") if source is message else part.get("response")
    thinking = source.get("thinking")
    return content if isinstance(content, str) else "", thinking if isinstance(thinking, str) else ""


def _reply(text: str, thinking: str, last: dict[str, Any]) -> Reply:
    reason = last.get("done_reason")
    counts = Counts(
        prompt=_count(last, "prompt_eval_count"),
        reply=_count(last, "eval_count"),
        load=_seconds(last, "load_duration"),
        reading=_seconds(last, "prompt_eval_duration"),
        writing=_seconds(last, "eval_duration"),
        total=_seconds(last, "total_duration"),
    )
    return Reply(text=text, thinking=thinking, reason=reason if isinstance(reason, str) else "", counts=counts)


def _count(last: dict[str, Any], name: str) -> int | None:
    found = last.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _seconds(last: dict[str, Any], name: str) -> float:
    return (_count(last, name) or 0) / _NANO


def _host(part: dict[str, Any]) -> str:
    return failure.said(str(part.get("remote_host") or part.get("remote_model")).encode())[0]
