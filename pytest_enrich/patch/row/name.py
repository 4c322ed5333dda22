"""An id for a case, in the style of the ids beside it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[A-Za-z0-9]+")
_SIGNS = {"<=": "up to", ">=": "from", "<": "below", ">": "above", "!=": "not"}
_SIGN = re.compile(r"[<>!]=|[<>]|(?<![\w)])-(?=\d)")
_WEAK = frozenset({"a", "an", "and", "as", "by", "for", "in", "is", "of", "or", "the", "to", "with", "without"})
# Words for signs do not count: what they compare does.
_WEAK |= {word for sign in (*_SIGNS.values(), "minus") for word in sign.split()}
FEWEST, MOST = 2, 4


def derive(title: str, sources: Sequence[str]) -> str:
    """The source of an id for a case that shows `title`, in words as the ids in `sources` have them."""
    known = [text for one in sources if (text := _text(one)) is not None]
    separator = _separator(known)
    words = _words(title, max((len(_WORD.findall(one)) for one in known), default=FEWEST))
    name, number = separator.join(words), 2
    if known and all(one.isupper() for one in known):
        name = name.upper()
    first = name
    while name in known:
        name, number = f"{first}{separator}{number}", number + 1
    return f'"{name}"'


def _words(title: str, usual: int) -> list[str]:
    """The first words of what is said after the function's name, up to so many that say something.

    Of "gives 0 when total < 0" it is the condition that tells one case from another.
    """
    said = title.partition(": ")[2] or title
    told = _SIGN.sub(lambda sign: f" {_SIGNS.get(sign[0], 'minus')} ", said.partition(" when ")[2] or said)
    words: list[str] = []
    for word in _WORD.findall(told):
        words.append(word.lower())
        if sum(one not in _WEAK for one in words) == min(max(usual, FEWEST), MOST):
            break
    return words or ["case"]


def _separator(known: Sequence[str]) -> str:
    found = Counter(char for one in known for char in one if char in "-_ ")
    return found.most_common(1)[0][0] if found else "-"


def _text(source: str) -> str | None:
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None
