"""Write strings in the quotes that a file prefers."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from functools import lru_cache

# One line and no quotes inside: only these can change their quotes without changing anything.
_PLAIN = re.compile(r"""[bBuUrR]{0,2}(?:'[^'"\n]*'|"[^'"\n]*")""")


def requote(code: str, counted: tuple[int, int]) -> str:
    """`code` with its plain strings in the majority's quotes of the file, as `quotes` counted them there."""
    wanted = "'" if counted[0] > counted[1] else '"'
    lines = code.splitlines(keepends=True)
    for token in reversed(list(_plain(code))):
        row, start = token.start
        end = token.end[1]
        prefix, body = re.split("['\"]", token.string, maxsplit=1)
        line = lines[row - 1]
        lines[row - 1] = f"{line[:start]}{prefix}{wanted}{body[:-1]}{wanted}{line[end:]}"
    return "".join(lines)


@lru_cache(maxsize=8)  # a few files are asked about, each for many candidates
def quotes(text: str) -> tuple[int, int]:
    """How many plain strings of a text are in single quotes, and how many in double ones."""
    ends = [token.string[-1] for token in _plain(text)]
    return ends.count("'"), ends.count('"')


def _plain(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.STRING and _PLAIN.fullmatch(token.string):
                yield token
    except (tokenize.TokenError, SyntaxError):
        return
