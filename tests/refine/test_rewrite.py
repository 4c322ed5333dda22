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


def test_the_texts_of_a_test_are_those_that_it_passes(test_of):
    test = test_of(
        """
        def test_a():
            with pytest.raises(ValueError, match="no"):
                f("a", [1, "b"], key={"c": g("d")})
            assert h("a") == "e"
            assert i() == Money("f")
        """
    )
    assert sorted(refine.texts(test)) == ["a", "b", "c", "d"]


def test_another_text_stands_wherever_the_old_one_stood(test_of):
    test = test_of(
        """
        def test_a():
            with pytest.raises(ValueError, match="unknown code: -7"):
                f("-7", "x-7")
        """,
        title='f: raises ValueError "unknown code: -7"',
    )
    made = refine.revalued(test, {"-7": "SPRING"})
    assert 'match="unknown code: SPRING"' in made.code
    assert 'f("SPRING", "x-7")' in made.code
    assert made.title == 'f: raises ValueError "unknown code: SPRING"'


def test_a_letter_is_replaced_only_where_it_is_the_whole_text(test_of):
    test = test_of("def test_a():\n    assert f('a') == 'a cat'\n", title="f: gives 'a cat' for 'a'")
    made = refine.revalued(test, {"a": "Rome"})
    assert made.code == "def test_a():\n    assert f(\"Rome\") == 'a cat'\n"
    assert made.title == "f: gives 'a cat' for 'Rome'"


def test_pieces_of_an_f_string_stay(test_of):
    code = "def test_a():\n    assert f(f'-7{x}')\n"
    assert refine.revalued(test_of(code), {"-7": "SPRING"}).code == code
