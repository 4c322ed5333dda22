"""Tests that expect an exception, run with other values."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Sighting

SOURCE = """
    def check(text):
        if not text:
            raise ValueError("nothing to check")  # here
        if text == "deep":
            return int(text)  # here
        raise ValueError(f"{text} is bad")
    """
TESTS = """
    import unittest

    import pytest

    from sample import check


    def test_check():
        with pytest.raises(ValueError, match="bad"):
            check("a")


    class TestCheck(unittest.TestCase):
        def test_it(self):
            with self.assertRaisesRegex(ValueError, "bad"):
                check("b")
    """


@pytest.mark.parametrize(
    ("name", "block", "value"),
    [
        ("test_check", "pytest.raises(ValueError, match='bad')", "'a'"),
        ("TestCheck.test_it", "self.assertRaisesRegex(ValueError, 'bad')", "'b'"),
    ],
)
def test_another_message_of_the_same_class_is_seen_unless_it_is_an_accident(vary, written, name, block, value):
    tests = written(TESTS)
    at = tests.line(name.rpartition(".")[2])
    point = tests.point(block, block, "message", after=at)
    hole = tests.literal(value, after=at)
    answer = vary(SOURCE, tests, tests.pattern(name, hole, points=(point,)), constants=("'deep'",))
    found = {variant.values: variant.seen for variant in answer.variants}
    assert found == {((0, "''"),): (Sighting(point=0, value="'nothing to check'"),)}
