import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich.commands.review import screen
from pytest_enrich.commands.review.console import (
    BUG,
    EDITED,
    MAIN,
    REASONS,
    STALE,
    key_legend,
    painted,
    pressed,
    rejection,
    typed,
    wants_colour,
)
from pytest_enrich.commands.review.screen import Size, View, compose, share, view_of
from pytest_enrich.commands.review.sitting import Sitting
from pytest_enrich.reporters.words import columns


class Views(list):
    """Hypothesis says what it was given, and these are long."""

    def __repr__(self):
        return "views"


@pytest.fixture(scope="module")
def views(made):
    from pytest_enrich.store import Store

    store = Store(made / "enrich-suggestions", made)
    order = tuple(one.id for one in store.pending())
    return Views(view_of(store, one, Sitting(order=order, at=at)) for at, one in enumerate(store.pending()))


@settings(max_examples=30, deadline=None)
@given(index=st.integers(0, 11), wide=st.integers(60, 200), high=st.integers(20, 60), told=st.integers(0, 2))
def test_it_fits_any_terminal_and_has_all_that_a_decision_needs(views, index, wide, high, told):
    seen = replace(views[index], told=("done " * 40,) * told)
    size = Size(wide, high)
    legend = key_legend(MAIN, size)
    lines = [*compose(seen, size, len(legend)), *legend]
    assert len(lines) < high  # the prompt has the last row
    assert max(map(columns, lines)) < wide
    assert lines[told].startswith(f" {seen.number}/{seen.total}  ")
    for start in ("gap   ", "!", "into  ", "  + ", "look  ", "a accept"):
        assert any(line.startswith(start) for line in lines), start


def test_without_an_end_of_rows_nothing_is_left_out(views):
    for seen in views:
        lines = compose(seen, Size(80))
        assert not any(line.endswith("d shows all") for line in lines)
        assert sum(line.startswith("  + ") for line in lines) == sum(one.startswith("  + ") for one in seen.change)


def test_no_assertion_is_cut(views):
    line = "  +     assert parse_sku('a long text') == " + ", ".join(f"'part {number}'" for number in range(20))
    lines = compose(replace(views[0], change=("  + def test_it():", line)), Size(80))
    start = next(at for at, one in enumerate(lines) if one.startswith("  +     assert"))
    end = next(at for at, one in enumerate(lines) if "'part 19'" in one)
    assert "".join("".join(lines[start : end + 1]).split()) == "".join(line.split())
    assert all(one.startswith(" " * 12) for one in lines[start + 1 : end + 1])
    assert max(map(columns, lines)) < 80


def test_what_would_act_on_a_terminal_is_made_visible(views):
    evil = "\x1b[2J\u202e"
    one = views[0].suggestion
    near = replace(one.proof.nearest_test or views[1].suggestion.proof.nearest_test, code=evil, nodeid=evil)
    bad = replace(
        one,
        title=evil,
        look=evil,
        gap=replace(one.gap, qualname=evil, path=evil),
        target=replace(one.target, anchor=evil),
        proof=replace(one.proof, nearest_test=near),
    )
    for size in (Size(80, 24), Size(80)):
        text = "\n".join(compose(replace(views[0], suggestion=bad, told=(evil,)), size))
        assert text.replace("\n", "").isprintable()


def test_a_stale_one_says_so_in_place_of_its_source(views):
    lines = compose(replace(views[0], stale=True, function=()), Size(80, 24))
    assert any("changed since this was made. v checks again" in line for line in lines)


@given(room=st.integers(6, 60), source=st.integers(0, 200), change=st.integers(1, 200))
def test_source_and_test_share_the_room_and_leave_none_free_that_is_needed(room, source, change):
    ours, theirs = share(room, source, change)
    assert 0 <= ours <= source
    assert 1 <= theirs <= change
    assert ours + theirs == min(room, source + change)


def test_a_key_is_a_key_and_a_word_may_be_begun():
    assert pressed("a", MAIN) == "accept"
    assert pressed("\r", MAIN) == ""
    assert typed("rej", MAIN) == "reject"
    assert typed("A", MAIN) == "all-strong"
    assert typed("ACCEPT", MAIN) == "accept"
    assert typed("", MAIN) == ""
    assert typed("never", REASONS) == "never"
    assert typed("accept everything", MAIN) == ""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("wrong", ("wrong", "idea")),
        ("never", ("other", "gap")),
        ("never-file", ("other", "file")),
        ("none", ("other", "idea")),
    ],
)
def test_what_a_reason_notes(word, expected):
    assert rejection(word) == expected


def test_every_key_is_used_once():
    for choices in (MAIN, STALE, BUG, REASONS, EDITED):
        assert len({one.key for one in choices}) == len(choices) == len({one.word for one in choices})


def test_the_keys_of_the_usual_screen_take_two_lines():
    assert [columns(line) <= 79 for line in key_legend(MAIN, Size(80))] == [True, True]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_colours_are_there_unless_somebody_minds(environ, expected):
    assert wants_colour(environ) is expected


def test_colours_change_nothing_but_colour(views):
    for line in [*compose(views[0], Size(80, 24)), *key_legend(MAIN, Size(80, 24))]:
        assert re.sub(r"\x1b\[\d+m", "", painted(line)) == line


def test_a_heading_keeps_its_id_however_narrow(views):
    seen: View = replace(views[0], suggestion=replace(views[0].suggestion, title="x" * 300))
    assert seen.suggestion.id in screen.heading(seen, 59)
    assert columns(screen.heading(seen, 59)) <= 59


def test_the_help_is_narrow_and_names_every_key():
    assert max(map(columns, screen.HELP)) < 70
    assert {one.key for one in (*MAIN, *BUG)} - {"?"} <= set("\n".join(screen.HELP))


def test_where_rows_are_few_one_line_of_keys_names_the_way_to_the_others():
    (line,) = key_legend(MAIN, Size(60, 20))
    assert line.startswith("a accept  e edit  r reject  s skip")
    assert line.endswith("  ? all keys")
    assert columns(line) < 60
