"""Notices and the job summary, read as GitHub's runner reads them."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Report, ReportedSuggestion, SourceLine
from pytest_enrich.reporters import machine

COMMAND = re.compile(r"::(\w+) ([^:]*)::(.*)")


def unescaped(text, *more):
    for token, sign in (*more, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(token, sign)
    return text


def read(line):
    """The command, its properties, and its text, as the runner takes them apart."""
    name, properties, data = COMMAND.fullmatch(line).groups()
    pairs = dict(pair.split("=", 1) for pair in properties.split(","))
    plain = {key: unescaped(value, ("%3A", ":"), ("%2C", ",")) for key, value in pairs.items()}
    return name, plain, unescaped(data)


def notices(report):
    return [read(line) for line in machine.render_notices(report).splitlines()]


def test_a_notice_stands_at_the_lines_that_never_run(report):
    ((name, place, text),) = notices(report)
    assert name == "notice"
    assert place == {"file": "src/shop/cart.py", "line": "27", "endLine": "28", "title": "suggested test"}
    assert text.splitlines() == [
        "parse_sku: lines 27-28 never run.",
        "parse_sku: text without a dash is refused",
        "Review: pytest-enrich show cart-6e2m3fea",
    ]


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((27, 28), "lines 27-28 never run"),
        ((28,), "line 28 never runs"),
        ((23, 24, 25, 26, 28), "lines 23-26, 28 never run"),
        ((23, 25, 28), "lines 23, 25, 28 never run"),
        ((23, 30), "lines 23, 30 never run"),
        ((28, 30), "lines 28-30 never run"),
    ],
)
def test_the_lines_that_never_run_are_told_and_no_others(report, numbers, said):
    """Line 29 is a comment, and does not run either."""
    source = tuple(
        SourceLine(number=at, text="    # below" if at == 29 else "    total += 1", missing=at in numbers)
        for at in range(22, 32)
    )
    (one,) = report.suggestions
    ((_, _, text),) = notices(replace(report, suggestions=(replace(one, source=source),)))
    assert text.splitlines()[0] == f"parse_sku: {said}."


@pytest.mark.parametrize(("outcome", "said"), [("false", "is never false"), ("raises", "never catches anything")])
def test_of_a_line_that_runs_the_outcome_is_told_that_never_comes(report, outcome, said):
    (one,) = report.suggestions
    gap = replace(one.suggestion.gap, lines=(), outcome=outcome)
    changed = ReportedSuggestion(suggestion=replace(one.suggestion, gap=gap))
    ((_, place, text),) = notices(replace(report, suggestions=(changed,)))
    assert text.splitlines()[0] == f"parse_sku: line 26 {said}."
    assert place["line"] == "26"


def test_the_path_is_the_one_in_the_repository(report):
    assert notices(replace(report, base="packages/shop/"))[0][1]["file"] == "packages/shop/src/shop/cart.py"


def test_there_is_one_notice_a_function(report, reported_one, make_suggestion):
    other = reported_one(make_suggestion("cart-aaaaaaaa"))
    ((_, place, text),) = notices(replace(report, suggestions=(*report.suggestions, other)))
    assert place["title"] == "suggested tests"
    assert text.endswith("and 1 other test for this function")


def test_there_are_ten_notices_and_the_last_says_how_many_more(large):
    told = notices(large(400))
    assert len(told) == 10
    assert [text for _, _, text in told if "other functions" in text] == [told[-1][2]]
    assert told[-1][2].endswith("and 390 suggested tests for other functions: see the job summary")


def test_ten_functions_are_all_told(large):
    assert "other functions" not in machine.render_notices(large(10))


def test_nothing_to_say_is_said_with_nothing(reported_one):
    assert machine.render_notices(Report()) == ""
    assert machine.render_notices(Report(suggestions=(reported_one(stale=True),))) == ""


def test_hostile_text_is_one_notice_and_nothing_else(hostile):
    lines = machine.render_notices(hostile).split("\n")
    assert (len(lines), lines[1]) == (2, "")
    name, place, text = read(lines[0])
    assert name == "notice"
    assert set(place) == {"file", "line", "endLine", "title"}
    assert "::add-mask::secret" in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e\ud800]", text + place["file"])


def test_a_comment_is_short_enough_for_400_suggestions_and_empty_for_none(large, report):
    text = machine.render_comment(large(400))
    assert 50_000 < len(text) <= len(text.encode()) <= 60_000
    assert text.startswith("<!-- pytest-enrich comment -->\n")
    assert "### Suggested tests: 1" in machine.render_comment(report)
    assert machine.render_comment(Report()) == ""
