"""What waits on one screen, whatever its kind."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_enrich.commands.review import bug_screen, screen
from pytest_enrich.commands.review.screen import Size, View


def lines(view: View, size: Size, legend: Sequence[str]) -> list[str]:
    """All but the legend, for which there is room."""
    compose = bug_screen.compose if view.one.kind == "bug" else screen.compose
    return compose(view, size, legend)[: -len(legend) or None]
