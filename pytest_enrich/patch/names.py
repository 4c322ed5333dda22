"""Which statement of a scope a name stands for."""

from __future__ import annotations

import libcst as cst

from pytest_enrich.data import NewTest
from pytest_enrich.patch.codes import Codes
from pytest_enrich.patch.scope import Scope, definitions


class Names:
    """The functions and classes of a scope by name: looked up once for each of the tests that may be there."""

    def __init__(self, scope: Scope, codes: Codes) -> None:
        self._scope = scope
        self._codes = codes
        self._functions: dict[str, list[int]] = {}
        self._last: dict[str, int] = {}
        for index, node in enumerate(scope.body):
            self._add(index, node)

    def find(self, test: NewTest) -> int | None:
        """The index of the statement that is `test`, under its name or a numbered one; None when not there."""
        for index in self._functions.get(test.name, ()):
            code = self._codes.of(self._scope.body[index])
            if self._codes.shape(code) == self._codes.shape(test.code):
                return index
        return None

    def last(self, name: str) -> int | None:
        """The index of the statement that defines `name` last, itself or inside an `if` or the like."""
        return self._last.get(name)

    def _add(self, index: int, node: cst.CSTNode) -> None:
        if isinstance(node, cst.FunctionDef):
            name = node.name.value
            base, _, number = name.rpartition("_")
            for known in (name, base) if number.isdecimal() else (name,):
                self._functions.setdefault(known, []).append(index)
        for one in definitions([node]):
            self._last[one.name.value] = index
