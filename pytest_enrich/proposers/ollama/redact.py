"""What is taken out of a prompt before it is sent: files that people named, and what looks like a secret."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct

MARK = "REDACTED"
_SHORTEST = 4


class Redaction(Struct, frozen=True, kw_only=True):
    """That something was taken out of a prompt: of which sort, on which of its lines. Never what it was."""

    sort: str
    line: int


class Redacted(Struct, frozen=True, kw_only=True):
    """A text without secrets, and what was taken out of it."""

    text: str
    log: tuple[Redaction, ...] = ()


Scan = Callable[[str], Iterable[tuple[str, str]]]
"""The secrets of a line: of which sort, and what they are."""


def is_excluded(path: str, globs: Sequence[str]) -> bool:
    """Whether a file's text must never be in a prompt; a glob may speak of any part of the path."""
    lowered = path.lower()
    parts = [lowered, *PurePosixPath(lowered).parts]
    return any(fnmatch.fnmatchcase(part, one.lower()) for part in parts for one in globs)


def secrets(text: str, scan: Scan) -> Redacted:
    """The text with each secret that `scan` finds in its lines written over, wherever else it stands."""
    log: list[Redaction] = []
    found: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        for sort, secret in scan(line):
            if len(secret) >= _SHORTEST:
                found.add(secret)
                log.append(Redaction(sort=sort, line=number))
    for secret in sorted(found, key=len, reverse=True):
        text = text.replace(secret, MARK)
    return Redacted(text=text, log=tuple(log))


def is_available() -> bool:
    """Whether the extra `secrets` is installed."""
    return find_spec("detect_secrets") is not None


def scanner() -> Scan:
    """A scan by detect-secrets with its own settings, or one that finds nothing where it is not installed.

    Its own `scan_line` is for single texts typed by hand: there each word is taken for a possible secret.
    """
    if not is_available():
        return lambda _line: ()
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.filters import heuristic
    from detect_secrets.settings import default_settings

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
            for one in plugin.analyze_line(filename="prompt.py", line=line, line_number=1):
                secret = one.secret_value or ""
                if not any(is_harmless(secret) for is_harmless in harmless):
                    yield one.type, secret

    return scan
