"""What is open for each candidate of a run, when it is judged again."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Aim, Attempt, Begun, Dropped, Judged, Kept, Replay
from pytest_enrich.pipeline import REJECTED, REPEATED
from pytest_enrich.sandboxes import isolation
from pytest_enrich.session import reproof

FELL = Dropped(rung="passes", reason="failed")


@pytest.fixture
def judged(fakes):
    """Attempts with these verdicts on `discount`, whose gaps are `one` and `two`; a gap's id is a kept one."""

    def judged(*verdicts, functions=("discount",)):
        gaps = (fakes.gap("one"), fakes.gap("two"))
        aim = Aim(path=fakes.PATH, qualname="discount", module="shop", gaps=gaps, nearest=(), functions=functions)
        made = [
            Kept(gaps=(one,), lines=(), branches=(), runs=(), seconds=0.0) if isinstance(one, str) else one
            for one in verdicts
        ]
        return Judged(
            aim=aim,
            attempts=tuple(
                Attempt(path=fakes.PATH, qualname="discount", digest="d", candidate=fakes.candidate(), verdict=one)
                for one in made
            ),
        )

    return judged


def asked(*judged):
    return [(" ".join(gap.id for gap in aim.gaps), len(known)) for aim, known, _ in reproof._asked(judged)]


def test_what_a_kept_one_closed_is_not_open_for_the_next(judged):
    assert asked(judged(FELL, "one", FELL)) == [("one two", 0), ("one two", 1), ("two", 2)]


def test_what_was_tried_before_counts_only_where_it_counted_then(judged):
    assert asked(judged(FELL), judged(FELL)) == [("one two", 0), ("one two", 1)]
    assert asked(judged(FELL), judged(FELL, functions=())) == [("one two", 0), ("one two", 0)]


def test_for_what_another_function_had_closed_meanwhile_only_the_rest_was_open(judged):
    assert asked(judged("one"), judged(REPEATED, FELL)) == [("one two", 0), ("two", 1), ("one two", 2)]


def test_what_people_had_turned_down_was_not_judged_and_is_not_now(judged):
    (attempt,) = judged(REJECTED).attempts
    assert reproof._judged(None, None, (), attempt) == REJECTED


def test_one_that_cannot_be_judged_on_this_tree_does_not_end_all(judged):
    made = judged(FELL)
    found = reproof._judged(None, made.aim, (), made.attempts[0])
    assert (found.rung, found.reason) == ("parses", "could not be judged")


def test_what_two_threads_cannot_import_is_there_before_they_begin(settings, fakes, monkeypatch):
    began = []
    plain, choose = reproof.gaps.branches, reproof.executors.choose
    monkeypatch.setattr(reproof.gaps, "branches", lambda text: began.append("coverage") or plain(text))
    monkeypatch.setattr(reproof.executors, "choose", lambda workers: began.append("threads") or choose(workers))
    here = (fakes.ScriptedSandbox({}), isolation.RLIMITS_ONLY)
    monkeypatch.setattr(reproof.work, "sandbox_here", lambda _settings: here)
    source = "src/shop/cart.py"
    nothing = Begun(
        versions={},
        options={},
        arguments=(),
        isolation="",
        commit=None,
        coverage="",
        sources={source: "", "../outside.py": "", "gone.py": ""},
        tests={},
        configuration={},
    )
    found = reproof.replay(settings, Replay(began=nothing, judged=()))
    assert began == ["coverage", "threads"]
    assert found.now.sources.keys() == {source}
