"""How those who think of tests are put together."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_enrich.data import Explored
from pytest_enrich.session.panel import Panel


@pytest.fixture
def asked(settings, fakes):
    """The proposers of these names that a run has."""

    def asked(*names):
        return Panel(settings, SimpleNamespace(sandbox=fakes.ScriptedSandbox({}), test_text=str)).proposers(names)

    return asked


def test_what_the_search_finds_is_offered_to_rows_where_both_are_asked(asked):
    rows, search = asked("rows", "search")
    assert search._better == rows.of_calls


def test_a_search_that_is_asked_alone_makes_no_rows(asked, fakes):
    (search,) = asked("search")
    assert list(search._better(fakes.task(), Explored(findings=(fakes.finding(),), executions=1))) == []
