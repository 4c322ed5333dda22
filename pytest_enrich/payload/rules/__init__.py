"""Rules: each thinks of types, values or calls by one heuristic, and what comes of it carries the rule's name.

A rule is a function that is registered here under a name; its docstring says what it proposes, and why.
`tests/benchmarks/rules.py` tells what each is worth on projects that no rule was made on; one whose absence costs
nothing there has no place here. "Alone: 12 of 120" says how many of the lines and branches that were reached there
no kept test reaches without the rule.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

LEFT_OUT: frozenset[str] = frozenset()
"""Names of rules that propose nothing; a benchmark puts some here, in a copy of the package."""
NAMES: set[str] = set()
"""Of all rules, as far as their modules are imported."""
Proposing = TypeVar("Proposing", bound=Callable[..., Any])


def rule(name: str) -> Callable[[Proposing], Proposing]:
    """Register a function that gives proposals as the rule of that name; one that is left out gives none."""

    def register(proposing: Proposing) -> Proposing:
        @functools.wraps(proposing)
        def nothing(*_: object, **__: object) -> tuple[()]:
            return ()

        return nothing if is_left_out(name) else proposing  # type: ignore[return-value]

    return register


def is_left_out(name: str) -> bool:
    """Whether the rule of that name proposes nothing; it is one from now on."""
    NAMES.add(name)
    return name in LEFT_OUT
