"""What is known about calling a function: the choices for its arguments, and which of them callers make."""

from __future__ import annotations

import dataclasses
import inspect
import random
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import chain
from types import MappingProxyType
from typing import Any, TypeAlias

from ..engine.guide import Choices
from ..engine.solve import Mark
from ..engine.usual import TEXTS, UNWRITTEN, foreignness, known_texts, literals_of, made_from_nothing, oddness
from ..express import evaluable, evaluate, express
from ..rules import files, is_left_out, patterns, rule, types, usage
from ..rules.evidence import constructor, is_well_made
from ..rules.plain import GENERAL
from ..rules.values import World
from . import calls
from .calls import Call, Make, Site, ordered
from .entry import COMPARERS, MAKERS, OPERATORS
from .pool import MOST_PLAIN, Pool
from .supply import Known, Supply
from .templates import keywords_of, places, template_parts

MOST = 24
MOST_ODD = 1
NOTHING: frozenset[str] = frozenset()
OBJECT = "()"
"""Stands for the object that a method is called on, in place of a parameter's name."""
DECLARED = 0.5
"""The share of calls of a class that go to a subclass, where tests declare subclasses of it."""
IDENTIFIER = re.compile(r"[a-z]\w{2,}")
SWITCH = ("True", "False")
SPOKEN = re.compile(r"(?!.*\\n).*\w\w.*")
"""A literal of a single line with at least two word characters in a row."""
NUMBER, NEGATIVE = re.compile(r"-?\d+(\.\d+)?"), re.compile(r"-\d")
LACKING = re.compile(r"\bNone\b|(?<!\w)''|\[\]")
MOST_LITERALS = 160
LONGEST_LITERAL = 60
WRONG = ("'abc'", "2", "None", "[]")


def undeclared(
    calls: Iterable[Call], declared: Collection[str], constants: Iterable[object]
) -> dict[str, list[str]]:
    """Keyword names that a function takes without declaring them, with values (templates).

    They are names that tests pass, or that the code may look up.

    Args:
        calls: Of the function, from tests.
        declared: The names of its parameters.
        constants: Values in the source: a text that could be a name may be one that is looked up.
    """
    values_of: dict[str, list[str]] = {}
    for name, value in (pair for call in calls for pair in call.arguments):
        if name and name not in declared:
            values_of.setdefault(name, []).append(value)
    for text in constants:
        if isinstance(text, str) and IDENTIFIER.fullmatch(text) and text not in declared:
            values_of.setdefault(text, [])
    # Most often they all take the same values: switches are tried only if one of them gets a switch.
    passed = dict.fromkeys(value for values in values_of.values() for value in values)
    shared = [*passed, *(SWITCH if not passed or passed.keys() & {*SWITCH} else ())]
    named = [*values_of.items()][:MOST]
    return {name: list(dict.fromkeys([*values, *shared])) for name, values in named} or {"key": [*GENERAL]}


ANYTHING = ("", 1, None, ())
"""Values that a hint allows together only if it allows anything."""
NONE_FOR_UNKNOWN = "none of what is unknown"
ONLY_NONE = Pool((), (), lambda: ("None",), type(None), told_by=frozenset({NONE_FOR_UNKNOWN}))
"""For a parameter that may not matter in the call."""


@rule(NONE_FOR_UNKNOWN)
def _unknown(pools: Mapping[str, Pool], required: Sequence[str]) -> list[str]:
    """The required parameters of which nothing tells what they take, if something does of others.

    Most code looks at all of its arguments only on some of its ways.
    """
    unknown = [name for name in required if pools[name].is_unknown]
    return unknown if len(unknown) < len(required) else []


Change: TypeAlias = Callable[[str], str]
"""Puts another template in one place of a template."""


def left_open(template: str) -> Iterator[tuple[Change, inspect.Parameter]]:
    """The optional arguments that objects in a template are made without, each with what would add it."""
    for start, end in ((0, len(template)), *places(template)):
        keywords = keywords_of(template[start:end]) if template[start] == "⟨" else None
        if keywords is not None:
            name, given = keywords
            begun = template[: end - 1] + ("" if template[:end].endswith("()") else ", ")
            for option in _options(name):
                if option.name not in given:
                    yield partial(_given, begun, option.name, template[end:]), option


def _given(begun: str, parameter: str, after: str, text: str) -> str:
    return f"{begun}{parameter}={text}){after}"


def _missing(template: str, keys: Iterable[str]) -> Iterator[Change]:
    """Changes that each give a dict one of the keys that it lacks."""
    value = dict(evaluable([template])).get(template) if template[:1] == "{" else None
    if isinstance(value, dict):
        begun = template[:-1] + (", " if value else "")
        yield from (partial("{}{!r}: {}}}".format, begun, key) for key in keys if key not in value)


@rule("wrong parts")
def _wrong_inside(template: str) -> Iterator[str]:
    """The value of a collection with a part of a wrong type as its only item, or in the place of its first one."""
    value = next((value for _, value in evaluable([template])), None) if template[:1] in {"[", "{"} else None
    if isinstance(value, list):
        yield from (f"[{part}]" for part in WRONG)
    elif isinstance(value, dict):
        for key, part in [*value.items()][:1]:
            written = express(key), express(part)
            yield from [f"{{'abc': {written[1]}}}"] if written[1] else []
            yield from (f"{{{written[0]}: {other}}}" for other in WRONG if written[0])


def _chain(make: Callable[[str], Call], change: Change, text: str) -> Call:
    return make(change(text))


@lru_cache(maxsize=256)
def _options(name: str) -> tuple[inspect.Parameter, ...]:
    """The optional parameters of a class's constructor, each with its type."""
    try:
        kind = evaluate(name)
    except Exception:  # a name that is gone
        return ()
    if not isinstance(kind, type) or (maker := constructor(kind)) is None:
        return ()
    optional = (parameter for parameter in maker.parameters if parameter.default is not parameter.empty)
    hinted = ((parameter, maker.hints.get(parameter.name)) for parameter in optional)
    return tuple(parameter.replace(annotation=hint) for parameter, hint in hinted if hint is not None)


class Inputs(Choices):
    """What is `known` about calling one function; `steps` has the same for what may be called before it.

    A function that `is_detour` is not the one that people call: either no test calls it by name and tests reach it
    through others, or it leads to functions that tests do call themselves.
    """

    def __init__(
        self, known: Known, world: World, seed: int, steps: Mapping[str, Inputs] = MappingProxyType({})
    ) -> None:
        entry, seen, self.function, self.owner = known
        self.entry, self.steps = entry, steps
        self.calls = list(seen.calls)
        self.starts: list[Call] = []
        self.is_detour = False
        self._world, self._seed = world, seed
        self._supply = Supply(known, world, seed)
        # An operator leaves the options of its method alone.
        is_operator = entry.name in OPERATORS
        needed = {parameter["name"] for parameter in entry.parameters if parameter.get("default") is None}
        fixed = (parameter for parameter in entry.parameters if parameter["kind"] not in {"keywords", "variadic"})
        self._fixed = [parameter for parameter in fixed if not is_operator or parameter["name"] in needed]
        self.required = [parameter["name"] for parameter in self._fixed if parameter["name"] in needed]
        self.setups = list(seen.setups) if entry.needs_receiver else []
        self.patched: tuple[tuple[str, str], ...] = ()

    # Many functions are never searched: what takes time to find out is computed only when it is needed.

    @cached_property
    def literals(self) -> list[str]:
        """Literals of the source, texts that its patterns match, and what was learnt since."""
        plain = [text for text, value in self._world.constants if not isinstance(value, tuple | frozenset)]
        return [*plain, *self._world.shaped()]

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """Values for each parameter, by its name."""
        pools = {parameter["name"]: self._supply.pool(parameter) for parameter in self._fixed}
        return pools | dict.fromkeys(_unknown(pools, self.required), ONLY_NONE)

    @cached_property
    def extra(self) -> Pool | None:
        """Values for extra positional arguments, if it takes any."""
        pools = map(self._supply.pool, self._of_kind("variadic"))
        return next((pool for pool in pools if not pool.is_unknown), None)

    def _of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The parameters of this kind."""
        return [parameter for parameter in self.entry.parameters if parameter["kind"] == kind]

    @cached_property
    def keywords(self) -> dict[str, list[str]]:
        """Keyword names that it takes without declaring them, with values (see `undeclared`)."""
        if is_left_out("keywords") or not self._of_kind("keywords"):
            return {}
        declared = {parameter["name"] for parameter in self.entry.parameters}
        return undeclared(self.calls, declared, (value for _, value in self._world.constants))

    @cached_property
    def receivers(self) -> list[str]:
        """Objects to call it on."""
        if self.owner is None or not self.entry.needs_receiver:
            return []
        built = self._world.drawn(self.owner, self._seed) or self._world.built(self.owner, self._seed)
        return list(dict.fromkeys([*self.known_receivers, *sorted(built, key=len)]))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts of the objects that tests pass, call it on, or make."""
        passed = (value for call in self.calls for _, value in call.arguments)
        built = (text for texts in self._world.constructors.values() for text in texts)
        return template_parts([*passed, *self.known_receivers, *built])

    @cached_property
    def usual(self) -> frozenset[str]:
        """What readers of its tests have seen; of texts from elsewhere only single lines with a word."""
        passed = [value for pool in self.pools.values() for value in pool.seen]
        receivers = (call.receiver for call in self.calls if call.receiver)
        elsewhere = (text for pool in self.pools.values() for text in pool.written)
        readable = (text for text in elsewhere if not text.startswith(TEXTS) or SPOKEN.fullmatch(text))
        return known_texts([*passed, *receivers, *readable])

    def is_usual(self, call: Call) -> bool:
        """Whether callers might make this call, and readers would find nothing odd about it."""
        return self.conforms(call) and self.oddness(call) <= MOST_ODD

    def oddness(self, call: Call) -> int:
        """How far a call is from what callers write."""
        passed = [(self.pools[name], value) for name, value in call.arguments if name in self.pools]
        unfit = sum(pool.is_unnamed(value) + pool.is_of_another_kind(value) for pool, value in passed)
        return oddness(call, self.usual) + unfit

    def made_from_nothing(self, call: Call) -> int:
        """How many of the objects passed are made from nothing, other than those that tests pass."""
        return sum(made_from_nothing(value) for _, value in call.arguments if value not in self.usual)

    def _pool_of(self, name: str) -> Pool | None:
        """The values for a parameter, or for extra positional arguments ("")."""
        return self.pools.get(name) or (self.extra if not name else None)

    def unlikely(self, call: Call) -> int:
        """How many of its values nobody passes by mistake: None, empty ones, a number where none belongs."""
        nothing = sum(len(LACKING.findall(value)) for _, value in call.arguments)
        return nothing + sum(
            NUMBER.fullmatch(value) is not None and not self._takes_numbers(name) for name, value in call.arguments
        )

    def _takes_numbers(self, name: str) -> bool:
        """Whether tests pass numbers for a parameter, or its hint allows them."""
        pool = self._pool_of(name)
        hinted = pool.plain if pool is not None and name in self._supply.hints else ()
        return pool is not None and any(map(NUMBER.match, (*pool.seen, *hinted)))

    def below_zero(self, call: Call) -> int:
        """How many of its numbers are negative where tests pass only others."""
        return sum(NEGATIVE.match(value) is not None and self._is_above(name) for name, value in call.arguments)

    def _is_above(self, name: str) -> bool:
        """Whether tests pass numbers for a parameter, and none of them is below zero."""
        pool = self._pool_of(name)
        numbers = [value for value in pool.seen if NUMBER.match(value)] if pool is not None else []
        return bool(numbers) and not any(map(NEGATIVE.match, numbers))

    def strangeness(self, call: Call) -> tuple[int, int]:
        """How far a call is from what callers write, then how far its values are from what people wrote."""
        return self.oddness(call), self._foreignness(call) + sum(map(self._foreignness, call.setup))

    def unwritten(self, call: Call) -> int:
        """How many of its values are like nothing that anybody wrote."""
        return sum(far == UNWRITTEN for far in self._distances(call))

    def _foreignness(self, call: Call) -> int:
        return sum(self._distances(call))

    def _distances(self, call: Call) -> Iterator[int]:
        """How far arguments are from those that tests pass there, and the object from those that tests make."""
        values = [*call.arguments, *(("", value) for value in call.passed_on)]
        values += [(OBJECT, call.receiver)] if call.receiver else []
        for name, value in values:
            literals = self._own_literals.get(name, frozenset())
            # File content is compared only with that of other files: a word from elsewhere is no content.
            contents = (match[2] for match in files.CONTENT.finditer(value))
            yield max((foreignness(text, self._contents, NOTHING) for text in contents), default=0)
            yield foreignness(files.CONTENT.sub("", value), literals, self._world.written_literals)

    @cached_property
    def _contents(self) -> frozenset[str]:
        return frozenset(self._world.contents)

    def refilled(self, template: str) -> list[str]:
        """The template with the contents of its files and streams replaced by those that tests write."""
        others = self._world.contents if files.has_content(template) else ()
        return [files.refilled(template, text) for text in others]

    @cached_property
    def _own_literals(self) -> dict[str, frozenset[str]]:
        """The literals of what tests pass or the body asks for, by parameter, and of the objects of tests."""
        asked_for = {name: (*pool.seen, *pool.called) for name, pool in self.pools.items()}
        templates = {OBJECT: self.known_receivers, **asked_for}
        return {name: frozenset(chain.from_iterable(map(literals_of, texts))) for name, texts in templates.items()}

    @cached_property
    def givable(self) -> list[str]:
        """The parameters about whose values something is known."""
        return [name for name, pool in self.pools.items() if not pool.is_unknown]

    @cached_property
    def declared(self) -> tuple[str, ...]:
        """Subclasses of its class that tests declare, if it is called on the class."""
        is_called = self.entry.name in MAKERS or self.entry.kind == "classmethod"
        return self._world.declared(self.owner, self._seed) if self.owner and is_called else ()

    def receiver(self, chance: random.Random) -> str | None:
        """An object to call it on, half the time one that tests made: what is built from types is often far off.

        Where no object is needed, a subclass to call it on, or None for its own class.
        """
        if not self.entry.needs_receiver:
            return chance.choice(self.declared) if self.declared and chance.random() < DECLARED else None
        groups = [group for group in (self.known_receivers, self.receivers) if group]
        return chance.choice(chance.choice(groups)) if groups and self.receivers else None

    @cached_property
    def known_receivers(self) -> list[str]:
        """The objects of its class that tests called it on or made."""
        receivers = [call.receiver for call in self.calls if call.receiver]
        return [*receivers, *(self._world.objects_of(self.owner) if self.owner else [])]

    @property
    def obstacle(self) -> str:
        """Why it cannot be called, "" if it can."""
        if self.entry.is_unusual:
            return "nobody calls it directly"
        if self.entry.needs_receiver and not self.receivers:
            return "no object to call it on"
        unknown = next((name for name in self.required if self.pools[name].is_unknown), "")
        return f"nothing tells what {unknown} is" if unknown else ""

    def rules(self, call: Call) -> frozenset[str]:
        """The rules that came up with its arguments, its object, and what is done before and after."""
        rules: set[str] = set()
        for name, value in call.arguments:
            pool = self._pool_of(name)
            rules |= pool.rules_of(value) if pool is not None else {"keywords"}
            rules |= {"wrong types"} if value in WRONG and pool is not None and value not in pool.rules else set()
        if call.receiver and self.entry.needs_receiver:
            rules.add(self._rules_of_objects.get(call.receiver, "objects changed"))
        elif call.receiver:
            rules.add("declared classes")
        for step in call.setup:
            inputs = self.steps.get(step.qualname)
            rules |= inputs.rules(step) if inputs is not None else set()
            rules.add("attributes filled" if step.qualname.endswith("=") else "steps of tests")
        rules |= {"calls of the result"} if call.then else set()
        rules |= {"environment"} if call.patched else set()
        rules |= {"command lines"} if self.entry.line is not None else set()
        rules |= {"calls from elsewhere"} if self.entry.is_elsewhere else set()
        return frozenset(rules)

    @cached_property
    def _rules_of_objects(self) -> dict[str, str]:
        """For each object to call it on, the rule that came up with it."""
        groups = {
            "objects built": self.receivers,
            "objects of tests": (*(call.receiver or "" for call in self.calls), *self._world.made),
        }
        return {text: name for name, texts in groups.items() for text in texts}

    def learn(self, values: Iterable[object]) -> None:
        """Add values that the code compared with: they are worth trying elsewhere, too."""
        plain = (express(value) for value in values if type(value) in {int, float, str, bytes})
        new = (text for text in plain if text is not None and len(text) <= LONGEST_LITERAL)
        self.literals = list(dict.fromkeys([*self.literals, *new]))[:MOST_LITERALS]

    @rule("wrong types")
    def wrong(self, calls: Sequence[Call]) -> Iterator[Call]:
        """Calls with an argument of a wrong type, for each parameter: the code may refuse it explicitly.

        Alone: 2 of 120.

        Args:
            calls: For each parameter the first call that gives it is changed, or the first of all if none does.
        """
        refuses, compares = usage.refuses(self.function), self.entry.name in COMPARERS
        for name in self.pools:
            call = next((known_call for known_call in calls if name in dict(known_call.arguments)), None)
            is_asked = refuses or self._supply.is_asked_for_kind(name)
            if call is None and is_asked and not calls[0].is_full:
                call = calls[0]
            if call is not None and (compares or is_asked or name not in self._supply.hints):
                # Nobody writes `== None`; a call that is refused has no result to call.
                plain = dataclasses.replace(call, then=())
                values = (*WRONG[compares:], *_wrong_inside(dict(call.arguments).get(name, "")))
                others = (ordered(plain.with_argument(name, value), self.entry) for value in values)
                yield from (other for other in others if other != call and not self._are_fitting(other))

    @cached_property
    def _default_texts(self) -> dict[str, str | None]:
        """The default of each parameter as a template; None where it has none."""
        defaults = self._supply.defaults
        return {name: express(defaults[name]) for name in self.givable if name in defaults}

    def sites(self, call: Call) -> Iterator[Site]:
        """The sites of the call, then the defaults that it leaves alone, its own and those of its objects."""
        yield from calls.sites(call)
        arguments = dict(call.arguments)
        texts = {} if call.is_full else self._default_texts
        for name, text in texts.items():
            if text is not None and name not in arguments:
                yield text, partial(call.with_argument, name)
        for make, option in self._left_open(call):
            if (default := express(option.default)) is not None:
                yield default, make
        for name, text in call.arguments:
            missing = _missing(text, self._looked_up.get(name, ()))
            yield from (("None", partial(_chain, partial(call.with_argument, name), change)) for change in missing)

    @cached_property
    def _looked_up(self) -> Mapping[str, Collection[str]]:
        return usage.looked_up(self.function)

    def marks(self, call: Call) -> Iterator[Mark]:
        """The parameters that a call does not give, and optional arguments that its objects are made without."""
        arguments = dict(call.arguments)
        for name, text in self._default_texts.items():
            if text is None and name not in arguments:
                values = self.pools[name].plain[:MOST_PLAIN]
                yield Mark(partial(call.with_argument, name), self._supply.defaults[name], values)
        for make, option in self._left_open(call):
            if option.default is None:
                yield Mark(make, None, self._shortest(option.annotation))

    def _left_open(self, call: Call) -> Iterator[tuple[Make, inspect.Parameter]]:
        """The optional arguments that objects in a call are made without."""
        for text, make in calls.sites(call):
            yield from ((partial(_chain, make, change), option) for change, option in left_open(text))

    def _shortest(self, hint: Any) -> list[str]:
        """A few values of a type."""
        return sorted(self._world.drawn(hint, self._seed), key=len)[:MOST_PLAIN]

    def like(self, kind: object) -> tuple[str, ...]:
        """Values of a class or of any of several, or texts that a pattern matches; plain ones first."""
        if isinstance(kind, re.Pattern):
            return patterns.matching(kind)
        classes = [cls for cls in (kind if isinstance(kind, tuple) else (kind,)) if isinstance(cls, type)]
        return tuple(text for cls in classes for text in self._shortest(cls))

    def conforms(self, call: Call) -> bool:
        """Whether all required arguments are given, and each is of its parameter's type, as far as it is known.

        An object may be compared with anything.
        """
        # A decorator may take any arguments and refuse them before one is missed, or pass some itself.
        missing = {*self.required}.difference(dict(call.arguments))
        if missing and not any(missing.isdisjoint(dict(known_call.arguments)) for known_call in self.calls):
            return False
        templates = (call.receiver or "", *(value for _, value in call.arguments), *call.passed_on)
        fits = all(text in self._shown or is_well_made(text) for text in templates)
        return fits and (self.entry.name in COMPARERS or self._are_fitting(call))

    def are_declared(self, call: Call) -> bool:
        """Whether all parameters that are given have hints other than `Any`, and their values conform to these."""
        pairs = [(self._supply.hints.get(name), value) for name, value in call.arguments]
        if not pairs or any(hint is None or all(types.conforms(it, hint) for it in ANYTHING) for hint, _ in pairs):
            return False
        return all(types.conforms(value, hint) for hint, text in pairs for _, value in evaluable([text]))

    @cached_property
    def _shown(self) -> frozenset[str]:
        """The objects and arguments of the calls that tests make: they are right whatever the hints say."""
        passed = (value for call in self.calls for _, value in call.arguments)
        passed_on = (value for call in self.calls for value in call.passed_on)
        return frozenset([*passed, *passed_on, *self.known_receivers])

    def asks_for_kinds(self, call: Call) -> bool:
        """Whether the body checks the class of each argument that is not of its parameter's type."""
        unfit = [*self._unfitting(call)]
        return bool(unfit) and all(self._supply.is_asked_for_kind(name) for name in unfit)

    def _are_fitting(self, call: Call) -> bool:
        return next(self._unfitting(call), None) is None

    def _unfitting(self, call: Call) -> Iterator[str]:
        """The parameters that get a value which is not of their type."""
        for name, value in call.arguments:
            pool = self._pool_of(name)
            if pool is None or value in pool.seen:
                continue
            for _, made in evaluable([value]):
                if not types.conforms(made, pool.hint) or not self._supply.is_of_project(name, made):
                    yield name
