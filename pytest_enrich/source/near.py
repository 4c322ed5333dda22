"""The existing tests that come nearest to a function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pytest_enrich.data.code import NearTest
from pytest_enrich.gaps import FileCoverage
from pytest_enrich.gaps.outline import Node
from pytest_enrich.source.function import scopes
from pytest_enrich.source.module import Module

_MOST = 200
_MOST_STRANGERS = 20


def nearest(module: Module, node: Node, file: FileCoverage) -> tuple[NearTest, ...]:
    """Tests that run lines of the function, those that run most first.

    Of two that run as many, the one that runs less of the rest of the file is nearer. When no test runs the
    function: those that run most of its class, then most of the module; they share 0 lines.
    """
    inside = _counted(file, _body(module, node))
    everything = _counted(file, file.contexts)
    if inside:
        ranked = sorted(inside, key=lambda test: (-inside[test], everything[test], test))
        return tuple(NearTest(nodeid=test, shared=inside[test]) for test in ranked[:_MOST])
    around = Counter[str]()
    for outer in scopes(module, node):
        around.update(_counted(file, _body(module, outer)))
    strangers = sorted(everything, key=lambda test: (-around[test], -everything[test], test))
    return tuple(NearTest(nodeid=test, shared=0) for test in strangers[:_MOST_STRANGERS])


def _body(module: Module, node: Node) -> Iterable[int]:
    """The lines of a function without its `def` and decorators, which run on import."""
    body = getattr(node, "body", [])
    first = module.outline.text.first(body[0].lineno) if body else 1
    header = getattr(node, "lineno", 0)
    return range(max(first, header + 1), module.extent(node)[1] + 1)


def _counted(file: FileCoverage, lines: Iterable[int]) -> Counter[str]:
    return Counter(test for line in lines for test in file.contexts.get(line, ()))
