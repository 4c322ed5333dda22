"""Modules that were imported before anything was measured: a filter of warnings names a class of theirs, say.

What ran then is in no data. It ran all the same, so it is no gap.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator

from msgspec.structs import replace

from pytest_enrich.gaps.measured import FileCoverage
from pytest_enrich.gaps.outline import Node, children, first_row, header_end
from pytest_enrich.gaps.text import Text


def files() -> frozenset[str]:
    """The files of the modules that are loaded in this process, resolved."""
    named = (getattr(module, "__file__", None) for module in [*sys.modules.values()])
    return frozenset(os.path.realpath(name) for name in named if isinstance(name, str))


def with_import(file: FileCoverage, text: str, *, is_loaded: bool) -> FileCoverage:
    """The file with what its import ran as run, where it was imported and nothing of that was measured.

    Args:
        file: What was measured.
        text: What is in it.
        is_loaded: Whether it is known to be imported; that one of its functions ran says so as well.
    """
    missing, executed = set(file.missing_lines), set(file.statements) - set(file.missing_lines)
    if not missing or not (executed or is_loaded):
        return file
    ran = set(_at_import(text))
    if ran & executed:
        return file
    return replace(
        file,
        missing_lines=tuple(sorted(missing - ran)),
        missing_branches=tuple(one for one in file.missing_branches if one[0] not in ran),
    )


def _at_import(text: str) -> Iterator[int]:
    """The lines outside of functions; those that define a function are among them."""
    known = Text(text)
    waiting: list[Node] = [*known.tree.body]
    while waiting:
        node = waiting.pop()
        yield from (known.first(row) for row in range(first_row(node), header_end(node) + 1))
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += children(node)
