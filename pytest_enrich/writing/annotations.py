"""How the functions of a test file are annotated."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from pytest_enrich.imports import parsed
from pytest_enrich.writing.syntax import functions_in, parameters_of


class Annotated(Struct, frozen=True, kw_only=True):
    """The annotations of a test file.

    Attributes:
        parameters: The annotation of each parameter that has one somewhere, by name.
        returns: What follows a test's parentheses, "" if most tests have nothing there.
    """

    parameters: Mapping[str, str] = {}
    returns: str = ""

    def parameter(self, name: str) -> str:
        """A parameter, annotated if others of the same name are."""
        return f"{name}: {self.parameters[name]}" if name in self.parameters else name


@lru_cache(maxsize=8)  # a few files are asked about, each for many targets
def annotated(text: str) -> Annotated:
    """How the functions of a file are annotated."""
    tree = parsed(text)
    functions = list(functions_in(tree)) if tree is not None else []
    parameters = [parameter for function in functions for parameter in parameters_of(function)]
    annotations = {
        parameter.arg: ast.unparse(parameter.annotation)
        for parameter in parameters
        if parameter.annotation is not None
    }
    tests = [function for function in functions if function.name.startswith("test")]
    count = sum(test.returns is not None for test in tests)
    return Annotated(parameters=annotations, returns=" -> None" if 2 * count > len(tests) else "")
