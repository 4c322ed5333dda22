"""What is said anew of a mock's calls and of an exception's message."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Vary
from tests.proposers.rows.conftest import variant

TOLD = """
    from unittest.mock import Mock

    from shop.cart import discount


    def test_discount():
        load = Mock()
        discount(3, load)
        load.rate.{told}
    """


@pytest.mark.parametrize(
    ("told", "seen", "written"),
    [
        (
            "assert_called_once_with('eur', by=3)",
            "call('usd', by=4)",
            "load.rate.assert_called_once_with('usd', by=4)",
        ),
        ("assert_called_with()", "call(4)", "load.rate.assert_called_with(4)"),
        ("assert_called_once_with('eur')", "None", "load.rate.assert_not_called()"),
        ("assert_called_once()", "None", "load.rate.assert_not_called()"),
        ("assert_not_called()", "call('usd')", "load.rate.assert_called_once_with('usd')"),
        ("assert_awaited_once_with(3)", "None", "load.rate.assert_not_awaited()"),
        ("assert_called_once()", "call('usd')", "load.rate.assert_called_once()"),
    ],
)
def test_it_is_said_how_a_stand_in_is_called_now(rows, told, seen, written):
    (made,), sandbox = rows(TOLD.format(told=told), variant("-1", seen=(seen,)))
    (pattern,) = sandbox.asked(Vary)[0].patterns
    assert (pattern.holes[0].values, [one.form for one in pattern.points]) == (("3",), ["called"])
    assert made.code.splitlines()[1:] == ["    load = Mock()", "    discount(-1, load)", f"    {written}"]
    said = "no call" if seen == "None" else seen
    assert made.title == f"discount: makes {said} for negative total"
    assert [(one.line, one.what) for one in made.oracle] == [(4, said)]


@pytest.mark.parametrize("seen", ["", "call(Mock())", "call('a' * 3)"])
def test_of_calls_with_what_nobody_would_write_nothing_is_said(rows, seen):
    assert rows(TOLD.format(told="assert_called_once_with(3)"), variant("-1", seen=(seen,)))[0] == []


def test_calls_with_whatever_comes_are_left_alone(rows):
    _, sandbox = rows(TOLD.format(told="assert_called_once_with(*known)"))
    assert sandbox.asked(Vary)[0].patterns[0].points == ()


TEST = """
    import pytest

    from shop.cart import discount


    def test_discount():
        with {block}:
            discount("a")
    """
METHOD = """
    import unittest

    from shop.cart import discount


    class TestCart(unittest.TestCase):
        def test_discount(self):
            with {block}:
                discount("a")
    """


@pytest.mark.parametrize(
    ("block", "written"),
    [
        ("pytest.raises(ValueError)", 'pytest.raises(ValueError, match="no total")'),
        ('pytest.raises(ValueError, match="old")', 'pytest.raises(ValueError, match="no total")'),
        ("pytest.raises(errors.Refused), lock", 'pytest.raises(errors.Refused, match="no total"), lock'),
    ],
)
def test_the_message_of_now_is_matched(rows, block, written):
    (made,), sandbox = rows(TEST.format(block=block), variant("''", seen=("'no total'",)))
    (point,) = sandbox.asked(Vary)[0].patterns[0].points
    assert point.form == "message"
    assert made.code.splitlines()[1:] == [f"    with {written}:", "        discount('')"]
    (oracle,) = made.oracle
    assert (oracle.line, oracle.source) == (2, "raises")
    assert "'no total'" in made.title


@pytest.mark.parametrize("block", ["self.assertRaises(ValueError)", 'self.assertRaisesRegex(ValueError, "old")'])
def test_so_it_is_in_a_test_case(rows, block):
    text = METHOD.format(block=block)
    (made,), _ = rows(text, variant("''", seen=("'no (total)'",)), names=("TestCart::test_discount",))
    assert made.code.splitlines()[1:] == [
        '    with self.assertRaisesRegex(ValueError, r"no \\(total\\)"):',
        "        discount('')",
    ]


def test_of_no_message_nothing_is_said(rows):
    text = TEST.format(block='pytest.raises(ValueError, match="old")')
    (made,), _ = rows(text, variant("''", seen=("''",)))
    assert made.code.splitlines()[1] == "    with pytest.raises(ValueError):"


@pytest.mark.parametrize(
    "block", ["pytest.raises(ValueError) as told", "pytest.raises(expected(3))", "pytest.warns(UserWarning)"]
)
def test_what_is_looked_at_afterwards_or_is_no_plain_class_is_left_to_the_test(rows, block):
    _, sandbox = rows(TEST.format(block=block))
    assert [one.points for job in sandbox.asked(Vary) for one in job.patterns] == [()]


def test_a_message_that_is_no_text_is_not_believed(rows):
    made, _ = rows(TEST.format(block="pytest.raises(ValueError)"), variant("''", seen=("leave()",)))
    assert made == []


def test_a_result_that_has_a_name_is_expected_by_it(rows):
    text = """
        from shop.cart import discount


        def test_discount():
            assert discount(3) == 2
        """
    (made,), _ = rows(text, variant("-1", seen=("⟨shop.cart:NOTHING⟩",)))
    assert made.code.splitlines()[1:] == ["    assert discount(-1) == NOTHING"]
    assert made.imports == ("from shop.cart import NOTHING",)


def test_what_stands_in_a_variable_is_known_by_the_parameter_that_gets_it(rows, fakes):
    text = """
        from shop.cart import discount


        def test_discount():
            price = [3]
            assert discount(price) == 2
        """
    (made,), _ = rows(text, variant("[]", seen=("0",)), gaps=(fakes.gap(text="if not total:"),))
    assert made.name == "test_discount_empty_list_is_zero"


INEXACT = """
    {}


    def test_discount():
        assert discount(10) == 0.5
    """


def test_an_inexact_number_is_nearly_expected(rows):
    text = INEXACT.format("from shop.cart import discount")
    (candidate,), _ = rows(text, variant(seen=("0.27777777777777777",), values=((0, "9"),)))
    assert candidate.code.splitlines()[-1] == "    assert discount(9) == pytest.approx(0.2777778)"
    assert candidate.imports == ("import pytest",)


@pytest.mark.parametrize(
    ("method", "seen", "written"),
    [
        ("assertEqual(discount(10), 0.5)", "0.25", "assertEqual(discount(9), 0.25)"),
        ("assertEqual(discount(10), 0.5)", "0.27777777777777777", "assertAlmostEqual(discount(9), 0.27777778)"),
        (
            "assertAlmostEqual(discount(10), 0.5)",
            "0.27777777777777777",
            "assertAlmostEqual(discount(9), 0.27777778)",
        ),
        (
            "assertAlmostEqual(discount(10), 0.5, places=3)",
            "0.25",
            "assertAlmostEqual(discount(9), 0.25, places=3)",
        ),
    ],
)
def test_in_a_test_case_an_inexact_number_is_almost_expected(rows, method, seen, written):
    text = f"""
    import unittest

    from shop.cart import discount


    class TestCart(unittest.TestCase):
        def test_discount(self):
            self.{method}
    """
    names = ("TestCart::test_discount",)
    (candidate,), _ = rows(text, variant(seen=(seen,), values=((0, "9"),)), names=names)
    assert candidate.code.splitlines()[-1].strip() == f"self.{written}"
