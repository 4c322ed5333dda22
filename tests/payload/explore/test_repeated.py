"""The few calls of a search that others repeat."""

from __future__ import annotations

import itertools

from pytest_enrich.payload.explore.calls import Call
from pytest_enrich.payload.explore.corpus import MOST, Corpus, written
from pytest_enrich.payload.explore.entry import Entry
from pytest_enrich.payload.explore.run import Outcome


def call(value):
    return Call("price", (("total", value),))


def way(*lines, **ended):
    return Outcome(branches=frozenset(itertools.pairwise(lines)), **ended)


def test_of_each_way_through_the_code_the_smallest_call_is_kept():
    corpus = Corpus()
    corpus.add(call("'long enough'"), way(1, 2, 3))
    corpus.add(call("'a'"), way(1, 2, 3))
    corpus.add(call("'b'"), way(1, 4))
    assert corpus.chosen([], []) == [call("'a'"), call("'b'")]


def test_a_call_that_ends_in_another_way_is_kept_beside_it():
    corpus = Corpus()
    ends = {"111": True, "1": True, "22": False, "3": None, "444": 7, "55": 0, "6": 8}
    for value, result in ends.items():
        corpus.add(call(value), way(1, 2, result=result))
    corpus.add(call("77"), way(1, 2, raised=ValueError()))
    assert corpus.chosen([], []) == [call(value) for value in ("1", "22", "3", "6", "55", "77")]


def test_what_was_found_comes_first_and_then_what_is_around_it():
    corpus = Corpus()
    corpus.add(call("1"), way(1, 2))
    assert corpus.chosen([call("7")], [call("8"), call("7")]) == [call("7"), call("8"), call("1")]


def test_they_are_few():
    corpus = Corpus()
    for at in range(2 * MOST):
        corpus.add(call(repr(at)), way(1, at))
    assert len(corpus.chosen([], [])) == MOST


def test_what_a_call_may_change_has_a_variable_of_its_own():
    entry = Entry("shop", "price", "function", ({"name": "total", "kind": "positional"},))
    (record,) = written([call("[1]")], {"price": entry})
    assert record == {"lines": ("total = [1]",), "action": "⟨shop:price⟩(total)", "expression": True, "call": None}
