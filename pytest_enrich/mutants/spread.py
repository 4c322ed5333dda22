"""The order in which edits are taken when there are too many: a little of every statement first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from pytest_enrich.data.mutants import Operator
from pytest_enrich.mutants.edit import Edit

_RANK = {operator: rank for rank, operator in enumerate(get_args(Operator))}


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
