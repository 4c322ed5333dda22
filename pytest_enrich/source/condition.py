"""The conditions on the way to a gap, and the literals that inputs must match to change a decision."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from pytest_enrich.data.code import Condition
from pytest_enrich.gaps.flow import Step
from pytest_enrich.gaps.outline import Loop, Node, ways
from pytest_enrich.imports.text import assigned
from pytest_enrich.source.module import FUNCTIONS, Module, own_nodes

_QUESTIONS = {
    *("startswith", "endswith", "removeprefix", "removesuffix", "strip", "lstrip", "rstrip", "replace"),
    *("split", "rsplit", "partition", "rpartition", "find", "rfind", "index", "rindex", "count"),
    *("get", "pop", "setdefault", "getattr", "hasattr"),
}
_LOOKUPS = {"get", "pop", "setdefault"}
"""Methods of a mapping that take a key: the keys of the mapping are worth trying."""
_LONGEST = 200
_MOST = 80
_MEMBERS = 30


class Constants:
    """The named literals of a module, and the literals that its functions use."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._named: dict[str, ast.expr] = {}
        for node in module.outline.statements:
            if isinstance(module.scope(node), (ast.Module, ast.ClassDef)):
                named = (pair for pair in assigned([node]) if not pair[0].startswith("__"))
                self._named.update(pair for pair in named if pair[0] != "TYPE_CHECKING")

    def of(self, node: Node, called: Iterable[Node], near: Collection[int] = ()) -> tuple[str, ...]:
        """Literals as source text, best first.

        Args:
            node: The function.
            called: The functions that it calls, nearest first.
            near: Lines of the decisions on the way to its gaps; literals on these lines come first.
        """
        own = sorted(self._compared(node), key=lambda compared: compared[0] not in near)
        compared = [*own, *chain.from_iterable(map(self._compared, called))]
        of_module = chain.from_iterable(map(_members, self._named.values()))
        texts = map(literal, chain((value for _, value in compared), _of_function(node), of_module))
        return tuple(dict.fromkeys(text for text in texts if text))[:_MOST]

    def _compared(self, node: Node) -> Iterator[tuple[int, ast.expr]]:
        """The values that a function compares something with, each with its line."""
        for inner in own_nodes(node):
            for operand in _operands(inner):
                for value in self._values(operand):
                    yield getattr(inner, "lineno", 0), value

    def _values(self, node: ast.expr) -> Iterator[ast.expr]:
        """The literals that an operand consists of, or is the name of."""
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", None)
        value = self._named.get(name, node) if name else node
        if isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
            value = value.args[0]
        yield from _members(value)


def _of_function(node: Node) -> Iterator[ast.expr]:
    """Literals that a function calculates with, and its defaults."""
    if isinstance(node, FUNCTIONS):
        yield from filter(None, (*node.args.defaults, *node.args.kw_defaults))
    for inner in own_nodes(node):
        if isinstance(inner, ast.BinOp):
            yield from (inner.right, inner.left)
        elif isinstance(inner, ast.Dict):
            yield from filter(None, inner.keys)


def _operands(node: ast.AST) -> Iterator[ast.expr]:
    """What `node` compares something with."""
    if isinstance(node, ast.Compare):
        yield from [*node.comparators, node.left]
    elif isinstance(node, ast.MatchValue):
        yield node.value
    elif isinstance(node, ast.MatchMapping):
        yield from node.keys
    elif isinstance(node, ast.Subscript):
        yield node.slice if isinstance(node.slice, ast.Constant) else node.value
    elif isinstance(node, ast.Call) and _called(node) in _QUESTIONS:
        yield from node.args
        if isinstance(node.func, ast.Attribute) and node.func.attr in _LOOKUPS:
            yield node.func.value


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _members(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        yield from node.elts[:_MEMBERS]
    elif isinstance(node, ast.Dict):
        yield from [*filter(None, node.keys)][:_MEMBERS]
    else:
        yield node


def literal(node: ast.expr) -> str | None:
    """The source text of a number, text, bytes, None, True or False; None for anything else."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    is_plain = value is None or isinstance(value, (int, float, complex, str, bytes))
    if not is_plain or (isinstance(value, float) and not math.isfinite(value)):
        return None
    text = repr(value)
    return text if len(text) <= _LONGEST else None


def conditions(module: Module, node: Node) -> tuple[Condition, ...]:
    """The decisions in its function that let control reach `node`, outermost first.

    An earlier ``if x: return`` counts: x was false. What happens at `node` itself is not included.
    """
    return tuple(_condition(module, step) for step in steps(module, node) if not _constant(step))


def steps(module: Module, node: Node) -> list[Step]:
    """The decisions that let control reach `node`, as steps in the syntax tree."""
    scope = module.scope(node)
    return [] if node is module.tree else _inside(module, scope, node)


def _entering(above: Node, node: Node) -> list[Step]:
    """The outcome of `above` that leads into the block that `node` is in."""
    if isinstance(above, (ast.If, *Loop)):
        into, past = ways(above)
        return [(above, into if node in above.body else past)]
    if isinstance(above, (ast.ExceptHandler, ast.match_case)):
        return [(above, ways(above)[0])]
    if isinstance(above, ast.Match):
        return [(case, "no match") for case in above.cases[: above.cases.index(node)]]  # type: ignore[arg-type]
    return []


def _before(module: Module, above: Node, node: Node) -> list[Step]:
    """The steps that lead past the statements before `node` in its block."""
    steps_before: list[Step] = []
    for statement in _block(above, node):
        past = module.past[statement]
        if isinstance(past, tuple):
            steps_before += [*_inside(module, statement, past[0]), past]
    return steps_before


def _block(above: Node, node: Node) -> Sequence[Node]:
    """The statements before `node` in its block."""
    for name in ("body", "orelse", "finalbody"):
        block: Sequence[Node] = getattr(above, name, ())
        if node in block:
            return block[: block.index(node)]
    return ()


def _inside(module: Module, outer: Node, node: Node) -> list[Step]:
    """The steps from `outer` to `node`, which is the same node or inside of it."""
    steps_inside: list[Step] = []
    while node is not outer:
        above = module.above[node]
        steps_inside = [*_entering(above, node), *_before(module, above, node), *steps_inside]
        node = above
    return steps_inside


def _condition(module: Module, step: Step) -> Condition:
    site = module.outline.statements[step[0]]
    return Condition(line=site.line, text=site.text, outcome=step[1])


def _constant(step: Step) -> bool:
    """Whether a step is not really a decision, as in ``while True:``."""
    return isinstance(step[0], (ast.If, ast.While)) and isinstance(step[0].test, ast.Constant)
