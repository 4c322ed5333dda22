"""Texts that a regular expression matches, as a person would write them: whole words where words may stand."""

from __future__ import annotations

import functools
import importlib
import itertools
import re
import string
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, AnyStr, TypeAlias

from . import rule

# Before Python 3.11 these modules had other names.
_OLDER = sys.version_info < (3, 11)
of: Any = importlib.import_module("sre_constants" if _OLDER else "re._constants")
parser: Any = importlib.import_module("sre_parse" if _OLDER else "re._parser")

WORDS = ("name", "value", "key", "12", "2024", "1", "a", "b", "ab", "abc", "    ", " ", "-", ".", "/")
ALPHABET = "a1 A.-_/:,;'\"()[]{}<>=+*?!@#$%&|~^`\\\n\t" + string.ascii_letters + string.digits
FORMS = (
    "2024-02-29", "12:30", "12:30:45", "12:30:45.123456", "2024-02-29T12:30", "2024-02-29T12:30:45",
    "2024-02-29 12:30:45.123456", "2024-02-29T12:30:45Z", "2024-02-29T12:30:45+02:00",
    "2024-02-29T12:30:45-05:00", "2024-02-29T12:30:45+02", "123e4567-e89b-12d3-a456-426614174000",
    "user@example.com", "https://example.com", "http://example.com", "https://user:pass@example.com:8080/path?key=value#top",
    "127.0.0.1", "2001:db8::1", "#ff8800", "1.2.3", "1.5", "1e3", "-3", "camelCase", "snake_case", "XIV",
    "[1, 2]", '{"a": 1}', "4111111111111111", ">=1.2",
)  # fmt: skip
"""Texts in well-known formats."""
ADDRESSED = re.compile(r"(\w+_)?(url|uri|href)")
ADDRESSES = tuple(repr(text) for text in FORMS if "://" in text)
VARIANTS, LONGEST, MOST = 24, 200, 16
CATEGORIES: dict[Any, Callable[[str], bool]] = {
    of.CATEGORY_DIGIT: str.isdigit,
    of.CATEGORY_NOT_DIGIT: lambda char: not char.isdigit(),
    of.CATEGORY_SPACE: str.isspace,
    of.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    of.CATEGORY_WORD: lambda char: char.isalnum() or char == "_",
    of.CATEGORY_NOT_WORD: lambda char: not (char.isalnum() or char == "_"),
}
REPEATS = {of.MAX_REPEAT, of.MIN_REPEAT, getattr(of, "POSSESSIVE_REPEAT", None)}
SETS = {of.IN, of.ANY, of.NOT_LITERAL, of.CATEGORY}
Part: TypeAlias = "tuple[Any, Any]"


@rule("addresses")
def addresses(name: str) -> Iterator[str]:
    """Templates of addresses, for a parameter that is named after one: nobody asks for the page `'a'`."""
    yield from ADDRESSES if ADDRESSED.fullmatch(name) else ()


@functools.lru_cache(maxsize=256)
def matching(pattern: re.Pattern[AnyStr]) -> tuple[str, ...]:
    """Templates of some texts that a pattern matches, well-known ones first; none where there is no such text."""
    try:
        texts = [*dict.fromkeys((*well_known(pattern), *read(pattern)))] or [*drawn(pattern)]
    except Exception:  # a construct that only newer releases of Python have, or one that Hypothesis does not know
        return ()
    return tuple(map(repr, texts))[:MOST]


@rule("well-known forms")
def well_known(pattern: re.Pattern[AnyStr]) -> Iterator[AnyStr]:
    """The well-known texts that a pattern matches as a whole: a date, an address, a number."""
    yield from filter(pattern.fullmatch, _for(pattern, FORMS))


@rule("patterns read")
def read(pattern: re.Pattern[AnyStr]) -> Iterator[AnyStr]:
    """Texts put together from the parts of a pattern: without what is optional, with it, each way once."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    written = ("".join(Writer(number).texts(tree)) for number in range(VARIANTS))
    texts = _for(pattern, (text for text in written if len(text) <= LONGEST))
    yield from dict.fromkeys(filter(pattern.search, texts))


@rule("patterns drawn")
def drawn(pattern: re.Pattern[AnyStr]) -> Iterator[AnyStr]:
    """Texts that Hypothesis draws for a pattern that our own reader found none for, short ones first."""
    # Imported here: hardly any pattern needs it, and the import takes each process half a second.
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis import strategies as st

    texts: dict[AnyStr, None] = {}

    def note(text: AnyStr) -> None:
        texts[text] = None

    quietly = settings(
        max_examples=MOST,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    written: Any = pattern.pattern
    readable = st.characters(min_codepoint=32, max_codepoint=126) if isinstance(written, str) else None
    strategy: Any = st.from_regex(pattern, fullmatch=True, alphabet=readable)  # type: ignore[arg-type]
    drawing: Any = given(strategy)
    quietly(seed(0)(drawing(note)))()
    yield from sorted((text for text in texts if len(text) <= LONGEST), key=len)


def _for(pattern: re.Pattern[AnyStr], texts: Iterable[str]) -> Iterator[AnyStr]:
    """The texts as the pattern takes them: as bytes, where it is of bytes."""
    is_of_bytes = isinstance(pattern.pattern, bytes)
    yield from (text.encode("latin-1") if is_of_bytes else text for text in texts)  # type: ignore[misc]


class Writer:
    """Writes one text; its `number` says which way is taken where there are several."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._places = itertools.count()
        self._groups: dict[int, str] = {}

    def texts(self, parts: Iterable[Part]) -> Iterator[str]:
        """The texts of a pattern's parts, in order."""
        last = [*parts][-1:]
        for part in parts:
            yield self._text(part, is_last=[part] == last)

    def _text(self, part: Part, *, is_last: bool) -> str:
        kind, value = part
        text, inner = "", ()
        if kind in SETS:
            text = self._word(part, 1, 1)
        elif kind in REPEATS:
            text = self._repeated(*value)
        elif kind is of.LITERAL:
            text = chr(value)
        elif kind is of.GROUPREF:
            text = self._groups.get(value, "")
        elif kind is of.BRANCH:
            inner = value[1][self._number // 2 % len(value[1])]
        elif kind is of.SUBPATTERN:
            inner = value[-1]
        elif kind is of.ASSERT and value[0] > 0 and is_last:  # nothing else says what has to follow
            inner = value[1]
        text = text or "".join(self.texts(inner))
        if kind is of.SUBPATTERN:
            self._groups[value[0]] = text
        return text

    def _repeated(self, least: int, most: int, parts: Iterable[Part]) -> str:
        inner = [*parts]
        is_present = least or self._number % 2
        if len(inner) == 1 and inner[0][0] in SETS:
            return self._word(inner[0], max(least, 1), int(most)) if is_present else ""
        return "".join(text for _ in range(least or self._number % 2) for text in self.texts(inner))

    def _word(self, part: Part, least: int, most: int) -> str:
        """A word of characters that a set allows, a different one for each place."""
        fitting = [
            word for word in WORDS if least <= len(word) <= most and all(_allows(part, char) for char in word)
        ]
        if fitting:
            return fitting[(next(self._places) + self._number // 4) % len(fitting)]
        return next((char for char in ALPHABET if _allows(part, char)), "") * least


def _allows(part: Part, char: str) -> bool:
    """Whether a set of characters contains this one."""
    kind, value = part
    if kind is of.IN:
        is_negated = value[0][0] is of.NEGATE
        return any(_allows(item, char) for item in value[is_negated:]) is not is_negated
    if kind is of.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    if kind is of.CATEGORY:
        return CATEGORIES.get(value, str.isalnum)(char)
    return (ord(char) == value) if kind is of.LITERAL else (kind is of.ANY or ord(char) != value)
