"""Who is asked for properties: a team that has such tests."""

from __future__ import annotations

import pytest

from pytest_enrich.config import PROPOSERS
from pytest_enrich.session.panel import Panel


@pytest.fixture
def asked(settings, fakes):
    """The names of the proposers that a run has."""

    def asked():
        panel = Panel(settings, fakes.ScriptedSandbox({}))
        return [proposer.name for proposer in panel.proposers(PROPOSERS)]

    return asked


def test_a_team_without_hypothesis_gets_no_new_dependency(asked):
    assert asked() == ["rows", "search"]


def test_a_team_that_uses_hypothesis_is_asked_for_properties_before_the_search(asked, rootdir):
    path = rootdir / "tests" / "test_cart.py"
    path.write_text(f"from hypothesis import given\n{path.read_text()}")
    assert asked() == ["rows", "properties", "search"]
