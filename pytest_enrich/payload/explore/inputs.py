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
"""In the place of a parameter's name, for the object that a method is called on."""
DECLARED = 0.5
"""The share of calls of a class that are of one below it, where classes are declared below it."""
IDENTIFIER = re.compile(r"[a-z]\w{2,}")
SWITCH = ("True", "False")
SPOKEN = re.compile(r"(?!.*\\n).*\w\w.*")
"""A literal of one line in which there is more than a letter, or signs."""
NUMBER, NEGATIVE = re.compile(r"-?\d+(\.\d+)?"), re.compile(r"-\d")
LACKING = re.compile(r"\bNone\b|(?<!\w)''|\[\]")
MOST_LITERALS = 160
LONGEST_LITERAL = 60
WRONG = ("'abc'", "2", "None", "[]")


def undeclared(
    calls: Iterable[Call], declared: Collection[str], constants: Iterable[object]
) -> dict[str, list[str]]:
    """Such names, with values (templates): those that tests give, or that are looked up.

    Args:
        calls: Of the function, from tests.
        declared: The names of its parameters.
        constants: Values of the source: one that could be a name may be one that is looked up.
    """
    found: dict[str, list[str]] = {}
    for name, value in (pair for call in calls for pair in call.arguments):
        if name and name not in declared:
            found.setdefault(name, []).append(value)
    for text in constants:
        if isinstance(text, str) and IDENTIFIER.fullmatch(text) and text not in declared:
            found.setdefault(text, [])
    # What one of them takes the others take, too, most often: switches only where one of them is one.
    given = dict.fromkeys(value for values in found.values() for value in values)
    more = [*given, *(SWITCH if not given or given.keys() & {*SWITCH} else ())]
    named = [*found.items()][:MOST]
    return {name: list(dict.fromkeys([*values, *more])) for name, values in named} or {"key": [*GENERAL]}


ANYTHING = ("", 1, None, ())
"""What only a hint that says nothing allows at once."""


Change: TypeAlias = Callable[[str], str]
"""Makes a template with another in one place of it."""


def left_open(template: str) -> Iterator[tuple[Change, inspect.Parameter]]:
    """What the objects in a template are not made with, and what makes them with it."""
    for start, end in ((0, len(template)), *places(template)):
        made = keywords_of(template[start:end]) if template[start] == "⟨" else None
        if made is not None:
            name, given = made
            begun = template[: end - 1] + ("" if template[:end].endswith("()") else ", ")
            for one in _options(name):
                if one.name not in given:
                    yield partial(_given, begun, one.name, template[end:]), one


def _given(begun: str, parameter: str, after: str, text: str) -> str:
    return f"{begun}{parameter}={text}){after}"


def _missing(template: str, keys: Iterable[str]) -> Iterator[Change]:
    """What gives a dict one of the keys that it lacks."""
    value = dict(evaluable([template])).get(template) if template[:1] == "{" else None
    if isinstance(value, dict):
        begun = template[:-1] + (", " if value else "")
        yield from (partial("{}{!r}: {}}}".format, begun, key) for key in keys if key not in value)


def _chain(make: Callable[[str], Call], change: Change, text: str) -> Call:
    return make(change(text))


@lru_cache(maxsize=256)
def _options(name: str) -> tuple[inspect.Parameter, ...]:
    """What a class need not be made with, each with its type."""
    try:
        kind = evaluate(name)
    except Exception:  # a name that is gone
        return ()
    made = constructor(kind) if isinstance(kind, type) else None
    known = [(one, made.hints.get(one.name)) for one in made.parameters] if made is not None else []
    free = ((one, hint) for one, hint in known if hint is not None and one.default is not one.empty)
    return tuple(one.replace(annotation=hint) for one, hint in free)


class Inputs(Choices):
    """What is `known` about calling one function; `steps` of what is done before.

    One that `is_detour` is not what people call there: no test calls it by name and tests come to it by others, or
    it is one of the others of what tests do call.
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
        passed = [p for p in entry.parameters if entry.name not in OPERATORS or p.get("default") is None]
        self._fixed = [p for p in passed if p["kind"] not in {"keywords", "variadic"}]
        self.required = [p["name"] for p in self._fixed if p.get("default") is None]
        self.setups = list(seen.setups) if entry.needs_receiver else []
        self.patched: tuple[tuple[str, str], ...] = ()

    # Many a function is never searched through: what takes time to know is asked for when it is needed.

    @cached_property
    def literals(self) -> list[str]:
        """Those of the source, texts that its patterns match, and what was learnt since."""
        plain = [text for text, value in self._world.constants if not isinstance(value, tuple | frozenset)]
        return [*plain, *self._world.shaped()]

    @cached_property
    def pools(self) -> dict[str, Pool]:
        """Values for each parameter, by its name."""
        return {p["name"]: self._supply.pool(p) for p in self._fixed}

    @cached_property
    def extra(self) -> Pool | None:
        """Values for further positional arguments, where it takes some."""
        extra = (self._supply.pool(p) for p in self.entry.parameters if p["kind"] == "variadic")
        return next((pool for pool in extra if not pool.is_unknown), None)

    @cached_property
    def keywords(self) -> dict[str, list[str]]:
        """Names that it takes and does not declare, with values: those that tests give, or that it looks up."""
        if is_left_out("keywords") or not any(p["kind"] == "keywords" for p in self.entry.parameters):
            return {}
        declared = {p["name"] for p in self.entry.parameters}
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
        """What the objects are made of that tests pass, call it on, or make."""
        passed = (value for call in self.calls for _, value in call.arguments)
        made = (text for texts in self._world.constructors.values() for text in texts)
        return template_parts([*passed, *self.known_receivers, *made])

    @cached_property
    def usual(self) -> frozenset[str]:
        """What a reader has seen in tests of it; of the texts that stand elsewhere those of a line with a word."""
        shown = [value for pool in self.pools.values() for value in pool.seen]
        receivers = (call.receiver for call in self.calls if call.receiver)
        elsewhere = (text for pool in self.pools.values() for text in pool.written)
        alike = (text for text in elsewhere if not text.startswith(TEXTS) or SPOKEN.fullmatch(text))
        return known_texts([*shown, *receivers, *alike])

    def is_usual(self, call: Call) -> bool:
        """Whether callers might make this call, and people read it without wonder."""
        return self.conforms(call) and self.oddness(call) <= MOST_ODD

    def oddness(self, call: Call) -> int:
        """How far a call is from what callers write."""
        passed = [(self.pools[name], value) for name, value in call.arguments if name in self.pools]
        unfit = sum(pool.is_unnamed(value) + pool.is_of_another_kind(value) for pool, value in passed)
        return oddness(call, self.usual) + unfit

    def made_from_nothing(self, call: Call) -> int:
        """How many objects that are passed are made of nothing, where no test passes such a one."""
        return sum(made_from_nothing(value) for _, value in call.arguments if value not in self.usual)

    def _pool_of(self, name: str) -> Pool | None:
        """The values for a parameter, or for further positional arguments ("")."""
        return self.pools.get(name) or (self.extra if not name else None)

    def unlikely(self, call: Call) -> int:
        """How many of its values nobody passes by mistake: nothing, an empty text, a number where none belongs."""
        nothing = sum(len(LACKING.findall(value)) for _, value in call.arguments)
        return nothing + sum(
            NUMBER.fullmatch(value) is not None and not self._takes_numbers(name) for name, value in call.arguments
        )

    def _takes_numbers(self, name: str) -> bool:
        """Whether tests pass numbers for a parameter, or its hint says that it takes such."""
        pool = self._pool_of(name)
        hinted = pool.plain if pool is not None and name in self._supply.hints else ()
        return pool is not None and any(map(NUMBER.match, (*pool.seen, *hinted)))

    def below_zero(self, call: Call) -> int:
        """How many of its numbers are negative where tests pass other ones."""
        return sum(NEGATIVE.match(value) is not None and self._is_above(name) for name, value in call.arguments)

    def _is_above(self, name: str) -> bool:
        """Whether tests pass numbers for a parameter, and none of them is below zero."""
        pool = self._pool_of(name)
        numbers = [value for value in pool.seen if NUMBER.match(value)] if pool is not None else []
        return bool(numbers) and not any(map(NEGATIVE.match, numbers))

    def strangeness(self, call: Call) -> tuple[int, int]:
        """How far a call is from what callers write, then how far its values are from those that people wrote."""
        return self.oddness(call), self._foreignness(call) + sum(map(self._foreignness, call.setup))

    def unwritten(self, call: Call) -> int:
        """How many of its values nobody wrote, nor anything like them."""
        return sum(far == UNWRITTEN for far in self._distances(call))

    def _foreignness(self, call: Call) -> int:
        return sum(self._distances(call))

    def _distances(self, call: Call) -> Iterator[int]:
        """How far the arguments are from what tests pass to their parameters, the object from those they make."""
        values = [*call.arguments, *(("", value) for value in call.passed_on)]
        values += [(OBJECT, call.receiver)] if call.receiver else []
        for name, value in values:
            own = self._own_literals.get(name, frozenset())
            # What is in a file is compared with what is in others: a word that stands somewhere is no content.
            contents = (match[2] for match in files.CONTENT.finditer(value))
            yield max((foreignness(text, self._contents, NOTHING) for text in contents), default=0)
            yield foreignness(files.CONTENT.sub("", value), own, self._world.written_literals)

    @cached_property
    def _contents(self) -> frozenset[str]:
        return frozenset(self._world.contents)

    def refilled(self, template: str) -> list[str]:
        """It with what tests write in the place of what is in its files and streams."""
        others = self._world.contents if files.has_content(template) else ()
        return [files.refilled(template, text) for text in others]

    @cached_property
    def _own_literals(self) -> dict[str, frozenset[str]]:
        """Those of what tests pass, by parameter, and of the objects."""
        shown = {OBJECT: self.known_receivers, **{name: pool.seen for name, pool in self.pools.items()}}
        return {name: frozenset(chain.from_iterable(map(literals_of, texts))) for name, texts in shown.items()}

    @cached_property
    def givable(self) -> list[str]:
        """The parameters of which something tells what they are."""
        return [name for name, pool in self.pools.items() if not pool.is_unknown]

    @cached_property
    def declared(self) -> tuple[str, ...]:
        """Classes below its own that a test declares, where it is called on the class."""
        is_called = self.entry.name in MAKERS or self.entry.kind == "classmethod"
        return self._world.declared(self.owner, self._seed) if self.owner and is_called else ()

    def receiver(self, chance: random.Random) -> str | None:
        """One of them, as likely one that tests made as any: what is built of whatever fits is often far off.

        Where none is needed, a class to call it on, or None for its own.
        """
        if not self.entry.needs_receiver:
            return chance.choice(self.declared) if self.declared and chance.random() < DECLARED else None
        groups = [group for group in (self.known_receivers, self.receivers) if group]
        return chance.choice(chance.choice(groups)) if groups and self.receivers else None

    @cached_property
    def known_receivers(self) -> list[str]:
        """The objects that tests called it on or made."""
        seen = [call.receiver for call in self.calls if call.receiver]
        return [*seen, *(self._world.objects_of(self.owner) if self.owner else [])]

    @property
    def obstacle(self) -> str:
        """Why there is no way to call it, "" when there is one."""
        if self.entry.is_unusual:
            return "nobody calls it directly"
        if self.entry.needs_receiver and not self.receivers:
            return "no object to call it on"
        unknown = [name for name in self.required if self.pools[name].is_unknown]
        return f"nothing tells what {unknown[0]} is" if unknown else ""

    def rules(self, call: Call) -> frozenset[str]:
        """The rules by which its arguments, its object, and what is done before and after were thought of."""
        found: set[str] = set()
        for name, value in call.arguments:
            pool = self._pool_of(name)
            found |= pool.rules_of(value) if pool is not None else {"keywords"}
            found |= {"wrong types"} if value in WRONG and pool is not None and value not in pool.rules else set()
        if call.receiver and self.entry.needs_receiver:
            found.add(self._rules_of_objects.get(call.receiver, "objects changed"))
        elif call.receiver:
            found.add("declared classes")
        for step in call.setup:
            inputs = self.steps.get(step.qualname)
            found |= inputs.rules(step) if inputs is not None else set()
            found.add("attributes filled" if step.qualname.endswith("=") else "steps of tests")
        found |= {"calls of the result"} if call.then else set()
        found |= {"environment"} if call.patched else set()
        found |= {"command lines"} if self.entry.line is not None else set()
        found |= {"calls from elsewhere"} if self.entry.is_elsewhere else set()
        return frozenset(found)

    @cached_property
    def _rules_of_objects(self) -> dict[str, str]:
        """By the object that it is called on, the rule that thought of it."""
        groups = {
            "objects built": self.receivers,
            "objects of tests": (*(call.receiver or "" for call in self.calls), *self._world.made),
        }
        return {text: name for name, texts in groups.items() for text in texts}

    def learn(self, values: Iterable[object]) -> None:
        """Values that the code compared with are worth trying elsewhere, too."""
        plain = (express(value) for value in values if type(value) in {int, float, str, bytes})
        new = (text for text in plain if text is not None and len(text) <= LONGEST_LITERAL)
        self.literals = list(dict.fromkeys([*self.literals, *new]))[:MOST_LITERALS]

    @rule("wrong types")
    def wrong(self, calls: Sequence[Call]) -> Iterator[Call]:
        """Calls with an argument of another type, one for each parameter: the code may say itself that it is one.

        Alone: 2 of 120.

        Args:
            calls: Some; the first that gives an argument is changed, the first of all where none does.
        """
        refuses, compares = usage.refuses(self.function), self.entry.name in COMPARERS
        for name in self.pools:
            call = next((one for one in calls if name in dict(one.arguments)), None)
            is_asked = refuses or self._supply.is_asked_for_kind(name)
            if call is None and is_asked and not calls[0].is_full:
                call = calls[0]
            if call is not None and (compares or is_asked or name not in self._supply.hints):
                # Nobody writes `== None`; what is refused gives nothing that can be used.
                plain = dataclasses.replace(call, then=())
                others = (ordered(plain.with_argument(name, other), self.entry) for other in WRONG[compares:])
                yield from (other for other in others if other != call and not self._are_fitting(other))

    @cached_property
    def _default_texts(self) -> dict[str, str | None]:
        """The default of each parameter as a template; None where it has none."""
        return {
            name: express(self._supply.defaults[name]) for name in self.givable if name in self._supply.defaults
        }

    def sites(self, call: Call) -> Iterator[Site]:
        """Those of the call, then the defaults that it leaves as they are, its own and those of its object."""
        yield from calls.sites(call)
        given = dict(call.arguments)
        texts = {} if call.is_full else self._default_texts
        for name, text in texts.items():
            if text is not None and name not in given:
                yield text, partial(call.with_argument, name)
        for make, one in self._left_open(call):
            if (default := express(one.default)) is not None:
                yield default, make
        for name, text in call.arguments:
            missing = _missing(text, self._looked_up.get(name, ()))
            yield from (("None", partial(_chain, partial(call.with_argument, name), change)) for change in missing)

    @cached_property
    def _looked_up(self) -> Mapping[str, Collection[str]]:
        return usage.looked_up(self.function)

    def marks(self, call: Call) -> Iterator[Mark]:
        """The parameters that a call does not give, and what its objects are not made with."""
        given = dict(call.arguments)
        for name, text in self._default_texts.items():
            if text is None and name not in given:
                yield Mark(
                    partial(call.with_argument, name),
                    self._supply.defaults[name],
                    self.pools[name].plain[:MOST_PLAIN],
                )
        for make, one in self._left_open(call):
            if one.default is None:
                yield Mark(make, None, self._shortest(one.annotation))

    def _left_open(self, call: Call) -> Iterator[tuple[Make, inspect.Parameter]]:
        """What the objects in a call are not made with."""
        for text, make in calls.sites(call):
            yield from ((partial(_chain, make, change), one) for change, one in left_open(text))

    def _shortest(self, hint: Any) -> list[str]:
        """A few values of a type."""
        return sorted(self._world.drawn(hint, self._seed), key=len)[:MOST_PLAIN]

    def like(self, kind: object) -> tuple[str, ...]:
        """Values of a class or of one of several, or texts that a pattern matches; plain ones first."""
        if isinstance(kind, re.Pattern):
            return patterns.matching(kind)
        kinds = [one for one in (kind if isinstance(kind, tuple) else (kind,)) if isinstance(one, type)]
        return tuple(text for one in kinds for text in self._shortest(one))

    def conforms(self, call: Call) -> bool:
        """Whether each argument that is needed is there, and each of its parameter's type, as far as it is known.

        What people compare an object with may be anything.
        """
        # A decorator may take any arguments, and refuse before they are missed; or pass some itself.
        missing = {*self.required}.difference(name for name, _ in call.arguments)
        if missing and not any(missing.isdisjoint(name for name, _ in known.arguments) for known in self.calls):
            return False
        made = (call.receiver or "", *(value for _, value in call.arguments), *call.passed_on)
        fits = all(text in self._shown or is_well_made(text) for text in made)
        return fits and (self.entry.name in COMPARERS or self._are_fitting(call))

    def are_declared(self, call: Call) -> bool:
        """Whether annotations that do not allow everything allow all that is passed."""
        pairs = [(self._supply.hints.get(name), value) for name, value in call.arguments]
        narrow = all(
            hint is not None and not all(types.conforms(one, hint) for one in ANYTHING) for hint, _ in pairs
        )
        fitting = (types.conforms(one, hint) for hint, value in pairs for _, one in evaluable([value]))
        return bool(pairs) and narrow and all(fitting)

    @cached_property
    def _shown(self) -> frozenset[str]:
        """The objects and arguments of the calls that tests make: whatever their hints say."""
        passed = (value for call in self.calls for _, value in call.arguments)
        passed_on = (value for call in self.calls for value in call.passed_on)
        return frozenset([*passed, *passed_on, *self.known_receivers])

    def asks_for_kinds(self, call: Call) -> bool:
        """Whether the body asks of which class the arguments are that are of none which is known for them."""
        unfit = [*self._unfitting(call)]
        return bool(unfit) and all(self._supply.is_asked_for_kind(name) for name in unfit)

    def _are_fitting(self, call: Call) -> bool:
        return next(self._unfitting(call), None) is None

    def _unfitting(self, call: Call) -> Iterator[str]:
        """The parameters that get what is of none of their types."""
        for name, value in call.arguments:
            pool = self._pool_of(name)
            if pool is None or value in pool.seen:
                continue
            pairs = evaluable([value])
            if not all(
                types.conforms(one, pool.hint) and self._supply.is_of_project(name, one) for _, one in pairs
            ):
                yield name
