"""Values to try in one hole of a test: only such as its rows have, so that a reader knows the kind."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from ..explore.calls import Call
from ..explore.reduce import known_texts, oddness
from ..explore.templates import literals, vary
from ..rules import is_left_out, rule
from .values import Names, Path, combined, emptied, is_literal, is_odd, keys, members

UNKNOWN_KEY = UNNAMED = UNSIGNED = 3
MOST_PLAIN, MOST_CONSTANTS, MOST_NEAR = 8, 24, 16
BOUNDARIES: Mapping[type, tuple[str, ...]] = {
    int: ("1", "2", "0", "-1", "10", "100"),
    str: ("'abc'", "'a'", "''", "' '"),
    float: ("1.0", "0.5", "2.0", "0.0", "-1.0"),
    bytes: ("b'a'", "b''"),
    bool: ("True", "False"),
    list: ("[]",),
    tuple: ("()",),
    dict: ("{}",),
    set: ("set()",),
}
"""By type what is at the edges, plainest first."""
MIXED: tuple[frozenset[Path], ...] = tuple(frozenset({("str",), (other,)}) for other in ("int", "float", "bool"))
PLAIN: frozenset[Path] = frozenset((name,) for name in ("str", "int", "float", "bool"))


class Pool:
    """What is known of one hole.

    Args:
        rows: Its value in each row.
        names: Of the test file.
        constants: What the code compares with, best first.
        near: Other literals of the tests, best first.
        offered: Values that fit whatever they are: a caller may pass them, and they reach what is wanted.

    Attributes:
        seen: Its values in the rows, each once, shortest first.
    """

    def __init__(
        self,
        rows: Sequence[str],
        names: Names,
        constants: Iterable[str],
        near: Iterable[str],
        offered: Iterable[str] = (),
    ) -> None:
        self._names = names
        self.rows = rows
        self.seen = tuple(sorted(dict.fromkeys(rows), key=len))
        self._known = _widened(frozenset[Path]().union(*map(names.parts, self.seen)))
        self._offered = dict.fromkeys(text for text in offered if names.parts(text))
        given = list(constants)
        given = [] if is_left_out("rows: constants") else given
        self.constants = self._fitting(one for text in given for one in (text, *_neighbours(text)))
        self._members = self._fitting(() if is_left_out("rows: members") else members(self.seen, names))
        near = [] if is_left_out("rows: near") else list(near)
        self._near = self._fitting(near)
        # Also what would not fit by itself: a word for one that a dictionary holds.
        self._literals = [text for text in (*given, *near) if literals(text)]

    def _fitting(self, templates: Iterable[str]) -> tuple[str, ...]:
        return tuple(text for text in dict.fromkeys(templates) if self.fits(text))

    def fits(self, template: str) -> bool:
        """Whether its value is made of nothing but what values of the rows are made of, or was offered."""
        if template in self.seen or template in self._offered:
            return True
        if is_odd(template):  # before it is made
            return False
        parts = self._names.parts(template)
        return bool(parts - {("NoneType",)} and parts <= self._known)

    def like(self, kind: object) -> list[str]:
        """Templates of values of a type that a row has."""
        near = [*self.seen, *(text for one in BOUNDARIES for text in BOUNDARIES[one])]
        return [text for text in near if isinstance(kind, type) and self._is(text, kind)]

    def _is(self, text: str, kind: type) -> bool:
        return (kind.__qualname__,) in self._names.parts(text) and self.fits(text)

    def rule_of(self, value: str) -> str:
        """The rule that thought of a value."""
        return self._rules.get(value, "rows: changed")

    @cached_property
    def _rules(self) -> dict[str, str]:
        groups: dict[str, Iterable[str]] = {
            "rows: emptied": [one for text in self.seen[:MOST_PLAIN] for one in _emptied(text)],
            "rows: plain": [text for kind in BOUNDARIES for text in BOUNDARIES[kind]],
            "rows: near": self._near,
            "rows: constants": self.constants,
            "rows: members": self._members,
            "rows: offered": self._offered,
            "rows: other rows": self.seen,
        }
        return {value: name for name, values in groups.items() for value in values}

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Values to prefer: those that a reader of the test has met, then the plainest."""
        general = self._fitting(
            text for kind in BOUNDARIES for text in BOUNDARIES[kind] if not is_left_out("rows: plain")
        )
        return tuple(dict.fromkeys([*self.seen[:MOST_PLAIN], *general, *self.constants[:2]]))

    @cached_property
    def promising(self) -> tuple[str, ...]:
        """What is tried first, best first: what the code compares with, then what stands near, then the plain."""
        near = [*self.seen[:12], *self._near[:MOST_NEAR]]
        flags = self._fitting(() if is_left_out("rows: flags") else combined(self.seen, self._members))
        first = [*self._offered, *self._members, *self.constants[:MOST_CONSTANTS]]
        less = self._fitting(one for text in self.seen[:MOST_PLAIN] for one in _emptied(text))
        every = [*first, *near, *self.plain, *less, *flags]
        return tuple(dict.fromkeys(every))

    def any(self, chance: random.Random, value: str) -> str:
        """Another value than `value`: a known one, or it with one of its literals changed."""
        groups = [group for group in (self.seen, self.constants, self._near, self.plain) if group]
        if groups and chance.random() < 0.4:  # noqa: PLR2004 - more often near what is there
            return chance.choice(chance.choice(groups))
        return vary(value, chance.randrange(6), chance.randrange(48), chance.randrange(48), self._literals)

    def strangeness(self, value: str) -> int:
        """How much a reader would stumble over: signs and keys that no row has, shapes that nobody writes."""
        if value in self.seen:
            return 0
        known = set("".join([*self.seen, *self.constants]))
        strange = (not (char.isalnum() and char.isascii()) and char not in known for char in value)
        signs = sum(one and char not in " '\"" for one, char in zip(strange, value, strict=True))
        unknown = len(keys(value) - self._keys) if self._keys else 0
        unnamed = self._has_names and is_literal(value)
        unsigned = bool(self._sign) and _first(value) not in {self._sign, ""}
        odd = oddness(Call("", (("", value),)), self._usual)
        return signs + UNKNOWN_KEY * unknown + UNNAMED * unnamed + UNSIGNED * unsigned + odd

    @cached_property
    def _sign(self) -> str:
        """What each text of the rows begins with, as paths and options do; "" for words."""
        first = {_first(one) for one in self.seen} - {""}
        sign = first.pop() if len(first) == 1 else ""
        return "" if sign.isalnum() else sign

    @cached_property
    def _has_names(self) -> bool:
        """Whether rows have members of an enumeration, and none a bare value."""
        return bool(self._members) and not any(map(is_literal, self.seen))

    @cached_property
    def _keys(self) -> frozenset[object]:
        return frozenset().union(*map(keys, (*self.seen, *self.constants)))

    @cached_property
    def _usual(self) -> frozenset[str]:
        return known_texts(self.seen)


@rule("rows: emptied")
def _emptied(template: str) -> Iterable[str]:
    """The value with one of its parts empty, or without one of its keys. Alone: 0 of 120."""
    return emptied(template)


def _first(template: str) -> str:
    """The first sign of a text, "" of an empty one and of anything else."""
    return template[1] if template[:1] in {"'", '"'} and template[1] not in "'\"" else ""


def _widened(known: frozenset[Path]) -> frozenset[Path]:
    """With all plain values where rows have texts as well as numbers: such a list is of whatever comes."""
    mixed = any(known.issuperset(pair) for pair in MIXED)
    return known | PLAIN if mixed else known


def _neighbours(text: str) -> tuple[str, ...]:
    """Of a whole number the ones beside it."""
    try:
        value = int(text)
    except ValueError:
        return ()
    return repr(value - 1), repr(value + 1)


class Added(Pool):
    """A pool of a place where nothing stands in the rows.

    Args:
        rows: What stands for nothing, in each row.
        offers: Values to try, best first.
        names: Of the test file.
        rule: That thought of them.
    """

    def __init__(
        self, rows: Sequence[str], offers: Sequence[str], names: Names, rule: str = "rows: added"
    ) -> None:
        offers = () if is_left_out(rule) else offers
        super().__init__(rows, names, (), (), offers)
        self._offers, self._rule = tuple(offers), rule

    def fits(self, template: str) -> bool:
        """Whether it was offered, or is a plain value of the same type as one that was."""
        if super().fits(template):
            return True
        return bool(literals(template)) and self._names.parts(template) in self._kinds

    @cached_property
    def _kinds(self) -> frozenset[frozenset[Path]]:
        """What the offered plain values are made of."""
        return frozenset(self._names.parts(one) for one in self._offers if literals(one))

    def rule_of(self, value: str) -> str:
        """Its own."""
        return "rows: other rows" if value in self.seen else self._rule

    @cached_property
    def promising(self) -> tuple[str, ...]:
        """What was offered."""
        return self._offers

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The same."""
        return self._offers

    def any(self, chance: random.Random, value: str) -> str:
        """One of the offers; `value` when there are none."""
        return chance.choice(self._offers) if self._offers else value

    def strangeness(self, value: str) -> int:
        """A value that nobody offered is one sign to stumble over."""
        return int(value not in self._offers)


class Exchanged(Added):
    """A pool of names that are no values: nothing but what was offered fits."""

    def fits(self, template: str) -> bool:
        """Whether it was offered, or is there."""
        return template in self.seen or template in self._offers

    def like(self, kind: object) -> list[str]:  # noqa: ARG002 - as of a pool
        """None: a name is of no type."""
        return []
