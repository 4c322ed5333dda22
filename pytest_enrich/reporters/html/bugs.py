"""Possible bugs on the page: apart, and before the suggestions."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_enrich.data import PossibleBug, Report
from pytest_enrich.reporters import bugs as words
from pytest_enrich.reporters.html import code, element
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
    title = tag("h3", one.title, " ", tag("small", "possible bug", class_="grade"), id=f"t-{one.id}")
    where, place = f"{one.path}:{one.line} {one.qualname}".rstrip(), f"{one.path}:{one.contract_line}"
    parts = [
        title,
        tag("p", tag("code", one.id), " ", tag("code", where), class_="dim"),
        tag("p", "The docstring says, at ", tag("code", place), ":"),
        element.block(one.contract, f"What the docstring of {one.id} says"),
        tag("p", "The code does: ", tag("code", words.does(one))),
        tag("p", "This test fails:"),
        code.plain(words.reproduction(one), f"Test of {one.id}"),
        tag("p", tag("b", "Look:"), " which of the two is wrong, the words or the code?", class_="look"),
        tag("p", f"Seen {words.runs(one)}.", class_="dim"),
        tag("ul", *(tag("li", f"{name}: ", element.command(command)) for name, command in _commands(one))),
    ]
    return tag("article", *parts, class_="bug", id=one.id, aria_labelledby=f"t-{one.id}", tabindex="-1")


def _commands(one: PossibleBug) -> Iterator[tuple[str, str]]:
    yield "See it fail", f"pytest-enrich run {one.id}"
    yield "Keep it as a test that is known to fail", f"pytest-enrich xfail {one.id}"
    yield "As the text of an issue", f"pytest-enrich show {one.id} --issue"
    yield "It is no bug", f"pytest-enrich reject {one.id} --reason wrong"
