"""A run that works on a part of the gaps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich import config
from pytest_enrich.data import Shard
from pytest_enrich.errors import UsageError
from pytest_enrich.session import scope, summary

THREE = [Shard(number, 3) for number in (1, 2, 3)]


@given(st.text(), st.text(), st.integers(1, 20))
def test_every_function_is_in_exactly_one_part(path, qualname, of):
    assert sum(Shard(number, of).holds(path, qualname) for number in range(1, of + 1)) == 1


def test_parts_are_the_same_on_every_machine():
    names = ("total", "discount", "refund", "tax")
    assert [name for name in names if Shard(2, 4).holds("src/shop/cart.py", name)] == ["refund"]


@pytest.mark.parametrize("text", ["1/1", " 2/4 ", "04/4", "1/9999"])
def test_a_part_is_written_as_its_number_and_how_many_there_are(text):
    assert config.shard(text).number <= config.shard(text).of


@pytest.mark.parametrize("text", ["", "0/4", "5/4", "1", "1/0", "1/2/3", "-1/4", "a", "1/10000", "1/\u0662"])
def test_another_text_is_refused_with_what_is_accepted(text):
    with pytest.raises(UsageError, match="accepted is K/N, such as 1/4"):
        config.shard(text)


def test_the_parts_are_all_gaps_and_none_twice(settings, measured, store):
    whole = scope.find(settings, measured(), store)
    parts = [scope.find(replace(settings, shard=shard), measured(), store) for shard in THREE]
    assert sorted(gap.id for part in parts for gap in part.own) == sorted(gap.id for gap in whole.own)
    assert {part.open for part in parts} == {whole.open}


def test_a_part_counts_its_own_gaps_only(settings, measured, store):
    changed = [replace(settings, shard=shard) for shard in THREE]
    made = [summary.of_nothing(one, scope.find(one, measured(), store), 0.0) for one in changed]
    assert sum(one.gaps["not tried"] for one in made) == 3
    assert [one.options["shard"] for one in made] == ["1/3", "2/3", "3/3"]
