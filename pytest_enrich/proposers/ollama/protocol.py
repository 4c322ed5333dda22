"""What is asked of a model and what comes back: requests, replies and failures, and how they look on the wire.

All of it is values and pure functions. A failure is a value, too; its status is what counts, and the server's
message is only a hint. What only looks like the end of a reply is not one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Struct

Kind: TypeAlias = Literal[
    "unreachable", "busy", "not found", "refused", "too long", "unsupported", "server error", "timeout",
    "aborted", "bad answer", "cut", "remote", "stopped",
]  # fmt: skip
"""How an exchange failed.

`busy`: the server's queue is full. `too long`: the prompt does not fit. `aborted`: the reply ended without the
line that says that it is done. `cut`: the server cut the prompt silently. `remote`: it left the machine.
"""

T = TypeVar("T")
LONGEST_MESSAGE = 300
_BY_STATUS: dict[int, Kind] = {
    401: "refused",
    403: "refused",
    404: "not found",
    405: "not found",
    501: "unsupported",
    503: "busy",
}
_TOO_LONG = re.compile(r"exceeds? the available context|longer than the context|exceed_context_size")
_UNSUPPORTED = re.compile(r"does not support|not supported")

LONGEST_LINE = 4 * 1024 * 1024
LONGEST_REPLY = 256 * 1024
_NANO = 1e9


class Limits(Struct, frozen=True, kw_only=True):
    """Seconds: to connect, to the first byte (queue, load and reading the prompt), between bytes, in all.

    After `quiet` seconds without the end of a reply, a notice is given.
    """

    connect: float = 2.0
    first: float = 180.0
    gap: float = 30.0
    total: float = 240.0
    quiet: float = 8.0


class Options(Struct, frozen=True, kw_only=True):
    """What determines the reply. `window` is a load-time option: one value per run, or the model is reloaded."""

    window: int = 4096
    predict: int = 256
    temperature: float = 0.2
    seed: int = 0
    stop: tuple[str, ...] = ()

    def sent(self) -> dict[str, Any]:
        """In Ollama's terms. All that matter are sent, since a model's own defaults apply to what is left out."""
        return {
            "num_ctx": self.window,
            "num_predict": max(self.predict, 1),
            "temperature": self.temperature,
            "seed": self.seed,
            "top_k": 40,
            "top_p": 0.9,
            "min_p": 0.0,
            "repeat_penalty": 1.0,
            **({"stop": [*self.stop]} if self.stop else {}),
        }


class Message(Struct, frozen=True, kw_only=True):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class Request(Struct, frozen=True, kw_only=True):
    """One question.

    Attributes:
        model: The name that the server is asked for.
        messages: The chat.
        options: See `Options`.
        think: What is sent as `think`; None sends nothing, for models that cannot think.
    """

    model: str
    messages: tuple[Message, ...]
    options: Options
    think: bool | str | None = None

    @property
    def text(self) -> str:
        """The prompt in one piece, without the server's template: what a server reads from the beginning."""
        return "".join(f"{message.role}:{message.content}" for message in self.messages)

    def digest(self, model_digest: str) -> str:
        """The digest of all that determines the reply: 64 hexadecimal digits.

        The window does not count: it determines whether there is a reply, not which.
        """
        plain = msgspec.structs.replace(self, model="", options=msgspec.structs.replace(self.options, window=0))
        encoded = msgspec.json.encode((model_digest, plain), order="deterministic")
        return hashlib.sha256(encoded).hexdigest()


class Counts(Struct, frozen=True, kw_only=True):
    """The server's own figures; None where it gave none. Durations are in seconds."""

    prompt: int | None = None
    reply: int | None = None
    load: float = 0.0
    reading: float = 0.0
    writing: float = 0.0
    total: float = 0.0


class Reply(Struct, frozen=True, kw_only=True, tag="reply"):
    """A finished reply. `reason` is `stop`, `length` (it was cut off), or what else the server says."""

    text: str
    thinking: str = ""
    reason: str = ""
    counts: Counts = Counts()


class Failure(Struct, frozen=True, kw_only=True, tag="failure"):
    """There is no reply; `status` is HTTP's, 0 for none, -1 for an error in the middle of a reply."""

    kind: Kind
    message: str
    status: int = 0

    def __str__(self) -> str:
        """The failure in one line."""
        return f"{self.kind}: {self.message}" if self.message else self.kind


Answer: TypeAlias = Reply | Failure


def failure_of_response(status: int, body: bytes) -> Failure:
    """The failure that a status from 400 up and any body report."""
    text, sort = message_of(body)
    return Failure(kind=_kind(status, text, sort), message=text, status=status)


def message_of(body: bytes) -> tuple[str, str]:
    """The message in an error's body, and the type that a runner gives its error; "" where there is none."""
    return _message(body.decode("utf-8", "replace"))


def decoded(content: bytes, kind: type[T]) -> T | None:
    """`content` decoded from JSON, None when it is not of that type."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def request_body(request: Request) -> dict[str, Any]:
    """A request as it is sent. `truncate` and `shift` are off: an error is better than a prompt cut silently."""
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "options": request.options.sent(),
        "stream": True,
        "truncate": False,
        "shift": False,
    }
    if request.think is not None:
        body["think"] = request.think
    return body


def lines_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a stream whose chunks may end anywhere, even inside a line or a character.

    Only LF ends a line: JSON may contain U+2028 and the like unescaped.

    Raises:
        ValueError: A line is longer than any reply's, or goes on without an end.
    """
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        if any(len(line) > LONGEST_LINE for line in (*whole, rest)):
            raise ValueError("a line without an end")
        yield from (line for line in whole if line.strip())
    if rest.strip():
        yield rest


class _Said(Struct, frozen=True):
    """What a model says in a part of its reply."""

    content: str | None = None
    thinking: str | None = None


class _Part(Struct, frozen=True):
    """A line of a reply; the last one has the figures, durations in nanoseconds."""

    message: _Said | None = None
    done: bool | None = False
    done_reason: str | None = ""
    error: Any = None
    remote_host: str | None = ""
    remote_model: str | None = ""
    prompt_eval_count: int | None = None
    eval_count: int | None = None
    load_duration: float | None = 0.0
    prompt_eval_duration: float | None = 0.0
    eval_duration: float | None = 0.0
    total_duration: float | None = 0.0


def fold_reply(found: Iterable[bytes]) -> Answer:
    """The reply that lines of JSON add up to.

    Only a line with `done: true` completes it: a server that gives up ends the stream as if it were complete.
    """
    text, thinking = [], []
    for line in found:
        part = _part(line)
        if isinstance(part, Failure):
            return part
        message = part.message or _Said()
        text.append(message.content or "")
        thinking.append(message.thinking or "")
        if sum(map(len, (*text, *thinking))) > LONGEST_REPLY:
            return Failure(kind="bad answer", message="the reply is longer than any that was asked for")
        if part.done:
            return Reply(
                text="".join(text), thinking="".join(thinking), reason=part.done_reason or "", counts=_counts(part)
            )
    return Failure(kind="aborted", message=f"the reply ended unfinished after {len(text)} parts")


def _message(text: str) -> tuple[str, str]:
    """The message in a text that may be JSON: a server's error may hold a runner's error as JSON in a string."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return _plain(text), ""
    if not isinstance(found, dict):
        return _plain(str(found)), ""
    if "error" in found:
        return _message_of(found["error"])
    return _plain(str(found.get("message", ""))), str(found.get("type", ""))


def _message_of(error: object) -> tuple[str, str]:
    return _message(error if isinstance(error, str) else json.dumps(error))


def _kind(status: int, text: str, sort: str) -> Kind:
    if sort == "exceed_context_size_error" or _TOO_LONG.search(text):
        return "too long"
    if _UNSUPPORTED.search(text):
        return "unsupported"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return "refused" if status and status < 500 else "server error"  # noqa: PLR2004 - HTTP's


def _plain(text: str) -> str:
    """One line that does nothing to a terminal or a log."""
    if "<html" in text[:1000].lower() or "<!doctype" in text[:1000].lower():
        title = re.search(r"<title>([^<]{0,80})", text, re.IGNORECASE)
        text = f"a page of HTML{f' ({title[1]})' if title else ''}: no Ollama answers there"
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.replace("::", ": :").split())[:LONGEST_MESSAGE]


def _part(line: bytes) -> _Part | Failure:
    """A line of the reply, or a failure if it reports an error, or that another machine replies."""
    part = decoded(line, _Part)
    if part is None:
        return Failure(kind="bad answer", message=message_of(line[:LONGEST_MESSAGE])[0])
    if part.error:
        text, sort = _message_of(part.error)
        return Failure(kind=_kind(0, text, sort), message=text, status=-1)
    if remote := part.remote_host or part.remote_model:
        return Failure(kind="remote", message=f"the reply came from {message_of(remote.encode())[0]}")
    return part


def _counts(last: _Part) -> Counts:
    return Counts(
        prompt=_counted(last.prompt_eval_count),
        reply=_counted(last.eval_count),
        load=_seconds(last.load_duration),
        reading=_seconds(last.prompt_eval_duration),
        writing=_seconds(last.eval_duration),
        total=_seconds(last.total_duration),
    )


def _counted(tokens: int | None) -> int | None:
    """A number of tokens; None for an impossible one."""
    return tokens if tokens is not None and tokens >= 0 else None


def _seconds(nanoseconds: float | None) -> float:
    return (nanoseconds or 0.0) / _NANO
