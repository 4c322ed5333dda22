"""Pages that are longer than the screen, and possible bugs on one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich.commands.review import screen
from pytest_enrich.commands.review.console import BUG, ESCAPED, key_legend
from pytest_enrich.commands.review.screen import Size, View
from pytest_enrich.commands.review.sitting import END, Sitting
from pytest_enrich.data import SourceLine
from pytest_enrich.reporters.words import columns
from tests.commands.review.test_loop import hold

ROWS = st.lists(st.text("abc=漢", max_size=200).map(lambda text: f"{text}."), max_size=60)


@settings(max_examples=30, deadline=None)
@given(page=ROWS, told=st.lists(st.just(" done"), max_size=2), wide=st.integers(40, 120), high=st.integers(12, 50))
def test_the_parts_of_a_page_fit_and_are_all_of_it(page, told, wide, high):
    size, sitting = Size(wide, high), Sitting(order=("a",), page=tuple(page), told=tuple(told))
    seen, following = [], 1
    while following:
        lines, following = screen.part(sitting, size, ["a accept"])
        assert len(lines) < high
        assert max(map(columns, lines)) < wide
        seen += [line for line in lines[len(told) : -1] if not line.startswith("-- lines ")]
        sitting = replace(sitting, first=following)
    assert "".join(seen) == "".join(page)


def test_the_end_of_a_page_begins_as_late_as_it_can():
    sitting = Sitting(order=("a",), page=tuple(map(str, range(50))), first=END)
    lines, following = screen.part(sitting, Size(80, 12), ["a accept"])
    assert (lines[-3], following, len(lines)) == ("49", 0, 11)


def test_the_end_of_a_line_that_is_drawn_is_no_row():
    page = (f"{'=' * 90}", f"{'_' * 30} test_a {'_' * 50}")
    lines, _ = screen.part(Sitting(order=("a",), page=page), Size(80, 24), [])
    assert len(lines) == 2


@pytest.mark.usefixtures("no_dash")
def test_space_shows_more_of_a_page_and_escape_leaves_it(project):
    lines = "\n".join(f"    assert parse_sku  # {number}" for number in range(60))
    project.suggest("discount", 9, f"def test_long():\n{lines}\n", anchor="test_discount")
    reader, _ = hold(project, "next", "diff", "more", "more", ESCAPED)
    first, second, third, left = reader.screens[-4:]
    assert "-- lines 1 to 22 of" in first
    assert ("# 20\n" in first, "# 20\n" in second) == (False, True)
    assert "# 40\n" in third
    assert "look  is this value meant?" in left


@pytest.fixture(scope="module")
def bug(fakes):
    one = fakes.bug()
    function = [SourceLine(number=number, text=f"    line {number}") for number in range(1, 40)]
    return View(number=11, total=12, suggestion=one, function=tuple(function), change=("  def test_a():",))


@settings(max_examples=30, deadline=None)
@given(wide=st.integers(60, 200), high=st.integers(20, 60), times=st.integers(1, 40), told=st.integers(0, 2))
def test_a_possible_bug_fits_any_terminal_with_what_is_said_and_what_is_done(bug, wide, high, times, told):
    broken = replace(bug.suggestion.contradiction, contract=bug.suggestion.contradiction.contract * times)
    longer = replace(bug.suggestion, broken=broken)
    change = ("  def test_a():", *["      assert 1"] * times)
    size = Size(wide, high)
    legend = key_legend(BUG, size)
    seen = replace(bug, suggestion=longer, change=change, told=("done " * 40,) * told)
    lines = [*screen.compose(seen, size, len(legend)), *legend]
    assert len(lines) < high
    assert max(map(columns, lines)) < wide
    assert lines[told].startswith(" 11/12  POSSIBLE BUG  ")
    for start in ("says  ", "does  ", "test  ", "  ", "look  ", "x "):
        assert any(line.startswith(start) for line in lines), start


def test_a_possible_bug_that_would_act_on_a_terminal_is_made_visible(bug, fakes):
    evil = "\x1b[2J\u202e"
    function = (SourceLine(number=1, text=evil),)
    seen = replace(
        bug,
        suggestion=replace(fakes.spoiled(bug.suggestion, evil), id=bug.suggestion.id),
        function=function,
        told=(evil,),
    )
    for size in (Size(80, 24), Size(80)):
        assert "".join(screen.compose(seen, size)).isprintable()
