"""Fixtures that can stand in each other's place: `user`, `inactive_user` and `superuser` are of one kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pytest_enrich.data import Hole, Variant
from pytest_enrich.proposers.rows.names import Function, used

SILENT = {"tmp_path", "tmpdir", "capsys", "capfd", "caplog", "monkeypatch", "recwarn", "request"}
"""Fixtures that nothing happens through when nobody uses them."""
SHORTEST = 4
"""Of an ending without a sign before it, as in `superuser`."""
MOST, FAR = 6, 3


def holes(function: Function, visible: Collection[str]) -> list[Hole]:
    """Each fixture that a test uses, with others of its name's kind; those that the test has anyway come first."""
    asked = [one.arg for one in function.args.args if one.arg in visible and one.arg not in SILENT]
    others = dict.fromkeys([*asked, *(name for name in visible if name not in SILENT and name[:1] != "_")])
    alike = {name: sorted(_alike(name, others), key=lambda one: _distance(one, name)) for name in asked}
    needed = used(*function.body)
    return [
        Hole(fixture=name, values=(name,), offers=tuple(alike[name][:MOST]))
        for name in asked
        if alike[name] and name in needed
    ]


def _alike(name: str, others: Iterable[str]) -> Iterator[str]:
    return (one for one in others if one != name and _distance(one, name) < FAR)


def _distance(one: str, other: str) -> int:
    """By the last word of both names, else by their ending, else by the first word."""
    ours, theirs = one.split("_"), other.split("_")
    shorter, longer = sorted((one, other), key=len)
    if ours[-1] == theirs[-1]:
        return 0
    if len(shorter) >= SHORTEST and longer.endswith(shorter):
        return 1
    return 2 if ours[0] == theirs[0] and len(ours[0]) >= SHORTEST else FAR


def names(holes: Sequence[Hole], variant: Variant) -> Mapping[str, str]:
    """The fixtures that a variant asks for, by those that the test asks for."""
    pairs = ((holes[at].fixture, value) for at, value in variant.values)
    return {name: value for name, value in pairs if name}


def arguments(declared: Iterable[tuple[str, str]], others: Mapping[str, str]) -> Iterator[str]:
    """The arguments (name and source) with other names in the place of some, each once."""
    declared = list(declared)
    left = {name for name, _ in declared if name not in others}
    for name, source in declared:
        new = others.get(name, name)
        if name in others and new in left:
            continue
        left.add(new)
        yield new + source[len(name) :]
