"""How what stands for a collaborator is called, seen while a test runs."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Point, Sighting

SOURCE = """
    def notify(names, send):
        for name in names:
            send(name, loud=len(name) > 3)
        if len(names) != 1:
            return None  # here
        return names
    """
TESTS = """
    from unittest.mock import Mock

    from sample import notify


    def test_notify():
        send = Mock()
        notify(["ann"], send)
        send.assert_called_once_with("ann", loud=False)
    """


@pytest.mark.parametrize(("names", "seen"), [("[]", "None"), ("['a', 'b']", "")])
def test_a_stand_in_tells_how_it_was_called_if_that_can_be_said(vary, written, names, seen):
    tests = written(TESTS)
    statement = tests.span("send.assert_called_once_with('ann', loud=False)")
    point = Point(form="called", span=statement, subject=tests.span("send", after=statement[0] - 1))
    hole = tests.literal("['ann']")
    offered = hole.__class__(span=hole.span, values=hole.values, offers=(names,))
    answer = vary(SOURCE, tests, tests.pattern("test_notify", offered, points=(point,)), executions=3)
    seen_by_rows = [one.seen for one in answer.variants if one.values == ((0, names),)]
    assert seen_by_rows == ([(Sighting(point=0, value=seen),)] if seen else [])


def test_one_call_is_told_with_its_arguments(vary, written):
    tests = written(TESTS)
    source = SOURCE.replace("if len(names) != 1:", "if names == ['longer']:")
    statement = tests.span("send.assert_called_once_with('ann', loud=False)")
    point = Point(form="called", span=statement, subject=tests.span("send", after=statement[0] - 1))
    pattern = tests.pattern("test_notify", tests.literal("['ann']"), points=(point,))
    (variant,) = vary(source, tests, pattern, constants=("'longer'",)).variants
    assert variant.seen == (Sighting(point=0, value="call('longer', loud=True)"),)
