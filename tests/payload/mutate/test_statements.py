"""A statement compiled by itself is what it is in its file."""

from __future__ import annotations

import pytest

from pytest_enrich.payload.mutate.swap import Statements, _key, changed, differences

SOURCE = '''\
"""Prices."""

from __future__ import annotations

import functools

def é(x: "é" = 1): return x  # é

class Cart:
    limit = 3

    @functools.cache
    def total(self, size: int = 2) -> Unknown:
        def inner(one):
            return one + 1

        return inner(size) * super().__hash__()

    def also(self): return 1
    def both(self): return 2


@functools.cache
@functools.wraps(print)
def after(name):
    """Says it.

    Twice."""
    return [name for _ in range(2)]

one = 1; two = lambda: 2; three = lambda: 3
if one: \
    four = lambda: 4
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return x", "return -x"),
        ("one + 1", "one - 1"),
        ("inner(size) *", "inner(size) +"),
        ("return 2", "return 3"),
        ("range(2)", "range(3)"),
        ("Twice", "Once"),
        ("int = 2", "int = 3"),
        ("limit = 3", "limit = 4"),
        ("wraps(print)", "wraps(len)"),
        ("lambda: 2", "lambda: 9"),
        ("lambda: 4", "lambda: 5"),
        ("range(2)", "range( 2)"),
    ],
)
def test_the_functions_that_differ_are_those_of_the_whole_file(old, new):
    mutant = {"start": SOURCE.index(old), "end": SOURCE.index(old) + len(old), "replacement": new}
    loaded = compile(SOURCE, "shop.py", "exec")
    whole = differences(loaded, compile(changed(SOURCE, mutant), "shop.py", "exec"))

    found = Statements(SOURCE, "shop.py", loaded).pairs(mutant)

    assert (found is None) is (whole is None)
    for (own, made), (expected, other) in zip(found or [], whole or [], strict=True):
        assert own is expected
        assert (_key(made), made.co_firstlineno, [*made.co_lines()]) == (
            _key(other),
            other.co_firstlineno,
            [*other.co_lines()],
        )
