"""Nodes of a parsed file exchanged for others, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, cast

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from pytest_enrich.imports.text import unreadable
from pytest_enrich.patch.scope import Scope

Changes: TypeAlias = Mapping[cst.CSTNode, cst.CSTNode | cst.RemovalSentinel]


def rebuilt(scope: Scope, changes: Changes) -> str:
    """The module's code with some of its nodes exchanged.

    Raises:
        RefusedError: The module is nested too deeply.
    """
    try:
        changed = scope.module.visit(_Exchange(changes))
    except RecursionError as error:
        raise unreadable(scope.path, "", error) from error
    assert isinstance(changed, cst.Module)
    return changed.code


def within(call: cst.Call, changes: Changes) -> cst.Call:
    """The call with some of the nodes in it exchanged."""
    changed = call.visit(_Exchange(changes))
    assert isinstance(changed, cst.Call)
    return changed


def position(scope: Scope, node: cst.CSTNode) -> tuple[int, int]:
    """The line (1-based) and the column (0-based) where a node of the module begins."""
    wrapper = MetadataWrapper(scope.module, unsafe_skip_copy=True)
    start = wrapper.resolve(PositionProvider)[node].start
    return start.line, start.column


class _Exchange(cst.CSTTransformer):
    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self._changes = changes

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        return cast("cst.CSTNodeT", self._changes.get(original_node, updated_node))
