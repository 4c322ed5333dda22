import pytest

from pytest_enrich.data import ChangedPart, RunSummary
from pytest_enrich.data.run import MadeSuggestion
from pytest_enrich.reporters import since, text


def part(name="origin/main", **more):
    return ChangedPart(since=name, **{"paths": 3, **more})


def test_the_heading_counts_changed_lines_and_those_without_a_test():
    told = since.heading(part(files=3, lines=38, missing=11))
    assert told == "changed   38 lines in 3 files since origin/main; 11 have no test"
    assert since.heading(part("staged", files=1, lines=1, missing=1)) == (
        "changed   1 staged line in 1 file; 1 has no test"
    )


def test_missing_branches_alone_are_told():
    assert since.heading(part(files=1, lines=2)).endswith("; only branches are missing")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (part(paths=0), "No Python file changed since origin/main."),
        (part("staged", paths=0), "No Python file is staged."),
        (part(), "No changed line since origin/main is a statement that coverage measures."),
        (part(files=2, lines=7), "All 7 changed lines since origin/main are covered."),
        (part("staged", files=1, lines=1), "The 1 staged line is covered."),
        (
            part(files=1, lines=7, missing=2),
            "2 changed lines since origin/main without a test, and nobody wants one there.",
        ),
    ],
)
def test_nothing_to_do_is_one_line_with_the_reason(changed, told):
    assert since.nothing(changed) == told
    shown = text.render(RunSummary(changed=changed, seconds={"total": 0.2}), [])
    assert shown.replace("\n", " ") == f"{told} Nothing to suggest. Took 0.2s. "


def test_a_name_of_a_commit_cannot_act_on_a_terminal():
    assert since.asked("\x1b[31m") == r"lines changed since \x1b[31m"
    assert all(line.isprintable() for line in since.heading(part("\x1b" * 90, lines=1)).split("\n"))


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
    assert since.moved(RunSummary(known=("a-22222222",))) == ""
    assert since.moved(RunSummary(suggestions=(MadeSuggestion(id="a-22222222", grade="good"),))) == ""
