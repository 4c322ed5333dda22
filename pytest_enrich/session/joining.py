"""What is reviewed as one thing is one target: small methods of a class, a function with those that it holds."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from pytest_enrich.data import Entry, Target

SCOPES = {"class", "module"}
METHODS = {"method", "classmethod", "staticmethod", "property", "setter"}
MOST_LINES, MOST_DECISIONS, MOST = 8, 1, 4


def joined(targets: Iterable[Target]) -> list[Target]:
    """The targets in their order, those of small methods of a class, whose tests go to one place, as one.

    So is a function with those that it holds: whoever reaches these went through it.
    """
    groups: list[list[Target]] = []
    latest: dict[tuple[str, ...], list[Target]] = {}
    for target in _with_inner([*targets]):
        group = latest.get(_place(target)) if _is_small(target) else None
        if group is not None and len(group) < MOST:
            group.append(target)
            continue
        groups.append([target])
        if _is_small(target):
            latest[_place(target)] = groups[-1]
    return [_as_one(group) for group in groups]


def _with_inner(targets: Sequence[Target]) -> list[Target]:
    """Each function with those that it holds as one target, in the place of the first of them."""
    outer = {(one.path, one.qualname): one for one in targets if one.kind not in {"nested", *SCOPES}}
    groups: dict[int, list[Target]] = {}
    for one in targets:
        holder = next((outer[one.path, name] for name in _holders(one) if (one.path, name) in outer), one)
        groups.setdefault(id(holder), [holder]).extend([one] if one is not holder else [])
    return [group[0] if len(group) == 1 else _together(group[0], group) for group in groups.values()]


def _holders(target: Target) -> Iterator[str]:
    """The names of all that a nested function is in, the outermost first."""
    parts = target.qualname.split(".")[:-1] if target.kind == "nested" else ()
    return itertools.accumulate(parts, "{}.{}".format)


def _is_small(target: Target) -> bool:
    """Whether there is little that it can do, and one decision is open in it at most."""
    is_short = target.last_line - target.first_line < MOST_LINES
    decisions = {line for gap in target.gaps for line, _ in gap.branches}
    return target.kind in METHODS and not target.parts and is_short and len(decisions) <= MOST_DECISIONS


def _place(target: Target) -> tuple[str, ...]:
    """Its class, and where its tests go."""
    there = target.placement
    return target.path, _owner(target), there.path, there.owner or "", there.style


def _owner(target: Target) -> str:
    return target.qualname.rpartition(".")[0]


def _as_one(group: Sequence[Target]) -> Target:
    """Methods as a target with the name of their class."""
    first = group[0]
    if len(group) == 1:
        return first
    entries = tuple(_each_once(entry for one in group for entry in one.entries))
    entered = {entry.qualname for entry in entries}
    others = dict.fromkeys(name for one in group for name in one.neighbours if name not in entered)
    return replace(
        _together(first, group),
        qualname=_owner(first),
        first_line=min(one.first_line for one in group),
        last_line=max(one.last_line for one in group),
        source="\n\n".join(one.source for one in group),
        docstring="\n\n".join(filter(None, (one.docstring for one in group))) or None,
        parameters=(),
        returns=None,
        decorators=(),
        entries=entries,
        neighbours=tuple(others),
    )


def _together(first: Target, group: Sequence[Target]) -> Target:
    """The first with the gaps of all, and what leads to them."""
    return replace(
        first,
        gaps=tuple(chain.from_iterable(one.gaps for one in group)),
        conditions=tuple(chain.from_iterable(one.conditions for one in group)),
        raises=tuple(dict.fromkeys(chain.from_iterable(one.raises for one in group))),
        constants=tuple(dict.fromkeys(chain.from_iterable(one.constants for one in group))),
        nearest=tuple(dict.fromkeys(chain.from_iterable(one.nearest for one in group))),
        parts=tuple(group),
    )


def _each_once(entries: Iterable[Entry]) -> Iterator[Entry]:
    known: set[str] = set()
    for entry in entries:
        if entry.qualname not in known:
            known.add(entry.qualname)
            yield entry
