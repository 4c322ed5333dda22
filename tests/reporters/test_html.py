"""Possible bugs on the page: apart and first, with nothing to accept."""

import base64
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import html5lib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich.data import Report, RunSummary
from pytest_enrich.reporters import html
from pytest_enrich.reporters.words import visible_lines

HOSTILE = "\"'></pre></script><script>told(1)</script><img src=x onerror=told(2)>\u202e\x1b[2J&amp;<!--"


def parsed(text):
    """The page by HTML's own rules; an error of it is an error of the test."""
    return html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False).parse(
        text
    )


def shape(text):
    """All elements with the names of their attributes; `span` only colours."""
    return [(one.tag, sorted(one.keys())) for one in parsed(text).iter() if one.tag != "span"]


def words(element):
    return " ".join("".join(element.itertext()).split())


def found(page, identity):
    return next(one for one in page.iter() if one.get("id") == identity)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_the_page_has_no_error_of_html(fakes, number):
    parsed(html.render(fakes.report(number)))
    parsed(html.render(Report()))


def test_the_page_needs_nothing_from_elsewhere(fakes):
    text = html.render(fakes.report())
    assert not re.search(r"https?:|src=|@import|url\(|<link|<iframe|<object|<form", text)


def test_the_policy_allows_the_one_script_by_its_hash(fakes):
    page = parsed(html.render(fakes.report()))
    (script,) = page.iter("script")
    digest = base64.b64encode(hashlib.sha256((script.text or "").encode()).digest()).decode()
    (policy,) = (one.get("content") for one in page.iter("meta") if one.get("http-equiv"))
    assert policy == (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )


def test_a_hostile_text_anywhere_stays_text(fakes):
    clean, spoiled = fakes.report(), fakes.spoiled(fakes.report(), HOSTILE)
    assert shape(html.render(spoiled)) == shape(html.render(clean))
    told = words(parsed(html.render(spoiled)))
    assert told.count(visible_lines("onerror=told(2)>\u202e\x1b[2J&amp;<!--")) > 60


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1).filter(str.strip))
def test_whatever_the_texts_are_the_page_has_the_same_elements(fakes, text):
    clean, spoiled = fakes.report(1), fakes.spoiled(fakes.report(1), text)
    assert shape(html.render(spoiled)) == shape(html.render(clean))
    html.render(spoiled).encode()


def test_the_same_report_gives_the_same_bytes_in_another_process(fakes):
    program = "import fakes; from pytest_enrich.reporters import html; print(html.render(fakes.report()), end='')"
    tests = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "1", "PYTHONPATH": f"{tests}:{tests.parent}"},
        check=True,
        capture_output=True,
    )
    assert done.stdout.decode() == html.render(fakes.report())


def test_two_hundred_suggestions_are_less_than_a_megabyte(fakes):
    assert len(html.render(fakes.report(200)).encode()) < 1_000_000


def test_lines_that_no_test_runs_have_a_sign_and_a_word(fakes):
    page = parsed(html.render(fakes.report(1)))
    missing = [words(one) for one in page.iter("span") if one.get("class") == "miss"]
    assert missing == ["not run: ! 9 log(total)", "not run: ! 10 return 0.0"]


def test_two_suggestions_for_one_function_are_read_with_one_source(fakes):
    page = parsed(html.render(fakes.report(4)))
    sections = [one for one in page.iter("section") if one.get("class") == "function"]
    assert [len(list(one.iter("article"))) for one in sections] == [2, 2]
    assert [len([pre for pre in one.iter("pre") if "Source" in pre.get("aria-label")]) for one in sections] == [
        1,
        1,
    ]


def test_a_stale_suggestion_offers_no_accept(fakes):
    each = replace(fakes.report(1).suggestions[0], stale=True, source=())
    page = parsed(html.render(fakes.report(1, suggestions=(each,))))
    article = words(found(page, each.suggestion.id))
    assert "Stale:" in article
    assert "pytest-enrich accept" not in article


def test_the_header_says_what_coverage_would_be(fakes):
    page = parsed(html.render(fakes.report(2)))
    assert [(one.get("value"), words(one)) for one in page.find(".//header").iter("meter")] == [
        ("84.00", "84%"),
        ("86.00", "86%"),
    ]


def test_whether_anything_was_changed_is_said_only_when_it_is_so(fakes):
    run = fakes.report().run
    assert "Nothing in the repository was changed." in html.render(fakes.report())
    changed = html.render(fakes.report(run=replace(run, read_only_check="changed")))
    assert "Nothing in the repository was changed." not in changed


def test_a_model_that_is_elsewhere_is_named(fakes):
    model = replace(fakes.report().run.model, host="gpu.example", stays_here=False)
    page = html.render(fakes.report(run=RunSummary(model=model)))
    assert "source code was sent to gpu.example" in page
    assert "code stayed on this machine" in html.render(fakes.report())


def test_of_many_mutants_those_that_the_test_misses_come_first(fakes):
    each = fakes.report(1).suggestions[0]
    tried = tuple(
        replace(each.suggestion.proof.mutants.list[-1], line=line, killed=line != 40) for line in range(1, 41)
    )
    proof = replace(each.suggestion.proof, mutants=replace(each.suggestion.proof.mutants, list=tried))
    many = replace(each, suggestion=replace(each.suggestion, proof=proof))
    table = found(parsed(html.render(fakes.report(1, suggestions=(many,)))), each.suggestion.id)
    rows = [words(row) for row in table.iter("tr")][1:]
    assert rows[0].startswith("40return")
    assert "And 32 mutants more, of which it kills 32." in words(table)


def test_no_line_of_a_diff_is_taken_for_the_name_of_a_file(fakes):
    each = fakes.report(1).suggestions[0]
    hidden = replace(each, difference=f"{each.difference}+++ evil()\n--- gone\n")
    article = words(found(parsed(html.render(fakes.report(1, suggestions=(hidden,)))), each.suggestion.id))
    assert "+ ++ evil()" in article
    assert "- -- gone" in article
    assert "fd53795" not in article


def test_the_ways_in_which_a_test_was_not_run_are_named(fakes):
    report = fakes.report(1)
    one = report.suggestions[0].suggestion
    runs = replace(one.proof.runs, left_out=("in its file, reversed: existing tests do not pass so: <b>",))
    one = replace(one, proof=replace(one.proof, runs=runs))
    text = html.render(replace(report, suggestions=(replace(report.suggestions[0], suggestion=one),)))
    assert "Left out: in its file, reversed: existing tests do not pass so: &lt;b&gt;." in text


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


def test_what_was_decided_is_a_bar_a_period_with_words(fakes):
    page = parsed(html.render(fakes.report(1)))
    (chart,) = (one for one in page.iter("div") if one.get("aria-label") == "Table of decisions")
    assert [(one.get("value"), one.get("max")) for one in chart.iter("meter")] == [("2", "5"), ("4", "4")]
    assert [one.get("aria-label") for one in chart.iter("meter")] == ["2026-W47", "2026-W48"]
    assert words(found(page, "decided")) in words(page)


def test_where_nothing_was_decided_there_is_no_bar(fakes):
    assert "Table of decisions" not in html.render(fakes.report(1, decided={}))
