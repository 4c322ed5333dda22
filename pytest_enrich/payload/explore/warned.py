"""Warnings: which a call gave, and which lines of a file are there to give one."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ..express import named, spoken, steady
from .contract import is_ours

OWN = "<enrich>"
"""The file of our programs: what tells callers of something names it."""
BLOCKS = ("body", "orelse", "handlers", "finalbody")


class Warned(NamedTuple):
    """A warning: the template of its class, and what it says, as far as that is the same in every run."""

    category: str
    message: str


def of(caught: Sequence[warnings.WarningMessage], root: str) -> tuple[Warned, ...]:
    """The warnings that the project gave, or that are about our call; none of a class that has no public name."""
    own = (one for one in caught if one.filename == OWN or is_ours(one.filename, root))
    pairs = ((named(one.category), spoken(one.message)) for one in own)
    return tuple(Warned(name, steady(text)) for name, text in pairs if name is not None)


def is_forgotten(caught: Sequence[warnings.WarningMessage]) -> bool:
    """Whether a coroutine was made and never awaited: then nothing was done that somebody would do."""
    return any("was never awaited" in spoken(one.message) for one in caught)


def lines(filename: str) -> frozenset[int]:
    """The lines with statements that warn, and those where the blocks begin that they are in; none unread."""
    try:
        text = Path(filename).read_bytes()
        tree = ast.parse(text if b"warn" in text else b"")
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(line for node in ast.walk(tree) for line in _of_block(node))


def _of_block(node: ast.AST) -> Iterator[int]:
    for name in BLOCKS:
        held = getattr(node, name, None)
        block = [one for one in held if isinstance(one, ast.stmt)] if isinstance(held, list) else []
        warning = [one.lineno for one in block if _warns(one)]
        yield from warning
        if warning and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            yield block[0].lineno


def _warns(statement: ast.stmt) -> bool:
    called = (
        statement.value.func if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) else None
    )
    return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "warn"
