"""HTML as values: whatever is not `Markup` is escaped on its way in, here and nowhere else."""

from __future__ import annotations

import html
from collections.abc import Iterable

from pytest_enrich.reporters.words import visible_lines


class Markup(str):
    """HTML that may stand as it is."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Text that a browser shows as it is, control and direction characters made visible.

    Attributes are in double quotes, so that single ones, of which code has many, need no escape.
    """
    return Markup(html.escape(visible_lines(text), quote=False).replace('"', "&quot;"))


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """Parts one after the other, each escaped unless it is HTML already."""
    return Markup(between.join(part if isinstance(part, Markup) else escaped(part) for part in parts))


def tag(name: str, /, *inside: str, **attributes: str | bool) -> Markup:
    """An element; `class_` and `aria_label` are the attributes `class` and `aria-label`."""
    return Markup(f"<{name}{_written(attributes)}>{joined(inside)}</{name}>")


def void(name: str, /, **attributes: str | bool) -> Markup:
    """An element that never holds anything (`meta`, `input`)."""
    return Markup(f"<{name}{_written(attributes)}>")


def _written(attributes: dict[str, str | bool]) -> str:
    return "".join(
        f" {name.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escaped(value)}"')
        for name, value in attributes.items()
        if not isinstance(value, bool) or value
    )
