"""Write strings in the quotes that a file prefers."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

# One line, no quotes and no backslashes inside: only these can change their quotes without changing anything.
_PLAIN = re.compile(r"""[bBuUrR]{0,2}(?:'[^'"\\\n]*'|"[^'"\\\n]*")""")


def requote(code: str, file_text: str) -> str:
    """`code` with its plain strings in the majority's quotes of `file_text`; double ones when it has none."""
    wanted = "'" if _count(file_text, "'") > _count(file_text, '"') else '"'
    lines = code.splitlines(keepends=True)
    for token in reversed(list(_plain(code))):
        row, start = token.start
        end = token.end[1]
        prefix, body = re.split("['\"]", token.string, maxsplit=1)
        line = lines[row - 1]
        lines[row - 1] = f"{line[:start]}{prefix}{wanted}{body[:-1]}{wanted}{line[end:]}"
    return "".join(lines)


def _count(text: str, quote: str) -> int:
    return sum(token.string.endswith(quote) for token in _plain(text))


def _plain(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.STRING and _PLAIN.fullmatch(token.string):
                yield token
    except (tokenize.TokenError, SyntaxError):
        return
