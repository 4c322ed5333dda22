"""What is known about the code round a gap, and where a test for it belongs.

`locate` gives the targets of one source file; `roots` and `packages` say what its module is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from msgspec import Struct

from pytest_enrich.data.code import Condition, Gap, Target
from pytest_enrich.gaps import FileCoverage, tokens_digest
from pytest_enrich.gaps.outline import Node
from pytest_enrich.source.condition import Constants, conditions
from pytest_enrich.source.entry import Calls, entries
from pytest_enrich.source.function import (
    documentation,
    is_entered,
    kind,
    nearest,
    parameters,
)
from pytest_enrich.source.module import Module, Suite, module_name, packages, roots
from pytest_enrich.source.placement import Shelf
from pytest_enrich.source.test_file import Subject

__all__ = ["Suite", "locate", "module_name", "packages", "roots"]


class _Described(Struct, frozen=True):
    """What all targets of one file share, worked out once."""

    file: FileCoverage
    module: Module
    name: str
    calls: Calls
    constants: Constants
    suite: Suite
    shelf: Shelf
    touching: frozenset[str]
    entered: bool


def locate(file: FileCoverage, text: str, gaps: Sequence[Gap], suite: Suite) -> tuple[Target, ...]:
    """One target for each function, class body or module body that has gaps.

    Args:
        file: What coverage says about the source file.
        text: What is in it.
        gaps: Its gaps, the most important first.
        suite: The tests.

    Returns:
        The targets in the order in which their first gap comes; none when `text` is not Python.
    """
    try:
        module = Module(text)
    except SyntaxError:
        return ()
    name = module_name(file.path, suite.source_roots, suite.packages)
    touching = frozenset(test.partition("::")[0] for test in chain.from_iterable(file.contexts.values()))
    entered = is_entered(module, file)
    described = _Described(
        file,
        module,
        name,
        Calls(module),
        Constants(module),
        suite,
        Shelf(suite),
        touching,
        entered,
    )
    grouped: dict[Node, list[Gap]] = {}
    for gap in gaps:
        grouped.setdefault(module.find(gap.qualname, gap.line), []).append(gap)
    return tuple(_target(described, node, group) for node, group in grouped.items())


def _target(of: _Described, node: Node, gaps: Sequence[Gap]) -> Target:
    module, source = of.module, of.module.lines(node)
    near = nearest(module, node, of.file)
    subject = Subject(path=of.file.path, module=of.name, qualname=module.qualname(node), touching=of.touching)
    place = of.shelf.place(subject, near)
    ways = tuple(_way(module, node, gap) for gap in gaps)
    on_the_way = {condition.line for way in ways for condition in way} | {gap.line for gap in gaps}
    ways_in = entries(module, of.calls, node, of.suite, entered=of.entered)
    return Target(
        path=of.file.path,
        qualname=module.qualname(node),
        module=of.name,
        kind=kind(module, node),
        first_line=module.extent(node)[0],
        source=source,
        gaps=tuple(gaps),
        placement=place,
        digest=tokens_digest(source),
        parameters=parameters(module, node),
        docstring=documentation(module, node),
        constants=of.constants.of(node, of.calls.called(node), on_the_way),
        conditions=ways,
        entries=ways_in,
        neighbours=_others(module, [entry.qualname for entry in ways_in]),
        statements=module.statement_lines,
        raise_lines=module.raise_lines,
        nearest=near,
        fixtures=of.shelf.fixtures(place),
    )


def _others(module: Module, entered: Sequence[str]) -> tuple[str, ...]:
    names = dict.fromkeys(module.qualname(function) for function in module.functions())
    return tuple(name for name in names if name not in entered)


def _way(module: Module, scope: Node, gap: Gap) -> tuple[Condition, ...]:
    """The decisions on the way from the first line of the function to the gap's deciding statement."""
    node = module.statement(gap.line, gap.text)
    return () if node is None or node is scope else conditions(module, node)
