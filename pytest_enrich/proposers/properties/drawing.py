"""What is drawn for the inputs of a law: the widest strategies first, then what its callers show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Call, Parameter, Template
from pytest_enrich.proposers.properties import strategy as strategies
from pytest_enrich.proposers.properties.laws import Input, Law
from pytest_enrich.proposers.properties.outline import Class, Outline
from pytest_enrich.proposers.properties.strategy import ORDERED, SIZED, Strategy
from pytest_enrich.writing.syntax import literal_value

MOST_FIELDS = 3
INFINITE = frozenset({"floats", "decimals"})
Drawn = tuple[Strategy, ...]
"""One strategy for each input of a law."""
FEWEST_CALLS = 2


class Source(Struct, frozen=True, kw_only=True, eq=False):
    """What the strategies are read from.

    Attributes:
        outline: The module under test.
        calls: Gives the calls of a function that existing tests make, by its qualname; asked only when needed.
    """

    outline: Outline
    calls: Callable[[str], Sequence[Call]]

    def ways(self, law: Law) -> Iterator[Drawn]:
        """Strategies for the inputs, then narrower ones; none when an input is of no plain kind."""
        plain = [self._of(given) for given in law.inputs]
        widest = tuple(strategy for strategy in plain if strategy is not None)
        if len(widest) < len(plain):
            return
        yield widest
        pairs = zip(law.inputs, widest, strict=True)
        narrower = tuple(_narrower(strategy, self._values(given)) for given, strategy in pairs)
        if narrower != widest:
            yield narrower

    def _of(self, given: Input) -> Strategy | None:
        if given.cls is not None:
            return self._object(given.cls)
        strategy = self._known(given.parameter) or strategies.of_values(self._values(given))
        if strategy is None and given.parameter.default in {"True", "False"}:
            return strategies.PLAIN["bool"]
        return strategy

    def _known(self, parameter: Parameter) -> Strategy | None:
        if parameter.annotation is not None:
            return strategies.of_annotation(parameter.annotation, self.outline)
        if parameter.documented is not None:
            return strategies.of_documented(parameter.documented, self.outline)
        return None

    def _values(self, given: Input) -> list[Template]:
        if given.of is None:
            return []
        seen = self.calls(given.of.qualname)
        return [part.value for call in seen for part in call.arguments if part.name == given.parameter.name]

    def _object(self, cls: Class) -> Strategy | None:
        """An object: by its type alone where Hypothesis can find everything out, else field by field."""
        fields = [(field, self._known(field)) for field in cls.fields or ()]
        if any(strategy is None for field, strategy in fields if field.default is None):
            return None
        required = any(field.default is None for field, _ in fields)
        drawn = {field.name: strategy for field, strategy in fields if strategy}
        narrowed = {name: strategy for name, strategy in drawn.items() if strategy.options or not required}
        if len(narrowed) > MOST_FIELDS or (not required and not narrowed):
            return None
        template = f"⟨{self.outline.module}:{cls.name}⟩"
        if not narrowed:
            return Strategy(call="from_type", first=template, words=cls.name)
        options = tuple((name, strategy.template) for name, strategy in narrowed.items())
        return Strategy(call="builds", first=template, options=options, words=cls.name)


def words(drawn: Drawn) -> str:
    """The inputs, for a person (`ASCII text and whole number from 0`)."""
    return " and ".join(dict.fromkeys(map(_words, drawn)))


def _words(strategy: Strategy) -> str:
    options = dict(strategy.options)
    text = strategy.words
    if options.get("min_size") == "1":
        text = f"non-empty {text}"
    elif "min_size" in options:
        text = f"{text} of at least {options['min_size']}"
    if "max_size" in options:
        text = f"{text} of at most {options['max_size']}"
    if "min_value" in options:
        text = f"{text} from {options['min_value']}"
    if "max_value" in options:
        text = f"{text} up to {options['max_value']}"
    return f"finite {text}" if "allow_infinity" in options else text


def _narrower(strategy: Strategy, values: Sequence[Template]) -> Strategy:
    """The strategy without infinity, and with what the arguments that were seen have in common."""
    seen = [value[0] for value in map(literal_value, values) if value is not None]
    if strategy.call in INFINITE:
        strategy = strategy.having(allow_infinity="False")
    if len(seen) < max(FEWEST_CALLS, len(values)):
        return strategy
    if strategy.call == "text" and all(isinstance(value, str) and value.isascii() for value in seen):
        strategy = _ascii(strategy)
    if strategy.call in SIZED and all(seen):
        strategy = strategy.having(min_size="1")
    if strategy.call in ORDERED and all(isinstance(value, int | float) and value >= 0 for value in seen):
        strategy = strategy.having(min_value="0")
    return strategy


def _ascii(strategy: Strategy) -> Strategy:
    return replace(strategy, first='⟨hypothesis.strategies:characters⟩(codec="ascii")', words="ASCII text")
