"""What only the script can fill: the commands for what was ticked, and the help for its keys."""

from __future__ import annotations

from pytest_enrich.reporters.html import element
from pytest_enrich.reporters.html.markup import Markup, tag

_KEYS = [
    ("j, k", "next and previous suggestion"),
    ("/", "filter"),
    ("?", "this help"),
    ("Esc", "close it, leave the filter"),
]


def chosen() -> Markup:
    """A line that collects what was ticked; a page cannot change the repository, and does not pretend to."""
    told = "Your ticks, as commands. They are kept in the address of this page; nothing was changed."
    reasons = "The reason may also be trivial, duplicate, style, flaky, generated or other."
    parts = [
        tag("h2", "Chosen", id="chosen-title"),
        tag("p", told, class_="dim"),
        tag("pre", "", id="commands", tabindex="0", role="region", aria_label="Commands"),
        tag("p", reasons, id="reasons", class_="dim", hidden=True),
    ]
    return tag("aside", *parts, id="chosen", aria_labelledby="chosen-title", hidden=True)


def help_() -> Markup:
    """The keys."""
    close = tag("button", "Close", type="button", id="close")
    return tag(
        "dialog",
        tag("h2", "Keys", id="help-title"),
        element.terms(_KEYS),
        close,
        id="help",
        aria_labelledby="help-title",
    )
