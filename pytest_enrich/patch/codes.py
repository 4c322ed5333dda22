"""The code of a module's statements: each is written once, however many tests come beside it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import libcst as cst


class Codes:
    """What the nodes of one file look like; nodes do not change, so that what was found out of one stays true."""

    def __init__(self, module: cst.Module) -> None:
        self._module = module
        self._codes: dict[cst.CSTNode, str] = {}
        self._shapes: dict[str, str] = {}

    def copy(self) -> Codes:
        """The same knowledge, to which others may add."""
        other = Codes(self._module)
        other._codes, other._shapes = self._codes.copy(), self._shapes.copy()
        return other

    def of(self, node: cst.CSTNode) -> str:
        """The code of a statement at the top level, or of any node as it would be there."""
        if node not in self._codes:
            self._codes[node] = self._module.code_for_node(node)
        return self._codes[node]

    def whole(self, module: cst.Module) -> str:
        """The code of `module`, which is the file with other statements."""
        if not module.has_trailing_newline or not module.body:
            return module.code
        return "".join([self._lines(module.header), *map(self.of, module.body), self._lines(module.footer)])

    def shape(self, code: str) -> str:
        """What a function does, whatever its name and layout; only compared within one process."""
        if code not in self._shapes:
            self._shapes[code] = _shape(code)
        return self._shapes[code]

    def _lines(self, lines: Sequence[cst.EmptyLine]) -> str:
        return "".join(map(self._module.code_for_node, lines))


def _shape(code: str) -> str:
    tree = ast.parse(code).body[0]
    if isinstance(tree, (ast.FunctionDef, ast.AsyncFunctionDef)):
        tree.name = "test"
    return ast.dump(tree)
