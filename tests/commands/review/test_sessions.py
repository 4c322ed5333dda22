"""Whole sittings on a real terminal (tmux)."""

from __future__ import annotations

import os
import re
import signal
import sys

import pytest

from pytest_enrich.reporters.words import columns
from pytest_enrich.store import rejected

SIZES = [(80, 24), (120, 40), (60, 20)]


def shown_id(text):
    return re.search(r"^ +\d+/\d+ .* ([a-z]+-[a-z2-7]{8}) ", text, re.MULTILINE)[1]


def edited_by(tmp_path, old, new):
    """An editor that changes one thing."""
    path = tmp_path / "editor.py"
    lines = ["import pathlib, sys", "path = pathlib.Path(sys.argv[1])", "text = path.read_text()"]
    lines += [f"assert {old!r} in text and 'pytest-enrich: help' in text"]
    path.write_text("\n".join([*lines, f"path.write_text(text.replace({old!r}, {new!r}))"]))
    return f"{sys.executable} {path}"


def test_a_sitting_with_accept_reject_undo_skip_edit_quit_and_resume(shop, screen, tmp_path):
    before = shop.tests()
    editor = edited_by(tmp_path, "def test_", "def test_mine_")
    terminal = screen(VISUAL=editor)
    first = shown_id(terminal.wait("1/12"))
    terminal.press("a")
    terminal.wait(f"added to tests/test_{first.split('-')[0]}.py", "11 left", "2/12")
    assert shop.verbs() == [("accept", first)]

    second = shown_id(terminal.text())
    terminal.press("r")
    terminal.wait("why not", "w wrong expectation")
    terminal.press("t")
    third = shown_id(terminal.wait("noted in .enrich-rejected", "10 left", "3/12"))
    assert [(line.what, line.reason) for line in rejected.read(shop.root).lines] == [(second, "trivial")]

    terminal.press("u")
    terminal.wait(f"took back rejecting {second}", "2/12")
    assert rejected.read(shop.root).lines == ()
    terminal.press("s")
    terminal.wait("3/12")

    terminal.press("e")
    told = terminal.wait("your version:", "runs            yes", "covers the gap  yes", "a accept your version")
    assert re.search(r"kills mutants   (\d+) of \1 \(was \1 of \1\)", told)
    assert re.search(r"reruns          (\d) of \1", told)
    terminal.press("a")
    terminal.wait("test_mine_", "10 left", "4/12")
    terminal.press("q")
    ended = terminal.until("ended 0")
    assert "accepted 1   edited 1   rejected 0   skipped 1   left 10" in ended
    assert "continue:  pytest-enrich review" in ended
    assert shop.verbs()[-1] == ("accept", third)
    assert sum(content != before[name] for name, content in shop.tests().items()) in {1, 2}

    again = screen()
    assert shown_id(again.wait("1/10")) == second


def test_a_sitting_that_is_killed_loses_no_decision(shop, screen):
    terminal = screen()
    first = shown_id(terminal.wait("1/12"))
    terminal.press("r", "n")
    second = shown_id(terminal.wait("11 left", "2/12"))
    before = shop.tests()
    terminal.press("a")
    terminal.until(" with it ...")
    os.kill(terminal.child(), signal.SIGKILL)
    terminal.until("ended 137")

    again = screen()
    following = shown_id(again.wait("/1"))
    verbs = shop.verbs()
    assert verbs[0] == ("reject", first)
    assert first not in shop.waiting()
    if shop.tests() == before:
        assert following == second
    else:
        assert ("accept", second) in verbs
        assert second not in shop.waiting()


@pytest.mark.parametrize(("wide", "high"), SIZES)
def test_every_suggestion_fits_whatever_the_size(screen, wide, high):
    terminal = screen(columns=wide, rows=high)
    for number in range(1, 13):
        text = terminal.wait(f"{number}/12  ")
        lines = text.rstrip().splitlines()
        assert lines[0].startswith(f" {number}/12  ")
        assert len(lines) <= high
        assert max(map(columns, lines)) < wide
        assert any(line.startswith("!") for line in lines)
        assert any(line.startswith("  + ") for line in lines)
        assert not any(line.startswith("  + ") and line.endswith("...") for line in lines)
        assert any(line.startswith("look  ") for line in lines)
        terminal.press("j")
    terminal.wait("This is the last one")


def test_escape_leaves_a_question_that_wants_a_line(shop, screen):
    terminal = screen()
    terminal.wait("1/12")
    terminal.press("A")
    number = re.search(r"type (\d+):", terminal.until("? type "))[1]
    terminal.press(number, "Escape")
    assert "^[" not in terminal.wait("Nothing was accepted.")
    assert shop.verbs() == []

    terminal.press("/")
    terminal.press("p", "a", "Escape")
    assert "^[" not in terminal.wait("1/12")


def test_what_is_typed_in_a_line_can_be_corrected(screen):
    terminal = screen()
    terminal.wait("1/12")
    terminal.press("/", "x", "C-u", "zz", "BSpace", "BSpace", "ref", "\u5b57", "BSpace", "und", "Enter")
    assert "refund" in terminal.wait("refund").splitlines()[0]


def test_another_size_is_answered_with_another_screen(screen):
    terminal = screen(columns=120, rows=40)
    terminal.wait("1/12", "quit (all is saved)")
    terminal.resize(60, 20)
    lines = terminal.wait("? all keys").rstrip().splitlines()
    assert lines[0].startswith(" 1/12  ")
    assert len(lines) <= 20
    terminal.resize(100, 30)
    terminal.wait("quit (all is saved)", "1/12")


def test_ctrl_c_says_what_was_done(shop, screen):
    terminal = screen()
    terminal.wait("1/12")
    terminal.press("r", "d")
    terminal.wait("11 left")
    terminal.press("C-c")
    assert "accepted 0   edited 0   rejected 1   skipped 0   left 11" in terminal.until("ended 130")
    assert len(shop.waiting()) == 11


def test_enter_and_escape_and_what_means_nothing_decide_nothing(shop, screen):
    terminal = screen()
    terminal.wait("1/12")
    terminal.press("Enter", "Escape", "z")  # at once: Escape is no beginning of another key
    terminal.wait("'z' means nothing here", "1/12")
    terminal.press("r", "Escape")
    terminal.wait("Nothing was decided", "1/12")
    terminal.press("Down")
    terminal.wait("2/12")
    assert shop.verbs() == []


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colour_gets_none(screen, environment):
    terminal = screen(**environment)
    if "TERM" in environment:
        terminal.until("accept, edit, reject, skip")
    else:
        terminal.wait("1/12")
    assert "\x1b[" not in terminal.text("-e")


def test_a_terminal_with_colours_says_the_same_in_signs(screen):
    terminal = screen()
    terminal.wait("1/12")
    coloured = [line for line in terminal.text("-e").splitlines() if "\x1b[" in line]
    assert coloured
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured]
    assert all(re.match(r" \d+/|!|  \+|look|-|  -", line) for line in plain), plain


def test_line_by_line_a_word_is_a_decision(shop, screen):
    terminal = screen("review", "--plain")
    first = shown_id(terminal.until("quit?"))
    terminal.press("rej", "Enter")
    terminal.until("why not", "cancel?")
    terminal.press("duplicate", "Enter")
    terminal.until("2/12", "noted in .enrich-rejected")
    terminal.press("quit", "Enter")
    terminal.until("ended 0", "left 11")
    assert shop.verbs() == [("reject", first)]


def test_a_possible_bug_is_read_run_copied_and_kept_as_known_to_fail(shop, screen, bug):
    before = shop.tests()
    terminal = screen("review", bug)
    terminal.wait("1/1  POSSIBLE BUG  boxes: 2, not 1", bug, "docstring: >>> boxes(10) 1", "boxes(10) returned 2")
    terminal.press("t")
    terminal.wait("it fails, as told: 1 failed", "assert 2 == 1")
    terminal.press("Escape")
    terminal.wait("POSSIBLE BUG", "x add as xfail(strict=True) test")
    terminal.press("c")
    terminal.wait("This is the text to copy", f"pytest-enrich show {bug} --issue", "Enter back")
    terminal.press("Enter")
    terminal.wait("POSSIBLE BUG")
    terminal.press("x")
    terminal.until("as known to fail", "1 xfailed", "ended 0")
    assert shop.verbs() == [("accept", bug)]
    assert {name for name, content in shop.tests().items() if content != before[name]} == {"test_orders.py"}
    assert b'@pytest.mark.xfail(strict=True, reason=">>> boxes(10) 1")' in shop.tests()["test_orders.py"]


@pytest.mark.parametrize(("wide", "high"), SIZES)
def test_a_possible_bug_fits_whatever_the_size(screen, bug, wide, high):
    terminal = screen("review", bug, columns=wide, rows=high)
    lines = terminal.wait("POSSIBLE BUG").rstrip().splitlines()
    assert lines[0].startswith(" 1/1  POSSIBLE BUG")
    assert max(map(columns, lines)) < wide
    for start in ("says  ", "does  ", "test  ", "look  ", "x "):
        assert any(line.startswith(start) for line in lines), start


def test_a_terminal_that_is_too_small_for_a_suggestion_shows_it_in_parts(screen):
    terminal = screen(columns=44, rows=12)
    text = terminal.wait("space shows more")
    assert text.splitlines()[0].startswith(" 1/12  ")
    terminal.press("Space")
    terminal.wait("look  ")


def test_what_pytest_said_stays_when_the_terminal_gets_another_size(shop, screen):
    one = next(one for one in shop.store.pending() if not one.target.owner)
    (shop.root / one.target.path).write_bytes(b"def test_red():\n    assert not 'red'\n")
    terminal = screen("review", one.id)
    terminal.wait("1/1")
    terminal.press("a")
    terminal.wait("was not accepted", "assert not 'red'")
    terminal.resize(100, 30)
    terminal.wait("was not accepted", "assert not 'red'", "Esc goes back")
    assert one.id in shop.waiting()


def test_what_cannot_be_read_is_said_on_the_first_screen(shop, screen):
    broken, *_ = shop.waiting()
    (shop.store.directory / "pending" / broken / "suggestion.json").write_text("{")
    terminal = screen()
    terminal.wait("1/11", f"passed over: pending/{broken}/suggestion.json cannot be read")
