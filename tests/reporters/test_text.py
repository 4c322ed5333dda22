from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.data import CoveragePart, RunSummary
from pytest_enrich.data.run import MadeSuggestion
from pytest_enrich.reporters import text, words


def suggested(identity, title="parse_sku: text without a dash is refused", lines=4, branches=0, kind="test"):
    """As much of a suggestion as the summary looks at."""
    proof = SimpleNamespace(lines_gained=lines, branches_gained=branches)
    return SimpleNamespace(id=identity, grade="ungraded", title=title, proof=proof, kind=kind)


def test_the_table_tells_rows_from_tests():
    title = "total: rounds half up"
    made = [
        suggested("cart-6e2m3fea", title, kind="row"),
        suggested("cart-m4x2c7ye", title, lines=0, branches=2),
    ]
    first, second = text.table(made).splitlines()
    assert first.endswith("  row +4 lines")
    assert second.endswith("  +2 branches")


def test_a_title_by_which_a_person_decides_is_never_cut():
    title = "parse_sku: raises ValueError 'a text of a hundred columns' " + "x" * 60 + " when sep == ''"
    lines = text.table([suggested("cart-6e2m3fea", title)]).splitlines()
    assert "".join(title.split()) in "".join("".join(line.removesuffix("+4 lines").split()) for line in lines)
    assert max(map(len, lines)) <= 80


def run(*identities, **more):
    made = tuple(MadeSuggestion(id=identity, grade="ungraded") for identity in identities)
    return RunSummary(suggestions=made, **{"candidates": len(made), "seconds": {"total": 108.4}, **more})


def test_a_run_that_found_something():
    summary = run(
        "cart-6e2m3fea",
        "orders-m4x2c7ye",
        candidates=7,
        gaps={"suggested": 2, "nothing found": 3},
        dropped={"passes: failed": 4, "stable: differs": 1},
    )
    pending = [
        suggested("cart-6e2m3fea"),
        suggested("orders-m4x2c7ye", "total: rounds half up", lines=0, branches=1),
        suggested("stock-aaaaaaaa", "from an earlier run"),
    ]
    assert (
        text.render(summary, pending)
        == """\
2 suggestions from 5 gaps in 1m 48s

  cart-6e2m3fea    ungraded  parse_sku: text without a dash is        +4 lines
                             refused
  orders-m4x2c7ye  ungraded  total: rounds half up                    +1 branch

dropped 5 of 7 candidates: 4 passes: failed, 1 stable: differs

no good test found for 3 gaps:  pytest-enrich list --gaps

Written to enrich-suggestions/ (git-ignored). Nothing else was changed.
Next:  pytest-enrich review
"""
    )


def test_all_that_were_graded_are_counted_the_weak_ones_too():
    summary = run("cart-6e2m3fea", candidates=5, grades={"weak": 2, "strong": 1}, dropped={"kills: weak": 2})
    lines = text.render(summary, [suggested("cart-6e2m3fea")]).split("\n")
    assert "graded 3 of 5 candidates: 1 strong, 2 weak" in lines


def test_nothing_to_suggest_is_one_line():
    assert text.render(RunSummary(seconds={"total": 0.2}), []) == "Nothing to suggest. Took 0.2s.\n"


def test_what_was_turned_down_before_is_counted():
    summary = RunSummary(seconds={"total": 0.31}, gaps={"turned down": 4, "done before": 2})
    assert text.render(summary, []) == (
        "gaps      6: 4 turned down before (.enrich-rejected), 2 tried before\n"
        "Nothing new to suggest. Took 0.3s.  The 4: pytest-enrich list --rejected\n"
    )


def test_enough_waiting_generates_nothing_and_says_so():
    summary = RunSummary(waiting=10, stopped="enough waiting", seconds={"total": 0.1}, gaps={"not tried": 3})
    assert text.render(summary, [suggested("cart-6e2m3fea")]) == (
        "10 suggestions are waiting, so nothing was generated. Took 0.1s.\nNext:  pytest-enrich review\n"
    )


@pytest.mark.parametrize("stopped", ["budget", "interrupted"])
def test_a_run_that_ended_early_says_how_to_go_on(stopped):
    told = text.render(run("cart-6e2m3fea", stopped=stopped, gaps={"suggested": 1, "not tried": 9}), [])
    assert "9 gaps were not tried." in told
    assert "the same command goes on." in told.lower()


def test_it_is_told_how_many_gaps_have_a_test_that_is_held_back():
    gaps = {"suggested": 1, "nothing found": 1, "held back": 6, "left out": 1}
    told = text.render(run("cart-6e2m3fea", gaps=gaps), [])
    assert told.startswith("1 suggestion from 8 gaps")
    assert "1 gap left out, with the reason:  pytest-enrich list --gaps" in told
    assert "tests for 6 gaps read less well than these:  --enrich-max=0 shows them" in told


def test_where_nothing_was_found_it_is_said_where_the_reasons_are():
    told = text.render(RunSummary(gaps={"nothing found": 3}), [])
    assert told.endswith("Nothing new to suggest. Took 0.0s.\nEach with its reason:  pytest-enrich list --gaps\n")


def test_a_budget_used_up_before_the_first_candidate_is_told():
    told = text.render(RunSummary(stopped="budget", gaps={"not tried": 2}), [])
    assert told.startswith("No suggestion in 0.0s.\n\nThe budget is used up. 2 gaps were not tried.")


def test_the_claim_that_nothing_changed_is_not_made_when_something_did():
    told = text.render(run("cart-6e2m3fea", read_only_check="changed"), [suggested("cart-6e2m3fea")])
    assert "Nothing else was changed" not in told


def test_coverage_is_rounded_down():
    assert text.heading(CoveragePart(lines=99.99, branches=71.0)) == "coverage  99% of lines, 71% of branches"
    assert text.heading(CoveragePart(lines=100.0)) == "coverage  100% of lines"


def test_terminal_escapes_become_visible():
    told = text.table([suggested("cart-6e2m3fea", "\x1b[31mred\x1b[0m \u202e\x07")])
    assert r"\x1b[31mred\x1b[0m \u202e\x07" in told
    assert told.isprintable()


@given(
    titles=st.lists(st.text(st.characters(codec="utf-8"), max_size=90), min_size=1, max_size=4),
    reasons=st.dictionaries(st.text(max_size=30), st.integers(1, 99), max_size=5),
    note=st.text(max_size=200),
)
def test_no_line_is_wider_than_80_columns_or_acts_on_a_terminal(titles, reasons, note):
    pending = [suggested(f"a_rather_long_name-{'a' * 7}{'abcd'[i]}", title) for i, title in enumerate(titles)]
    summary = run(*(one.id for one in pending), dropped=reasons, notes=(note,))
    lines = text.render(summary, pending).split("\n")
    assert all(line.isprintable() for line in lines)
    assert max(words.columns(line) for line in lines[:6]) <= 80


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.04, "0.0s"), (9.94, "9.9s"), (48.2, "48s"), (60, "1m 00s"), (108.4, "1m 48s"), (3720, "1h 02m")],
)
def test_durations(seconds, told):
    assert words.duration(seconds) == told


def test_text_is_filled_by_columns_not_by_characters():
    assert words.filled("one two three", 8, 2) == "one two\n  three"
    assert words.filled("one two three", 8, 2, before=4) == "one\n  two\n  three"
    assert words.filled("\u2e80\u2e80 \u2e80\u2e80", 8) == "\u2e80\u2e80\n\u2e80\u2e80"
    assert words.filled("abcdefgh", 5, 2) == "  abc\n  def\n  gh"
    assert words.filled("e\u0301e\u0301e", 2) == "e\u0301e\u0301\ne"
    assert words.filled("", 5) == ""


@pytest.mark.parametrize("character", ["a", "\u0301", "\u2e80"])
def test_one_long_word_is_cut_into_lines_and_looked_at_once(character):
    word = character * 20_000
    lines = words.filled(word, 9).splitlines()
    assert "".join(lines) == word
    assert max(map(words.columns, lines)) <= 9
