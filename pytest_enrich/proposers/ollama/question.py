"""What a strategy asks, and what is kept of it: frozen values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.proposers.ollama import redact
from pytest_enrich.proposers.ollama.exchange import Counts, Message
from pytest_enrich.proposers.ollama.pulled import Pulled
from pytest_enrich.proposers.ollama.redact import Redaction, Scan


class Answers(Protocol):
    """Where replies are kept between runs; a name is 64 hexadecimal digits."""

    def get(self, name: str) -> bytes | None:
        """What was kept by that name."""

    def put(self, name: str, content: bytes) -> None:
        """Keep it."""

    def names(self) -> Iterable[str]:
        """Of all that is kept."""


class Nowhere:
    """Keeps nothing."""

    def get(self, name: str) -> bytes | None:  # noqa: ARG002 - the protocol's
        """Nothing."""
        return None

    def put(self, name: str, content: bytes) -> None:
        """Nothing."""

    def names(self) -> Iterable[str]:
        """None."""
        return ()


class Question(Struct, frozen=True, kw_only=True):
    """What a strategy wants to know.

    Attributes:
        strategy: Its name.
        about: `path::qualname` of the target.
        messages: The chat; the part that questions about one module share comes first.
        schema: Of the reply, None for free text.
        predict: The most tokens of the reply.
        temperature, seed: As in `Options`.
        suffix, stop: As in `Request`.
    """

    strategy: str
    about: str
    messages: tuple[Message, ...]
    schema: dict[str, Any] | None = None
    predict: int = 256
    temperature: float = 0.2
    seed: int = 0
    suffix: str | None = None
    stop: tuple[str, ...] = ()


def without_secrets(question: Question, scan: Scan) -> tuple[Question, tuple[Redaction, ...]]:
    """The question as it may be sent, and what was taken out of it."""
    cleaned = [redact.secrets(one.content, scan) for one in question.messages]
    after = redact.secrets(question.suffix or "", scan)
    pairs = zip(question.messages, cleaned, strict=True)
    messages = tuple(replace(one, content=clean.text) for one, clean in pairs)
    log = tuple(entry for clean in (*cleaned, after) for entry in clean.log)
    suffix = None if question.suffix is None else after.text
    return replace(question, messages=messages, suffix=suffix), log


class Exchange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question and its reply, as they are kept: the evidence of what left the process.

    `digest` is the model's; `redactions` tell what was taken out of the prompt, without telling it.
    """

    model: str
    digest: str
    host: str
    question: Question
    window: int
    text: str
    reason: str = ""
    counts: Counts = Counts()
    seconds: float = 0.0
    redactions: tuple[Redaction, ...] = ()


class Answered(Struct, frozen=True, kw_only=True):
    """A reply's text, the strategy that asked, and the digest of the question, by which it is kept."""

    text: str
    prompt: str
    strategy: str = ""
    kept: bool = False


class Model(Struct, frozen=True, kw_only=True):
    """What is asked: the server's model, the name to ask by, the window of the whole run."""

    pulled: Pulled
    name: str
    window: int = 4096

    @property
    def think(self) -> bool | None:
        """No thinking from a model that can think: it would be spent before the reply, without a schema."""
        return False if self.pulled.can("thinking") else None
