from __future__ import annotations

import pytest

from pytest_enrich.payload import rules


@pytest.fixture
def registered(monkeypatch):
    """Registers a rule under a name, with others left out."""
    monkeypatch.setattr(rules, "NAMES", set())

    def register(name, *left_out):
        monkeypatch.setattr(rules, "LEFT_OUT", frozenset(left_out))

        @rules.rule(name)
        def twice(value):
            yield from (value, value)

        return twice

    return register


def test_a_rule_proposes_what_it_did_before(registered):
    assert list(registered("twice", "thrice")(2)) == [2, 2]


def test_a_rule_that_is_left_out_proposes_nothing_whatever_it_is_asked(registered):
    silent = registered("twice", "twice")
    assert list(silent(2)) == list(silent(2, more=3)) == []


def test_all_rules_are_known_by_name_also_those_left_out(registered):
    registered("once")
    registered("twice", "twice")
    assert {"once", "twice"} == rules.NAMES
