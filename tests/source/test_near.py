from __future__ import annotations

from pytest_enrich.data import NearTest
from pytest_enrich.data.code import within

TEXT = """\
class Cart:
    @decorated
    def f(self, x):
        if x:
            return 1
        return 2

    def g(self):
        return 3

def h():
    return 4
"""
PLACE = ("Cart.f", "if x:")


def test_tests_that_run_most_lines_of_the_function_are_nearest(target):
    found = target(TEXT, PLACE, contexts={4: ("one", "two"), 5: ("two",)})
    assert found.nearest == (NearTest(nodeid="two", shared=2), NearTest(nodeid="one", shared=1))


def test_the_lines_that_run_on_import_do_not_count(target):
    found = target(TEXT, PLACE, contexts={2: ("import",), 3: ("import",), 4: ("one",)})
    assert found.nearest == (NearTest(nodeid="one", shared=1),)


def test_of_two_the_one_that_runs_less_else_is_nearer(target):
    found = target(TEXT, PLACE, contexts={4: ("all", "some"), 9: ("all",), 12: ("all",)})
    assert [one.nodeid for one in found.nearest] == ["some", "all"]


def test_tests_of_the_class_then_of_the_module_stand_in_when_none_runs_it(target):
    found = target(TEXT, PLACE, contexts={9: ("class",), 12: ("module", "module too"), 11: ("module too",)})
    assert [(one.nodeid, one.shared) for one in found.nearest] == [("class", 0), ("module too", 0), ("module", 0)]


FAMILY = """\
class Rule:
    def then(self, matches):
        raise NotImplementedError

class Append(Rule):
    def then(self, matches):
        matches.append(1)

class Remove(Rule):
    def then(self, matches):
        if matches:
            matches.pop()

class Other:
    def then(self, matches):
        return matches
"""


def test_tests_of_the_same_method_of_related_classes_come_after_those_of_the_function(target):
    found = target(FAMILY, ("Remove.then", "if matches:"), contexts={7: ("kin",), 11: ("own",), 16: ("other",)})
    assert [(one.nodeid, one.shared) for one in found.nearest] == [("own", 1), ("kin", 0)]
    assert found.relatives == ("Rule", "Append")


def test_when_none_runs_the_function_those_of_related_classes_come_first(target):
    found = target(FAMILY, ("Remove.then", "if matches:"), contexts={7: ("kin",), 16: ("other",)})
    assert [one.nodeid for one in found.nearest] == ["kin", "other"]


def test_nothing_is_near_when_no_test_runs_the_module(target):
    assert target(TEXT, PLACE).nearest == ()


def test_of_the_nearest_tests_those_are_taken_that_are_quick_together_each_with_all_its_cases():
    slow, one, other, last = (
        NearTest(nodeid=f"tests/test_a.py::{name}", shared=3, seconds=seconds)
        for name, seconds in (("slow", 5.0), ("one[1]", 0.6), ("one[2]", 0.6), ("last", 0.3))
    )
    assert within((slow, one, other, last), 1.0) == (one, other, last)
    assert within((slow, one), 0.1) == (one,)
    assert within((), 1.0) == ()
