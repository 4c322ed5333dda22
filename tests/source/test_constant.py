from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("line", "literal"),
    [
        ("if x == 'SAVE10':", "'SAVE10'"),
        ("if -3 < x:", "-3"),
        ("if x in ('a', 'b'):", "'b'"),
        ("if x in {'k': 1}:", "'k'"),
        ("if x in frozenset({7, 8}):", "8"),
        ("if x.startswith(('<', '>')):", "'>'"),
        ("if x.endswith('.csv'):", "'.csv'"),
        ("if x['kind']:", "'kind'"),
        ("if x.get('rate'):", "'rate'"),
        ("if x > LIMIT:", "1000"),
        ("if x in NAMES:", "'ann'"),
        ("if RATES[x]:", "'low'"),
        ("if RATES.get(x, 0):", "'low'"),
        ("if x > Shop.MOST:", "99"),
        ("if x == b'z':", "b'z'"),
        ("if x % 15:", "15"),
        ("if x is None:", "None"),
    ],
)
def test_what_a_function_compares_with_is_a_constant(target, line, literal):
    named = "LIMIT = 1_000\nNAMES = ['ann']\nRATES = {'low': f}\nclass Shop:\n    MOST = 99\n"
    text = f"{named}def f(x):\n    {line}\n        return 1\n"
    assert literal in target(text, ("f", line)).constants[:3]


def test_patterns_are_compared_with(target):
    text = "def f(x):\n    match x:\n        case 5 | {'key': -2}:\n            return 1\n"
    assert target(text, ("f", "return 1")).constants == ("5", "'key'", "-2")


def test_own_comparisons_come_before_callees_defaults_and_the_modules(target):
    text = """\
        NAME = 'module'
        def f(x='default'):
            if g(x) == 'own':
                return 1
        def g(x):
            return x == 'callee'
        """
    assert target(text, ("f", "return 1")).constants == ("'own'", "'callee'", "'default'", "'module'")


def test_what_stands_on_the_way_to_the_gap_comes_first(target):
    text = """\
        def f(x):
            if x == 1:
                x = 0
            if x == 2:
                if x.y:
                    return 1
        """
    assert target(text, ("f", "if x.y:")).constants == ("2", "1")


@pytest.mark.parametrize("line", ["__all__ = ['f']", "TYPE_CHECKING = False", "x = 1e400", f"x = {'a' * 300!r}"])
def test_what_no_input_is_ever_like_is_no_constant(target, line):
    assert target(f"{line}\ndef f(x):\n    return x\n", ("f", "return x")).constants == ()


def test_types_are_no_literals(target):
    text = "def f(x):\n    if isinstance(x, (int, str)):\n        return 1\n"
    assert target(text, ("f", "return 1")).constants == ()
