"""Rules: each proposes types, values or calls by a single heuristic, and what it proposes carries its name.

A rule is a function that is registered here under a name; its docstring says what it proposes, and why.
`tests/benchmarks/rules.py` measures what each is worth on projects that no rule was made on; a rule whose absence
costs nothing there has no place here. "Alone: 12 of 120" says that of the 120 lines and branches reached there, 12
are reached by no kept test without the rule.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

LEFT_OUT: frozenset[str] = frozenset()
"""Names of rules that propose nothing; a benchmark puts some here, in a copy of the package."""
NAMES: set[str] = set()
"""The names of all rules whose modules are imported."""
Proposing = TypeVar("Proposing", bound=Callable[..., Any])


def rule(name: str) -> Callable[[Proposing], Proposing]:
    """Register a function that gives proposals as the rule of that name; a rule that is left out gives none."""

    def register(proposing: Proposing) -> Proposing:
        @functools.wraps(proposing)
        def nothing(*_: object, **__: object) -> tuple[()]:
            return ()

        return nothing if is_left_out(name) else proposing  # type: ignore[return-value]

    return register


def is_left_out(name: str) -> bool:
    """Whether the rule of that name proposes nothing; the name counts as a rule's from now on."""
    NAMES.add(name)
    return name in LEFT_OUT
