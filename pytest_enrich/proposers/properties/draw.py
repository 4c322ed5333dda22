"""What is drawn for the inputs of a law: the widest honest strategies first, then narrower ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from pytest_enrich.data import Call, Parameter, Template
from pytest_enrich.proposers.properties import guard, strategy
from pytest_enrich.proposers.properties.law import Input, Law
from pytest_enrich.proposers.properties.outline import Class, Outline
from pytest_enrich.proposers.properties.strategy import Strategy

MOST_FIELDS = 3
INFINITE = frozenset({"floats", "decimals"})
Drawn = tuple[Strategy, ...]
"""One strategy for each input of a law."""


class Source(Struct, frozen=True, kw_only=True, eq=False):
    """What the strategies are read from.

    Attributes:
        outline, module: The code under test.
        calls: Gives the calls of a function that existing tests make, by its qualname; asked only when needed.
    """

    outline: Outline
    module: str
    calls: Callable[[str], Sequence[Call]]

    def ways(self, law: Law) -> Iterator[Drawn]:
        """Strategies for the inputs, each time narrower than before; none when an input is of no plain kind."""
        nodes = [function.node for function in law.functions]
        plain = [self._of(one, law) for one in law.inputs]
        widest = tuple(one for one in plain if one is not None)
        if len(widest) < len(plain):
            return
        yield widest
        pairs = list(zip(law.inputs, widest, strict=True))
        hinted = tuple(guard.hinted(nodes, self._values(one), drawn) for one, drawn in pairs)
        if hinted != widest:
            yield hinted
        finite = tuple(one.having(allow_infinity="False") if one.call in INFINITE else one for one in hinted)
        if finite != hinted:
            yield finite

    def _of(self, one: Input, law: Law) -> Strategy | None:
        if one.cls is not None:
            return self._object(one.cls)
        found = self._known(one.parameter) or strategy.of_values(self._values(one))
        if found is None and one.parameter.default is not None:
            found = strategy.of_default(one.parameter)
        for function in law.functions[::-1] if found else ():
            assert found is not None
            if any(parameter.name == one.parameter.name for parameter in function.parameters):
                found = guard.refusals(function.node, one.parameter.name, found, self.outline, self.module)
        return found

    def _known(self, parameter: Parameter) -> Strategy | None:
        if parameter.annotation is not None:
            return strategy.of_annotation(parameter.annotation, self.outline, self.module)
        if parameter.documented is not None:
            return strategy.of_documented(parameter.documented, self.outline, self.module)
        return None

    def _values(self, one: Input) -> list[Template]:
        if one.of is None:
            return []
        seen = self.calls(one.of.qualname)
        return [part.value for call in seen for part in call.arguments if part.name == one.parameter.name]

    def _object(self, cls: Class) -> Strategy | None:
        """An object: by its type alone where Hypothesis can find everything out, else field by field."""
        fields = [(one, self._field(one, cls)) for one in cls.fields or ()]
        if any(found is None for one, found in fields if one.default is None):
            return None
        required = any(one.default is None for one, _ in fields)
        told = {one.name: found for one, found in fields if found and (found.options or not required)}
        if len(told) > MOST_FIELDS or (not required and not told):
            return None
        template = f"⟨{self.module}:{cls.name}⟩"
        if not told:
            return Strategy(call="from_type", first=template, words=cls.name)
        options = tuple((name, found.template) for name, found in told.items())
        return Strategy(call="builds", first=template, options=options, words=cls.name)

    def _field(self, one: Parameter, cls: Class) -> Strategy | None:
        found = strategy.of_annotation(one.annotation, self.outline, self.module) if one.annotation else None
        if found is None or cls.checks is None:
            return found
        return guard.refusals(cls.checks, one.name, found, self.outline, self.module)


def words(drawn: Drawn) -> str:
    """The inputs, for a person (`ASCII text and whole number from 0`)."""
    return " and ".join(dict.fromkeys(map(_words, drawn)))


def _words(one: Strategy) -> str:
    options = dict(one.options)
    text = one.words
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
