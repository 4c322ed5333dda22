"""What can be left out of a test, or written more shortly: assertions, names, literals."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from pytest_enrich.data import NewTest
from pytest_enrich.mutants.edit import Source
from pytest_enrich.validate.minimal.rewrite import removed, replaced, replaced_node
from pytest_enrich.validate.minimal.statement import Statement, read
from pytest_enrich.validate.telling import is_telling

LONGEST_LINE = 84
"""Of the code as it is here: in a class it gets four columns more."""
_CLOSED = (ast.Call, ast.Attribute, ast.Subscript)
"""What may stand anywhere in an expression without parentheses."""
_RAISING = ("raises", "pytest.raises", "self.assertRaises")
LONG_TEXT = 16
LONG_NUMBER = 999
LONG_DISPLAY = 2
DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def smallest(whole: frozenset[str], parts: Sequence[frozenset[str]]) -> tuple[int, ...] | None:
    """Which parts to keep, by their place, ascending, so that nothing of `whole` is lost.

    Greedy: the one that holds the most of what is left first, of equals the earlier; what the others then hold as
    well goes again, the later first.

    Returns:
        None when the parts do not hold all of `whole`.
    """
    kept: list[int] = []
    left = whole
    while left:
        best = max(range(len(parts)), key=lambda at: (len(parts[at] & left), -at), default=-1)
        if best < 0 or not parts[best] & left:
            return None
        kept.append(best)
        left -= parts[best]
    for at in sorted(kept, reverse=True):
        others = frozenset().union(*(parts[other] for other in kept if other != at))
        if whole <= others:
            kept.remove(at)
    return tuple(sorted(kept))


def inlined(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate with one such value in its place, the last ones first."""
    statements, source = read(candidate.code), Source(candidate.code)
    for at in range(len(statements) - 1, 0, -1):
        given, reader = statements[at - 1], statements[at]
        name = _given(given)
        if name is None or not _is_asserted_once(name, statements[at:]) or _is_act(at - 1, statements):
            continue
        line = _joined(source, name, given, reader)
        if len(line.rstrip("\n")) <= LONGEST_LINE:
            yield removed(replaced(candidate, reader.first, reader.last, line), given)


def _given(one: Statement) -> str | None:
    """The one name that a short assignment gives a value that can be written elsewhere."""
    node = one.node
    if not isinstance(node, ast.Assign) or one.first != one.last or not isinstance(node.value, _CLOSED):
        return None
    return node.targets[0].id if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name) else None


def _is_asserted_once(name: str, below: Sequence[Statement]) -> bool:
    """Whether the first of these statements is a short assertion that reads the name once, and none does later."""
    reader = below[0]
    is_short = reader.asserts and reader.first == reader.last and isinstance(reader.node, ast.Assert | ast.Expr)
    return is_short and len(_reads(name, reader.node)) == 1 and not _is_read(name, below[1:])


def _is_act(at: int, statements: Sequence[Statement]) -> bool:
    """Whether an object of which more is said below takes part in it: it may be changed, and that stays a line."""
    made = {name for one in statements[:at] for name in one.binds}
    return any(_is_read(name, statements[at + 2 :]) for name in made & statements[at].reads)


def _is_read(name: str, below: Sequence[Statement]) -> bool:
    """Whether a statement reads the name before another value gets it."""
    for one in below:
        if name in one.reads or (isinstance(one.node, ast.AugAssign) and name in one.binds):
            return True
        if name in one.binds:
            return False
    return False


def _reads(name: str, node: ast.AST) -> list[ast.Name]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Name) and one.id == name]


def _joined(source: Source, name: str, given: Statement, reader: Statement) -> str:
    """The assertion's line with the value in the place of its name."""
    assert isinstance(given.node, ast.Assign)
    (use,) = _reads(name, reader.node)
    start, end = source.span(use)
    first, last = source.span(reader.node)
    value = source.text[slice(*source.span(given.node.value))]
    indent = " " * reader.node.col_offset
    return f"{indent}{source.text[first:start]}{value}{source.text[end:last]}\n"


def cut_short(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate with only the beginning of an expression that is said to raise, the shortest first."""
    for one in read(candidate.code):
        if (done := _raising(one.node)) is not None:
            # Read here: most tests raise nothing, and each step of making one smaller comes this way.
            source = Source(candidate.code)
            yield from (replaced_node(candidate, source, done, source.cut(begun)) for begun in _beginnings(done))


def _raising(node: ast.stmt) -> ast.expr | None:
    """The only expression in a block that is to raise."""
    if not isinstance(node, ast.With | ast.AsyncWith) or len(node.body) != 1 or len(node.items) != 1:
        return None
    told, done = node.items[0].context_expr, node.body[0]
    if not isinstance(told, ast.Call) or not ast.unparse(told.func).startswith(_RAISING):
        return None
    return done.value if isinstance(done, ast.Expr | ast.Assign) else None


def _beginnings(node: ast.expr) -> list[ast.expr]:
    """The calls that an expression begins with, from the innermost to the last but one."""
    found: list[ast.expr] = []
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
        found += [node] if isinstance(node, ast.Call) else []
    return found[::-1]


def smaller_literals(candidate: NewTest) -> Iterator[NewTest]:
    """The candidate with one of its long literals smaller, longest steps first; expected values stay."""
    source = Source(candidate.code)
    for one in read(candidate.code):
        for node in _inputs(one):
            for text in _smaller(source, node):
                yield replaced_node(candidate, source, node, text)


def _inputs(one: Statement) -> Iterator[ast.expr]:
    """The long literals of a statement that are no expected values."""
    for part in _parts(one.node):
        yield from (
            node for node in ast.walk(part) if isinstance(node, (ast.Constant, *DISPLAYS)) and _is_long(node)
        )


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """What a statement does, without what it compares with."""
    if isinstance(node, ast.Assert):
        yield from _done(node.test)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and is_telling(node.value):
        yield from chain.from_iterable(map(_done, node.value.args))
    elif isinstance(node, ast.With):
        yield from (item.context_expr for item in node.items if not is_telling(item.context_expr))
        yield from chain.from_iterable(map(_parts, node.body))
    elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node


def _done(node: ast.expr) -> Iterator[ast.expr]:
    """Of a condition the operands that call something other than what compares."""
    operands = [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node]
    calls = (one for one in operands if any(isinstance(part, ast.Call) for part in ast.walk(one)))
    yield from (
        one for one in calls if not (isinstance(one, ast.Call) and ast.unparse(one.func).endswith("approx"))
    )


def _is_long(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, str | bytes):
            return len(value) > LONG_TEXT
        return isinstance(value, int | float) and abs(value) > LONG_NUMBER
    return len(_elements(node)) > LONG_DISPLAY


def _elements(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return [] if None in node.keys else list(node.values)
    assert isinstance(node, ast.List | ast.Tuple | ast.Set)
    return node.elts


def _smaller(source: Source, node: ast.expr) -> Iterator[str]:
    if not isinstance(node, ast.Constant):
        yield from _shorter(source, node)
    elif isinstance(node.value, str | bytes):
        half = _middle(node.value)
        yield from (repr(node.value[:1]), repr(node.value[:half].rstrip()), repr(node.value[half:]))
    elif isinstance(node.value, int | float):
        yield from (repr(type(node.value)(one)) for one in (10, node.value // 10))


def _middle(value: str | bytes) -> int:
    """Where a text has two halves; of several words none is cut."""
    text = value if isinstance(value, str) else value.decode("latin-1")
    words = [match.end() for match in re.finditer(r"\s(?=\S)", text)]
    return min(words or [len(text) // 2], key=lambda at: abs(at - len(text) // 2))


def _shorter(source: Source, node: ast.expr) -> Iterator[str]:
    """A display with one half of its elements, or the other."""
    if isinstance(node, ast.Dict):
        keys = [source.cut(key) for key in node.keys if key is not None]
        pairs = zip(keys, map(source.cut, node.values), strict=True)
        elements = [f"{key}: {value}" for key, value in pairs]
    else:
        elements = list(map(source.cut, _elements(node)))
    opening, closing = {ast.List: ("[", "]"), ast.Tuple: ("(", ")")}.get(type(node), ("{", "}"))
    half = (len(elements) + 1) // 2
    for kept in (elements[:half], elements[half:]):
        comma = "," if opening == "(" and len(kept) == 1 else ""
        yield f"{opening}{', '.join(kept)}{comma}{closing}"
