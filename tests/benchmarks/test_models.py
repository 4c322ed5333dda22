from __future__ import annotations

import arms
import plainly
import pytest
from arms import Arm, Measured, ModelFigures, Summary
from msgspec.structs import replace

SUMMARY = Summary(
    candidates=10,
    dropped={"parses: is no test function": 1, "runs: crash": 2, "passes: failed": 1, "kills: kills no mutant": 1},
    model=ModelFigures(
        counts={"questions": 4, "tokens written": 500, "reading, first of a module": 2, "inputs asked": 4},
        seconds={"server": 30.0, "waited": 31.0, "reading, first of a module": 8.0},
    ),
)


def test_a_run_is_told_rung_by_rung():
    arm = arms.of_summary(SUMMARY, refused=1, branches=6, seconds=90.0)
    steps = (arm.candidates, arm.valid, arm.passing, arm.gaining, arm.stable, arm.graded, arm.kept)
    assert steps == (10, 9, 6, 6, 6, 5, 4)
    assert (arm.first, arm.later) == (4.0, None)
    assert arm.per_thousand(arm.branches) == pytest.approx(12.0)


def test_a_run_without_a_model_has_no_figures_for_tokens():
    arm = arms.of_summary(replace(SUMMARY, model=None), refused=0, branches=6, seconds=90.0)
    assert (arm.tokens, arm.per_thousand(6), arm.first) == (0, None, None)


def test_the_table_has_a_row_for_each_way_and_what_took_time_besides():
    ours = arms.of_summary(SUMMARY, refused=0, branches=6, seconds=90.0)
    plain = Arm(candidates=3, kept=0, branches=0, seconds=90.0, tokens=900)
    told = arms.table([Measured(name="cart", missing=20, arms={"ollama": ours, "plain prompt": plain})])
    assert "| cart, 20 | ollama | 10, 9, 6, 6, 6, 5, 5 | 6 | 4, 500 | 10.00 | 12.00 | 90, 30 | 4.00, - |" in told
    assert "| cart, 20 | plain prompt | 3, -, -, -, -, -, 0 | 0 | 0, 900 | 0.00 | 0.00 | 90, 0 | -, - |" in told
    assert "cart: of 31 s waited for replies, 1.0 s were not the model's own." in told


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
