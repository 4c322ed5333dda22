"""Which of the collected items a job asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest


def chosen(items: Iterable[pytest.Item], wanted: Sequence[str]) -> tuple[list[pytest.Item], list[str]]:
    """The items that `wanted` names, in their own order, and the names that nothing answers to.

    A name is a node id, one without its brackets (all parameters), or that of a class or file (all in it).
    """
    if not wanted:
        return list(items), []
    kept, met = [], set()
    for item in items:
        names = _names(item) & set(wanted)
        if names:
            kept.append(item)
            met |= names
    return kept, [name for name in dict.fromkeys(wanted) if name not in met]


def _names(item: pytest.Item) -> set[str]:
    own = item.nodeid
    plain = getattr(item, "originalname", None) or item.name
    parents = {node.nodeid for node in item.listchain()[:-1]}
    stem = own.removesuffix(item.name)
    return {own, stem + plain} | {name for name in parents if name not in {"", "."}}


def thinned(items: Sequence[pytest.Item], most: int) -> list[pytest.Item]:
    """The items with no more than `most` of one function, taken evenly from all its parameters."""
    functions = [item.nodeid.partition("[")[0] for item in items]
    of, met = Counter(functions), Counter[str]()
    kept = []
    for item, function in zip(items, functions, strict=True):
        if met[function] * most % of[function] < most:
            kept.append(item)
        met[function] += 1
    return kept


def leads(name: str, wanted: Sequence[str]) -> bool:
    """Whether a wanted test (any, when none is named) is what has this node id, its case, in it, or above it."""
    return not wanted or any(
        one == name or one.startswith((f"{name}::", f"{name}[")) or name.startswith(f"{one}::") for one in wanted
    )


def files(rootdir: str, tests: Iterable[str]) -> tuple[list[str], list[str]]:
    """The files (pytest's arguments, absolute) that node ids lie in, and those that are not there."""
    there: list[str] = []
    missing: list[str] = []
    for name in dict.fromkeys(test.partition("::")[0] for test in tests):
        path = Path(rootdir, name)
        (there if path.exists() else missing).append(str(path))
    return there, missing
