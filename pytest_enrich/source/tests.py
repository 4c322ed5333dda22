"""What is written in a test file: its test functions and classes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Literal

from pytest_enrich.gaps.text import parse
from pytest_enrich.source.module import FUNCTIONS, dotted

Style = Literal["function", "method", "unittest"]


class TestFile:
    """The classes of a test file and the tests that are written in them.

    Args:
        text: What is in the file; one that is not Python counts as empty.
    """

    __test__ = False  # pytest collects classes by this name

    def __init__(self, text: str) -> None:
        try:
            body = parse(text).body
        except SyntaxError:
            body = []
        self._functions: dict[str | None, list[str]] = {}
        self._classes: dict[str, ast.ClassDef] = {}
        self._read(None, body)

    def has_class(self, owner: str) -> bool:
        """Whether a class of this dotted name is written here."""
        return owner in self._classes

    def has(self, owner: str | None, name: str) -> bool:
        """Whether a function of this name is written in a class, or outside all."""
        return name in self._functions.get(owner, [])

    def tests(self, owner: str | None) -> list[str]:
        """The test functions written in a class, or outside all, in order."""
        return [name for name in self._functions.get(owner, []) if name.startswith("test")]

    def last_class(self) -> str | None:
        """The last class that has tests."""
        return next((name for name in reversed(self._classes) if self.tests(name)), None)

    def class_about(self, qualname: str) -> str | None:
        """The class with tests that is named after a function or a class round it, innermost first."""
        for name in reversed(qualname.split(".") if qualname else []):
            for owner in self._classes:
                if self.tests(owner) and _topic(owner) == _topic(name):
                    return owner
        return None

    def style(self, owner: str | None) -> Style:
        """How a test is written in a class, or outside all."""
        if owner is None or owner not in self._classes:
            return "function"
        return "unittest" if self._is_unittest(owner, set()) else "method"

    def _is_unittest(self, owner: str, seen: set[str]) -> bool:
        names = {dotted(base).rpartition(".")[2] for base in self._classes[owner].bases} - seen
        inherited = (name in self._classes and self._is_unittest(name, seen | names) for name in names)
        return any(name.endswith("TestCase") for name in names) or any(inherited)

    def _read(self, owner: str | None, body: Sequence[ast.stmt]) -> None:
        for node in _flat(body):
            if isinstance(node, FUNCTIONS):
                self._functions.setdefault(owner, []).append(node.name)
            elif isinstance(node, ast.ClassDef):
                name = f"{owner}.{node.name}" if owner else node.name
                self._classes[name] = node
                self._read(name, node.body)


def _flat(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a block, and of the `if`, `try` and `with` blocks in it."""
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            waiting += reversed([*node.body, *getattr(node, "orelse", ())])


def _topic(name: str) -> str:
    """What a class is about: `cartitem` for `TestCartItem`, `CartItemTests` and `cart_item`."""
    return re.sub(r"test(s|case|cases)?$|^tests?", "", name.rpartition(".")[2].replace("_", "").lower())
