"""What is drawn for the inputs of a law: the widest honest strategies first, then narrower ones.

Narrower they are by what a function refuses with a `raise`, and by what its source and its callers show.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Call, Parameter, Template
from pytest_enrich.proposers.properties import strategy as strategies
from pytest_enrich.proposers.properties.law import Input, Law
from pytest_enrich.proposers.properties.outline import Class, Outline
from pytest_enrich.proposers.properties.strategy import ORDERED, SIZED, Strategy
from pytest_enrich.writing.syntax import nodes_of, texts

MOST_FIELDS = 3
INFINITE = frozenset({"floats", "decimals"})
Drawn = tuple[Strategy, ...]
"""One strategy for each input of a law."""
MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq,
}  # fmt: skip
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
CODECS = {
    "ascii": "ascii",
    "us-ascii": "ascii",
    "latin-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-1": "latin-1",
}
LONGEST_ALPHABET = 24
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
        """Strategies for the inputs, each time narrower than before; none when an input is of no plain kind."""
        nodes = [function.node for function in law.functions]
        plain = [self._of(given, law) for given in law.inputs]
        widest = tuple(strategy for strategy in plain if strategy is not None)
        if len(widest) < len(plain):
            return
        yield widest
        pairs = list(zip(law.inputs, widest, strict=True))
        hinted = tuple(_hinted(nodes, self._values(given), drawn) for given, drawn in pairs)
        if hinted != widest:
            yield hinted
        finite = tuple(one.having(allow_infinity="False") if one.call in INFINITE else one for one in hinted)
        if finite != hinted:
            yield finite

    def _of(self, given: Input, law: Law) -> Strategy | None:
        if given.cls is not None:
            return self._object(given.cls)
        strategy = self._known(given.parameter) or strategies.of_values(self._values(given))
        if strategy is None and given.parameter.default is not None:
            strategy = strategies.of_default(given.parameter)
        for function in law.functions[::-1] if strategy else ():
            assert strategy is not None
            if any(parameter.name == given.parameter.name for parameter in function.parameters):
                strategy = _refusing(function.node, given.parameter.name, strategy, self.outline)
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
        return _refusing(cls.checks, field.name, strategy, self.outline)


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


def _refusing(node: ast.FunctionDef, name: str, strategy: Strategy, outline: Outline) -> Strategy:
    """The strategy without what the function, by conditions on the parameter `name` alone, raises for at once."""
    reader = _Reader(name, outline)
    for statement in node.body:
        for option, value in reader.statement(statement, strategy):
            strategy = _with(strategy, option, value)
    return strategy


def _hinted(nodes: Sequence[ast.AST], values: Sequence[Template], strategy: Strategy) -> Strategy:
    """The strategy with what the sources' codecs and the arguments that were seen have in common."""
    if strategy.call == "text" and not strategy.first:
        written = texts(nodes_of(ast.Constant, *nodes))
        names = (text.lower().replace("_", "-") for text in written)
        codec = next((CODECS[name] for name in names if name in CODECS), "")
        seen = [value for value in (_literal(value) for value in values) if isinstance(value, str)]
        if not codec and len(seen) >= FEWEST_CALLS and all(map(str.isascii, seen)):
            codec = "ascii"
        if codec:
            strategy = _with(strategy, "codec", codec)
    return _shown(strategy, [_literal(value) for value in values])


def _shown(strategy: Strategy, seen: Sequence[object]) -> Strategy:
    if len(seen) < FEWEST_CALLS:
        return strategy
    if strategy.call in SIZED and all(seen):
        return strategy.having(min_size="1")
    numbers = [value for value in seen if isinstance(value, int | float)]
    if strategy.call in ORDERED and len(numbers) == len(seen) and min(numbers) >= 0:
        return strategy.having(min_value="0")
    return strategy


def _with(strategy: Strategy, option: str, value: Template) -> Strategy:
    """The strategy with one condition more, where it can have it."""
    sized, ordered = strategy.call in SIZED, strategy.call in ORDERED
    if option == "codec" and strategy.call == "text":
        letters = f'⟨hypothesis.strategies:characters⟩(codec="{value}")'
        words = {"ascii": "ASCII text", "latin-1": "Latin-1 text"}[value]
        return replace(strategy, first=letters, words=words)
    if option == "alphabet" and strategy.call == "text":
        return replace(strategy, first=value, words="text of its alphabet")
    if option == "pattern" and strategy.call == "text":
        shape = replace(strategy, call="from_regex", first=value, words="text of its pattern")
        return replace(shape, options=(("fullmatch", "True"),))
    fits = sized if option.endswith("size") else ordered
    return strategy.having(**{option: value}) if fits else strategy


class _Reader:
    """Reads conditions on one parameter."""

    def __init__(self, name: str, outline: Outline) -> None:
        self.name = name
        self.outline = outline

    def statement(self, node: ast.stmt, strategy: Strategy) -> Iterator[tuple[str, Template]]:
        """What must hold after a statement of the function's own body, as options of a strategy."""
        if isinstance(node, ast.If) and _raises(node.body):
            yield from self._not(node.test, strategy)
        elif isinstance(node, ast.For) and self._is(node.iter) and isinstance(node.target, ast.Name):
            inner = next((inner for inner in node.body if isinstance(inner, ast.If) and _raises(inner.body)), None)
            if inner is not None and node.body[0] is inner:
                yield from self._letters(inner.test, node.target.id)

    def _not(self, test: ast.expr, strategy: Strategy) -> Iterator[tuple[str, Template]]:
        """What holds when `test` does not."""
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
            for operand in test.values:
                yield from self._not(operand, strategy)
        elif isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield from self._holds(test.operand)
        elif isinstance(test, ast.Compare) and len(test.ops) == 1:
            opposite = OPPOSITE.get(type(test.ops[0]))
            if opposite is not None:
                yield from self._bound(test.left, opposite, test.comparators[0], strategy)
            elif isinstance(test.ops[0], ast.Eq) and ast.unparse(test.comparators[0]) in {"''", "b''", "[]", "0"}:
                yield from [("min_size", "1")] if self._is(test.left) or self._is_length(test.left) else []
        elif isinstance(test, ast.Call) and ast.unparse(test.func) == "any" and len(test.args) == 1:
            inner = test.args[0]
            if isinstance(inner, ast.GeneratorExp) and self._is(inner.generators[0].iter):
                yield from self._letters(inner.elt, ast.unparse(inner.generators[0].target))

    def _holds(self, test: ast.expr) -> Iterator[tuple[str, Template]]:
        if self._is(test):
            yield "min_size", "1"
        elif isinstance(test, ast.Compare):
            pairs = zip([test.left, *test.comparators], test.ops, test.comparators, strict=False)
            for left, operator, right in pairs:
                yield from self._bound(left, type(operator), right, None)
        elif isinstance(test, ast.Call) and isinstance(test.func, ast.Attribute):
            if test.func.attr == "isascii" and self._is(test.func.value):
                yield "codec", "ascii"
            elif test.func.attr == "fullmatch" and test.args and self._is(test.args[-1]):
                yield from self._pattern(test.func.value)

    def _bound(
        self, left: ast.expr, operator: type[ast.cmpop], right: ast.expr, strategy: Strategy | None
    ) -> Iterator[tuple[str, Template]]:
        number = self._number(right)
        if number is None and (number := self._number(left)) is not None:
            left, operator = right, MIRRORED.get(operator, operator)
        subject = "size" if self._is_length(left) else "value" if self._is(left) else ""
        if number is None or not subject:
            return
        whole = subject == "size" or strategy is None or strategy.call == "integers"
        step = 1 if whole else 0
        if operator in {ast.Gt, ast.GtE}:
            yield f"min_{subject}", repr(number + step * (operator is ast.Gt))
        elif operator in {ast.Lt, ast.LtE}:
            yield f"max_{subject}", repr(number - step * (operator is ast.Lt))

    def _letters(self, test: ast.expr, letter: str) -> Iterator[tuple[str, Template]]:
        """Of a test that refuses a letter: the letters that are left."""
        if (
            isinstance(test, ast.Compare)
            and isinstance(test.ops[0], ast.NotIn)
            and ast.unparse(test.left) == letter
        ):
            yield from (("alphabet", alphabet) for alphabet in self._alphabet(test.comparators[0]))

    def _alphabet(self, node: ast.expr) -> Iterator[Template]:
        text = _text(self.outline.constants.get(node.id)) if isinstance(node, ast.Name) else _text(node)
        if isinstance(node, ast.Name) and text and not node.id.startswith("_"):
            yield f"⟨{self.outline.module}:{node.id}⟩"
        elif text and len(text) <= LONGEST_ALPHABET:
            yield repr(text)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "string":
            yield f"⟨string:{node.attr}⟩"

    def _pattern(self, node: ast.expr) -> Iterator[tuple[str, Template]]:
        if isinstance(node, ast.Name) and node.id in self.outline.constants and not node.id.startswith("_"):
            yield "pattern", f"⟨{self.outline.module}:{node.id}⟩"

    def _is(self, node: ast.expr) -> bool:
        return ast.unparse(node) in {self.name, f"self.{self.name}"}

    def _is_length(self, node: ast.expr) -> bool:
        is_length = isinstance(node, ast.Call) and ast.unparse(node.func) == "len" and len(node.args) == 1
        return is_length and isinstance(node, ast.Call) and self._is(node.args[0])

    def _number(self, node: ast.expr) -> int | float | None:
        """The value of a literal number or of a constant of the module that is one."""
        known = self.outline.constants.get(node.id) if isinstance(node, ast.Name) else node
        value = _literal(ast.unparse(known)) if known is not None else None
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _raises(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Raise)


def _text(node: ast.expr | None) -> str:
    return next(texts([node]), "")


def _literal(source: str) -> object:
    try:
        return ast.literal_eval(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
