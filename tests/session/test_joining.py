"""Small methods of a class are worked on together."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Entry, NearTest, Placement
from pytest_enrich.session.walker import MOST, joined


@pytest.fixture
def method(fakes):
    """The target of a method that no test runs, on one line."""

    def method(name, line=1, *, owner="Cart", branches=(), **changes):
        qualname = f"{owner}.{name}"
        gap = fakes.gap(f"cart-{owner}{name}", line, qualname=qualname, branches=branches)
        entry = Entry(qualname=qualname, kind="method")
        place = {"first_line": line, "last_line": line + 1, "kind": "method", "digest": name, "entries": (entry,)}
        return replace(fakes.target(gap), qualname=qualname, **{**place, **changes})

    return method


def test_methods_of_one_class_that_no_test_runs_are_one_target_in_the_place_of_the_first(fakes, method):
    near = NearTest(nodeid="tests/test_cart.py::test_a", shared=1)
    first, second = (
        method("a", 1, nearest=(near,), neighbours=("Cart.b", "total")),
        method("b", 5, nearest=(near,)),
    )
    other = fakes.target(fakes.gap("cart-other", 20))

    whole, last = joined([first, other, second])

    assert last == other
    assert (whole.qualname, whole.first_line, whole.last_line) == ("Cart", 1, 6)
    assert [gap.id for gap in whole.gaps] == ["cart-Carta", "cart-Cartb"]
    assert [entry.qualname for entry in whole.entries] == ["Cart.a", "Cart.b"]
    assert (whole.neighbours, whole.nearest, whole.parts) == (("total",), (near,), (first, second))


def test_of_a_gap_the_one_function_is_known(method):
    first, second = method("a"), method("b", 5)
    (whole,) = joined([first, second])
    assert whole.part_of("cart-Cartb") == second
    assert whole.part_of("cart-elsewhere") == whole
    assert second.part_of("cart-Cartb") == second


@pytest.mark.parametrize(
    "other",
    [
        {"owner": "Shelf"},
        {"branches": ((5, 6), (6, 7))},
        {"last_line": 40},
        {"kind": "function"},
        {"placement": Placement(path="tests/test_other.py")},
        {"placement": Placement(path="tests/test_cart.py", owner="TestCart", style="method")},
    ],
)
def test_what_is_not_small_or_belongs_elsewhere_stays_alone(method, other):
    targets = [method("a"), method("b", 5, **other)]
    assert joined(targets) == targets


def test_so_many_are_joined_that_one_short_test_can_state_them(method):
    names = "abcdef"
    first, second = joined(method(name, at) for at, name in enumerate(names))
    assert (len(first.parts), len(second.parts)) == (MOST, len(names) - MOST)


def test_a_method_in_which_one_decision_is_open_is_small(method):
    (whole,) = joined([method("a"), method("b", 5, branches=((5, 6), (5, 7)))])
    assert [gap.qualname for gap in whole.gaps] == ["Cart.a", "Cart.b"]


def test_a_function_and_those_that_it_holds_are_one_target_in_the_place_of_the_first(fakes, method):
    outer = method("any", 10, last_line=40, branches=((10, 11), (12, 13), (14, 15)))
    inner = inside(fakes, outer, "Cart.any.check", 12)
    deepest = inside(fakes, outer, "Cart.any.check.one", 14)
    before, after, elsewhere = (
        method("a", last_line=30),
        method("z", last_line=30),
        replace(inner, path="other.py"),
    )

    first, whole, *rest = joined([before, inner, after, outer, elsewhere, deepest])

    assert (first, rest) == (before, [after, elsewhere])
    assert (whole.qualname, whole.first_line, whole.last_line, whole.source) == ("Cart.any", 10, 40, outer.source)
    assert [gap.line for gap in whole.gaps] == [10, 12, 14]
    assert whole.parts == (outer, inner, deepest)
    assert whole.part_of(inner.gaps[0].id) == inner


def test_of_functions_alone_nothing_is_known_of_the_one_that_holds_them(fakes, method):
    outer = method("any", 10, last_line=40)
    inner = [inside(fakes, outer, "Cart.any.check", 12), inside(fakes, outer, "Cart.any.check", 20)]
    assert joined(inner) == inner


def inside(fakes, outer, qualname, line):
    """The target of a function that `outer` holds."""
    gap = fakes.gap(f"cart-{line}", line, qualname=qualname)
    return replace(outer, qualname=qualname, kind="nested", gaps=(gap,), conditions=((),), digest=f"{line}")
