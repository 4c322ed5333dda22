"""What a test says, whatever its name and layout: the hash by which an idea is known again."""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Iterator, Sequence

from pytest_enrich.data import Candidate, NewRow

_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def tokens(code: str) -> Iterator[str]:
    """The texts of the tokens that are not layout.

    Raises:
        SyntaxError, tokenize.TokenError: It is no Python.
    """
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type not in _LAYOUT:
            yield token.string


def row_of(owner: str | None, name: str, argnames: Sequence[str]) -> tuple[str, ...]:
    """What a row's hash begins with: the same values are another idea in another list."""
    return (f"{owner or ''}.{name}", *argnames)


def body_sha256(code: str, before: tuple[str, ...] = ()) -> str:
    """The hash of a test's tokens without its name and layout: the same idea has the same hash.

    Of a row, the tokens come after what `row_of` it says.
    """
    found = list(tokens(code))
    named = found.index("def") + 1 if "def" in found else None
    kept = [*before, *(text for index, text in enumerate(found) if index != named)]
    return hashlib.sha256("\0".join(kept).replace("{{", "{").replace("}}", "}").encode()).hexdigest()


def body_of(candidate: Candidate) -> str:
    """The hash of a candidate, "" of what cannot be read."""
    place = candidate.placement
    before = row_of(place.owner, candidate.name, candidate.argnames) if isinstance(candidate, NewRow) else ()
    try:
        return body_sha256(candidate.code, before)
    except (SyntaxError, tokenize.TokenError, UnicodeError):
        return ""
