"""Existing tests of exceptions, with other values and with classes of the same kind."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-with=rows", "--enrich-max=0", "--enrich-budget=4000x", "-q")
CHECKS = """\
class Bad(Exception):
    pass


class Longest:
    def __init__(self, most=5):
        self.most = most

    def check(self, form):
        if len(form["name"]) > self.most:
            raise Bad(f"{form['name']} is too long")
        if form["name"] == "root":
            raise Bad("nobody is called root")


class Capital:
    def check(self, form):
        if form["name"][:1].islower():
            raise Bad(f"{form['name']} begins small")
        return form["name"]
"""
TESTS = """\
import pytest

from checks import Bad, Longest


@pytest.fixture
def form():
    return {"name": "ann"}


def test_longest(form):
    form["name"] = "annabella"
    with pytest.raises(Bad, match="too long"):
        Longest(most=6).check(form)
"""
FILES = {"src/checks.py": CHECKS, "tests/test_checks.py": TESTS, "pytest.ini": "[pytest]\npythonpath = src\n"}


@pytest.fixture(scope="module")
def codes(tmp_path_factory):
    """What is suggested, by the function."""
    from tests.e2e.conftest import enriched

    project = enriched(tmp_path_factory.mktemp("kindred"), FILES, *ENRICH)
    return {gap["qualname"]: code for gap, code in project.suggested()}


def test_a_class_that_no_test_makes_is_made_in_a_test_of_another(codes):
    assert codes["Capital.check"][1:] == [
        '    form["name"] = "annabella"',
        '    with pytest.raises(Bad, match="annabella begins small"):',
        "        Capital().check(form)",
    ]


def test_another_value_is_refused_for_another_reason(codes):
    assert codes["Longest.check"][1:] == [
        '    form["name"] = "root"',
        '    with pytest.raises(Bad, match="nobody is called root"):',
        "        Longest(most=6).check(form)",
    ]
