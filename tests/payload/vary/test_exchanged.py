"""Tests that get another fixture while they run, and constants that tell what was seen."""

from __future__ import annotations

from msgspec.structs import replace

from pytest_enrich.data import Hole, Sighting

SOURCE = """
    class Account:
        def __init__(self, open):
            self.open = open

    class Status:
        STATE_OPEN = 7
        STATE_SHUT = 8
        OTHER = 8

    def state(account):
        if not account.open:
            return Status.STATE_SHUT  # here
        return Status.STATE_OPEN
    """
TESTS = """
    import pytest
    import sample
    from sample import Account, Status, state


    @pytest.fixture
    def account():
        return Account(True)


    @pytest.fixture
    def shut_account():
        return Account(False)


    @pytest.fixture
    def no_account():
        return None


    def test_state(account):
        assert state(account) == Status.STATE_OPEN
    """


def pattern(tests, *offers):
    hole = Hole(fixture="account", values=("account",), offers=offers)
    point = tests.point("assert state(account) == Status.STATE_OPEN", "state(account)")
    constant = tests.span("Status.STATE_OPEN", after=point.span[0] - 1)
    return tests.pattern("test_state", hole, points=(replace(point, constant=constant),))


def test_a_test_gets_another_fixture_and_what_is_seen_is_a_constant_of_its_kind(vary, written):
    tests = written(TESTS)
    (variant,) = vary(SOURCE, tests, pattern(tests, "no_account", "shut_account")).variants
    assert variant.values == ((0, "shut_account"),)
    assert variant.seen == (Sighting(point=0, value="⟨sample:Status.STATE_SHUT⟩"),)


def test_a_fixture_that_gives_something_else_or_is_not_there_is_none_to_try(vary, written):
    tests = written(TESTS)
    answer = vary(SOURCE, tests, pattern(tests, "no_account", "missing"))
    assert (answer.variants, answer.dropped.keys() - {"accident"}) == ((), set())
