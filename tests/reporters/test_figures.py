"""A possible bug in words, and the other examples that differ."""

import pytest
from msgspec.structs import replace

from pytest_enrich.data import ChangedPart, CoveragePart, Report, RunSummary
from pytest_enrich.data.run import MadeSuggestion
from pytest_enrich.reporters import figures, text
from pytest_enrich.reporters.figures import (
    changed_heading,
    nothing_changed,
    observed_of,
    since_asked,
    waiting_line,
)
from pytest_enrich.reporters.md import issue


def test_a_folder_is_one_word_of_a_shell_whatever_a_fetched_run_says():
    report = Report(run=RunSummary(directory="x; rm -rf ~"))
    assert figures.applied(report) == "git apply 'x; rm -rf ~'/all.patch"
    assert figures.download(report) == "gh run download -n enrich-suggestions -D 'x; rm -rf ~'"


@pytest.mark.parametrize(("number", "told"), [("9876543", "download 9876543 -n"), ("1; rm -rf ~", "download -n")])
def test_a_download_is_of_the_run_that_made_the_report(number, told):
    assert told in figures.download(Report(run=RunSummary(options={"github-run": number})))


def test_coverage_after_is_told_only_where_it_is_known(fakes):
    report = fakes.report(2)
    assert figures.coverage(report) == "84% of lines now, up to 86% with all accepted."
    unknown = replace(report.run, coverage=CoveragePart(lines=84.0))
    assert figures.coverage(replace(report, run=unknown)) == "84% of lines now."
    assert figures.coverage(Report()) == ""


def test_coverage_after_is_never_more_than_all_of_it(fakes):
    assert figures.after(fakes.report(40)) == 100.0


def test_changed_lines_are_told_with_what_the_suggestions_close(fakes):
    report = fakes.report(2)
    (missing, *_) = [line.number for line in report.suggestions[0].source if line.missing]
    part = ChangedPart(since="main", lines=38, missing=2, open={"src/shop/cart.py": (1, missing)})
    changed = replace(report, run=replace(report.run, changed=part))
    assert figures.changed(changed) == (
        "2 of 38 changed lines since main have no test, at most 1 with all accepted."
    )
    assert figures.changed(replace(changed, suggestions=())) == "2 of 38 changed lines since main have no test."
    staged = replace(part, since="staged", lines=1, missing=1)
    assert figures.changed(Report(run=RunSummary(changed=staged))) == "1 of 1 staged line has no test."
    assert figures.changed(Report(run=RunSummary(changed=ChangedPart(since="main")))) == ""


def test_a_stale_suggestion_is_cleaned_not_accepted(fakes):
    assert figures.accepted(fakes.reported("cart-aaaaaaaa")) == "pytest-enrich accept cart-aaaaaaaa"
    assert figures.accepted(fakes.reported("cart-aaaaaaaa", stale=True)) == "pytest-enrich clean"


def part(name="origin/main", **more):
    return ChangedPart(since=name, **{"paths": 3, **more})


def test_the_heading_counts_changed_lines_and_those_without_a_test():
    told = changed_heading(part(files=3, lines=38, missing=11))
    assert told == "changed   38 lines in 3 files since origin/main; 11 have no test"
    assert changed_heading(part("staged", files=1, lines=1, missing=1)) == (
        "changed   1 staged line in 1 file; 1 has no test"
    )


def test_missing_branches_alone_are_told():
    assert changed_heading(part(files=1, lines=2)).endswith("; only branches are missing")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (part(paths=0), "No Python file changed since origin/main."),
        (part("staged", paths=0), "No Python file staged."),
        (part(), "No changed line since origin/main is a statement that coverage measures."),
        (part(files=2, lines=7), "7 changed lines since origin/main: all covered."),
        (part("staged", files=1, lines=1), "1 staged line: all covered."),
        (
            part(files=1, lines=7, missing=2),
            "2 changed lines since origin/main without a test, and nobody wants one there.",
        ),
    ],
)
def test_nothing_to_do_is_one_line_with_the_reason(changed, told):
    assert nothing_changed(changed) == told
    shown = text.render(RunSummary(changed=changed, seconds={"total": 0.2}), [])
    assert shown.replace("\n", " ") == f"{told} Nothing to suggest. Took 0.2s. "


def test_a_name_of_a_commit_cannot_act_on_a_terminal():
    assert since_asked("\x1b[31m") == r"lines changed since \x1b[31m"
    assert all(line.isprintable() for line in changed_heading(part("\x1b" * 90, lines=1)).split("\n"))


def test_new_known_and_closed_suggestions_are_told_apart():
    summary = RunSummary(
        suggestions=(MadeSuggestion(id="cart-6e2m3fea", grade="good"),),
        known=("a-22222222", "a-33333333"),
        closed=("a-44444444",),
        stale=("a-55555555",),
        candidates=1,
    )
    told = " ".join(text.render(summary, []).split())
    assert "waiting 1 new, 2 known, 1 closed (tests cover it now), 1 stale (its code changed)" in told


def test_where_nothing_waited_before_or_nothing_was_done_nothing_is_told_apart():
    assert waiting_line(RunSummary(known=("a-22222222",))) == ""
    assert waiting_line(RunSummary(suggestions=(MadeSuggestion(id="a-22222222", grade="good"),))) == ""


@pytest.mark.parametrize(
    ("also", "told"),
    [
        ((), ""),
        ((12,), "; the example of line 12 differs, too"),
        ((12, 14, 20), "; the examples of lines 12, 14 and 20 differ, too"),
    ],
)
def test_other_examples_that_differ_are_told_with_their_lines(fakes, also, told):
    assert observed_of(fakes.bug(also=also)) == f"discount(-1) raised ValueError in cart.py:14{told}"


def test_the_text_of_an_issue_names_them_in_a_sentence_of_its_own(fakes):
    assert ". The examples of lines 12 and 14 differ, too.\n" in issue(fakes.bug(also=(12, 14)))
