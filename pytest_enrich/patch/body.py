"""What a test says, whatever its name and layout: the hash by which an idea is known again."""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Iterator, Sequence

from pytest_enrich.data import Candidate, NewRow

_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


def tokens(code: str, *, documented: bool = True) -> Iterator[str]:
    """The texts of the tokens that are not layout, with or without the docstring of the first function.

    Raises:
        SyntaxError, tokenize.TokenError: It is no Python.
    """
    found = list(tokenize.generate_tokens(io.StringIO(code).readline))
    docstring = None if documented else _docstring(found)
    for at, token in enumerate(found):
        if token.type not in _LAYOUT and at != docstring:
            yield token.string


def _docstring(found: Sequence[tokenize.TokenInfo]) -> int | None:
    """The place of the string that a function's body begins with and goes on after."""
    named = next((at for at, token in enumerate(found) if token.string == "def"), len(found))
    body = next((at for at in range(named, len(found)) if found[at].type == tokenize.INDENT), len(found))
    kinds = [token.type for token in found[body + 1 : body + 3]]
    is_more = len(found) > body + 3 and found[body + 3].type != tokenize.DEDENT
    return body + 1 if kinds == [tokenize.STRING, tokenize.NEWLINE] and is_more else None


def row_of(owner: str | None, name: str, argnames: Sequence[str]) -> tuple[str, ...]:
    """What a row's hash begins with: the same values are another idea in another list."""
    return (f"{owner or ''}.{name}", *argnames)


def body_sha256(code: str, before: tuple[str, ...] = ()) -> str:
    """The hash of a test's tokens without its name, docstring and layout: the same idea has the same hash.

    Of a row, the tokens come after what `row_of` it says.
    """
    found = list(tokens(code, documented=False))
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
