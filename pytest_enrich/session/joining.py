"""Small methods of one class as one target: what several of them give is one test, and one thing to review."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from pytest_enrich.data import Entry, Target

METHODS = {"method", "classmethod", "staticmethod", "property", "setter"}
MOST_LINES, MOST_DECISIONS, MOST = 8, 1, 4


def joined(targets: Iterable[Target]) -> list[Target]:
    """The targets in their order, those of small methods of a class, whose tests go to one place, as one."""
    groups: list[list[Target]] = []
    latest: dict[tuple[str, ...], list[Target]] = {}
    for target in inner_first([*targets]):
        group = latest.get(_place(target)) if _is_small(target) else None
        if group is not None and len(group) < MOST:
            group.append(target)
            continue
        groups.append([target])
        if _is_small(target):
            latest[_place(target)] = groups[-1]
    return [_as_one(group) for group in groups]


def inner_first(targets: Sequence[Target]) -> list[Target]:
    """The targets in their order, but a function that another one holds before that one.

    Who reaches the inner one went through the outer one: what a test of that would show is shown then.
    """

    def place(at: int) -> tuple[int, int, int]:
        inner = targets[at]
        holders = (number for number, one in enumerate(targets) if _holds(one, inner))
        return min([at, *holders]), -inner.qualname.count("."), at

    return [targets[at] for at in sorted(range(len(targets)), key=place)]


def _holds(outer: Target, inner: Target) -> bool:
    if inner.kind != "nested" or outer.kind in {"class", "module"} or outer.path != inner.path:
        return False
    return inner.qualname.startswith(f"{outer.qualname}.")


def _is_small(target: Target) -> bool:
    """Whether there is little that it can do, and one decision is open in it at most."""
    is_short = target.last_line - target.first_line < MOST_LINES
    decisions = {line for gap in target.gaps for line, _ in gap.branches}
    return target.kind in METHODS and is_short and len(decisions) <= MOST_DECISIONS


def _place(target: Target) -> tuple[str, ...]:
    """Its class, and where its tests go."""
    there = target.placement
    return target.path, _owner(target), there.path, there.owner or "", there.style


def _owner(target: Target) -> str:
    return target.qualname.rpartition(".")[0]


def _as_one(group: Sequence[Target]) -> Target:
    first = group[0]
    if len(group) == 1:
        return first
    entries = tuple(_each_once(entry for one in group for entry in one.entries))
    entered = {entry.qualname for entry in entries}
    others = dict.fromkeys(name for one in group for name in one.neighbours if name not in entered)
    return replace(
        first,
        qualname=_owner(first),
        first_line=min(one.first_line for one in group),
        last_line=max(one.last_line for one in group),
        source="\n\n".join(one.source for one in group),
        gaps=tuple(chain.from_iterable(one.gaps for one in group)),
        conditions=tuple(chain.from_iterable(one.conditions for one in group)),
        docstring="\n\n".join(filter(None, (one.docstring for one in group))) or None,
        parameters=(),
        returns=None,
        decorators=(),
        raises=tuple(dict.fromkeys(chain.from_iterable(one.raises for one in group))),
        constants=tuple(dict.fromkeys(chain.from_iterable(one.constants for one in group))),
        entries=entries,
        neighbours=tuple(others),
        nearest=tuple(dict.fromkeys(chain.from_iterable(one.nearest for one in group))),
        parts=tuple(group),
    )


def _each_once(entries: Iterable[Entry]) -> Iterator[Entry]:
    known: set[str] = set()
    for entry in entries:
        if entry.qualname not in known:
            known.add(entry.qualname)
            yield entry
