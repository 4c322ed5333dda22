"""Where an explored call notices more than the candidate, a test of that call may take its place."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich import mutants, validate
from pytest_enrich.data import (
    Answered,
    Argument,
    Call,
    Dropped,
    Kept,
    MutantFate,
    Mutate,
    Mutated,
    NearTest,
    Program,
    Prove,
)

SOURCE = "\n\nif total < 0:\n    total = abs(total) - 1\n"
BLUNT = "def test_negative():\n    assert discount(-1) == 0\n"
SHARP = "def test_negative():\n    assert discount(-7) == 6\n"
CALLS = [Call(qualname="discount", arguments=(Argument(name="total", value=value),)) for value in ("-7", "-9")]
SHARPER = "def test_negative():\n    assert discount(-700) == 699\n"
EVERY = [one.change for one in mutants.make(SOURCE, range(1, 10))]


def with_call(fakes):
    """The blunt test, made small, with a call that was explored beside it."""
    first = fakes.candidate(BLUNT)
    corpus = (Program(lines=(), action="f()", call=CALLS[0]),)
    return replace(first, origin=replace(first.origin, reduced=True, corpus=corpus))


class World:
    """`kills` says which changes each test notices, `told` by which call of the corpus a change is told."""

    isolation = "none"

    def __init__(self, fakes, kills, told, lines):
        self._fakes, self._kills, self._told, self._lines = fakes, kills, told, lines

    def execute(self, job, *, timeout):
        if isinstance(job, Prove):
            lines = next((lines for code, lines in self._lines.items() if code in job.text), (4,))
            return Answered(answer=self._fakes.proved(lines=lines, branches=())(job), seconds=timeout)
        assert isinstance(job, Mutate)
        noticed = next(changes for code, changes in self._kills.items() if code in job.text)
        fates = (self._fate(one, noticed) for one in job.mutants)
        return Answered(
            answer=Mutated(fates=tuple(fates), parts=job.parts, canary="killed", control="survived"),
            seconds=timeout,
        )

    def _fate(self, mutant, noticed):
        killed = mutant.change in noticed
        told = () if killed else self._told.get(mutant.change, ())
        return MutantFate(id=mutant.id, fate="killed" if killed else "survived", told=told)


@pytest.fixture
def judge(fakes):
    """The verdict on the blunt test, and the calls that somebody was asked to make a test of."""

    def judge(blunt, sharp, told, *, lines=(), sharper=(SHARP,), testable=(True, True)):  # noqa: PLR0913
        world = World(fakes, {BLUNT: blunt, SHARP: sharp}, told, dict(lines))
        corpus = tuple(
            Program(lines=(), action="f()", call=call if may else None)
            for call, may in zip(CALLS, testable, strict=True)
        )
        first = fakes.candidate(BLUNT)
        first = replace(first, origin=replace(first.origin, reduced=True, corpus=corpus))
        asked = []

        def make(_task, candidate, call):
            asked.append(call)
            codes = sharper[call] if isinstance(sharper, dict) else sharper
            return [[replace(candidate, code=one) for one in codes]]

        task = replace(fakes.task(fakes.gap(branches=())), source_text=SOURCE)
        return validate.judge(task, first, world, timeout=5.0, sharper=make), asked

    return judge


def test_a_test_that_notices_more_is_kept_instead(judge):
    verdict, asked = judge(EVERY[:1], EVERY[:3], {EVERY[1]: (0, 1), EVERY[2]: (1,)})
    assert asked == [CALLS[1]]
    assert verdict.smaller.code == SHARP
    assert verdict.mutants.killed == 3


def test_a_call_that_helps_is_followed_by_another_one(judge):
    _, asked = judge(EVERY[:1], EVERY[:3], {EVERY[1]: (0,), EVERY[3]: (1,)})
    assert asked == CALLS


def test_where_the_most_telling_call_makes_no_better_test_the_next_one_is_asked(judge):
    verdict, asked = judge(
        EVERY[:1], EVERY[:3], {EVERY[1]: (0, 1), EVERY[2]: (1,)}, sharper={CALLS[1]: (), CALLS[0]: (SHARP,)}
    )
    assert asked == [CALLS[1], CALLS[0]]
    assert verdict.smaller.code == SHARP


@pytest.mark.parametrize(("notices", "written"), [(EVERY[:3], [SHARP]), ((), [SHARP, SHARPER])])
def test_where_a_smaller_call_helps_no_other_is_tried(fakes, notices, written):
    world = World(fakes, {BLUNT: EVERY[:1], SHARP: notices, SHARPER: EVERY[:3]}, {EVERY[1]: (0,)}, {})
    first = with_call(fakes)
    tried = []

    def make(_task, candidate, _call):
        for code in (SHARP, SHARPER):
            tried.append(code)
            yield [replace(candidate, code=code)]

    task = replace(fakes.task(fakes.gap(branches=())), source_text=SOURCE)
    verdict = validate.judge(task, first, world, timeout=5.0, sharper=make)
    assert tried == written
    assert verdict.smaller.code == written[-1]


class Counting(World):
    """One that notes how many mutants each test was run against."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.asked = []

    def execute(self, job, *, timeout):
        if isinstance(job, Mutate):
            self.asked.append((SHARP in job.text, len(job.mutants)))
        return super().execute(job, timeout=timeout)


def test_what_notices_no_more_is_run_against_nothing_but_the_mutants_that_are_alive(fakes):
    world = Counting(fakes, {BLUNT: EVERY[:3], SHARP: EVERY[:1]}, {EVERY[3]: (0,)}, {})
    first = with_call(fakes)
    task = replace(fakes.task(fakes.gap(branches=())), source_text=SOURCE)
    verdict = validate.judge(
        task, first, world, timeout=5.0, sharper=lambda _task, one, _call: [[replace(one, code=SHARP)]]
    )
    assert verdict.mutants.killed == 3
    assert [asked for is_sharp, asked in world.asked if is_sharp] == [len(EVERY) - 3]


class Noting(World):
    """One in which an existing test kills the first mutant; `contested` are those that it was run against."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.contested = []

    def execute(self, job, *, timeout):
        if isinstance(job, Mutate):
            self.job = job
            self.contested.append(len(job.contested))
        return super().execute(job, timeout=timeout)

    def _fate(self, mutant, noticed):
        asked = {one.id for one in self.job.mutants if one.id in self.job.contested}
        before = ("tests/test_cart.py::test_it",) if mutant.change == EVERY[0] else ()
        return replace(super()._fate(mutant, noticed), killed_before=before if mutant.id in asked else None)


def test_existing_tests_are_run_against_a_mutant_only_once(fakes):
    world = Noting(fakes, {BLUNT: EVERY[:1], SHARP: EVERY[:3]}, {EVERY[1]: (0,)}, {})
    near = (NearTest(nodeid="tests/test_cart.py::test_it", shared=1),)
    task = replace(fakes.task(target=fakes.target(fakes.gap(branches=()), nearest=near)), source_text=SOURCE)
    first = with_call(fakes)

    verdict = validate.judge(
        task, first, world, timeout=5.0, sharper=lambda _task, one, _call: [[replace(one, code=SHARP)]]
    )

    assert world.contested[0] == 3  # those of the condition; no test runs the line below it
    assert not any(world.contested[1:])
    assert [one.change for one in verdict.mutants.list if one.killed_before] == EVERY[:1]
    assert verdict.mutants.killed == 3


def test_a_test_that_notices_nothing_may_be_saved_by_another(judge):
    verdict, _ = judge((), EVERY[:3], {EVERY[0]: (0,)})
    assert isinstance(verdict, Kept)
    assert verdict.smaller.code == SHARP


def test_a_test_that_notices_nothing_may_be_saved_by_one_that_notices_what_existing_tests_do(fakes):
    world = Noting(fakes, {BLUNT: (), SHARP: EVERY[:1]}, {EVERY[0]: (0,)}, {})
    near = (NearTest(nodeid="tests/test_cart.py::test_it", shared=1),)
    task = replace(fakes.task(target=fakes.target(fakes.gap(branches=()), nearest=near)), source_text=SOURCE)
    verdict = validate.judge(
        task, with_call(fakes), world, timeout=5.0, sharper=lambda _task, one, _call: [[replace(one, code=SHARP)]]
    )
    assert verdict.smaller.code == SHARP


def test_one_that_notices_less_after_all_is_not_kept(judge):
    verdict, asked = judge(EVERY[:2], EVERY[2:3], {EVERY[2]: (0,)})
    assert asked == [CALLS[0]]
    assert verdict.smaller is None


def test_one_that_closes_less_is_not_kept(judge):
    verdict, _ = judge(EVERY[:1], EVERY, {EVERY[1]: (0,)}, lines={SHARP: (99,)})
    assert verdict.smaller is None


@pytest.mark.parametrize("sharper", [(), ("import os\nos.remove('x')\n",), ("def test_negative(:\n",)])
def test_where_no_sound_test_comes_the_first_one_stays(judge, sharper):
    verdict, _ = judge(EVERY[:1], EVERY, {EVERY[1]: (0,)}, sharper=sharper)
    assert verdict.smaller is None
    assert verdict.mutants.killed == 1


@pytest.mark.parametrize(
    ("blunt", "told", "testable"),
    [(EVERY, {}, (True, True)), (EVERY[:1], {}, (True, True)), (EVERY[:1], {EVERY[1]: (0,)}, (False, True))],
)
def test_nobody_is_asked_where_no_call_helps(judge, blunt, told, testable):
    assert judge(blunt, (), told, testable=testable)[1] == []


def test_of_several_the_one_that_notices_most_is_kept(judge):
    verdict, _ = judge(EVERY[:1], EVERY[:3], {EVERY[1]: (0,)}, sharper=(BLUNT, SHARP, BLUNT))
    assert verdict.smaller.code == SHARP


def test_a_weak_test_without_a_better_one_is_dropped(judge):
    verdict, _ = judge((), (), {})
    assert isinstance(verdict, Dropped)


def test_they_are_not_run_again_for_the_next_candidate_of_a_run(fakes):
    world = Noting(fakes, {BLUNT: EVERY[:1]}, {}, {})
    near = (NearTest(nodeid="tests/test_cart.py::test_it", shared=1),)
    task = replace(fakes.task(target=fakes.target(fakes.gap(branches=()), nearest=near)), source_text=SOURCE)
    existing = validate.Existing()
    for _ in range(2):
        verdict = validate.judge(task, fakes.candidate(BLUNT), world, timeout=5.0, existing=existing)
        assert [one.change for one in verdict.mutants.list if one.killed_before] == EVERY[:1]
    assert [at for at, asked in enumerate(world.contested) if asked] == [0]
