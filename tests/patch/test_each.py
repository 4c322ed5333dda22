from __future__ import annotations

from pytest_enrich import patch


def test_several_tests_go_in_as_one_after_the_other(fakes):
    first = fakes.candidate("def test_a():\n    assert discount(1) == 1\n")
    second = fakes.candidate("def test_b():\n    assert discount(2) == 2\n")
    one_by_one = patch.insert(patch.insert(fakes.TEST_TEXT, first), second)
    assert patch.insert_each(fakes.TEST_TEXT, [first, second]) == one_by_one


def test_what_was_put_into_a_text_is_not_in_it_the_next_time(fakes):
    first = fakes.candidate("def test_a():\n    assert discount(1) == 1\n")
    once = patch.insert(fakes.TEST_TEXT, first)
    assert patch.insert(fakes.TEST_TEXT, first) == once
    assert "test_a" not in fakes.TEST_TEXT
