"""The order in which edits are taken when there are too many: a little of every statement first."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable
from types import CodeType
from typing import Any, get_args

from pytest_enrich.data.mutants import Operator
from pytest_enrich.gaps.outline import first_row, last_row
from pytest_enrich.mutants.edit import Edit, Source

_RANK = {operator: rank for rank, operator in enumerate(get_args(Operator))}
Key = tuple[Any, ...]


def spread(edits: Iterable[Edit]) -> list[Edit]:
    """One edit of each statement, then a second one of each, ...; within a round, far apart first."""
    by_statement: dict[int, list[Edit]] = {}
    for edit in edits:
        by_statement.setdefault(edit.statement, []).append(edit)
    groups = [sorted(group, key=_rank) for _, group in sorted(by_statement.items())]
    rounds = max(map(len, groups), default=0)
    order = _far_apart(len(groups))
    return [groups[at][turn] for turn in range(rounds) for at in order if turn < len(groups[at])]


def _rank(edit: Edit) -> tuple[int, int, int, str]:
    return (_RANK[edit.operator], edit.start, edit.end, edit.replacement)


def _far_apart(count: int) -> list[int]:
    """0 .. count - 1 so that every beginning of the list covers the range evenly."""
    bits = max(count - 1, 0).bit_length()
    mirrored = (int(f"{number:0{bits}b}"[::-1], 2) if bits else 0 for number in range(1 << bits))
    return [number for number in mirrored if number < count]


class Different:
    """Tells which edits give bytecode that neither the original has nor one that was asked about before.

    Only the outermost statement round an edit is compiled: what is beside it compiles as ever.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._seen: dict[int, set[Key]] = {}

    def __call__(self, edit: Edit) -> bool:
        """Whether it is one more difference; False for what does not compile."""
        line = self._source.line(edit.start)
        outer = next(
            (
                statement
                for statement in self._source.tree.body
                if first_row(statement) <= line <= last_row(statement)
            ),
            None,
        )
        if outer is None:
            return False
        start, end = self._extent(outer)
        if start not in self._seen:
            self._seen[start] = {_compiled(self._source.text[start:end]) or ()}
        text = self._source.text
        key = _compiled(text[start : edit.start] + edit.replacement + text[edit.end : end])
        if key is None or key in self._seen[start]:
            return False
        self._seen[start].add(key)
        return True

    def _extent(self, outer: ast.stmt) -> tuple[int, int]:
        return self._source.offset(first_row(outer), 0), self._source.span(outer)[1]


def _compiled(text: str) -> Key | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return key(compile(text, "<mutant>", "exec", dont_inherit=True))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def key(code: CodeType) -> Key:
    """All that a code object does, without the places it comes from."""
    return (
        code.co_name,
        code.co_code,
        getattr(code, "co_exceptiontable", b""),
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_flags,
        (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount),
        tuple(_constant(const) for const in code.co_consts),
    )


def _constant(value: object) -> Key:
    """A constant, its type with it: 1, 1.0 and True are equal and not the same."""
    if isinstance(value, CodeType):
        return key(value)
    if isinstance(value, (tuple, frozenset)):
        parts = tuple(_constant(one) for one in value)
        return (type(value), parts if isinstance(value, tuple) else frozenset(parts))
    return (type(value), repr(value))
