"""Values of a type, drawn at random: the same ones for the same number."""

from __future__ import annotations

import collections.abc
import enum
import inspect
import re
import sys
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from ..engine.usual import literals_of, odd
from ..express import evaluable, express, is_thing, named
from . import classes, draw, files, is_left_out, patterns, rule, types
from .draw import Strategy, drawn
from .evidence import concrete, constructor
from .plain import ANSWERING, BRACKETS, CALLABLES, GENERAL, PLAIN, STANDARD
from .types import ANYTHING, AWAITABLE, FIELD

DEEPEST = 2
ITERATED: Mapping[type, str] = {
    collections.abc.Iterator: "iter({})", collections.abc.Generator: "(item for item in {})",
}  # fmt: skip
MOST_BELOW = 12
MOST_TRIED, MOST_TAKEN = 60, 6
"""How many of the texts that people wrote are tried, and how many of those that a class takes are kept."""
USUAL_EXCEPTIONS = (ValueError, KeyError, TypeError, OSError, RuntimeError)
AWAITABLES = {collections.abc.Awaitable, collections.abc.Coroutine}


@rule("members")
def enumerated(hint: Any) -> tuple[str, ...]:
    """Templates of the members of the enumerations that a hint allows."""
    members = (member for kind in types.enumerations(hint) for member in kind)
    return tuple(text for member in members if (text := express(member)))


def _is_installed(kind: type) -> bool:
    """Whether a class is of another library."""
    return "site-packages" in (getattr(sys.modules.get(kind.__module__), "__file__", None) or "")


@rule("next to constants")
def _neighbours(value: int) -> Iterator[str]:
    """Limits are off by one. Alone: 12 of 120."""
    yield from (repr(value - 1), repr(value + 1))


class World:
    """What the project shows about values: constants of its source, and calls that make its objects.

    Args:
        constants: Literals, best first.
        constructors: Templates of objects by the class they make (exactly).
        patterns: Regular expressions of the source.
        written: What people wrote in tests and documentation, the nearest first.
        contents: Literals of the texts that tests write into files and streams.
        spoken: Templates of the types that the source names.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each is known to another part of a job
        self,
        constants: Sequence[str],
        constructors: dict[type, list[str]],
        patterns: Sequence[re.Pattern[Any]] = (),
        written: Sequence[str] = (),
        contents: Sequence[str] = (),
        spoken: Sequence[str] = (),
    ) -> None:
        self._types = [text for text, _ in evaluable(spoken)]
        self._written = evaluable(written)
        self.contents = contents
        self._patterns = patterns
        self.constants = evaluable([] if is_left_out("constants") else constants)
        self.constructors = constructors
        self._drawn: dict[str, tuple[str, ...]] = {}
        self._objects_taken: dict[type, tuple[str, ...]] = {}

    def constants_for(self, hint: Any) -> list[str]:
        """The constants that conform, and for numbers their neighbours."""
        templates = []
        for template, value in self.constants:
            if types.conforms(value, hint):
                templates.append(template)
                templates += _neighbours(value) if type(value) is int else ()
        return list(dict.fromkeys(templates))

    @cached_property
    def made(self) -> frozenset[str]:
        """Objects that tests, or a docstring, make."""
        return frozenset(text for texts in self.constructors.values() for text in texts)

    @cached_property
    def plain_constants(self) -> frozenset[str]:
        """The constants as the source has them."""
        return frozenset(template for template, _ in self.constants)

    def written_for(self, hint: Any) -> tuple[str, ...]:
        """What people wrote that conforms: nothing where anything would, and no enum member for a number."""
        written = () if hint is types.ANYTHING else self._written
        is_of_names = bool(types.enumerations(hint))
        fitting = ((text, value) for text, value in written if types.conforms(value, hint))
        return tuple(text for text, value in fitting if is_of_names or not isinstance(value, enum.Enum))

    @rule("contents")
    def filled(self, hint: Any) -> Iterator[str]:
        """Files and streams with the contents that tests write into theirs."""
        forms_by_kind = files.FILLED if hint is not types.ANYTHING else {}
        forms = [form for kind, form in forms_by_kind.items() if types.admits(kind, hint)]
        yield from (form.format(text) for text in self.contents for form in forms[:1])

    @cached_property
    def written_literals(self) -> frozenset[str]:
        """The literals in all that people wrote, also in the source, each as `repr` writes it.

        Patterns and messages of the source are left out: nobody passes those.
        """
        plain = (text for text, _ in self.constants if not odd(text))
        templates = (*(text for text, _ in self._written), *plain, *self.made)
        return types.NAMES.union(literal for text in templates for literal in literals_of(text))

    def objects_of(self, kind: type) -> list[str]:
        """Templates of objects of the class or of its subclasses, small ones first."""
        templates = (
            text for cls, texts in self.constructors.items() if types.is_kind(cls, kind) for text in texts
        )
        return sorted(dict.fromkeys(templates), key=len)

    def drawn(self, hint: Any, seed: int) -> tuple[str, ...]:
        """Templates of values that conform to `hint`, drawn once for all parameters of that type."""
        key = repr(hint)
        if key not in self._drawn:
            self._drawn[key] = drawn(self.of(hint), seed)
        return self._drawn[key]

    def built(self, owner: type, seed: int) -> tuple[str, ...]:
        """Objects of a class that its module keeps private: its methods can be called on nothing else."""
        name = f"⟨{owner.__module__}:{owner.__qualname__}⟩"
        return () if inspect.isabstract(owner) else drawn(self._built(owner, 0, name), seed)

    @rule("patterns")
    def shaped(self) -> tuple[str, ...]:
        """Texts that the patterns of the source match."""
        return tuple(dict.fromkeys(text for pattern in self._patterns for text in patterns.matching(pattern)))

    def of(self, hint: Any, depth: int = 0) -> Strategy[str]:
        """A strategy for templates of values that conform to `hint`."""
        return draw.one_of([self._of(part, depth) for part in types.members(hint)])

    def _of(self, part: Any, depth: int) -> Strategy[str]:  # noqa: PLR0911 - one line a kind of hint
        if part is types.ANYTHING or part is inspect.Parameter.empty or part is object:
            return draw.sampled([*GENERAL, *(template for template, _ in self.constants)])
        # Not every hint is hashable: `P.args` is not, nor is one with an unhashable annotation in it.
        if part is types.UNKNOWN:
            return draw.nothing()
        if part is None or part is type(None):
            return draw.just("None")
        origin, arguments = typing.get_origin(part), typing.get_args(part)
        if origin is typing.Literal:
            return draw.sampled([text for value in arguments if (text := express(value))])
        kind = origin or part
        if not isinstance(kind, type):
            return draw.sampled(GENERAL)
        if kind in PLAIN:
            constants = self.constants_for(kind)
            plain = PLAIN[kind]
            return draw.one_of([draw.sampled(constants), plain]) if constants else plain
        return self._composed(kind, arguments, depth)

    def _composed(self, kind: type, arguments: tuple[Any, ...], depth: int) -> Strategy[str]:
        if kind is type:
            return classes.types_of([argument for argument in arguments if argument is not ANYTHING], self._types)
        if kind.__name__ == "Callable":
            return _functions(arguments)
        if kind in AWAITABLES:
            return draw.just(AWAITABLE)
        if issubclass(kind, enum.Enum) and kind is not enum.Enum:
            return draw.sampled(enumerated(kind))
        if kind in ITERATED:
            return self._container(list, arguments[:1], depth).map(ITERATED[kind].format)
        return self._tuple(arguments, depth) if kind is tuple else self._held(kind, arguments, depth)

    def _held(self, kind: type, arguments: tuple[Any, ...], depth: int) -> Strategy[str]:
        if (keys := types.keys_of(kind)) is not None:
            return self._keyed(keys, kind.__required_keys__, depth)  # type: ignore[attr-defined]
        for base in BRACKETS:
            if kind is base or (inspect.isabstract(kind) and types.is_kind(base, kind)):
                return self._container(base, arguments, depth)
        return self._object(kind, depth)

    def _tuple(self, arguments: tuple[Any, ...], depth: int) -> Strategy[str]:
        if len(arguments) == 2 and arguments[1] is ...:  # noqa: PLR2004 - tuple[X, ...]
            return self._container(tuple, arguments[:1], depth)
        if not arguments:
            return draw.sampled(["()", "(1, 2)", "('a',)"])
        parts = (self.of(argument, depth + 1) for argument in arguments)
        return draw.together(parts).map(lambda texts: f"({', '.join(texts)}{',' if len(texts) == 1 else ''})")

    def _container(self, kind: type, arguments: tuple[Any, ...], depth: int) -> Strategy[str]:
        """A plain container with a few items of the right types."""
        (left, right), empty = BRACKETS[kind], repr(kind())
        if depth > DEEPEST:  # deeper literals are not readable
            return draw.just(empty)
        parts = 2 if kind is dict else 1
        usual = types.ANYTHING if kind is list else str
        inner = [self.of(argument, depth + 1) for argument in [*arguments, usual, usual][:parts]]
        element = draw.together(inner).map(": ".join)
        if element.is_empty:  # no value of that type is known
            return draw.just(empty)
        return draw.several(element, 4).map(lambda texts: f"{left}{', '.join(texts)}{right}" if texts else empty)

    def _keyed(self, keys: Mapping[str, Any], required: Collection[str], depth: int) -> Strategy[str]:
        """A dictionary with all required keys and some of the others; nothing for a type that contains itself."""
        if depth > 2 * DEEPEST:
            return draw.nothing()
        included = [key for key in keys if key in required or depth < DEEPEST]
        items = {key: self.of(keys[key], depth + 1).map(partial("{!r}: {}".format, key)) for key in included}
        entries = [item if key in required else draw.one_of([draw.just(""), item]) for key, item in items.items()]
        return draw.together(entries).map(lambda texts: f"{{{', '.join(filter(None, texts))}}}")

    def _object(self, kind: type, depth: int) -> Strategy[str]:
        if (instances := classes.instances(kind, self._types, lambda hint: self.of(hint, depth + 1))) is not None:
            return instances
        existing = self.objects_of(kind)
        written = self._written if _is_installed(kind) else ()
        if shown := [text for text, value in written if types.is_kind(type(value), kind)]:
            return draw.sampled([*existing, *shown])  # nobody knows better how to make another library's objects
        if usual := (*_usual(kind), *_exceptions(kind)):
            return draw.sampled([*existing, *usual])
        built = [
            draw.sampled(texts) if (texts := self._taken_by(cls)) else self._built(cls, depth)
            for cls in concrete(kind)
        ]
        return draw.one_of([draw.sampled(existing), *built, self._declared_objects(kind, depth)])

    def _taken_by(self, kind: type) -> tuple[str, ...]:
        """As `taken`, but only once for each class: it makes many objects."""
        if kind not in self._objects_taken:
            texts = [text for text, value in self._written if isinstance(value, str)]
            self._objects_taken[kind] = tuple(taken(kind, texts))
        return self._objects_taken[kind]

    def declared(self, owner: type, seed: int) -> tuple[str, ...]:
        """Subclasses that a test declares; none where the class is not made for that."""
        return drawn(self._declared(owner, 0), seed)

    def _declared(self, kind: type, depth: int) -> Strategy[str]:
        name = named(kind)
        sought = [*classes.declares(kind)] if name is not None and depth < DEEPEST else []
        kinds = [cls for base in sought for cls in (*concrete(base), *_below(base))]
        # Most often with no more than it needs: what is declared is seldom what a test is about.
        options = [self._built(cls, level) for cls in kinds for level in (DEEPEST, DEEPEST, depth + 1)]
        return draw.one_of(options).map(lambda text: classes.below(str(name), text)) if options else draw.nothing()

    def _declared_objects(self, kind: type, depth: int) -> Strategy[str]:
        """Objects of such subclasses, with and without a value for what is declared."""
        subclasses = self._declared(kind, depth)
        if subclasses.is_empty:
            return subclasses
        value = draw.sampled(GENERAL)
        both = draw.together([subclasses, value])
        forms = [f"{{0[0]}}({FIELD}={{0[1]}})", f"{{0[0]}}({{{{{FIELD!r}: {{0[1]}}}}}})"]
        return draw.one_of([subclasses.map("{}()".format), *(both.map(form.format) for form in forms)])

    def _built(self, kind: type, depth: int, name: str | None = None) -> Strategy[str]:
        """A call of the class's constructor: each required parameter by its hint, some of the others."""
        maker = constructor(kind, name)
        required = [p for p in maker.parameters if p.default is p.empty] if maker is not None else []
        if maker is None or (required and depth >= DEEPEST):
            return draw.nothing()
        if depth >= DEEPEST:
            return draw.just(f"{maker.owner}()")
        parts = [
            self._given(p, maker.hints, depth, alone=[p] == required, leads=not index)
            for index, p in enumerate(maker.parameters)
        ]
        if maker.variadic and not (item := self.of(maker.hints[maker.variadic], depth + 1)).is_empty:
            parts.insert(0, draw.several(item, 2).map(", ".join))
        return draw.together(parts).map(
            lambda texts: f"{maker.owner}({', '.join(text for text in texts if text)})"
        )

    def _given(
        self, parameter: inspect.Parameter, hints: Mapping[str, Any], depth: int, *, alone: bool, leads: bool
    ) -> Strategy[str]:
        """`name=value`, or the value alone for the only or first parameter; "" for one that is left out."""
        default = parameter.default
        hint = hints.get(parameter.name, type(default) if type(default) in PLAIN else None)
        if hint is None:
            return draw.just("")
        is_plain = parameter.kind is parameter.POSITIONAL_ONLY or (
            alone and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        )
        may_lead = leads and parameter.kind is parameter.POSITIONAL_OR_KEYWORD

        def given(text: str) -> str:
            return text if is_plain or (may_lead and is_thing(text)) else f"{parameter.name}={text}"

        called = [*patterns.addresses(parameter.name)] if str in types.members(hint) else []
        value = (draw.sampled(called) if called else self.of(hint, depth + 1)).map(given)
        return value if default is parameter.empty else draw.one_of([draw.just(""), draw.just(""), value])


@rule("texts that are taken")
def taken(kind: type, texts: Sequence[str]) -> Iterator[str]:
    """Objects of a class that refuses most texts, from those that it takes: `Version('1.2.3')`, not of `'abc'`.

    Args:
        kind: A class whose objects are made of a text.
        texts: What people wrote, as templates, the nearest first.
    """
    maker = constructor(kind)
    if maker is None or not _is_of_text(*maker.parameters, hints=maker.hints):
        return
    refused, *others = (
        f"{maker.owner}({text})" for text in ("'abc'", *texts[:MOST_TRIED], *map(repr, patterns.FORMS))
    )
    if not evaluable([refused]):
        yield from [text for text, _ in evaluable(others)][:MOST_TAKEN]


def _is_of_text(*parameters: inspect.Parameter, hints: Mapping[str, Any]) -> bool:
    """Whether the first parameter is a text, and nothing else has to be passed."""
    first = parameters[0] if parameters else None
    if first is None or first.kind is first.KEYWORD_ONLY or str not in types.members(hints.get(first.name)):
        return False
    return all(parameter.default is not parameter.empty for parameter in parameters[1:])


def _below(kind: type) -> list[type]:
    """The public subclasses of a class."""
    subclasses: list[type] = type.__subclasses__(kind)
    return [subclass for subclass in subclasses if not subclass.__name__.startswith("_")][:MOST_BELOW]


@rule("standard types")
def _usual(kind: type) -> Sequence[str]:
    """What people pass where a type of the standard library is wanted."""
    return STANDARD.get(f"{kind.__module__}:{kind.__qualname__}", ())


@rule("exceptions")
def _exceptions(kind: type) -> Iterator[str]:
    """Python's own exceptions, with a message, where one of them or any exception is wanted."""
    if issubclass(kind, BaseException) and kind.__module__ == "builtins":
        kinds = dict.fromkeys(
            (kind, *(exception for exception in USUAL_EXCEPTIONS if issubclass(exception, kind)))
        )
        yield from (
            text for text, _ in evaluable([f"⟨builtins:{exception.__name__}⟩('abc')" for exception in kinds])
        )


def _functions(arguments: tuple[Any, ...]) -> Strategy[str]:
    """Functions to call."""
    gives = typing.get_origin(arguments[-1]) if arguments else None
    return draw.just(ANSWERING) if gives in AWAITABLES else draw.sampled(CALLABLES)
