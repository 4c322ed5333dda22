"""What is drawn for the inputs of a law: the widest honest strategies first, then narrower ones.

Narrower they are by what a function refuses with a `raise`, and by what its callers show.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Call, Parameter, Template
from pytest_enrich.proposers.properties import strategy as strategies
from pytest_enrich.proposers.properties.laws import Input, Law
from pytest_enrich.proposers.properties.outline import Class, Outline
from pytest_enrich.proposers.properties.strategy import ORDERED, SIZED, Strategy
from pytest_enrich.writing.conditions import NEGATED
from pytest_enrich.writing.syntax import literal_value

MOST_FIELDS = 3
INFINITE = frozenset({"floats", "decimals"})
Drawn = tuple[Strategy, ...]
"""One strategy for each input of a law."""
MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE,
}  # fmt: skip
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
        plain = [self._of(given, law) for given in law.inputs]
        widest = tuple(strategy for strategy in plain if strategy is not None)
        if len(widest) < len(plain):
            return
        yield widest
        pairs = zip(law.inputs, widest, strict=True)
        narrower = tuple(_narrower(strategy, self._values(given)) for given, strategy in pairs)
        if narrower != widest:
            yield narrower

    def _of(self, given: Input, law: Law) -> Strategy | None:
        if given.cls is not None:
            return self._object(given.cls)
        strategy = self._known(given.parameter) or strategies.of_values(self._values(given))
        if strategy is None and given.parameter.default in {"True", "False"}:
            strategy = strategies.PLAIN["bool"]
        for function in law.functions[::-1] if strategy else ():
            assert strategy is not None
            if any(parameter.name == given.parameter.name for parameter in function.parameters):
                strategy = _accepted(function.node, given.parameter.name, strategy, self.outline)
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
        fields = [(field, self._field(field, cls)) for field in cls.fields or ()]
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

    def _field(self, field: Parameter, cls: Class) -> Strategy | None:
        strategy = strategies.of_annotation(field.annotation, self.outline) if field.annotation else None
        if strategy is None or cls.checks is None:
            return strategy
        return _accepted(cls.checks, field.name, strategy, self.outline)


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


def _accepted(node: ast.FunctionDef, name: str, strategy: Strategy, outline: Outline) -> Strategy:
    """The strategy without what the function, by conditions on the parameter `name` alone, raises for at once."""
    reader = _Reader(name, outline)
    for statement in node.body:
        if isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Raise):
            for option, value in reader.denied(statement.test, is_whole=strategy.call == "integers"):
                strategy = _with(strategy, option, value)
    return strategy


def _with(strategy: Strategy, option: str, value: Template) -> Strategy:
    """The strategy with one condition more, where it can have it."""
    if option == "ascii":
        return _ascii(strategy) if strategy.call == "text" else strategy
    fits = strategy.call in (SIZED if option.endswith("size") else ORDERED)
    return strategy.having(**{option: value}) if fits else strategy


class _Reader:
    """Reads conditions on one parameter, as options of a strategy."""

    def __init__(self, name: str, outline: Outline) -> None:
        self._name = name
        self._outline = outline

    def denied(self, test: ast.expr, *, is_whole: bool) -> Iterator[tuple[str, Template]]:
        """What holds when `test` does not."""
        match test:
            case ast.BoolOp(ast.Or(), operands):
                for operand in operands:
                    yield from self.denied(operand, is_whole=is_whole)
            case ast.UnaryOp(ast.Not(), operand):
                yield from self._holds(operand, is_whole=is_whole)
            case ast.Compare(left, [operator], [right]) if type(operator) in MIRRORED:
                yield from self._bound(left, NEGATED[type(operator)], right, is_whole=is_whole)
            case ast.Compare(left, [ast.Eq()], [right]) if ast.unparse(right) in {"''", "b''", "[]", "0"}:
                yield from [("min_size", "1")] if self._is(left) or self._is_length(left) else []

    def _holds(self, test: ast.expr, *, is_whole: bool) -> Iterator[tuple[str, Template]]:
        match test:
            case ast.Compare(left, operators, comparators):
                for before, operator, right in zip([left, *comparators], operators, comparators, strict=False):
                    yield from self._bound(before, type(operator), right, is_whole=is_whole)
            case ast.Call(ast.Attribute(owner, "isascii")) if self._is(owner):
                yield "ascii", ""
            case _ if self._is(test):
                yield "min_size", "1"

    def _bound(
        self, left: ast.expr, operator: type[ast.cmpop], right: ast.expr, *, is_whole: bool
    ) -> Iterator[tuple[str, Template]]:
        number = self._number(right)
        if number is None and (number := self._number(left)) is not None:
            left, operator = right, MIRRORED.get(operator, operator)
        subject = "size" if self._is_length(left) else "value" if self._is(left) else ""
        if number is None or not subject:
            return
        step = 1 if is_whole or subject == "size" else 0
        if operator in {ast.Gt, ast.GtE}:
            yield f"min_{subject}", repr(number + step * (operator is ast.Gt))
        elif operator in {ast.Lt, ast.LtE}:
            yield f"max_{subject}", repr(number - step * (operator is ast.Lt))

    def _is(self, node: ast.expr) -> bool:
        return ast.unparse(node) in {self._name, f"self.{self._name}"}

    def _is_length(self, node: ast.expr) -> bool:
        match node:
            case ast.Call(ast.Name("len"), [argument]):
                return self._is(argument)
        return False

    def _number(self, node: ast.expr) -> int | float | None:
        """The value of a literal number or of a constant of the module that is one."""
        known = self._outline.constants.get(node.id) if isinstance(node, ast.Name) else node
        value = literal_value(known) if known is not None else None
        is_number = value is not None and isinstance(value[0], int | float) and not isinstance(value[0], bool)
        return value[0] if value is not None and is_number else None
