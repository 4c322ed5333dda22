"""Values for one parameter of a function, and which of them a reader prefers."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import Any

from ..engine.usual import TEXTS, edits
from ..express import evaluable
from ..rules import files, types
from ..rules.plain import CALLABLES, GENERAL, PLAIN
from .templates import NUMBER

MOST_PLAIN, MOST_WRITTEN, MOST_KNOWN = 6, 60, 8
SHORT = 24
SIGN = re.compile(r"[^\w\s]")
ANY_TEXT = "'abc'"
FEW_SIGNS = 5
"""Texts are ranked by how many times they have so many signs, quotes included."""
NAMING = re.compile(r"['\"](?:[.-]+[A-Za-z]|[A-Za-z_]\w*(?:[. -][A-Za-z_]\w*)*['\"])")
"""A text that looks like a word, or the name of something: an option, a hidden file, a module."""
KIND = re.compile(
    r"(?P<text>['\"])|(?P<bytes>b['\"])|(?P<number>-?\d)|(?P<flag>True|False)|(?P<list>[\[(])|(?P<dict>\{)"
)
"""The kind of a literal, by how it begins."""
WORD, ALIKE = re.compile(r"(['\"])([a-z]{3,})?\1$"), 0.6
EMPTY = {"text": "''", "bytes": "b''", "list": "[]", "dict": "{}"}


@dataclasses.dataclass(frozen=True)
class Pool:
    """Values for one parameter, each group plainest first: `seen` in tests, `constants`, `drawn` by type.

    `written` are those that people wrote for something else, the nearest first, `called` those of the sort that
    the parameter is named after, that it is compared with, or a list where it is gone through. `rules` are those
    that came up with each value, `told_by` those that told the type.
    """

    seen: tuple[str, ...]
    constants: tuple[str, ...]
    draw: Callable[[], tuple[str, ...]]
    hint: Any
    written: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    rules: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    told_by: frozenset[str] = frozenset()
    _told_of: dict[str, frozenset[str]] = dataclasses.field(default_factory=dict)

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """Values drawn by type, only when they are asked for: it takes longer than all the rest."""
        return self.draw()

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Values that a reader knows already, or takes in without thinking."""
        options = [] if self.hint is types.ANYTHING else evaluable([*GENERAL, *CALLABLES])
        general = [text for text, value in options if types.conforms(value, self.hint)]
        shortest = sorted(self.seen, key=len)[:MOST_PLAIN]
        return tuple(dict.fromkeys([*shortest, *general]))

    def preferred(self, unspoken: Callable[[str], int], *, is_refused: bool = False) -> tuple[str, ...]:
        """Values to prefer: what tests pass, the same with a little less, what people wrote elsewhere, plain ones.

        Of what tests pass, values that are not `unspoken` come first, texts of few signs before others, and
        objects made from nothing last; contents come in the order in which tests have them. Words from elsewhere
        mean something else: a text that says nothing distracts less. Where one `is_refused`, so does any text
        that could not be a slip for one that tests pass.
        """

        def little(text: str) -> tuple[bool, int, int, int]:
            signs = len(SIGN.findall(text)) if text.startswith(TEXTS) else 0
            length = 0 if files.has_content(text) else len(text)
            return text.endswith("()"), unspoken(text), signs // FEW_SIGNS, length

        seen = sorted(self.seen, key=little)[:MOST_WRITTEN]
        written = sorted(self.written, key=lambda text: "\\n" in text)  # those of several lines come last
        shaped = [text for text in written if not NAMING.match(text)]
        any_text = self.called or ([ANY_TEXT] if ANY_TEXT in self.plain else [])
        near = [*seen, *edits(seen), *self._empty]
        telling = [text for text in shaped if not is_foreign(text, self.seen)] if is_refused else shaped
        return tuple(dict.fromkeys([*near, *telling, *any_text, *shaped, *written, *self.plain, *self.short]))

    @property
    def _empty(self) -> list[str]:
        """Empty values of the kinds that tests pass: the empty text for texts, not `False`."""
        kinds = (kind.lastgroup or "" for value in self.seen if (kind := KIND.match(value)))
        return [EMPTY[kind] for kind in dict.fromkeys(kinds) if kind in EMPTY]

    @property
    def short(self) -> list[str]:
        """A few plain literals among the drawn values, if these were drawn already."""
        drawn = self.__dict__.get("drawn", ())
        literal = (text for text in drawn if len(text) <= SHORT and "⟨" not in text and "lambda" not in text)
        return sorted(literal, key=len)[:MOST_PLAIN]

    def is_unnamed(self, value: str) -> bool:
        """Whether it is a bare number where a member of an enumeration could be."""
        return self._has_names and value not in self.seen and NUMBER.fullmatch(value) is not None

    def is_of_another_kind(self, value: str) -> bool:
        """Whether it is of another kind than what tests pass, unless the code says what kinds it takes."""
        kind = KIND.match(value)
        return kind is not None and bool(self._kinds) and kind.lastgroup not in self._kinds

    @cached_property
    def _kinds(self) -> frozenset[str | None]:
        """The kinds of what tests pass; none if an annotation or the body tells the type."""
        if self.told_by & {"annotation", "isinstance"}:
            return frozenset()
        return frozenset(kind.lastgroup if (kind := KIND.match(value)) else None for value in self.seen)

    @cached_property
    def _has_names(self) -> bool:
        return bool(types.enumerations(self.hint))

    @property
    def is_unknown(self) -> bool:
        """Whether nothing tells what a caller would pass."""
        return self.hint is types.UNKNOWN and not self.seen

    def rules_of(self, value: str) -> frozenset[str]:
        """The rules that came up with a value; those that told the type count, too, unless tests pass it."""
        if value not in self._told_of:  # asked for every call that is tried, mostly about the same values
            self._told_of[value] = self._rules_of(value)
        return self._told_of[value]

    def _rules_of(self, value: str) -> frozenset[str]:
        rules = self.rules.get(value)
        if rules is None:
            is_drawn = value in self.__dict__.get("drawn", ())
            known = "plain" if value in self.plain else "changed"
            rules = frozenset({f"drawn {_sort(value)}" if is_drawn else known})
        return rules if value in self.seen else rules | self.told_by

    def any(self, chance: random.Random) -> str:
        """A random value, each group being equally likely."""
        groups = [group for group in (self.seen or self.written, self.constants) if group]
        group = chance.choice([*groups, None])
        values = (self.drawn if group is None else group) or next(iter(groups), ())
        return chance.choice(values) if values else "None"


def nearest(values: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """The values, those first whose text is most like one of the `known`."""
    matchers = _matchers(known)
    return tuple(sorted(values, key=lambda value: -_likeness(value, matchers)))


def is_unlike(template: str, known: Sequence[str]) -> bool:
    """Whether it is a text, other than a word, that could not be a slip for one of the `known`.

    Words and empty texts do not count: people write them where they mean something to be refused.
    """
    return WORD.match(template) is None and is_foreign(template, known)


def is_foreign(template: str, known: Sequence[str]) -> bool:
    """Whether it is a text that could not be a slip for one of the `known`, whatever it says."""
    # In short texts the quotes would be half of the likeness.
    matchers = _matchers([text.strip("'\"") for text in known])
    return template.startswith(TEXTS) and _likeness(template.strip("'\""), matchers) < ALIKE


def _matchers(known: Sequence[str]) -> list[SequenceMatcher[str]]:
    """A matcher for each text: they take time to make, and are used for many values."""
    return [SequenceMatcher(None, "", text, autojunk=False) for text in known[:MOST_KNOWN]]


def _likeness(value: str, matchers: Sequence[SequenceMatcher[str]]) -> float:
    for matcher in matchers:
        matcher.set_seq1(value)
    return max((matcher.ratio() for matcher in matchers), default=0.0)


@lru_cache(maxsize=4096)
def _sort(template: str) -> str:
    """The sort of a drawn value."""
    if template.startswith((files.MARK, files.FOLDER_MARK)):
        return "path"
    value = dict(evaluable([template])).get(template)
    return "function" if callable(value) else type(value).__name__ if type(value) in PLAIN else "object"
