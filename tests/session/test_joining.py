"""A function is worked on with those that it holds."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Entry
from pytest_enrich.session.walker import joined


@pytest.fixture
def method(fakes):
    """The target of a method that no test runs, on one line."""

    def method(name, line=1, *, owner="Cart", branches=(), **changes):
        qualname = f"{owner}.{name}"
        gap = fakes.gap(f"cart-{owner}{name}", line, qualname=qualname, branches=branches)
        entry = Entry(qualname=qualname, kind="method")
        place = {"first_line": line, "kind": "method", "digest": name, "entries": (entry,)}
        return replace(fakes.target(gap), qualname=qualname, **{**place, **changes})

    return method


def test_a_function_and_those_that_it_holds_are_one_target_in_the_place_of_the_first(fakes, method):
    outer = method("any", 10, branches=((10, 11), (12, 13), (14, 15)))
    inner = inside(fakes, outer, "Cart.any.check", 12)
    deepest = inside(fakes, outer, "Cart.any.check.one", 14)
    before, after, elsewhere = (
        method("a"),
        method("z"),
        replace(inner, path="other.py"),
    )

    first, whole, *rest = joined([before, inner, after, outer, elsewhere, deepest])

    assert (first, rest) == (before, [after, elsewhere])
    assert (whole.qualname, whole.first_line, whole.source) == ("Cart.any", 10, outer.source)
    assert [gap.line for gap in whole.gaps] == [10, 12, 14]
    assert whole.parts == (outer, inner, deepest)
    assert whole.part_of(inner.gaps[0].id) == inner


def test_of_functions_alone_nothing_is_known_of_the_one_that_holds_them(fakes, method):
    outer = method("any", 10)
    inner = [inside(fakes, outer, "Cart.any.check", 12), inside(fakes, outer, "Cart.any.check", 20)]
    assert joined(inner) == inner


def inside(fakes, outer, qualname, line):
    """The target of a function that `outer` holds."""
    gap = fakes.gap(f"cart-{line}", line, qualname=qualname)
    return replace(outer, qualname=qualname, kind="nested", gaps=(gap,), conditions=((),), digest=f"{line}")
