"""Of an expression that is to raise only what comes first is left."""

from __future__ import annotations

import pytest

from pytest_enrich import refine

RAISING = """
    def test_a(self):
        with pytest.raises(ParseError):
            {}
    """


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("parse('(&(') + 'test'", "parse('(&(')"),
        ("Order(rows=0)()", "Order(rows=0)"),
        ("abs(report.depth().value('KMH') - 0.03)", "report.depth().value('KMH')"),
        ("parse('').to_string()", "parse('')"),
        ("len(parse(''))", "parse('')"),
        ("parse('') == 3", "parse('')"),
        ("every(2).day.at('09:00')", "every(2).day"),
        ("clock.now.at('09:00')", "clock.now.at('09:00')"),
        ("parse(text)", "parse(text)"),
        ("tree, rest = parse('(')", "parse('(')"),
        ("tree = parse('').tree", "parse('')"),
    ],
)
def test_what_is_made_of_what_raises_is_left_out(test_of, body, written, left):
    smaller = refine.reduce(test_of(RAISING.format(written)), lambda one: left in one.code)
    assert body(smaller)[-1].strip() == left


def test_what_is_needed_stays(test_of, body):
    written = "parse('').to_string()"
    smaller = refine.reduce(test_of(RAISING.format(written)), lambda one: "to_string" in one.code)
    assert body(smaller)[-1].strip() == written
