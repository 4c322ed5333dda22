"""A candidate and a test that was kept for the same target may become one test."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from pytest_enrich import validate
from pytest_enrich.data import Answered, Attempt, Kept, MutantFate, Mutate, Mutated, Prove, TestOutcome
from pytest_enrich.validate import Beside

SOURCE = "\n\nif total < 0:\n    total = abs(total) - 1\nif total > 90:\n    total = abs(total) + 1\n"
FIRST = "def test_below():\n    assert discount(-1) == 0\n"
SECOND = "def test_above():\n    assert discount(95) == 96\n"
BOTH = "def test_both():\n    assert discount(-1) == 0\n    assert discount(95) == 96\n"


class World:
    """`lines` are those that each test runs, `kills` how many mutants; one of `unstable` fails in its file."""

    isolation = "none"

    def __init__(self, fakes, lines, kills, unstable):
        self._fakes, self._lines, self._kills, self._unstable = fakes, lines, kills, unstable

    def execute(self, job, *, timeout):
        code = next((one for one in (BOTH, SECOND) if one in job.text), "")
        if isinstance(job, Prove):
            result = "failed" if code in self._unstable and not job.measure else "passed"
            names = re.findall(r"^def (test\w+)", job.text, re.MULTILINE)
            ends = [TestOutcome(nodeid=f"{job.path}::{name}", result=result, seconds=0.1) for name in names]
            answer = self._fakes.proved(lines=self._lines.get(code, ()), branches=())(job)
            return Answered(answer=replace(answer, outcomes=tuple(ends)), seconds=timeout)
        assert isinstance(job, Mutate)
        kills = self._kills.get(code, 0)
        fates = (
            MutantFate(id=one.id, fate="killed" if at < kills else "survived")
            for at, one in enumerate(job.mutants)
        )
        return Answered(
            answer=Mutated(fates=tuple(fates), parts=job.parts, canary="killed", control="survived"),
            seconds=timeout,
        )


@pytest.fixture
def judge(fakes):
    """The verdict on the second test, where the first was kept with this grade."""

    def judge(*, lines=(4, 6), kills=99, alone=1, grade="good", unstable=(), written=True):  # noqa: PLR0913
        world = World(fakes, {SECOND: (6,), BOTH: lines}, {SECOND: alone, BOTH: kills}, unstable)
        gaps = fakes.gap(branches=()), fakes.gap("cart-bbbbbbbb", line=5, branches=())
        task = replace(fakes.task(gaps[1]), source_text=SOURCE)
        first = fakes.candidate(FIRST)
        kept = Kept(gaps=("cart-aaaaaaaa",), lines=(4,), branches=(), runs=(), seconds=0.1, grade=grade)
        attempt = Attempt(path=fakes.PATH, qualname="discount", digest="", candidate=first, verdict=kept)

        def joiner(_task, one, other):
            both = fakes.candidate(BOTH, gaps=(*one.gaps, *other.gaps))
            return both if written else None

        beside = Beside(target=fakes.target(*gaps), attempts=(attempt,), joiner=joiner)
        second = fakes.candidate(SECOND, gaps=("cart-bbbbbbbb",))
        return validate.judge(task, second, world, timeout=5.0, beside=beside), first

    return judge


def test_one_test_takes_the_place_of_both(judge):
    verdict, first = judge()
    assert isinstance(verdict, Kept)
    assert verdict.smaller.code == BOTH
    assert verdict.joined is first
    assert (verdict.gaps, verdict.lines) == (("cart-aaaaaaaa", "cart-bbbbbbbb"), (4, 6))


@pytest.mark.parametrize(
    "changes",
    [
        {"written": False},
        {"lines": (6,)},
        {"lines": (4,)},
        {"kills": 0},
        {"kills": 2, "grade": "strong"},
        {"kills": 2, "alone": 99},
        {"unstable": (BOTH,)},
    ],
    ids=["apart", "closes less", "closes the other", "weak", "worth less", "worth less than the new", "unstable"],
)
def test_where_one_test_does_less_there_are_two(judge, changes):
    verdict, _ = judge(**changes)
    assert isinstance(verdict, Kept)
    assert (verdict.smaller, verdict.joined, verdict.gaps) == (None, None, ("cart-bbbbbbbb",))


def test_what_is_not_kept_alone_joins_nothing(judge):
    verdict, _ = judge(alone=0)
    assert verdict.reason == "kills no mutant"
