from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Dropped, Kept, Origin
from pytest_enrich.proposers.ollama.asking import BARREN, IDLE, UNTRIED, Paid, fold_attempts, is_spent

KEPT = Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.0)
DROPPED = Dropped(rung="gains", reason="closes no gap")


@pytest.fixture
def attempts(fakes):
    def attempts(*verdicts, strategy="inputs", model="m:1", prompt="a"):
        origin = Origin(proposer="ollama", model=model, strategy=strategy, prompt=prompt)
        made = replace(fakes.candidate(), origin=origin)
        return [Attempt(path="", qualname="", digest="", candidate=made, verdict=one) for one in verdicts]

    return attempts


def test_what_a_strategy_came_to_is_in_its_attempts(attempts):
    done = [*attempts(DROPPED, KEPT, DROPPED), *attempts(DROPPED, strategy="repair")]
    assert fold_attempts(done, "m:1") == {
        "inputs": Paid(tried=3, kept=1), "repair": Paid(tried=1, idle=1),
    }  # fmt: skip


def test_questions_are_idle_not_candidates(attempts):
    done = [
        *attempts(KEPT, *[DROPPED] * 20),
        *attempts(DROPPED, DROPPED, prompt="b"),
        *attempts(DROPPED, prompt="c"),
    ]
    assert fold_attempts(done, "m:1")["inputs"] == Paid(tried=24, kept=1, idle=2)
    assert fold_attempts([*done, *attempts(KEPT, prompt="d")], "m:1")["inputs"].idle == 0


def test_attempts_of_others_are_none_of_it(attempts):
    assert fold_attempts([*attempts(KEPT, model="m:2"), *attempts(KEPT, model="", strategy="")], "m:1") == {}


@pytest.mark.parametrize(
    ("paid", "asked", "reached", "spent"),
    [
        (UNTRIED, BARREN - 1, False, False),
        (UNTRIED, BARREN, False, True),
        (UNTRIED, BARREN, True, False),
        (Paid(tried=1, idle=1), BARREN, False, False),
        (Paid(tried=IDLE, idle=IDLE), 1, True, True),
        (Paid(tried=40, kept=1, idle=IDLE - 1), 40, True, False),
    ],
)
def test_a_strategy_is_left_when_it_leads_nowhere(paid, asked, reached, spent):
    assert is_spent(paid, asked, reached=reached) is spent
