"""How those who think of tests are put together."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Explored
from pytest_enrich.session import scope
from pytest_enrich.session.work import Session


class Silent:
    """A progress that nobody listens to."""

    def started(self, *_facts): ...

    working = finished = started


@pytest.fixture
def asked(settings, store, measured):
    """The proposers of these names that a session has."""

    def asked(*names):
        session = Session(settings, store, scope.find(settings, measured(), store), Silent())
        proposers = session._proposers(names)
        session.close()
        return proposers

    return asked


def test_what_the_search_finds_is_offered_to_rows_where_both_are_asked(asked):
    rows, search = asked("rows", "search")
    assert search._better == rows.of_calls


def test_a_search_that_is_asked_alone_makes_no_rows(asked, fakes):
    (search,) = asked("search")
    assert list(search._better(fakes.task(), Explored(findings=(fakes.finding(),), executions=1))) == []
