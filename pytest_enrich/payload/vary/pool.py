"""Values to try in one hole of a test: only of kinds that its rows have, so that readers know them."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from .. import express
from ..engine.usual import edits, foreignness, known_texts, literals_of, oddness
from ..explore.calls import Call
from ..explore.templates import literals, parsed, places, shorter, vary
from ..rules import is_left_out, rule
from .names import Names, Path, members, nodes

LARGEST: Mapping[type[ast.operator], int] = {ast.Pow: 400, ast.LShift: 400}
"""The largest right side of an operation that makes large numbers."""
WORD, LONG = re.compile(r"\w+"), 4
SEVERAL = re.compile(r"\w(\s|\\n|=)+\S")
"""Two words, or a name and its value, in a text as `repr` writes it."""
MOST_LESS = 12
EMPTY = {"[": "[]", "(": "()", "{": "{}"}
"""Empty containers, by their first character."""
UNKNOWN_KEY = UNNAMED = UNSIGNED = 3
MOST_PLAIN, MOST_CONSTANTS, MOST_NEAR = 8, 24, 16
EDGES = (
    "1", "2", "0", "-1", "10", "100", "'abc'", "'a'", "''", "' '", "1.0", "0.5", "2.0", "0.0", "-1.0",
    "b'a'", "b''", "True", "False", "[]", "()", "{}", "set()",
)  # fmt: skip
"""Edge cases of each type, plainest first."""
MIXED: tuple[frozenset[Path], ...] = tuple(frozenset({("str",), (other,)}) for other in ("int", "float", "bool"))
PLAIN: frozenset[Path] = frozenset((name,) for name in ("str", "int", "float", "bool"))


def is_odd(template: str) -> bool:
    """Whether nobody would write it: the rest of a sum (`+ 30`, `365 + 0`), or what fills memory."""
    tree = parsed(template.strip())
    return tree is None or any(map(_is_left_over, ast.walk(tree)))


def _is_left_over(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.UAdd)
    if not isinstance(node, ast.BinOp):
        return False
    numbers = [side.value for side in (node.left, node.right) if isinstance(side, ast.Constant)]
    if isinstance(node.op, ast.Add | ast.Sub):
        return 0 in numbers
    limit = LARGEST.get(type(node.op))
    return limit is not None and any(isinstance(number, int) and abs(number) > limit for number in numbers[-1:])


def is_literal(template: str) -> bool:
    """Whether it is a literal, which needs no names."""
    try:
        ast.literal_eval(template)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def keys(template: str) -> frozenset[object]:
    """The constants that are dictionary keys in a template."""
    key_nodes = (key for node in nodes(template) if isinstance(node, ast.Dict) for key in node.keys)
    return frozenset(key.value for key in key_nodes if isinstance(key, ast.Constant))


class Pool:
    """What is known about one hole.

    Args:
        rows: Its value in each row.
        names: Those of the test file.
        constants: What the code compares with, best first.
        near: Other literals of the tests, best first.
        offered: Values that fit in any case: callers may pass them, and they reach what is wanted.

    Attributes:
        seen: Its values in the rows, each once, shortest first.
        comes_first: Whether values tried here lead to the target by themselves.
    """

    comes_first = False

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
        compared = list(constants)
        compared = [] if is_left_out("rows: constants") else compared
        self.constants = self._fitting(constant for text in compared for constant in (text, *_neighbours(text)))
        self._members = self._fitting(() if is_left_out("rows: members") else members(self.seen, names))
        near = [] if is_left_out("rows: near") else list(near)
        self._near = self._fitting(near)
        # Also literals that would not fit by themselves, such as a word to put into a dictionary.
        self._literals = [text for text in (*compared, *near) if literals(text)]

    def _fitting(self, templates: Iterable[str]) -> tuple[str, ...]:
        return tuple(text for text in dict.fromkeys(templates) if self.fits(text))

    def fits(self, template: str) -> bool:
        """Whether its value consists only of types that values of the rows consist of, or was offered."""
        if template in self.seen or template in self._offered:
            return True
        if is_odd(template):  # checked before it is evaluated
            return False
        parts = self._names.parts(template)
        return bool(parts - {("NoneType",)} and parts <= self._known)

    def like(self, kind: object) -> list[str]:
        """Templates of values of a type that a row has."""
        if not isinstance(kind, type):
            return []
        own = (kind.__qualname__,)
        return [text for text in (*self.seen, *EDGES) if own in self._names.parts(text) and self.fits(text)]

    def rule_of(self, value: str) -> str:
        """The rule that came up with a value."""
        return self._rules.get(value, "rows: changed")

    @cached_property
    def _rules(self) -> dict[str, str]:
        groups: dict[str, Iterable[str]] = {
            "rows: emptied": self._emptied,
            "rows: plain": EDGES,
            "rows: near": self._near,
            "rows: constants": self.constants,
            "rows: members": self._members,
            "rows: offered": self._offered,
            "rows: other rows": self.seen,
        }
        return {value: name for name, values in groups.items() for value in values}

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Values to prefer: those that a reader of the test has met, or nearly met, then the plainest."""
        general = self._fitting(() if is_left_out("rows: plain") else EDGES)
        met = [*self.seen[:MOST_PLAIN], *self._fitting(edits(self.seen)), *self._near[:MOST_NEAR]]
        return tuple(dict.fromkeys([*met, *general, *self.constants[:MOST_CONSTANTS]]))

    @cached_property
    def preferred(self) -> tuple[str, ...]:
        """What to prefer to a value that was found: neighbours of known numbers, then plain values."""
        beside = self._fitting(number for text in self.seen[:MOST_PLAIN] for number in _neighbours(text))
        return tuple(dict.fromkeys((*self.seen[:MOST_PLAIN], *beside, *self.plain)))

    @cached_property
    def promising(self) -> tuple[str, ...]:
        """What is tried first, best first: what the code compares with, what stands near, then plain values."""
        near = [*self.seen[:12], *self._near[:MOST_NEAR]]
        first = [*self._offered, *self._members, *self.constants[:MOST_CONSTANTS]]
        values = [*first, *near, *self.plain, *self._fitting(self._emptied)]
        return tuple(dict.fromkeys(values))

    @cached_property
    def _emptied(self) -> list[str]:
        return [reduced for text in self.seen[:MOST_PLAIN] for reduced in emptied(text)]

    def any(self, chance: random.Random, value: str) -> str:
        """A value to replace `value`: a known one, or `value` with one of its literals changed."""
        groups = [group for group in (self.seen, self.constants, self._near, self.plain) if group]
        if groups and chance.random() < 0.4:  # noqa: PLR2004 - more often near the value itself
            return chance.choice(chance.choice(groups))
        return vary(value, chance.randrange(6), chance.randrange(48), chance.randrange(48), self._literals)

    def unusual(self, value: str) -> int:
        """How much a reader would stumble over: signs and keys that no row has, forms that nobody writes."""
        if value in self.seen:
            return 0
        known_signs = set("".join([*self.seen, *self.constants]))
        strange = (not (char.isalnum() and char.isascii()) and char not in known_signs for char in value)
        signs = sum(is_strange and char not in " '\"" for is_strange, char in zip(strange, value, strict=True))
        unknown = len(self.strange_keys(value))
        unnamed = self._has_names and is_literal(value)
        unsigned = bool(self._sign) and _first(value) not in {self._sign, ""}
        odd = oddness(Call("", (("", value),)), self._usual)
        return signs + UNKNOWN_KEY * unknown + UNNAMED * unnamed + UNSIGNED * unsigned + odd

    def strange_keys(self, value: str) -> frozenset[object]:
        """Its keys that no row has, if rows have any keys."""
        return keys(value) - self._keys if self._keys else frozenset()

    def is_out_of_place(self, value: str) -> bool:
        """Whether it is a single word where all rows have several: `'--file'` as the content of a file.

        Or a word of a long text was replaced by an unknown one: `WHILE * FROM foo` is no query.
        """
        words = WORD.findall(value) if value[:1] in {"'", '"'} else []
        if len(words) >= LONG and not {*words} <= {*WORD.findall(" ".join(self.seen))}:
            return True
        are_texts = all(text[:1] in {"'", '"'} and SEVERAL.search(text) for text in self.seen)
        return are_texts and len(value) > len("''") and SEVERAL.search(value) is None

    def foreign(self, value: str) -> int:
        """How far it is from what people wrote."""
        return foreignness(value, *self._circles)

    @cached_property
    def _circles(self) -> tuple[frozenset[str], frozenset[str]]:
        """The literals of the rows, and of what stands near."""
        groups = (self.seen, (*self._near, *self.constants))
        own, people = (frozenset(literal for text in texts for literal in literals_of(text)) for texts in groups)
        return own, people

    @cached_property
    def _sign(self) -> str:
        """The sign that each text of the rows begins with, as in paths and options; "" for words."""
        first = {_first(text) for text in self.seen} - {""}
        sign = first.pop() if len(first) == 1 else ""
        return "" if sign.isalnum() else sign

    @cached_property
    def _has_names(self) -> bool:
        """Whether rows have members of an enumeration, and none has a bare value."""
        return bool(self._members) and not any(map(is_literal, self.seen))

    @cached_property
    def _keys(self) -> frozenset[object]:
        return frozenset().union(*map(keys, (*self.seen, *self.constants)))

    @cached_property
    def _usual(self) -> frozenset[str]:
        return known_texts(self.seen)


@rule("rows: emptied")
def emptied(template: str) -> Iterable[str]:
    """The value with one of its parts emptied, or without one of its keys. Alone: 0 of 120.

    What clients send is often tested like this: an order of nothing, a request without a field. None for values
    with names in them.
    """
    if express.NAME.search(template):
        return []
    containers = (place for place in places(template) if template[place[0]] in EMPTY)
    inside = (f"{template[:start]}{EMPTY[template[start]]}{template[end:]}" for start, end in containers)
    without_keys = shorter(template) if template.startswith("{") else ()
    return [text for text in (*inside, *without_keys) if text != template][:MOST_LESS]


def _first(template: str) -> str:
    """The first character of a text; "" for an empty text or anything else."""
    return template[1] if template[:1] in {"'", '"'} and template[1] not in "'\"" else ""


def _widened(known: frozenset[Path]) -> frozenset[Path]:
    """Also all plain types where rows mix texts with numbers: there any value may stand."""
    mixed = any(known.issuperset(pair) for pair in MIXED)
    return known | PLAIN if mixed else known


def _neighbours(text: str) -> tuple[str, ...]:
    """The neighbours of a whole number; none for anything else."""
    try:
        value = int(text)
    except ValueError:
        return ()
    return repr(value - 1), repr(value + 1)


class Added(Pool):
    """The pool of a place where the rows have nothing, or the name of a fixture.

    Args:
        rows: What stands for nothing, in each row.
        offers: Values to try, best first.
        names: Those of the test file.
        rule: The one that came up with the offers.
        comes_first: As in `Pool`.
    """

    def __init__(
        self,
        rows: Sequence[str],
        offers: Sequence[str],
        names: Names,
        rule: str = "rows: added",
        *,
        comes_first: bool = False,
    ) -> None:
        self._offers, self._rule = () if is_left_out(rule) else tuple(offers), rule
        self.comes_first = comes_first
        super().__init__(rows, names, (), ())

    def fits(self, template: str) -> bool:
        """Whether it was offered, or has the types and keys of an offered value with literals."""
        if template in self.seen or template in self._offers:
            return True
        return bool(literals(template)) and (self._names.parts(template), keys(template)) in self._kinds

    @cached_property
    def _kinds(self) -> frozenset[tuple[frozenset[Path], frozenset[object]]]:
        """The types that offered values with literals consist of, and their keys."""
        return frozenset((self._names.parts(offer), keys(offer)) for offer in self._offers if literals(offer))

    def rule_of(self, value: str) -> str:
        """The rule of the offers."""
        return "rows: other rows" if value in self.seen else self._rule

    @cached_property
    def promising(self) -> tuple[str, ...]:
        """The offers."""
        return self._offers

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The offers."""
        return self._offers

    def any(self, chance: random.Random, value: str) -> str:
        """One of the offers; `value` if there are none."""
        return chance.choice(self._offers) if self._offers else value

    def unusual(self, value: str) -> int:
        """1 for a value that was not offered, else 0."""
        return int(value not in self._offers)
