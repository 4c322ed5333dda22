"""Values to try, as templates: Hypothesis strategies from types, and pools from what the project shows."""

from __future__ import annotations

import collections.abc
import datetime as dt
import decimal
import enum
import fractions
import inspect
import io
import os
import pathlib
import re
import sys
import typing
import uuid
from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from ..express import evaluate, express, named
from . import evidence, files, types, usage
from . import hints as declared

Strategy: typing.TypeAlias = "st.SearchStrategy[str]"
DEEPEST = 2
MOST_MATCHING = 16
LETTERS = "ab1 -.,:/_Zé"
WORDS = ("abc", "hello world", "Name", "A", "b", "12", "1.5", "a,b", "a b c", "key=value", "a.b", "a\nb\n", "/a/b")
SIMPLE = ("2", "3", "1", "0", "-1", "'a'", "'abc'", "''", "None", "True", "False", "0.5")
GENERAL = (*SIMPLE, "[1, 2]", "[]", "{'a': 1}", "{}", "()")
# Where a unit becomes the next larger one, and just before; the ends of months and years.
DURATIONS = (
    *(dt.timedelta(seconds=seconds) for seconds in (1, 59, 60, 3599, 3600, 86_399, 86_400)),
    *(dt.timedelta(days=days) for days in (6, 7, 29, 30, 31, 364, 365, 366)),
    *(dt.timedelta(microseconds=microseconds) for microseconds in (999, 1000, 999_999)),
)
DATES = (
    dt.date(2024, 2, 29),
    dt.date(2023, 12, 31),
    dt.date(2024, 1, 1),
    dt.date(2024, 1, 31),
    dt.date(2023, 2, 28),
)
CALLABLES = (
    "⟨builtins:str⟩",
    "⟨builtins:len⟩",
    "⟨builtins:bool⟩",
    "⟨operator:add⟩",
    "lambda value: value",
    "lambda *args: args",
    "lambda *args, **kwargs: None",
    "lambda *args: 1",
)
NUMBERS = (0, 1, -1, 2, 3, 7, 10, 12, 59, 60, 100, 255, 1000, 10**6, 10**9)


def evaluable(templates: Sequence[str]) -> list[tuple[str, object]]:
    """Each template with its value, without those that cannot be made here."""
    pairs = []
    for template in dict.fromkeys(templates):
        try:
            pairs.append((template, evaluate(template)))
        except Exception:  # a recorded name that is gone, a constant that is no literal
            continue
    return pairs


def drawn(strategy: Strategy, number: int, count: int = 100) -> tuple[str, ...]:
    """Templates drawn from a strategy, the same for the same `number`; fewer, or none, where it has no more."""
    found: dict[str, None] = {}
    quiet = settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    if strategy.is_empty:
        return ()

    def note(template: str) -> None:
        found[template] = None

    quiet(seed(number)(given(strategy)(note)))()
    return tuple(found)


def matching(pattern: re.Pattern[Any], number: int) -> tuple[str, ...]:
    """Templates of texts that a pattern matches as a whole; none where it cannot be turned round."""
    try:
        if isinstance(pattern.pattern, bytes):
            return drawn(st.from_regex(pattern, fullmatch=True).map(repr), number, 40)
        plain = st.characters(min_codepoint=32, max_codepoint=126)
        return drawn(st.from_regex(pattern, fullmatch=True, alphabet=plain).map(repr), number, 40)
    except Exception:  # what Hypothesis does not know of, or what matches nothing plain
        return ()


class World:
    """What the project shows of values: constants of its source, and calls that make its objects.

    Args:
        constants: Literals, best first.
        constructors: Templates of objects by the class they make (exactly).
        patterns: Regular expressions of the source.
    """

    def __init__(
        self,
        constants: Sequence[str],
        constructors: dict[type, list[str]],
        patterns: Sequence[re.Pattern[Any]] = (),
    ) -> None:
        self._patterns = patterns
        self.constants = evaluable(constants)
        self.constructors = constructors
        self._drawn: dict[str, tuple[str, ...]] = {}

    def constants_for(self, hint: Any) -> list[str]:
        """The constants that conform, and for numbers their neighbours."""
        found = []
        for template, value in self.constants:
            if types.conforms(value, hint):
                found.append(template)
            if isinstance(value, int) and not isinstance(value, bool) and types.conforms(value, hint):
                found += [repr(value - 1), repr(value + 1)]
        return list(dict.fromkeys(found))

    def objects_of(self, kind: type) -> list[str]:
        """Templates of objects of the class or of its subclasses, smallest first."""
        found = [text for cls, texts in self.constructors.items() if types.is_kind(cls, kind) for text in texts]
        return sorted(dict.fromkeys(found), key=len)

    def drawn(self, hint: Any, seed: int) -> tuple[str, ...]:
        """Templates of values that conform to `hint`, drawn once for all parameters of that type."""
        key = repr(hint)
        if key not in self._drawn:
            self._drawn[key] = drawn(self.of(hint), seed)
        return self._drawn[key]

    def shaped(self, seed: int) -> tuple[str, ...]:
        """Texts that the patterns of the source match."""
        return tuple(dict.fromkeys(text for pattern in self._patterns for text in self.matching(pattern, seed)))

    def matching(self, pattern: re.Pattern[Any], seed: int) -> tuple[str, ...]:
        """Some texts that one pattern matches, as templates, short ones first."""
        key = repr(pattern)
        if key not in self._drawn:
            self._drawn[key] = tuple(sorted(matching(pattern, seed), key=len))[:MOST_MATCHING]
        return self._drawn[key]

    def of(self, hint: Any, depth: int = 0) -> Strategy:
        """A strategy for templates of values that conform to `hint`."""
        return st.one_of([self._of(part, depth) for part in types.members(hint)])

    def _of(self, part: Any, depth: int) -> Strategy:
        if part is types.ANYTHING or part is inspect.Parameter.empty or part is object:
            return st.sampled_from([*GENERAL, *(template for template, _ in self.constants)])
        if part in {None, type(None), types.UNKNOWN}:
            return st.nothing() if part is types.UNKNOWN else st.just("None")
        origin, arguments = typing.get_origin(part), typing.get_args(part)
        if origin is typing.Literal:
            return _literal(arguments)
        kind = origin or part
        if not isinstance(kind, type):
            return st.sampled_from(GENERAL)
        if kind in PLAIN:
            constants = self.constants_for(kind)
            plain = PLAIN[kind]
            return st.one_of(st.sampled_from(constants), plain) if constants else plain
        return self._composed(kind, arguments, depth)

    def _composed(self, kind: type, arguments: tuple[Any, ...], depth: int) -> Strategy:
        if kind is type:
            return _literal(arguments) if arguments else st.sampled_from(["⟨builtins:int⟩", "⟨builtins:str⟩"])
        if kind.__name__ == "Callable":
            return st.sampled_from(CALLABLES)
        if issubclass(kind, enum.Enum):
            members = [text for member in kind if (text := express(member))]
            return st.sampled_from(members) if members else st.nothing()
        if kind in {collections.abc.Iterator, collections.abc.Generator}:
            return self._container(list, "[", "]", arguments[:1], depth).map("iter({})".format)
        return self._tuple(arguments, depth) if kind is tuple else self._held(kind, arguments, depth)

    def _held(self, kind: type, arguments: tuple[Any, ...], depth: int) -> Strategy:
        for base, (left, right) in BRACKETS.items():
            if kind is base or (inspect.isabstract(kind) and issubclass(base, kind)):
                return self._container(base, left, right, arguments, depth)
        return self._object(kind, depth)

    def _tuple(self, arguments: tuple[Any, ...], depth: int) -> Strategy:
        if len(arguments) == 2 and arguments[1] is ...:  # noqa: PLR2004 - tuple[X, ...]
            return self._container(tuple, "(", ",)", arguments[:1], depth)
        if not arguments:
            return st.sampled_from(["()", "(1, 2)", "('a',)"])
        parts = [self.of(argument, depth + 1) for argument in arguments]
        return st.tuples(*parts).map(lambda texts: f"({', '.join(texts)}{',' if len(texts) == 1 else ''})")

    def _container(self, kind: type, left: str, right: str, arguments: tuple[Any, ...], depth: int) -> Strategy:
        if depth > 2:  # noqa: PLR2004 - deeper literals are not readable
            return st.just(EMPTY[kind])
        inner = [self.of(argument, depth + 1) for argument in arguments[: 2 if kind is dict else 1]]
        while len(inner) < (2 if kind is dict else 1):
            inner.append(self.of(types.ANYTHING if kind is list else str, depth + 1))
        element = st.tuples(*inner).map(": ".join) if kind is dict else inner[0]
        if element.is_empty:  # no value is known to be one
            return st.just(EMPTY[kind])
        return st.lists(element, max_size=4).map(
            lambda texts: f"{left}{', '.join(texts)}{right}" if texts else EMPTY[kind]
        )

    def _object(self, kind: type, depth: int) -> Strategy:
        known = self.objects_of(kind)
        if depth >= DEEPEST:
            return st.sampled_from(known) if known else st.nothing()
        built = [self._built(one, depth) for one in _concrete(kind)]
        return st.one_of(st.sampled_from(known), *built) if known else st.one_of(built)

    def _built(self, kind: type, depth: int) -> Strategy:
        """A call of the class's constructor: each required parameter by its hint, some of the others."""
        owner = named(kind)
        try:
            parameters = list(inspect.signature(kind).parameters.values())
        except (TypeError, ValueError):  # no constructor of its own, above it one of C
            parameters = []
        if owner is None or kind.__module__ in {"builtins", "typing"}:
            return st.nothing()
        hints = _constructed(kind, parameters)
        fixed = [p for p in parameters if p.kind not in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]
        if any(p.default is p.empty and p.name not in hints for p in fixed):
            return st.nothing()
        parts = [self._given(p, hints, depth) for p in fixed]
        return st.tuples(*parts).map(lambda texts: f"{owner}({', '.join(text for text in texts if text)})")

    def _given(self, parameter: inspect.Parameter, hints: dict[str, Any], depth: int) -> Strategy:
        """`name=value`, or "" for an optional parameter that is left alone."""
        default = parameter.default
        plain = type(default) if type(default) in PLAIN else None
        hint = hints.get(parameter.name, plain)
        if hint is None:
            return st.just("")
        drawn = self.of(hint, depth + 1).map(f"{parameter.name}={{}}".format)
        return drawn if default is parameter.empty else st.one_of(st.just(""), st.just(""), drawn)


def _constructed(kind: type, parameters: Sequence[inspect.Parameter]) -> dict[str, Any]:
    """The types of a constructor's parameters, as far as anything tells them."""
    init = getattr(kind, "__init__", None)
    hints, used, kept = declared.of_function(init), usage.of(init), usage.kept(kind)
    for one in parameters:
        use = used.get(one.name, usage.NO_USE) | kept.get(one.name, usage.NO_USE)
        default = evidence.NOTHING if one.default is one.empty else one.default
        guess = evidence.of_parameter({"name": one.name}, hints.get(one.name), (), use, default)
        if guess is not types.UNKNOWN:
            hints[one.name] = guess
    return hints


def _concrete(kind: type) -> list[type]:
    """The class itself, or the public ones below it when people cannot make objects of it."""
    if types.is_protocol(kind):
        near = vars(sys.modules.get(kind.__module__, types)).values()
        return [one for one in near if isinstance(one, type) and one is not kind and types.is_kind(one, kind)]
    if not inspect.isabstract(kind) and not kind.__name__.startswith("_"):
        return [kind]
    subclasses: list[type] = type.__subclasses__(kind)
    return [one for below in subclasses for one in _concrete(below)][:4]


def _literal(values: Sequence[object]) -> Strategy:
    texts = [text for value in values if (text := express(value))]
    return st.sampled_from(texts) if texts else st.nothing()


def _expressed(strategy: st.SearchStrategy[Any]) -> Strategy:
    return strategy.map(express).filter(lambda text: text is not None)  # type: ignore[return-value]


_datetimes = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1)).map(lambda d: d.replace(microsecond=0))  # noqa: DTZ001 - naive on purpose
_texts = st.one_of(st.sampled_from(files.TEXTS), st.lists(st.sampled_from(LETTERS), max_size=8).map("".join))
_text_files = _texts.map("⟨io:StringIO⟩({!r})".format)
_binary_files = _texts.map(lambda text: f"⟨io:BytesIO⟩({text.encode()!r})")
_times = st.times().map(lambda t: t.replace(microsecond=0))
_zones = st.sampled_from([dt.timezone.utc, *(dt.timezone(dt.timedelta(minutes=m)) for m in (120, -330))])
PLAIN: dict[type, Strategy] = {
    int: st.one_of(st.sampled_from(NUMBERS), st.integers(-(10**6), 10**6), st.integers(-(10**20), 10**20)).map(
        repr
    ),
    float: st.one_of(
        st.sampled_from([0.0, 1.0, -1.0, 0.5, 1.5, 10.25, 1e6, 1e-6]),
        st.integers(-(10**6), 10**6).map(float),
        st.decimals(-1000, 1000, places=2).map(float),
        st.sampled_from([float("inf"), float("-inf"), float("nan")]),
    ).map(lambda value: express(value) or "0.0"),
    bool: st.sampled_from(["False", "True"]),
    # Not st.text: that first builds a table of all of Unicode, which takes seconds.
    str: st.one_of(st.sampled_from(WORDS), st.lists(st.sampled_from(LETTERS), max_size=8).map("".join)).map(repr),
    bytes: st.binary(max_size=6).map(repr),
    complex: st.sampled_from(["0j", "1j", "(1+2j)"]),
    dt.datetime: _expressed(st.one_of(_datetimes, st.builds(dt.datetime.replace, _datetimes, tzinfo=_zones))),
    dt.date: _expressed(st.one_of(st.sampled_from(DATES), st.dates(dt.date(1970, 1, 1), dt.date(2100, 1, 1)))),
    dt.time: _expressed(st.one_of(_times, st.builds(dt.time.replace, _times, tzinfo=_zones))),
    dt.timedelta: _expressed(
        st.one_of(
            st.sampled_from(DURATIONS),
            st.integers(-400, 4000).map(lambda n: dt.timedelta(days=n)),
            st.integers(-(10**5), 10**5).map(lambda n: dt.timedelta(seconds=n)),
            st.integers(-(10**6), 10**6).map(lambda n: dt.timedelta(microseconds=n)),
        )
    ),
    dt.tzinfo: st.sampled_from(["⟨datetime:timezone.utc⟩", "⟨datetime:timezone⟩(⟨datetime:timedelta⟩(hours=2))"]),
    dt.timezone: st.just("⟨datetime:timezone.utc⟩"),
    decimal.Decimal: _expressed(st.decimals(-(10**6), 10**6, places=2)),
    fractions.Fraction: _expressed(st.fractions(-100, 100, max_denominator=12)),
    uuid.UUID: st.just("⟨uuid:UUID⟩('12345678123456781234567812345678')"),
    pathlib.Path: st.sampled_from(files.paths()),
    os.PathLike: st.sampled_from(files.paths()),
    **dict.fromkeys((typing.IO, typing.TextIO, io.TextIOBase, io.StringIO), _text_files),
    **dict.fromkeys((typing.BinaryIO, io.BufferedIOBase, io.BytesIO), _binary_files),
}
BRACKETS: dict[type, tuple[str, str]] = {
    list: ("[", "]"),
    dict: ("{", "}"),
    set: ("{", "}"),
    frozenset: ("frozenset({", "})"),
    tuple: ("(", ",)"),
}
EMPTY: dict[type, str] = {list: "[]", dict: "{}", set: "set()", frozenset: "frozenset()", tuple: "()"}
