"""The search, with subjects that need nothing to be run."""

from __future__ import annotations

import dataclasses
import itertools
import math
from functools import partial

from pytest_enrich.payload.engine.bounds import Limits
from pytest_enrich.payload.engine.search import Cost, Result, Search
from pytest_enrich.payload.explore.calls import Call


@dataclasses.dataclass(frozen=True)
class Ran:
    branches: frozenset
    refusal: str = ""
    is_raising: bool = False
    is_start: bool = True


class Numbers:
    """A subject whose choice is a number, and whose branches are from 0 to `number // 10`."""

    batch = 4
    known = ()

    def __init__(self, ideas, *, is_poor=False, refusal=""):
        self.ran = []
        self._ideas, self._is_poor, self._refusal = ideas, is_poor, refusal

    def starts(self):
        return [number(0)]

    def ideas(self, _search):
        return map(number, self._ideas)

    def fits(self, call):
        return call != number(13)

    def rules(self, call):
        return frozenset({f"tens of {int(call.qualname) // 10}"})

    def run(self, calls, _deadline):
        self.ran += [int(call.qualname) for call in calls]
        return [Ran(frozenset({(0, int(call.qualname) // 10)}), self._refusal) for call in calls]

    def judge(self, call, run, search):
        least = dict.fromkeys(("exceptional", "changes", "unusual", "foreign"), 0)
        cost = Cost(**least, uninformative=self._is_poor, size=call.size)
        return run.refusal or Result(self, call, search.reached(run), cost, self._is_poor)


def number(value):
    return Call(str(value))


def searched(*subjects, branches=((0, 3),), executions=100, parts=9):
    search = Search(branches, (), Limits(executions, math.inf, 0), parts=parts)
    search.through([partial(lambda subject: subject, subject) for subject in subjects])
    return search


def test_what_was_tried_or_does_not_fit_is_not_run():
    subject = Numbers([1, 2, 1, 13, 2, 3])
    assert searched(subject).executions == 3
    assert subject.ran == [1, 2, 3]


def test_it_ends_when_only_old_ideas_come():
    subject = Numbers(itertools.cycle([1, 2, 3]))
    searched(subject, executions=10**6)
    assert subject.ran == [1, 2, 3]


def test_what_takes_a_new_branch_is_a_start_and_ends_the_idleness():
    search = searched(Numbers([1, 25, 26, 27]))
    assert search.starts == [number(0), number(1), number(25)]
    assert search.idle == 2


def test_what_was_reached_is_left_to_nobody_else_unless_it_says_little():
    for is_poor, others in ((False, []), (True, [38])):
        first, second = Numbers([37], is_poor=is_poor), Numbers([38])
        search = searched(first, second)
        assert (second.ran, search.unreached) == (others, frozenset())


def test_what_nobody_wants_a_test_of_is_counted():
    search = searched(Numbers([31, 32], refusal="side effect"))
    assert (search.results, search.dropped) == ({}, {"side effect": 2})


def test_each_subject_has_its_part_of_what_is_left():
    for parts, each in ((9, [20, 20, 20]), (2, [30, 15, 15])):
        subjects = [Numbers(range(100)) for _ in range(3)]
        searched(*subjects, branches=((7, 7),), executions=60, parts=parts)
        assert [len(subject.ran) for subject in subjects] == each


def test_each_choice_that_was_run_is_counted_for_the_rules_that_thought_of_it():
    search = searched(Numbers([11, 12, 21]), branches=((0, 9),))
    assert search.ideas == {"tens of 1": 2, "tens of 2": 1}


def test_what_cannot_be_looked_at_ends_no_search():
    class Odd(Numbers):
        def judge(self, call, run, search):
            if call == number(31):
                raise RecursionError
            return super().judge(call, run, search)

    search = searched(Odd([31, 32]))
    assert [result.call for result in search.results[0, 3]] == [number(32)]
    assert search.dropped == {"cannot be looked at": 1}
