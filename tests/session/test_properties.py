"""Who is asked for properties: a team that has such tests."""

from __future__ import annotations

import pytest

from pytest_enrich.config import PROPOSERS
from pytest_enrich.session import scope
from pytest_enrich.session.work import Session


class Silent:
    """A progress that nobody listens to."""

    def started(self, *_facts): ...

    working = finished = started


@pytest.fixture
def asked(settings, store, measured):
    """The names of the proposers that a session has."""

    def asked():
        session = Session(settings, store, scope.find(settings, measured(), store), Silent())
        names = [proposer.name for proposer in session._proposers(PROPOSERS)]
        session.close()
        return names

    return asked


def test_a_team_without_hypothesis_gets_no_new_dependency(asked):
    assert asked() == ["rows", "search"]


def test_a_team_that_uses_hypothesis_is_asked_for_properties_before_the_search(asked, rootdir):
    path = rootdir / "tests" / "test_cart.py"
    path.write_text(f"from hypothesis import given\n{path.read_text()}")
    assert asked() == ["rows", "properties", "search"]
