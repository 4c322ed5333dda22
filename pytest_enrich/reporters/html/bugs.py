"""Possible bugs on the page: apart, and before the suggestions."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_enrich.data import PossibleBug, Report
from pytest_enrich.reporters import bugs as words
from pytest_enrich.reporters.html import element
from pytest_enrich.reporters.html.markup import Markup, tag

_MEANING = (
    "The docstring says one thing and the code does another. A test of what the code does would only hide that, "
    "so none is suggested. Which of the two is wrong is for you to say."
)


def section(report: Report) -> Iterator[Markup]:
    """All of them; nothing where there are none."""
    if report.bugs:
        parts = [tag("h2", "Possible bugs", id="bugs"), tag("p", _MEANING), *map(_bug, report.bugs)]
        yield tag("section", *parts, aria_labelledby="bugs")


def _bug(one: PossibleBug) -> Markup:
    heading = tag("h3", one.title, " ", tag("code", one.id))
    facts = element.terms(
        [
            ("where", tag("code", f"{one.path}:{one.line} {one.qualname}")),
            ("says", tag("pre", tag("code", one.contract))),
            ("does", tag("code", words.does(one))),
            ("proof", words.runs(one)),
            ("see it", element.scrolling(tag("pre", tag("code", words.reproduction(one))), f"Test of {one.id}")),
            ("keep it as known to fail", element.command(f"pytest-enrich xfail {one.id}")),
            ("as the text of an issue", element.command(f"pytest-enrich show {one.id} --issue")),
            ("it is none", element.command(f"pytest-enrich reject {one.id} --reason wrong")),
        ]
    )
    return tag("section", heading, facts, class_="bug", id=one.id)
