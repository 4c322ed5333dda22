"""The type hints of a function, resolved as far as they can be."""

from __future__ import annotations

import ast
import inspect
import sys
import typing
from collections.abc import Iterator
from typing import Any

from .evidence import WORDS
from .types import ANYTHING


def of_function(function: object) -> dict[str, Any]:
    """The resolved hints of a function's parameters; those that cannot be resolved are left out."""
    plain = inspect.unwrap(function) if callable(function) else function
    names = Names(sys.modules.get(getattr(plain, "__module__", "")))
    hints = {}
    for name, hint in getattr(plain, "__annotations__", {}).items():
        try:
            hints[name] = names.evaluate(hint) if isinstance(hint, str) else hint
        except Exception:  # hints are code of the project: anything can be wrong with them
            continue
    return hints


def defaults(function: object) -> dict[str, object]:
    """The defaults of a function's parameters, as they are at run time; none where there is no signature."""
    try:
        parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return {}
    return {one.name: one.default for one in parameters if one.default is not one.empty}


class Names:
    """A module's names, with those that it only imports for type checkers."""

    def __init__(self, module: object) -> None:
        self._names: dict[str, Any] = {**vars(typing), **WORDS, **getattr(module, "__dict__", {})}
        for statement in _for_type_checkers(module):
            try:
                exec(compile(statement, "<hints>", "exec", dont_inherit=True), self._names)
            except Exception:  # a stub-only module, a name of a newer Python
                continue

    def evaluate(self, hint: object) -> object:
        """The type that a hint's text stands for, aliases that are texts followed."""
        for _ in range(5):
            if isinstance(hint, typing.ForwardRef):
                hint = hint.__forward_arg__
            if not isinstance(hint, str):
                return hint
            hint = eval(hint, self._names)
        return ANYTHING


def _for_type_checkers(module: object) -> Iterator[ast.Module]:
    try:
        tree = ast.parse(inspect.getsource(module))  # type: ignore[arg-type]
    except Exception:  # no source, or none that parses here
        return
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from (ast.Module([statement], []) for statement in node.body)
