"""Values for one parameter of a function, and what tests show of the function."""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import pathlib
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

from ..engine.reduce import TEXTS, edits
from ..express import evaluable
from ..rules import evidence, files, is_left_out, rule, types, usage
from ..rules.body import default_values
from ..rules.evidence import hints_of_function, hints_of_method
from ..rules.plain import CALLABLES, GENERAL, PLAIN
from ..rules.values import World, enumerated
from .calls import Call
from .entry import MAKERS, Entry
from .templates import NUMBER

MOST_PLAIN, MOST_WRITTEN, MOST_KNOWN = 6, 60, 8
SHORT = 24
SIGN = re.compile(r"[^\w\s]")
ANY_TEXT = "'abc'"
PLACE = re.compile(r"\w\.\w|/")
"""What the path of a file has, and what is a word has not."""
MOST_OPTIONS = 8
FEW_SIGNS = 5
"""Quotes included."""
NAMING = re.compile(r"['\"]([.-]+[A-Za-z]|[a-z_]\w*(\.[a-z_]\w*)+['\"])")
"""What looks like an option, a hidden file or a module is read as such."""
KIND = re.compile(
    r"(?P<text>['\"])|(?P<bytes>b['\"])|(?P<number>-?\d)|(?P<flag>True|False)|(?P<list>[\[(])|(?P<dict>\{)"
)
"""What a literal is, by how it begins."""
COMMON: tuple[object, ...] = ("", 1, True, b"")


@dataclasses.dataclass(frozen=True)
class Pool:
    """Values for one parameter, each group plainest first: `seen` in tests, `constants`, `drawn` by type.

    `written` are those that people wrote for something else, the nearest first.

    `rules` are, by value, those that thought of it, and
    `told_by` those that told the type.
    """

    seen: tuple[str, ...]
    constants: tuple[str, ...]
    draw: Callable[[], tuple[str, ...]]
    hint: Any
    written: tuple[str, ...] = ()
    rules: Mapping[str, frozenset[str]] = dataclasses.field(default_factory=dict)
    told_by: frozenset[str] = frozenset()
    _told_of: dict[str, frozenset[str]] = dataclasses.field(default_factory=dict)

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """Made when the first is asked for: it takes longer than all the rest."""
        return self.draw()

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """Values that a reader knows already, or needs no thought for."""
        options = evaluable([*GENERAL, *CALLABLES])
        general = [text for text, value in options if types.conforms(value, self.hint)]
        known = sorted(self.seen, key=len)[:MOST_PLAIN]
        if self.hint is types.ANYTHING:  # nobody thinks of a value for what the code does nothing with
            general = ["None"] if "idle" in self.told_by else []
        return tuple(dict.fromkeys([*known, *general]))

    def preferred(self, unspoken: Callable[[str], int]) -> tuple[str, ...]:
        """Values to prefer: what tests pass, that with a little less, what people wrote elsewhere, plain ones.

        Of what tests pass what is not `unspoken` of comes first, texts of few signs before others, and last what
        is made from nothing; contents come in the order in which tests have them. What looks like the name of
        something else comes after a text that is nothing else.
        """

        def little(text: str) -> tuple[bool, int, int, int]:
            signs = len(SIGN.findall(text)) if text.startswith(TEXTS) else 0
            length = 0 if files.has_content(text) else len(text)
            return text.endswith("()"), unspoken(text), signs // FEW_SIGNS, length

        seen = sorted(self.seen, key=little)[:MOST_WRITTEN]
        written = sorted(self.written, key=_has_lines)
        said = [text for text in written if not NAMING.match(text)]
        any_text = [ANY_TEXT] if ANY_TEXT in self.plain else []
        return tuple(dict.fromkeys([*seen, *edits(seen), *said, *any_text, *written, *self.plain, *self.short]))

    @property
    def short(self) -> list[str]:
        """Plain literals among what was drawn: only a few, and none where nothing was."""
        drawn = self.__dict__.get("drawn", ())
        literal = (text for text in drawn if len(text) <= SHORT and "⟨" not in text and "lambda" not in text)
        return sorted(literal, key=len)[:MOST_PLAIN]

    def is_unnamed(self, value: str) -> bool:
        """Whether it is a bare number where a member of an enumeration could be."""
        return self._has_names and value not in self.seen and NUMBER.fullmatch(value) is not None

    def is_of_another_kind(self, value: str) -> bool:
        """Whether it is a text where tests pass lists, and the like; not if the code says that it takes both."""
        kind = KIND.match(value)
        return kind is not None and bool(self._kinds) and kind.lastgroup not in self._kinds

    @cached_property
    def _kinds(self) -> frozenset[str | None]:
        """Those of what tests pass, none where an annotation or the body tells them."""
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
        """Those that had a part in thinking of a value: one that tests pass needs no type."""
        if value not in self._told_of:  # asked for each call that is tried, most often of the same values
            self._told_of[value] = self._rules_of(value)
        return self._told_of[value]

    def _rules_of(self, value: str) -> frozenset[str]:
        own = self.rules.get(value)
        if own is None:
            is_drawn = value in self.__dict__.get("drawn", ())
            own = frozenset(
                {f"drawn {_sort(value)}" if is_drawn else "plain" if value in self.plain else "changed"}
            )
        return own if value in self.seen else own | self.told_by

    def any(self, chance: random.Random) -> str:
        """One of them, each group as likely."""
        known = [group for group in (self.seen or self.written, self.constants) if group]
        group = chance.choice([*known, None])
        values = (self.drawn if group is None else group) or next(iter(known), ())
        return chance.choice(values) if values else "None"


def _has_lines(text: str) -> bool:
    """Whether it has several lines."""
    return "\\n" in text


@dataclasses.dataclass(frozen=True)
class Seen:
    """What tests showed.

    Attributes:
        calls: Of the function.
        namesakes: What parameters of other functions got, by name.
        examples: Those of the calls that only a docstring shows.
        siblings: The same, of the operators of the same class.
        refused: Those calls that ended in an exception: they show what may be passed only where nothing else does.
        setups: What was done to objects before.
    """

    calls: tuple[Call, ...]
    namesakes: Mapping[str, Sequence[str]]
    siblings: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    refused: frozenset[Call] = frozenset()
    setups: tuple[tuple[Call, ...], ...] = ()
    examples: frozenset[Call] = frozenset()

    @property
    def steps(self) -> Iterator[Call]:
        """All that was done to objects."""
        return itertools.chain.from_iterable(self.setups)

    def values(self, name: str, *, operator: bool = False, own: bool = False) -> dict[str, frozenset[str]]:
        """Of a parameter; those of its namesakes where there are none, unless its `own` alone tell what it is."""
        plain = [call for call in self.calls if call not in self.refused]
        groups: dict[str, Sequence[str]] = {
            "tests' own": self._of([call for call in plain if call not in self.examples], name),
            "docstring examples": self._of([call for call in plain if call in self.examples], name),
            "other operators": self.siblings.get(name, ()) if operator else (),
        }
        if not any(groups.values()):  # what an operator refuses is what it is not for
            groups = {"refused": [] if operator else self._of(self.calls, name)}
        if not any(groups.values()):
            groups = {"namesakes": [] if own else self.namesakes.get(name, ())}
        return by_value(
            (rule, value) for rule, values in groups.items() if not is_left_out(rule) for value in values
        )

    @staticmethod
    def _of(calls: Sequence[Call], name: str) -> list[str]:
        return [value for call in calls for key, value in call.arguments if key == name]


class Known(NamedTuple):
    """A function that may be called, what tests show of it, and the class whose objects it is called on."""

    entry: Entry
    seen: Seen
    function: object
    owner: type | None = None


class Supply:
    """What is known of a function's parameters.

    `hints` are their types and `defaults` their values where none is given, by name, as far as they are known.
    """

    def __init__(self, known: Known, world: World, seed: int) -> None:
        entry, _, function, owner = known
        inherited = dict(hints_of_method(owner, entry.name)) if owner is not None else {}
        self.hints, self.defaults = inherited | hints_of_function(function), default_values(function)
        self._entry, self._seen, self._function, self._owner = known
        self._world, self._seed = world, seed

    def _of_siblings(self, name: str) -> dict[str, frozenset[str]]:
        """What tests pass to another parameter of the same type, unless that is one that most parameters have."""
        hint = self.hints.get(name)
        if hint is None or any(types.conforms(value, hint) for value in COMMON):
            return {}
        others = [other for other, its in self.hints.items() if its == hint and other != name]
        return by_value(("siblings", value) for other in others for value in self._seen.values(other, own=True))

    @cached_property
    def _used(self) -> dict[str, usage.Use]:
        """What the function does with each parameter; a constructor's class with what it keeps of it, too."""
        used = usage.of(self._function)
        if self._owner is not None and self._entry.name in MAKERS:
            kept = usage.kept(self._owner)
            used |= {name: used.get(name, usage.NO_USE) | use for name, use in kept.items()}
        return used

    @cached_property
    def _opened(self) -> dict[str, str]:
        return usage.places(self._function)

    def pool(self, parameter: dict[str, Any]) -> Pool:
        """The values for one of the parameters."""
        name = parameter["name"] if parameter["kind"] != "variadic" else ""
        # A flag is no more than that, whatever the parameter of another function is that has its name.
        is_flag = isinstance(self.defaults.get(parameter["name"]), bool)
        shown = self._seen.values(name, operator=self._entry.is_operator, own=is_flag) or self._of_siblings(name)
        seen = evaluable([*shown])
        hint, told_by = self._told(parameter, [value for _, value in seen])
        members, numbers = tuple(enumerated(hint)), tuple(self._world.constants_for(hint))
        constants = (*members, *numbers)
        known = (*(text for text, _ in seen), *self._filled(name, hint), *self._parsed(name, hint))
        written = self._written(parameter, hint, known)
        sources = {
            "members": members,
            "constants": self._world.plain_constants,
            "written": written,
        }
        rules = by_value((rule, value) for rule, values in sources.items() for value in values)
        rules = {**{number: frozenset({"next to constants"}) for number in numbers}, **rules, **shown}
        return Pool(known, constants, partial(self._drawn, name, hint), hint, written, rules, told_by)

    def _filled(self, name: str, hint: Any) -> Iterator[str]:
        """Files and streams as tests write them, for a parameter that takes one, or the path of one as a text."""
        if types.conforms("", hint):
            paths = self._world.filled(pathlib.Path) if self._place(name) == files.FILE else ()
            return (f"str({path})" for path in paths)
        return iter(self._world.filled(hint))

    @rule("options of a command")
    def _parsed(self, name: str, hint: Any) -> Iterator[str]:
        """What a command line was parsed to, with the options that the body reads: all on, all off, or texts."""
        is_parsed = any(one is argparse.Namespace for one in types.members(hint))
        if is_parsed and (options := usage.looked_at(self._function).get(name, ())[:MOST_OPTIONS]):
            for value in ("True", "None", ANY_TEXT):
                yield f"⟨argparse:Namespace⟩({', '.join(f'{option}={value}' for option in options)})"

    def _told(self, parameter: dict[str, Any], seen: list[object]) -> evidence.Told:
        """The type of a parameter: anything where the function does nothing with it, and nothing else tells it."""
        name = parameter["name"]
        used = self._used.get(name, usage.NO_USE)
        if self._owner is not None and self._entry.is_operator:
            used |= usage.asks_for("operand of an operator", _operand(self._owner))
        if len(self._entry.parameters) == 1:
            used |= usage.asks_for("prose", evidence.of_prose(self._function))
        default = self.defaults.get(name, evidence.NOTHING)
        told_by = evidence.told(parameter, self.hints.get(name), seen, used, default)
        is_unknown = told_by.hint is types.UNKNOWN
        free = frozenset(rule for rule, asks in FREE.items() if is_unknown and any(asks(self._function, name)))
        return evidence.Told(types.ANYTHING, free) if free else told_by

    def _written(self, parameter: dict[str, Any], hint: Any, seen: Sequence[str]) -> tuple[str, ...]:
        """What people wrote elsewhere: the most like what tests pass, else another one for each parameter."""
        fitting = self._world.written_for(hint)
        if self._is_place(parameter["name"]):  # a word that stands somewhere is the name of no file
            fitting = tuple(text for text in fitting if not text.startswith(TEXTS) or PLACE.search(text))
        found = nearest(fitting, seen)[:MOST_WRITTEN]
        at = 0 if seen else [*self._entry.parameters].index(parameter)
        return (*found[at:], *found[:at])

    def _place(self, name: str) -> str:
        """Whether it is for a file or a directory: as the body uses it, else as it is called."""
        return self._opened.get(name) or files.called(name)

    def is_of_project(self, name: str, value: object) -> bool:
        """Whether it is no place of the machine's, where the parameter is for a place.

        The path of a request, which begins as such a place does, is opened by nobody.
        """
        return not (self._is_place(name) and files.leads_away(value))

    def is_asked_for_kind(self, name: str) -> bool:
        """Whether the body asks by `isinstance` or `callable` what a parameter is."""
        return any(rule in {"isinstance", "callable"} for rule, _ in self._used.get(name, usage.NO_USE).rules)

    def _is_place(self, name: str) -> bool:
        called = files.called(name)
        return name in self._opened or called == files.DIRECTORY or (called == files.FILE and called in name)

    def _drawn(self, name: str, hint: Any) -> tuple[str, ...]:
        """Values of a type for a parameter; texts of the source's patterns, and paths, where they may be."""
        if not types.conforms("", hint) or hint is types.ANYTHING:
            return self._world.drawn(hint, self._seed)
        places = tuple(self._places(name))
        if places and hint is str and self._is_place(name):
            return places
        return self._world.drawn(hint, self._seed) + self._world.shaped(self._seed) + places

    @rule("paths")
    def _places(self, name: str) -> Sequence[str]:
        """Paths of files and directories, for a parameter that is opened, or called so."""
        return files.texts(self._place(name))


@rule("operand of an operator")
def _operand(owner: type) -> Iterator[type]:
    """An operator takes an object of its own class."""
    yield owner


@rule("idle")
def _idle(function: object, name: str) -> Iterator[bool]:
    """A parameter that the body does nothing with may be anything."""
    yield not usage.is_read(function, name)


@rule("only kept")
def _kept(function: object, name: str) -> Iterator[bool]:
    """So may one that is only kept as it is, or given back."""
    yield usage.is_kept(function, name)


FREE: Mapping[str, Callable[[object, str], Iterator[bool]]] = {"idle": _idle, "only kept": _kept}


def nearest(values: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    """The values in the order of how much of their text one of those that are `known` has."""
    matchers = _matchers(known)
    return tuple(sorted(values, key=lambda value: -_likeness(value, matchers)))


def likeness(value: str, known: Sequence[str]) -> float:
    """How much of its text one of those that are `known` has, 0 to 1."""
    return _likeness(value, _matchers(known))


def _matchers(known: Sequence[str]) -> list[SequenceMatcher[str]]:
    """One for each text, which takes time to make; values are put into it."""
    return [SequenceMatcher(None, "", text, autojunk=False) for text in known[:MOST_KNOWN]]


def _likeness(value: str, matchers: Sequence[SequenceMatcher[str]]) -> float:
    for matcher in matchers:
        matcher.set_seq1(value)
    return max((matcher.ratio() for matcher in matchers), default=0.0)


def by_value(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Of each value the rules that thought of it, from pairs of a rule and a value."""
    found: dict[str, frozenset[str]] = {}
    for name, value in pairs:
        found[value] = found.get(value, frozenset()) | {name}
    return found


@lru_cache(maxsize=4096)
def _sort(template: str) -> str:
    """What sort of value was drawn."""
    if template.startswith((files.MARK, files.FOLDER_MARK, "str(⟨f")):
        return "path"
    value = dict(evaluable([template])).get(template)
    return "function" if callable(value) else type(value).__name__ if type(value) in PLAIN else _written(template)


def _written(template: str) -> str:
    return {"[": "list", "{": "dict", "(": "tuple", "⟨": "object"}.get(template[:1], "other")
