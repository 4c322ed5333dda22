from __future__ import annotations

from argparse import Namespace

import arms
import models
import plainly
import pytest
from arms import Arm, Measured, ModelFigures, Summary
from measured import Missing
from msgspec.structs import replace
from projects import Bench
from runs import Run

SUMMARY = Summary(
    candidates=10,
    dropped={"parses: is no test function": 1, "runs: crash": 2, "passes: failed": 1, "kills: kills no mutant": 1},
    seconds={"total": 40.0},
    model=ModelFigures(
        counts={"questions": 4, "tokens written": 500, "reading, first of a module": 2, "inputs asked": 4},
        seconds={"server": 30.0, "waited": 31.0, "reading, first of a module": 8.0},
    ),
)

BRANCHES = frozenset(("src/cart.py", line, line + 1) for line in range(6))


def test_a_run_is_told_rung_by_rung():
    arm = arms.of_summary(SUMMARY, refused=1, found=BRANCHES, seconds=90.0)
    steps = (arm.candidates, arm.valid, arm.passing, arm.gaining, arm.stable, arm.graded, arm.kept)
    assert steps == (10, 9, 6, 6, 6, 5, 4)
    assert (arm.first, arm.later) == (4.0, None)
    assert arm.per_thousand(arm.branches) == pytest.approx(12.0)


def test_a_run_without_a_model_has_no_figures_for_tokens():
    arm = arms.of_summary(replace(SUMMARY, model=None), refused=0, found=BRANCHES, seconds=90.0)
    assert (arm.tokens, arm.per_thousand(6), arm.first) == (0, None, None)


def test_the_table_has_a_row_for_each_way_and_what_took_time_besides():
    ours = arms.of_summary(SUMMARY, refused=0, found=BRANCHES, seconds=90.0)
    plain = Arm(candidates=3, kept=0, branches=0, seconds=90.0, tokens=900)
    told = arms.table([Measured(name="cart", missing=20, arms={"ollama": ours, "plain prompt": plain})])
    assert (
        "| cart, 20 | ollama | 10, 9, 6, 6, 6, 5, 5 | 6 | 4, 500 | 10.00 | 12.00 | 40, 30 | 25 % | 4.00, - |"
        in told
    )
    assert (
        "| cart, 20 | plain prompt | 3, -, -, -, -, -, 0 | 0 | 0, 900 | 0.00 | 0.00 | 90, 0 | - | -, - |" in told
    )


def test_each_rung_has_its_share_of_all_and_of_the_rung_before():
    ours = arms.of_summary(SUMMARY, refused=1, found=BRANCHES, seconds=90.0)
    plain = Arm(candidates=4, valid=2, kept=1, branches=1, seconds=9)
    told = arms.table([Measured(name="cart", arms={"ollama": ours, "plain prompt": plain})])
    assert (
        "| cart | ollama | 90 %, 90 % | 60 %, 67 % | 60 %, 100 % | 60 %, 100 % | 50 %, 83 % | 40 %, 80 % |" in told
    )
    assert "| cart | plain prompt | 50 %, 50 % | - | - | - | - | 25 %, 50 % |" in told


def test_ours_is_compared_with_the_plain_prompt_token_by_token():
    ours = arms.of_summary(SUMMARY, refused=0, found=BRANCHES, seconds=90.0)
    plain = Arm(candidates=3, kept=1, branches=0, seconds=90.0, tokens=1000)
    told = arms.table([Measured(name="cart", arms={"ollama": ours, "plain prompt": plain})])
    assert "kept per 1,000 tokens 10.00, 10.0 times the plain prompt's" in told
    assert "branches per 1,000 tokens 12.00, the plain prompt has none." in told


def test_what_was_closed_only_with_the_model_is_told_with_its_cost():
    with_model = arms.of_summary(SUMMARY, refused=0, found=BRANCHES, seconds=90.0)
    without = Arm(
        candidates=3, kept=3, branches=5, seconds=90.0, found=(*sorted(BRANCHES)[:4], ("src/cart.py", 99, 100))
    )
    told = arms.table([Measured(name="cart", arms={"auto,ollama": with_model, "rows,search": without})])
    assert "with the model 6, without 5; 2 only with it (16 s and 250 tokens each), 1 only without." in told


def test_an_arm_that_came_to_its_end_is_not_measured_again(tmp_path, monkeypatch):
    """Interrupted in the second arm: the first is kept, and the same command measures the others."""
    begun, tried = [], []
    run, given = Run(tmp_path), Namespace(again=False, arm=None, budget="8m", folder=tmp_path)
    run.of("cart").mkdir()
    bench = Bench(name="cart", project=None, folder=tmp_path)
    monkeypatch.setattr(models.layout, "prepare", lambda *_: begun.append("prepared") or bench)
    monkeypatch.setattr(models.layout, "copy", lambda _from, to: to)
    monkeypatch.setattr(models, "green", lambda _bench, base, _place: base)
    before = Missing(branches=BRANCHES, lines=frozenset(), outcome="", passed=True)
    monkeypatch.setattr(models.measured, "measure", lambda *_: begun.append("measured") or before)

    def arm(_contest, name="plain prompt"):
        tried.append(name)
        if tried == ["ollama", "plain prompt"]:
            raise KeyboardInterrupt
        return Arm(candidates=len(tried), kept=0, branches=0, seconds=1.0)

    monkeypatch.setattr(models._Contest, "ours", arm)
    monkeypatch.setattr(models._Contest, "plain", arm)
    with pytest.raises(KeyboardInterrupt):
        models._measure("cart", run, given)
    found = models._measure("cart", run, given)
    assert tried == ["ollama", "plain prompt", "plain prompt", "auto,ollama", "rows,search"]
    assert begun == ["prepared", "measured", "prepared"]
    assert [arm.candidates for arm in found.arms.values()] == [1, 3, 4, 5]
    assert (found.missing, list(found.arms)) == (6, list(arms.ARMS))


@pytest.mark.parametrize(
    ("reply", "code"),
    [("Here:\n```python\nx = 1\n```\nDone.", "x = 1\n"), ("```\nx = 1", "x = 1"), ("x = 1", "x = 1")],
)
def test_the_code_of_a_plain_reply_is_what_is_fenced(reply, code):
    assert plainly.code(reply) == code


def test_functions_with_the_most_missing_branches_are_asked_about_first(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/cart.py").write_text("def a(x):\n    return x\n\n\ndef b(x):\n    if x:\n        return 1\n")
    missing = frozenset({("src/cart.py", 2, -1), ("src/cart.py", 6, 7), ("src/cart.py", 6, -5)})
    found = plainly.functions(tmp_path, "src", missing)
    assert [(one.name, one.module, one.missing) for one in found] == [("b", "cart", 2), ("a", "cart", 1)]
    assert found[0].source == "def b(x):\n    if x:\n        return 1"
