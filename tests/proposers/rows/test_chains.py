"""Steps of a chain, `every(2).days.at("10:30")`: other ones that its objects have."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Vary
from pytest_enrich.proposers.rows import addable
from tests.proposers.rows.conftest import variant

SOURCE = """
class Job:
    def __init__(self):
        self.unit = ""

    @property
    def days(self):
        self.unit = "days"
        return self

    @property
    def hours(self) -> "Job":
        return self.again("hours")

    @property
    def name(self):
        return self.unit

    @property
    def _hidden(self):
        return self

    @property
    def weeks(self) -> Job:
        self.unit = "weeks"
        return self

    def again(self, unit) -> Job:
        self.unit = unit
        return self

    def urgent(self):
        return self

    def late(self) -> Self:
        return copy(self)

    def at(self, time):
        if self.unit == "hours":
            raise ValueError("no time of day for hours")
        return self


class Other:
    @property
    def days(self):
        return self
"""
TESTS = """
    from shop.cart import Job


    def test_daily():
        assert Job().days.at("10:30").name == "days"
    """


@pytest.mark.parametrize(
    ("qualname", "steps"),
    [
        ("Job.at", ({"days", "hours", "weeks"}, {"urgent", "late"})),
        ("Other.days", ({"days"}, set())),
        ("discount", (set(), set())),
    ],
)
def test_what_gives_back_an_object_of_its_class_is_a_step(fakes, qualname, steps):
    assert addable.of(fakes.target(qualname=qualname), SOURCE).steps == steps


@pytest.fixture
def chained(rows):
    def chained(text, *variants):
        return rows(text, *variants, names=("test_daily",), source=SOURCE, qualname="Job.at")

    return chained


@pytest.mark.parametrize(
    ("chain", "offers"),
    [
        ("Job().days.at('10:30').name", [("'days'", ("'hours'", "'weeks'"))]),
        ("Job().urgent().at('10:30').name", [("'urgent'", ("'late'",))]),
        ("Job().urgent.at('10:30').name", []),
        ("Job().again('days').name", []),
    ],
)
def test_a_step_may_be_another_one_of_its_sort(chained, chain, offers):
    _, sandbox = chained(TESTS.replace('Job().days.at("10:30").name', chain))
    holes = [hole for hole in sandbox.asked(Vary)[0].patterns[0].holes if hole.adds == addable.METHOD]
    assert [(hole.values[0], hole.offers) for hole in holes] == offers


def test_a_test_of_another_step_is_named_by_it_and_what_comes_then(chained):
    _, sandbox = chained(TESTS)
    holes = sandbox.asked(Vary)[0].patterns[0].holes
    at = next(at for at, hole in enumerate(holes) if hole.adds == addable.METHOD)
    (candidate, *_), _ = chained(TESTS, variant(seen=("'weeks'",), values=((at, "'weeks'"),)))
    assert candidate.code.splitlines()[1] == "    assert Job().weeks.at(\"10:30\").name == 'weeks'"
    assert candidate.name.startswith("test_weeks_at")
    raised = variant(
        values=((at, "'hours'"),), raised="⟨builtins:ValueError⟩", message="no time of day for hours", line=5
    )
    (candidate, *_), _ = chained(TESTS, raised)
    assert candidate.name.startswith("test_hours_at_")
    assert candidate.code.splitlines()[-1].startswith('        Job().hours.at("10:30")')
