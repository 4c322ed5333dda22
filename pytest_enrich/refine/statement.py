"""The statements of a test: which of them assert, which names they bind and read, and which might go."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich.imports import only_statement
from pytest_enrich.refine.asserting import is_telling
from pytest_enrich.writing.syntax import loaded, nodes_of, span

FILLING = {"write_text", "write_bytes", "mkdir", "touch"}


class Statement(Struct, frozen=True, eq=False):
    """A statement of a test's body, with all that is inside it.

    Attributes:
        node: Its node in the syntax tree of the code.
        first, last: Its lines (1-based, inclusive), which it shares with no other.
        asserts: Whether it can fail because of what it checks.
    """

    node: ast.stmt
    first: int
    last: int
    asserts: bool

    @property
    def reads(self) -> frozenset[str]:
        """Names that it looks up, anywhere inside."""
        return frozenset(loaded(self.node))

    @property
    def binds(self) -> frozenset[str]:
        """Names that it binds, anywhere inside."""
        return frozenset(name.id for name in nodes_of(ast.Name, self.node) if isinstance(name.ctx, ast.Store))


def read(code: str) -> tuple[Statement, ...]:
    """The statements of the test's body without its docstring; none where two share a line.

    Args:
        code: One function, not indented.
    """
    function = only_statement(code)
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return ()
    statements = [_statement(node) for node in function.body if not _is_text(node)]
    shared = any(above.last >= below.first for above, below in itertools.pairwise(statements))
    first = statements[0].node if statements else function
    beside = code.split("\n")[first.lineno - 1][: first.col_offset].strip()
    return () if shared or beside else tuple(statements)


def telling(statements: Sequence[Statement]) -> list[int]:
    """The indexes of the assertions: those about a result before those about a state, each in order."""
    asserting = [at for at, statement in enumerate(statements) if statement.asserts]
    before = statements[: asserting[0]] if asserting else ()
    results = before[-1].binds if before and isinstance(before[-1].node, ast.Assign) else frozenset[str]()
    return sorted(asserting, key=lambda at: not (results & statements[at].reads or _calls(statements[at].node)))


def act(statements: Sequence[Statement], place: int) -> int | None:
    """The index of the statement that the assertion at this place checks; None where it makes the call itself."""
    before = statements[:place]
    bound = frozenset[str]().union(*(statement.binds for statement in before))
    done = [at for at, statement in enumerate(before) if not statement.asserts]
    return done[-1] if done and bound & statements[place].reads else None


def is_whole(left: Sequence[Statement], before: Sequence[Statement]) -> bool:
    """Whether each name read in the statements `left` is bound by the same statement as `before`."""
    kept, binders = {*left}, dict[str, Statement]()
    for statement in before:
        needed = {binders[name] for name in statement.reads & binders.keys()}
        if statement in kept and not needed <= kept:
            return False
        binders |= dict.fromkeys(statement.binds, statement)
    return True


def unread(statements: Sequence[Statement]) -> list[int]:
    """The indexes of assignments whose names nobody reads, or not before they are bound again."""
    later: set[str] = set()
    places = []
    for at, statement in reversed([*enumerate(statements)]):
        targets = statement.node.targets if isinstance(statement.node, ast.Assign) else [statement.node]
        names = all(isinstance(target, ast.Name) for target in targets)
        if names and not statement.binds & later:
            places.append(at)
        later = (later - statement.binds if names else later) | statement.reads
    return places[::-1]


def filling(statements: Sequence[Statement]) -> list[int]:
    """The indexes of statements that put something where perhaps nobody looks: into a file, or a folder."""
    alone = ((at, statement.node) for at, statement in enumerate(statements))
    calls = ((at, node.value) for at, node in alone if isinstance(node, ast.Expr))
    return [at for at, call in calls if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in FILLING]


def _statement(node: ast.stmt) -> Statement:
    first, _, last, _ = span(node)
    return Statement(node, first, last, any(map(_tells, ast.walk(node))))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _tells(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or is_telling(node)


def _calls(node: ast.AST) -> bool:
    """Whether it calls anything other than built-ins, assertions and `approx`."""
    called = (ast.unparse(call.func) for call in nodes_of(ast.Call, node) if not _tells(call))
    return any(not hasattr(builtins, name) and not name.endswith("approx") for name in called)
