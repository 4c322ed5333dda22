"""What a strategy asks, what is removed before it is sent, and what is kept of it between runs.

Files that people excluded, and what looks like a secret, are left out of prompts. Replies are stored by the digest
of their question.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Target
from pytest_enrich.proposers.ollama.protocol import Counts, Message, Options

MARK = "REDACTED"
_SHORTEST = 4

Scan = Callable[[str], Iterable[tuple[str, str]]]
"""The secrets of a line: the sort and the text of each."""


class Answers(Protocol):
    """Where replies are stored between runs; a name is 64 hexadecimal digits."""

    def get(self, name: str) -> bytes | None:
        """What was stored under this name."""

    def put(self, name: str, content: bytes) -> None:
        """Store it."""

    def note(self, content: bytes) -> None:
        """Store it for people only: there was no reply."""


class Question(Struct, frozen=True, kw_only=True):
    """What a strategy wants to know.

    Attributes:
        strategy: Its name.
        about: `path::qualname` of the target.
        messages: The chat; the part that questions about one module share comes first.
        options: What determines the reply; the asker sets the window, which is the run's.
        within: Seconds in which the reply must come, None for no limit; a slow server is asked for less.
    """

    strategy: str
    about: str
    messages: tuple[Message, ...]
    options: Options = Options()
    within: float | None = None


def about_target(target: Target) -> str:
    """The `about` of questions about a target."""
    return f"{target.path}::{target.qualname}"


def without_secrets(question: Question, scan: Scan) -> tuple[Question, tuple[Redaction, ...]]:
    """The question as it may be sent, and what was removed from it."""
    cleaned = [redacted(message.content, scan) for message in question.messages]
    pairs = zip(question.messages, cleaned, strict=True)
    messages = tuple(replace(message, content=clean) for message, (clean, _) in pairs)
    return replace(question, messages=messages), tuple(entry for _, log in cleaned for entry in log)


class Exchange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question and its reply, as they are stored: the evidence of what left the process.

    `prompt` is the digest under which it is stored, `digest` the model's, `think` what was sent as that, `failure`
    why there is no reply; `redactions` tell where something was removed from the prompt, not what it was.
    """

    model: str
    digest: str
    host: str
    question: Question
    prompt: str = ""
    think: bool | str | None = None
    failure: str = ""
    text: str = ""
    reason: str = ""
    counts: Counts = Counts()
    seconds: float = 0.0
    redactions: tuple[Redaction, ...] = ()


class Answered(Struct, frozen=True, kw_only=True):
    """A reply's text, and the digest of the question, under which it is stored."""

    text: str
    prompt: str


class Redaction(Struct, frozen=True, kw_only=True):
    """A removal from a prompt: of which sort, and on which line. Never what it was."""

    sort: str
    line: int


def is_excluded(path: str, globs: Sequence[str]) -> bool:
    """Whether a file's text must never be in a prompt; a glob may match any part of the path."""
    lowered = path.lower()
    parts = [lowered, *PurePosixPath(lowered).parts]
    return any(fnmatch.fnmatchcase(part, glob.lower()) for part in parts for glob in globs)


def redacted(text: str, scan: Scan) -> tuple[str, tuple[Redaction, ...]]:
    """The text with each secret that `scan` finds masked wherever it stands; and what was masked."""
    log: list[Redaction] = []
    secrets: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        for sort, secret in scan(line):
            if len(secret) >= _SHORTEST:
                secrets.add(secret)
                log.append(Redaction(sort=sort, line=number))
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MARK)
    return text, tuple(log)


def scanner() -> Scan:
    """A scan by detect-secrets with its own settings, or one that finds nothing where it is not installed.

    Its own `scan_line` is for single texts typed by hand: it takes each word for a possible secret.
    """
    try:
        from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
        from detect_secrets.filters import heuristic
        from detect_secrets.settings import default_settings
    except ModuleNotFoundError as error:
        if error.name != "detect_secrets":  # a broken installation must not let secrets through
            raise
        return lambda _line: ()

    with default_settings():
        known: Any = get_mapping_from_secret_type_to_class()
        plugins = [plugin() for plugin in known.values()]
    harmless = (
        heuristic.is_sequential_string,
        heuristic.is_templated_secret,
        heuristic.is_not_alphanumeric_string,
    )

    def scan(line: str) -> Iterator[tuple[str, str]]:
        if heuristic.is_indirect_reference(line):
            return
        for plugin in plugins:
            for finding in plugin.analyze_line(filename="prompt.py", line=line, line_number=1):
                secret = finding.secret_value or ""
                if not any(is_harmless(secret) for is_harmless in harmless):
                    yield finding.type, secret

    return scan
