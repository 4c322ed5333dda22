"""A `@given` test against a mutant: whether it fails, not with what."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pytest_enrich.payload.mutate.tests import without_words

MOST_AFTERWARDS = 2
"""The failing example is run again to see whether it fails each time."""


def failing(seen, **options):
    @settings(database=None, derandomize=True, **options)
    @given(st.lists(st.integers()))
    def test(numbers):
        seen.append(sum(numbers) > 100)
        assert not seen[-1]

    return test


def after_failure(test, seen):
    with pytest.raises(AssertionError):
        test()
    return len(seen) - seen.index(True) - 1


def test_a_failing_example_is_not_made_small():
    seen = []
    test = failing(seen)
    without_words([SimpleNamespace(nodeid="test", obj=test)], "")
    assert after_failure(test, seen) <= MOST_AFTERWARDS


def test_otherwise_it_would_be():
    seen = []
    assert after_failure(failing(seen), seen) > MOST_AFTERWARDS


def test_a_method_and_what_else_was_set_are_understood():
    class Tests:
        test = failing([], max_examples=7, phases=[Phase.generate, Phase.shrink])

    items = [
        SimpleNamespace(nodeid="a", obj=Tests().test),
        SimpleNamespace(nodeid="b", obj=len),
        SimpleNamespace(nodeid="c"),
    ]
    without_words(items, "")
    known = Tests.test._hypothesis_internal_use_settings
    assert (known.max_examples, known.phases) == (7, (Phase.generate,))
