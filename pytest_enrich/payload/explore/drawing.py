"""Values drawn by Hypothesis, the same for the same number."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from .plain import Strategy

PROVIDERS, COLLECTING = "hypothesis.internal.conjecture.providers", "_get_local_constants"


def drawn(strategy: Strategy, number: int, count: int = 60) -> tuple[str, ...]:
    """Templates drawn from a strategy, the same for the same `number`; fewer, or none, where it has no more."""
    found: dict[str, None] = {}
    quiet = settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    if strategy.is_empty:
        return ()

    def note(template: str) -> None:
        found[template] = None

    with _whatever_is_loaded():
        quiet(seed(number)(given(strategy)(note)))()
    return tuple(found)


@contextlib.contextmanager
def _whatever_is_loaded() -> Iterator[None]:
    """Hypothesis mixes in the constants of all modules that are loaded and not installed: not here.

    To find them takes a process half a second, and what is drawn would not be the same in another installation.
    """
    providers: Any = sys.modules.get(PROVIDERS)
    collect = getattr(providers, COLLECTING, None)
    if collect is None or not hasattr(providers, "Constants"):  # a release that collects none, or elsewhere
        yield
        return
    setattr(providers, COLLECTING, providers.Constants)
    try:
        yield
    finally:
        setattr(providers, COLLECTING, collect)


def matching(pattern: re.Pattern[Any], number: int) -> tuple[str, ...]:
    """Templates of texts that a pattern matches as a whole; none where it cannot be turned round."""
    try:
        if isinstance(pattern.pattern, bytes):
            return drawn(st.from_regex(pattern, fullmatch=True).map(repr), number, 40)
        plain = st.characters(min_codepoint=32, max_codepoint=126)
        return drawn(st.from_regex(pattern, fullmatch=True, alphabet=plain).map(repr), number, 40)
    except Exception:  # what Hypothesis does not know of, or what matches nothing plain
        return ()
