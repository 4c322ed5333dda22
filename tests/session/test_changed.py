"""A run that is limited to changed lines, and what it tells apart of what waited before."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich import gaps, patch
from pytest_enrich.data import Attempt, Changes, Kept, NewTest, Origin, Placement
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.session import scope, summary
from pytest_enrich.session.summary import render_gaps

CART = "src/shop/cart.py"
MADE = MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7")


@pytest.fixture
def since(settings, store, measured):
    """The gaps of a run since `main`, when these lines of the source changed."""

    def since(*lines, **more):
        changes = Changes(since="main", base="a1b2", lines={CART: lines} if lines else {})
        return scope.find(replace(settings, changes=changes), measured(**more), store)

    return since


def test_only_gaps_in_changed_lines_are_worked_on(since):
    found = since(4, 12)
    assert [gap.qualname for gap in found.open] == ["parse_sku"]
    assert [one.gap.qualname for one in found.ranked] == ["parse_sku"]
    part = found.changed
    assert (part.since, part.base) == ("main", "a1b2")
    assert (part.paths, part.files, part.lines, part.missing) == (1, 1, 1, 1)


def test_a_limit_by_name_and_one_by_change_both_hold(settings, store, measured):
    changes = Changes(since="main", lines={CART: (4, 10)})
    limited = replace(settings, changes=changes, only=(f"{CART}::discount",))
    assert [gap.qualname for gap in scope.find(limited, measured(), store).open] == ["discount"]


def test_covered_changes_leave_nothing_to_do_and_the_list_says_why(since):
    found = since(2, 5)
    assert found.open == ()
    assert render_gaps(found.ranked, found.changed) == (
        "2 changed lines since main: all covered. Nothing to list."
    )


def test_the_run_names_what_it_was_compared_with(since, settings):
    found = since()
    made = summary.of_nothing(replace(settings, changes=Changes(since="main")), found, 0.0)
    assert made.options["since"] == "main"
    assert (made.changed.since, made.changed.lines) == ("main", 0)


def suggest(store, gap):
    """A suggestion for this gap, waiting."""
    test = NewTest(
        name="test_new",
        code="def test_new():\n    pass\n",
        imports=(),
        placement=Placement(path="tests/test_cart.py", anchor="test_parts"),
        title="new",
        look="?",
        oracle=(),
        origin=Origin(proposer="search"),
        gaps=(gap.id,),
    )
    kept = Kept(gaps=(gap.id,), lines=gap.lines, branches=gap.branches, runs=("alone",), seconds=0.001)
    attempt = Attempt(path=gap.path, qualname=gap.qualname, digest="d", candidate=test, verdict=kept)
    text = (store.rootdir / "tests/test_cart.py").read_text()
    one = patch.suggest(attempt, gap, (), text, made=MADE, isolation="rlimits-only")
    store.save(one, patch.render_patch(one, text), patch.render_module(one, text))


def test_what_waited_is_known_closed_or_stale(since, settings, store):
    first = {gap.qualname: gap for gap in since(*range(1, 20)).open}
    for gap in first.values():
        suggest(store, gap)
    source = settings.rootdir / CART
    source.write_text(source.read_text().replace("if not sep:", "if not head:"), encoding="utf-8")
    assert list(gaps.identify(CART, source.read_text()))
    made = summary.of_nothing(settings, since(4, test_negative=[(-8, 9), (9, 10), (10, -8)]), 0.0)
    assert (made.known, made.closed, made.stale) == (
        (first["Cart.size"].id,),
        (first["discount"].id,),
        (first["parse_sku"].id,),
    )
    assert made.waiting == 1
