from __future__ import annotations

import pytest

from pytest_enrich import refine


def test_a_docstring_stands_above_the_body_and_moves_what_is_said_of_its_lines(test_of):
    test = test_of(
        """
        def test_a():
            x = f(1)
            assert x == 2
        """
    )
    made = refine.documented(test, "It is so.")
    assert made.code == 'def test_a():\n    """It is so."""\n    x = f(1)\n    assert x == 2\n'
    assert [one.line for one in made.oracle] == [4]


@pytest.mark.parametrize(
    "code", ['def test_a():\n    """Own."""\n    assert f(1)\n', "def test_a(): assert f(1)\n"]
)
def test_a_test_that_has_one_or_no_room_for_it_stays(test_of, code):
    assert refine.documented(test_of(code), "It is so.").code == code
