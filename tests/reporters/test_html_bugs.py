"""Possible bugs on the page: apart and first, with nothing to accept."""

import html5lib
import pytest

from pytest_enrich.reporters import html

HOSTILE = "\"'></pre></script><script>told(1)</script><img src=x onerror=told(2)>\u202e\x1b[2J&amp;<!--"


def parsed(text):
    return html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False).parse(
        text
    )


def words(element):
    return " ".join("".join(element.itertext()).split())


def found(page, identity):
    return next(one for one in page.iter() if one.get("id") == identity)


@pytest.mark.parametrize("number", [0, 2])
def test_a_possible_bug_comes_before_the_suggestions_and_has_its_own_commands(fakes, number):
    bug = fakes.bug()
    page = parsed(html.render(fakes.report(number, bugs=(bug,))))
    articles = [one.get("id") for one in page.iter("article")]
    assert (articles[0], len(articles)) == (bug.id, number + 1)
    told = words(found(page, bug.id))
    for text in (
        "The docstring says, at src/shop/cart.py:8:",
        ">>> discount(-1) 0",
        "discount(-1) raised ValueError",
    ):
        assert text in told
    for command in ("run", "xfail", "show", "reject"):
        assert f"pytest-enrich {command} {bug.id}" in told
    assert "pytest-enrich accept" not in told


def test_where_only_bugs_wait_there_is_something_to_do(fakes):
    page = parsed(html.render(fakes.report(0, bugs=(fakes.bug(),))))
    todo = next(words(one) for one in page.iter("section") if one.get("aria-labelledby") == "todo")
    assert "Nothing waits" not in todo
    assert "1 possible bug" in todo
    assert "pytest-enrich review" in todo


def test_a_hostile_text_in_a_possible_bug_stays_text(fakes):
    clean = fakes.report(1, bugs=(fakes.bug(),))
    spoiled = fakes.report(1, bugs=(fakes.spoiled(fakes.bug(), HOSTILE),))
    shapes = [
        [(one.tag, sorted(one.keys())) for one in parsed(html.render(report)).iter() if one.tag != "span"]
        for report in (clean, spoiled)
    ]
    assert shapes[0] == shapes[1]
