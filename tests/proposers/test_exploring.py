"""Existing tests are watched at once for the targets of a file, and for one alone where that takes too long."""

import pytest

from pytest_enrich.data import NearTest, Record, Recorded
from pytest_enrich.proposers import exploring

A, B, C = (f"tests/test_cart.py::test_{name}" for name in "abc")


@pytest.fixture
def watched(fakes):
    """The tests that are watched for each target of one file; targets are what their tests take, in seconds."""

    def watched(*targets, paths=(), **seconds):
        gaps = [fakes.gap(path=path) for path in paths or ["src/shop/cart.py"] * len(targets)]
        made = [
            fakes.target(
                gap, nearest=tuple(NearTest(nodeid=one, shared=1, seconds=took) for one, took in near.items())
            )
            for gap, near in zip(gaps, targets, strict=True)
        ]
        sandbox = fakes.ScriptedSandbox({Record: Recorded(calls=(), constructors=(), outcomes=())})
        for target in exploring.together(made):
            exploring.record(target, sandbox, **seconds)
        return [job.tests for job in sandbox.jobs]

    return watched


def test_tests_are_watched_for_all_targets_of_a_file_at_once(watched):
    assert watched({A: 0.1, B: 0.1}, {B: 0.1, C: 0.1}) == [(A, B, C)] * 2


def test_those_of_another_file_are_not_among_them(watched):
    assert watched({A: 0.1}, {B: 0.1}, paths=["src/shop/cart.py", "src/shop/tax.py"]) == [(A,), (B,)]


def test_a_target_whose_tests_take_too_long_besides_has_them_watched_for_itself(watched):
    assert watched({A: 1.5}, {B: 1.5}, {C: 0.1}) == [(A, C), (B,), (A, C)]


def test_where_there_are_no_tests_none_is_watched(watched):
    assert watched({}) == []


def test_a_target_without_tests_shares_those_of_its_file(watched):
    assert watched({}, {A: 0.1}) == [(A,), (A,)]


def test_a_file_without_tests_borrows_from_those_in_its_folder(watched):
    paths = ["src/shop/cart.py", "src/shop/tax.py", "src/bank.py"]
    assert watched({}, {A: 0.1}, {B: 0.1}, paths=paths) == [(A,), (A,), (B,)]


def test_no_more_is_borrowed_than_takes_little_time(watched):
    paths = ["src/shop/cart.py", "src/shop/tax.py", "src/shop/till.py"]
    assert watched({}, {A: 1.2}, {B: 1.5}, paths=paths) == [(A,), (A,), (B,)]


def test_for_a_short_search_slow_tests_are_not_watched(watched):
    assert watched({A: 0.1, B: 2.0}, seconds=1.0) == [(A,)]
    assert watched({A: 0.1, B: 2.0}, seconds=10.0) == [(A, B)]
