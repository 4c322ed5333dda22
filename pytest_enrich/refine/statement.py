"""The statements of a test: which of them assert, which names they bind and read, and which might go."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Iterator, Sequence

from msgspec import Struct

from pytest_enrich.imports import only_statement
from pytest_enrich.refine.asserting import is_telling

FILLING = {"write_text", "write_bytes", "mkdir", "touch"}


class Statement(Struct, frozen=True, eq=False):
    """A statement of a test's body, with all that is inside it.

    Attributes:
        node: Of the syntax tree of the code.
        first, last: Its lines (1-based, inclusive), which it shares with no other.
        asserts: Whether it can fail because of what it looks at.
    """

    node: ast.stmt
    first: int
    last: int
    asserts: bool

    @property
    def reads(self) -> frozenset[str]:
        """Names that it looks up, anywhere inside."""
        return frozenset(name.id for name in _names(self.node) if isinstance(name.ctx, ast.Load))

    @property
    def binds(self) -> frozenset[str]:
        """Names that it gives a meaning."""
        return frozenset(name.id for name in _names(self.node) if isinstance(name.ctx, ast.Store))


def read(code: str) -> tuple[Statement, ...]:
    """The statements of the test's body, its docstring left out; none where two share a line.

    Args:
        code: Of one function, not indented.
    """
    function = only_statement(code)
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return ()
    found = [_statement(node) for node in function.body if not _is_text(node)]
    shared = any(one.last >= other.first for one, other in itertools.pairwise(found))
    beside = bool(found) and code.split("\n")[found[0].first - 1][: found[0].node.col_offset].strip()
    return () if shared or beside else tuple(found)


def telling(statements: Sequence[Statement]) -> list[int]:
    """The places of those that assert, the more telling first: of a result before of a state, as they stand."""
    asserting = [at for at, one in enumerate(statements) if one.asserts]
    before = statements[: asserting[0]] if asserting else ()
    results = before[-1].binds if before and isinstance(before[-1].node, ast.Assign) else frozenset[str]()
    return sorted(asserting, key=lambda at: not (results & statements[at].reads or _calls(statements[at].node)))


def acts(statements: Sequence[Statement], places: Sequence[int]) -> list[int | None]:
    """For each of these assertions the place of what it looks at; None where it makes the call itself."""
    return [_act(statements[:place], statements[place]) for place in places]


def _act(before: Sequence[Statement], assertion: Statement) -> int | None:
    bound = frozenset[str]().union(*(one.binds for one in before))
    done = [at for at, one in enumerate(before) if not one.asserts]
    return done[-1] if done and bound & assertion.reads else None


def is_whole(left: Sequence[Statement], before: Sequence[Statement]) -> bool:
    """Whether each name that is read in what is `left` of some statements is bound by the same as `before`."""
    kept, binders = {*left}, dict[str, Statement]()
    for statement in before:
        needed = {binders[name] for name in statement.reads & binders.keys()}
        if statement in kept and not needed <= kept:
            return False
        binders |= dict.fromkeys(statement.binds, statement)
    return True


def unread(statements: Sequence[Statement]) -> list[int]:
    """The places of assignments whose names nobody reads before they get another value, if they do."""
    later: set[str] = set()
    found = []
    for at in range(len(statements) - 1, -1, -1):
        one = statements[at]
        names = isinstance(one.node, ast.Assign) and all(isinstance(to, ast.Name) for to in one.node.targets)
        if names and not one.binds & later:
            found.append(at)
        later = (later - one.binds if names else later) | one.reads
    return found[::-1]


def filling(statements: Sequence[Statement]) -> list[int]:
    """The places of statements that put something where nobody may look: into a file, or a folder."""
    calls = ((at, one.node.value) for at, one in enumerate(statements) if isinstance(one.node, ast.Expr))
    return [at for at, call in calls if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in FILLING]


def _statement(node: ast.stmt) -> Statement:
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return Statement(node, first, node.end_lineno or node.lineno, any(map(_tells, ast.walk(node))))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _tells(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or is_telling(node)


def _calls(node: ast.AST) -> bool:
    """Whether it calls something, other than built-ins and what compares."""
    called = [ast.unparse(part.func) for part in ast.walk(node) if isinstance(part, ast.Call) and not _tells(part)]
    return any(not hasattr(builtins, name) and not name.endswith("approx") for name in called)


def _names(node: ast.AST) -> Iterator[ast.Name]:
    return (part for part in ast.walk(node) if isinstance(part, ast.Name))
