"""Whole sittings on a real terminal (tmux)."""

from __future__ import annotations

import os
import re
import signal
import sys

import pytest

from pytest_enrich.store import rejected


def shown_id(text):
    return re.findall(r"^ ?\d+/\d+ ([a-z]+-[a-z2-7]{8}) ", text, re.MULTILINE)[-1]


def edited_by(tmp_path, old, new):
    """An editor that changes one thing."""
    path = tmp_path / "editor.py"
    lines = ["import pathlib, sys", "path = pathlib.Path(sys.argv[1])", "text = path.read_text()"]
    lines += [f"assert {old!r} in text", f"path.write_text(text.replace({old!r}, {new!r}))"]
    path.write_text("\n".join(lines))
    return f"{sys.executable} {path}"


def test_a_sitting_with_accept_reject_undo_skip_edit_quit_and_resume(shop, screen, tmp_path):
    before = shop.tests()
    terminal = screen(VISUAL=edited_by(tmp_path, "def test_", "def test_mine_"))
    first = shown_id(terminal.wait("1/12"))
    terminal.press("a")
    second = shown_id(terminal.wait(f"added to tests/test_{first.split('-')[0]}.py", "11 left", "2/12"))
    assert shop.verbs() == [("accept", first)]

    terminal.press("r")
    terminal.wait("why not", "Esc")
    terminal.press("t")
    third = shown_id(terminal.wait("1 suggestion turned down, noted.", "10 left", "3/12"))
    assert [(line.what, line.reason) for line in rejected.read(shop.root).lines] == [(second, "trivial")]

    terminal.press("u")
    terminal.wait(f"took back what was decided on {second}", "2/12")
    assert rejected.read(shop.root).lines == ()
    terminal.press("s")
    terminal.wait("3/12")

    terminal.press("e")
    told = terminal.wait("your version:", "runs            yes", "covers the gap  yes")
    assert re.search(r"kills mutants   (\d+ of \d+) .*; it was \1 ", told)
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
    terminal.press("r")
    terminal.wait("why not")
    terminal.press("n")
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


def test_ctrl_c_says_what_was_done(shop, screen):
    terminal = screen()
    terminal.wait("1/12")
    terminal.press("r")
    terminal.wait("why not")
    terminal.press("d")
    terminal.wait("11 left")
    terminal.press("C-c")
    assert "accepted 0   edited 0   rejected 1   skipped 0   left 11" in terminal.until("ended 130")
    assert len(shop.waiting()) == 11


def test_enter_and_escape_and_what_means_nothing_decide_nothing(shop, screen):
    terminal = screen()
    terminal.wait("1/12")
    for key in ("Enter", "Escape"):
        terminal.press(key)
        terminal.wait("1/12")
    terminal.press("z")
    terminal.wait("'z' means nothing here", "1/12")
    terminal.press("r")
    terminal.wait("why not")
    terminal.press("Escape")
    terminal.wait("Nothing was decided", "1/12")
    terminal.press("Down")
    terminal.wait("2/12")
    assert shop.verbs() == []


def test_all_that_is_strong_is_asked_for_by_its_number(shop, screen):
    terminal = screen()
    terminal.wait("1/12")
    terminal.press("A")
    terminal.until("? type ")
    terminal.press("no", "Enter")
    terminal.wait("Nothing was accepted.", "1/12")
    terminal.press("C-d")
    terminal.until("ended 0")
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
    assert all(re.match(r"!|  \+|  -", line) for line in plain), plain


def test_line_by_line_a_word_is_a_decision(shop, screen):
    terminal = screen("review", "--plain")
    first = shown_id(terminal.until("help?"))
    terminal.press("rej", "Enter")
    terminal.until("why not", "cancel?")
    terminal.press("duplicate", "Enter")
    terminal.until("2/12", "1 suggestion turned down, noted.")
    terminal.press("quit", "Enter")
    terminal.until("ended 0", "left 11")
    assert shop.verbs() == [("reject", first)]


def test_a_possible_bug_is_read_run_and_kept_as_known_to_fail(shop, screen, bug):
    before = shop.tests()
    terminal = screen("review", bug)
    terminal.wait("POSSIBLE BUG  boxes: 2, not 1", bug, "docstring: >>> boxes(10) 1", "boxes(10) returned 2")
    terminal.press("t")
    terminal.wait("it fails, as told: 1 failed", "assert 2 == 1")
    terminal.press("x")
    terminal.until("as known to fail", "1 xfailed", "ended 0")
    assert shop.verbs() == [("accept", bug)]
    assert {name for name, content in shop.tests().items() if content != before[name]} == {"test_orders.py"}
    assert b'@pytest.mark.xfail(strict=True, reason=">>> boxes(10) 1")' in shop.tests()["test_orders.py"]


def test_what_cannot_be_read_is_said_first(shop, screen):
    broken, *_ = shop.waiting()
    (shop.store.directory / "pending" / broken / "suggestion.json").write_text("{")
    terminal = screen()
    terminal.wait("1/11", f"passed over: pending/{broken}/suggestion.json cannot be read")
