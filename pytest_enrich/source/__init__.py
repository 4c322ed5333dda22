"""What is known about the code around a gap, and where a test for it belongs.

`locate` gives the targets of a source file; `roots` and `packages` determine the name of its module.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pytest_enrich.data.code import Condition, Gap, Target
from pytest_enrich.gaps import FileCoverage, tokens_digest
from pytest_enrich.gaps.outline import Node
from pytest_enrich.source.condition import Constants, conditions
from pytest_enrich.source.entry import Calls, entries
from pytest_enrich.source.function import (
    counted,
    documentation,
    is_entered,
    kind,
    nearest,
    parameters,
    relatives,
)
from pytest_enrich.source.module import FUNCTIONS, Module, Suite, module_name, packages, roots
from pytest_enrich.source.placement import Shelf
from pytest_enrich.source.test_file import Subject

__all__ = ["Suite", "locate", "module_name", "packages", "roots"]


class _File:
    """A source file and what all its targets share, worked out once."""

    def __init__(self, file: FileCoverage, module: Module, suite: Suite) -> None:
        self._file, self._module, self._suite = file, module, suite
        self._name = module_name(file.path, suite.source_roots, suite.packages)
        self._calls, self._constants, self._shelf = Calls(module), Constants(module), Shelf(suite)
        self._everything = counted(file, file.contexts)
        self._touching = frozenset(test.partition("::")[0] for test in self._everything)
        self._entered = is_entered(module, file)
        defined = (node for node in module.tree.body if isinstance(node, (ast.ClassDef, *FUNCTIONS)))
        self._siblings = tuple(node.name for node in defined)

    def target(self, node: Node, gaps: Sequence[Gap]) -> Target:
        """The target for a function, a class or the module."""
        path, module, qualname = self._file.path, self._module, self._module.qualname(node)
        near = nearest(module, node, self._file, self._everything)
        subject = Subject(
            path=path, module=self._name, qualname=qualname, touching=self._touching, siblings=self._siblings
        )
        place, source = self._shelf.place(subject, near), module.lines(node)
        ways = tuple(_way(module, node, gap) for gap in gaps)
        on_the_way = {condition.line for way in ways for condition in way} | {gap.line for gap in gaps}
        ways_in = entries(module, self._calls, node, self._suite, entered=self._entered)
        entered = {entry.qualname for entry in ways_in}
        names = dict.fromkeys(map(module.qualname, module.functions()))
        return Target(
            path=path,
            qualname=qualname,
            module=self._name,
            kind=kind(module, node),
            first_line=module.extent(node)[0],
            source=source,
            gaps=tuple(gaps),
            placement=place,
            digest=tokens_digest(source),
            parameters=parameters(module, node),
            docstring=documentation(module, node),
            constants=self._constants.of(node, self._calls.called(node), on_the_way),
            conditions=ways,
            entries=ways_in,
            neighbours=tuple(name for name in names if name not in entered),
            statements=module.statement_lines,
            raise_lines=module.raise_lines,
            nearest=near,
            relatives=tuple(module.qualname(module.scope(function)) for function in relatives(module, node)),
            fixtures=self._shelf.fixtures(place),
        )


def locate(file: FileCoverage, text: str, gaps: Sequence[Gap], suite: Suite) -> tuple[Target, ...]:
    """One target for each function, class body or module body that has gaps.

    Args:
        file: What coverage says about the source file.
        text: The contents of the source file.
        gaps: Its gaps, the most important first.
        suite: The tests.

    Returns:
        The targets in the order of their first gaps; none if `text` is not Python.
    """
    try:
        module = Module(text)
    except SyntaxError:
        return ()
    grouped: dict[Node, list[Gap]] = {}
    for gap in gaps:
        grouped.setdefault(module.find(gap.qualname, gap.line), []).append(gap)
    source_file = _File(file, module, suite)
    return tuple(source_file.target(node, group) for node, group in grouped.items())


def _way(module: Module, scope: Node, gap: Gap) -> tuple[Condition, ...]:
    """The decisions on the way from the first line of the function to the gap's deciding statement."""
    node = module.statement(gap.line, gap.text)
    return () if node is None or node is scope else conditions(module, node)
