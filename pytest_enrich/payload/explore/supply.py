"""Where the values for a function's parameters come from: what tests show, its types, what it does with them."""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import pathlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

from ..engine.usual import TEXTS
from ..express import evaluable
from ..rules import evidence, files, is_left_out, patterns, rule, types, usage
from ..rules.evidence import hints_of_function, hints_of_method
from ..rules.keywords import default_values
from ..rules.values import World, enumerated
from .calls import Call
from .entry import MAKERS, Entry
from .pool import ANY_TEXT, MOST_WRITTEN, Pool, nearest

PLACE = re.compile(r"\w\.\w|/")
"""What the path of a file has in it, and a mere word has not."""
ADDRESS = re.compile("://")
MOST_OPTIONS = 8
DOCUMENTS = ("'{}'", "'[]'")
"""JSON to begin with."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """What tests show of a function.

    Attributes:
        calls: Its calls.
        namesakes: What parameters of other functions were given, by name.
        siblings: The same, of other operators of the same class.
        refused: The calls that ended in an exception: they show what may be passed only if nothing else does.
        setups: What was done to objects before.
        examples: The calls that only a docstring or a page shows.
        others: What other methods of its class were given, most often first.
    """

    calls: tuple[Call, ...]
    namesakes: Mapping[str, Sequence[str]]
    siblings: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)
    refused: frozenset[Call] = frozenset()
    setups: tuple[tuple[Call, ...], ...] = ()
    examples: frozenset[Call] = frozenset()
    others: tuple[str, ...] = ()

    @property
    def steps(self) -> Iterator[Call]:
        """All that was done to objects."""
        return itertools.chain.from_iterable(self.setups)

    def values(self, name: str, *, operator: bool = False, own: bool = False) -> dict[str, frozenset[str]]:
        """The values of a parameter, with their rules; those of its namesakes if there are none, unless `own`."""
        plain = [call for call in self.calls if call not in self.refused]
        groups: dict[str, Sequence[str]] = {
            "tests' own": self._of([call for call in plain if call not in self.examples], name),
            "docstring examples": self._of([call for call in plain if call in self.examples], name),
            "other operators": self.siblings.get(name, ()) if operator else (),
        }
        if not any(groups.values()):  # an operator is not meant for what it refuses
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

    `hints` are their types and `defaults` their default values, by name, as far as they are known.
    """

    def __init__(self, known: Known, world: World, seed: int) -> None:
        entry, _, function, owner = known
        inherited = dict(hints_of_method(owner, entry.name)) if owner is not None else {}
        self.hints, self.defaults = inherited | hints_of_function(function), default_values(function)
        self._entry, self._seen, self._function, self._owner = known
        self._world, self._seed = world, seed

    @cached_property
    def _used(self) -> dict[str, usage.Use]:
        """What the function does with each parameter, and a constructor's class with what it keeps of it."""
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
        # A flag is just a flag, whatever a parameter of the same name is in another function.
        is_flag = isinstance(self.defaults.get(parameter["name"]), bool)
        shown = self._seen.values(name, operator=self._entry.is_operator, own=is_flag)
        seen = evaluable([*shown])
        hint, told_by = self._told(parameter, [value for _, value in seen])
        if hint is types.UNKNOWN and not seen and not is_flag:
            shown = by_value(("given to its class", value) for value in self._seen.others)
            seen = evaluable([*shown])
            hint, told_by = self._told(parameter, [value for _, value in seen])
        members, numbers = tuple(enumerated(hint)), tuple(self._world.constants_for(hint))
        documents = DOCUMENTS if name in usage.decoded(self._function) else ()
        constants = (*members, *numbers, *documents)
        known = (*(text for text, _ in seen), *self._filled(name, hint), *self._parsed(name, hint))
        written = self._written(parameter, hint, known)
        is_text = types.conforms("", hint)
        addresses = tuple(patterns.addresses(name)) if is_text else ()
        compared = tuple(map(repr, usage.compared(self._function).get(name, ()))) if is_text else ()
        is_several = name in usage.gone_through(self._function) and types.conforms(["abc"], hint)
        several = (f"[{ANY_TEXT}]",) if is_several else ()
        sources = {
            "members": members,
            "decoded": documents,
            "constants": self._world.plain_constants,
            "written": written,
            "addresses": addresses,
            "compared words": compared,
            "gone through": several,
        }
        rules = by_value((rule, value) for rule, values in sources.items() for value in values)
        rules = {**{number: frozenset({"next to constants"}) for number in numbers}, **rules, **shown}
        drawn = partial(self._drawn, name, hint)
        return Pool(known, constants, drawn, hint, written, addresses or compared or several, rules, told_by)

    def _filled(self, name: str, hint: Any) -> Iterator[str]:
        """Files and streams as tests write them, for a parameter that takes one or the path of one as a text."""
        if types.conforms("", hint):
            paths = self._world.filled(pathlib.Path) if self._place(name) == files.FILE else ()
            return (f"str({path})" for path in paths)
        return iter(self._world.filled(hint))

    @rule("options of a command")
    def _parsed(self, name: str, hint: Any) -> Iterator[str]:
        """Parsed command lines with the options that the body reads: all True, all None, or all texts."""
        is_parsed = any(kind is argparse.Namespace for kind in types.members(hint))
        if is_parsed and (options := usage.looked_at(self._function).get(name, ())[:MOST_OPTIONS]):
            for value in ("True", "None", ANY_TEXT):
                yield f"⟨argparse:Namespace⟩({', '.join(f'{option}={value}' for option in options)})"

    def _told(self, parameter: dict[str, Any], seen: list[object]) -> evidence.Told:
        """What annotations, tests, the default and the body say of a parameter's type."""
        name = parameter["name"]
        used = self._used.get(name, usage.NO_USE)
        if self._owner is not None and self._entry.is_operator:
            used |= usage.asks_for("operand of an operator", _operand(self._owner))
        about = name if len(self._entry.parameters) > 1 else ""
        used |= usage.asks_for("prose", evidence.of_prose(self._function, about))
        default = self.defaults.get(name, evidence.NOTHING)
        return evidence.told(parameter, self.hints.get(name), seen, used, default)

    def _written(self, parameter: dict[str, Any], hint: Any, seen: Sequence[str]) -> tuple[str, ...]:
        """What people wrote elsewhere, most like what tests pass first; else rotated for each parameter."""
        fitting = self._world.written_for(hint)
        form = self._form(parameter["name"])
        if form is not None:  # just any word is neither a path nor an address
            fitting = tuple(text for text in fitting if not text.startswith(TEXTS) or form.search(text))
        ranked = nearest(fitting, seen)[:MOST_WRITTEN]
        places = [declared["name"] for declared in self._entry.parameters]
        at = 0 if seen or parameter["name"] not in places else places.index(parameter["name"])
        return (*ranked[at:], *ranked[:at])

    def _form(self, name: str) -> re.Pattern[str] | None:
        """What a text for this parameter has in it, if the parameter is for an address or a place."""
        return ADDRESS if any(patterns.addresses(name)) else PLACE if self._is_place(name) else None

    def _place(self, name: str) -> str:
        """Whether it is for a file or a directory, by what the body does with it, or else by its name."""
        return self._opened.get(name) or files.called(name)

    def is_of_project(self, name: str, value: object) -> bool:
        """Whether it does not lead to a place of the machine, if the parameter is for a place.

        The path of a request may look like such a place, but nobody opens it.
        """
        return not (self._is_place(name) and files.leads_away(value))

    def is_asked_for_kind(self, name: str) -> bool:
        """Whether the body checks with `isinstance` or `callable` what a parameter is."""
        return any(rule in {"isinstance", "callable"} for rule, _ in self._used.get(name, usage.NO_USE).rules)

    def _is_place(self, name: str) -> bool:
        kind = files.called(name)
        return name in self._opened or kind == files.DIRECTORY or (kind == files.FILE and kind in name)

    def _drawn(self, name: str, hint: Any) -> tuple[str, ...]:
        """Values of a type for a parameter; also texts of the source's patterns and paths, if it may be a text."""
        if not types.conforms("", hint) or hint is types.ANYTHING:
            return self._world.drawn(hint, self._seed)
        places = tuple(self._places(name))
        if places and hint is str and self._is_place(name):
            return places
        drawn = (*self._world.drawn(hint, self._seed), *self._world.shaped())
        return (*patterns.addresses(name), *drawn, *places)

    @rule("paths")
    def _places(self, name: str) -> Sequence[str]:
        """Paths of files and directories, for a parameter that is opened, or named like one."""
        return files.texts(self._place(name))


@rule("operand of an operator")
def _operand(owner: type) -> Iterator[type]:
    """An operator takes an object of its own class."""
    yield owner


def by_value(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """The rules that came up with each value, from pairs of a rule and a value."""
    rules: dict[str, frozenset[str]] = {}
    for rule_name, value in pairs:
        rules[value] = rules.get(value, frozenset()) | {rule_name}
    return rules
