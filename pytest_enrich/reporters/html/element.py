"""Pieces of a page that come back: tables, terms, commands, links."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pytest_enrich.reporters.html.markup import Markup, joined, tag


def table(label: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table that scrolls by itself where the page is narrow."""
    head = tag("tr", *(tag("th", text, scope="col") for text in heads))
    body = joined((tag("tr", *(tag("td", cell) for cell in row)) for row in rows), "\n")
    return scrolling(tag("table", tag("thead", head), tag("tbody", body)), label)


def scrolling(inside: Markup, label: str) -> Markup:
    """A region of its own, reachable by keyboard."""
    return tag("div", inside, class_="scroll", tabindex="0", role="region", aria_label=label)


def block(text: str, label: str) -> Markup:
    """Text as it is, on lines of its own that can be scrolled by keyboard."""
    return tag("pre", text, tabindex="0", role="region", aria_label=label)


def terms(pairs: Iterable[tuple[str, str]]) -> Markup:
    """Names and what is said about them; those about which there is nothing to say are left out."""
    told = [joined([tag("dt", name), tag("dd", what)]) for name, what in pairs if what]
    return tag("dl", *told) if told else Markup()


def command(text: str) -> Markup:
    """A command to copy; the script puts a button beside it."""
    return tag("code", text, class_="command")


def link(identity: str) -> Markup:
    """To a suggestion of this page."""
    return tag("a", tag("code", identity), href=f"#{identity}")
