"""From what coverage missed to gaps with ids that last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from pytest_enrich.data.code import Branch, Gap, Outcome
from pytest_enrich.gaps.digest import digest
from pytest_enrich.gaps.flow import Step
from pytest_enrich.gaps.measured import FileCoverage
from pytest_enrich.gaps.outline import Outline, Scope, Site
from pytest_enrich.gaps.partition import Partition
from pytest_enrich.gaps.unwanted import unwanted

_STEM = 60


def find(path: str, text: str, file: FileCoverage) -> tuple[Gap, ...]:
    """The gaps of one source file, in the order of its lines.

    Each missing line and each missing branch of `file` belongs to exactly one gap, but for those that
    ``# pragma: no enrich`` takes away and those that never run (``if TYPE_CHECKING:``, abstract methods).

    Args:
        path: The file, relative to rootdir, with `/`; part of the ids.
        text: What is in it.
        file: What coverage says about it.

    Returns:
        The gaps; none when `text` is not Python.
    """
    try:
        outline = Outline(text)
    except SyntaxError:
        return ()
    away = unwanted(outline, text)
    lines = [line for line in file.missing_lines if line not in away]
    branches = [one for one in file.missing_branches if one[0] not in away and one[1] not in away]
    found = _group(Partition(outline, file.statements, lines, branches), lines)
    gaps = [_gap(path, site(outline, step), step[1], *parts) for step, parts in found.items()]
    return tuple(sorted(gaps, key=lambda gap: (gap.line, gap.qualname, gap.outcome)))


def identify(path: str, text: str) -> dict[str, tuple[str, int]]:
    """Every gap id that this text could have: a suggestion whose id is not among them is stale.

    Returns:
        The qualified name and the line of each; empty when `text` is not Python.
    """
    try:
        outline = Outline(text)
    except SyntaxError:
        return {}
    sites = [*outline.statements.values(), *outline.bodies.values()]
    return {identity(path, one, what): (one.qualname, one.line) for one in sites for what in one.outcomes}


def identity(path: str, place: Site, outcome: Outcome) -> str:
    """The id of a gap."""
    return name_of(path, (place.qualname, place.header, outcome, str(place.nth)))


def name_of(path: str, facts: Iterable[str]) -> str:
    """`<module stem>-<8 characters of base32>` of a place in a source file, which the `facts` tell from others."""
    pure = PurePosixPath(path)
    stem = pure.parent.name or pure.stem if pure.stem == "__init__" else pure.stem
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign == "_") else "_" for sign in stem)
    return f"{plain[:_STEM] or '_'}-{digest((path, *facts))}"


def site(outline: Outline, step: Step) -> Site:
    """The place in the text that a step is about."""
    node, outcome = step
    if outcome == "entered" and (isinstance(node, Scope) or node is outline.text.tree):
        return outline.bodies[node]
    return outline.statements[node]


def _group(partition: Partition, lines: list[int]) -> dict[Step, tuple[list[int], list[Branch]]]:
    found: dict[Step, tuple[list[int], list[Branch]]] = defaultdict(lambda: ([], []))
    for line in lines:
        found[partition.step(line)][0].append(line)
    for branch, step in partition.branches.items():
        found[step][1].append(branch)
    return found


def _gap(path: str, place: Site, outcome: Outcome, lines: list[int], branches: list[Branch]) -> Gap:
    return Gap(
        id=identity(path, place, outcome),
        path=path,
        qualname=place.qualname,
        line=place.line,
        outcome=outcome,
        text=place.text,
        lines=tuple(sorted(lines)),
        branches=tuple(sorted(branches)),
    )
