"""What is asked of a model and what comes back: frozen values; a failure is a value like the others."""

from __future__ import annotations

import hashlib
from typing import Any, Literal, TypeAlias

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


class Limits(Struct, frozen=True, kw_only=True):
    """Seconds: to connect, to the first byte (queue, load and reading the prompt), between bytes, in all.

    After `quiet` seconds without the end of a reply somebody is told.
    """

    connect: float = 2.0
    first: float = 180.0
    gap: float = 30.0
    total: float = 240.0
    quiet: float = 8.0


class Options(Struct, frozen=True, kw_only=True):
    """What decides about the reply. `window` is a load-time option: one value a run, else the model loads anew."""

    window: int = 4096
    predict: int = 256
    temperature: float = 0.2
    seed: int = 0

    def sent(self) -> dict[str, float]:
        """As Ollama calls them. All that matter are sent: a model's own defaults would hold for the others."""
        return {
            "num_ctx": self.window,
            "num_predict": max(self.predict, 1),
            "temperature": self.temperature,
            "seed": self.seed,
            "top_k": 40,
            "top_p": 0.9,
            "min_p": 0.0,
            "repeat_penalty": 1.0,
        }


class Message(Struct, frozen=True, kw_only=True):
    """One turn of a chat."""

    role: Literal["system", "user", "assistant"]
    content: str


class Request(Struct, frozen=True, kw_only=True):
    """One question.

    Attributes:
        model: As the server is asked for it.
        messages: The chat; for a completion in the middle there is one message, and `suffix`.
        options: See `Options`.
        schema: JSON schema of the reply, None for free text.
        think: What is sent as `think`; None sends nothing, as for models that cannot.
        suffix: What comes after the text to fill in; None for a chat.
        stop: Texts that end the reply.
    """

    model: str
    messages: tuple[Message, ...]
    options: Options
    schema: dict[str, Any] | None = None
    think: bool | str | None = None
    suffix: str | None = None
    stop: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The prompt in one piece, as far as it is ours: what a server reads from its beginning."""
        told = "".join(f"{one.role}:{one.content}" for one in self.messages)
        return told if self.suffix is None else f"{told}{self.suffix}"

    @property
    def size(self) -> int:
        """Characters of the prompt."""
        return sum(len(one.content) for one in self.messages) + len(self.suffix or "")

    def digest(self, model_digest: str) -> str:
        """Of all that decides about the reply: 64 hexadecimal digits.

        The window is none of it: it decides whether there is a reply, not which.
        """
        plain = msgspec.structs.replace(self, model="", options=msgspec.structs.replace(self.options, window=0))
        told = msgspec.json.encode((model_digest, plain), order="deterministic")
        return hashlib.sha256(told).hexdigest()


class Counts(Struct, frozen=True, kw_only=True):
    """The server's own figures; None where it gave none. Durations in seconds."""

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
        """One line."""
        return f"{self.kind}: {self.message}" if self.message else self.kind


Answer: TypeAlias = Reply | Failure
