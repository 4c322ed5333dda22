"""Existing tests without one of their steps: what is not there, or not registered."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-with=rows", "--enrich-max=0", "--enrich-budget=4000x", "-q")
BOX = """\
class Box:
    def __init__(self, owner=None):
        self.owner, self.held, self.listeners = owner, {}, []

    def put(self, key, value):
        self.held[key] = value

    def listener(self, function):
        self.listeners.append(function)
        return function

    def take(self, key):
        if key not in self.held:
            raise LookupError(f"no {key} here")
        return self.held.pop(key)

    def label(self):
        if self.owner is None:
            return "nobody's"
        return f"{self.owner}'s"

    def tell(self, text):
        if not self.listeners:
            return 0
        return sum(one(text) for one in self.listeners)
"""
TESTS = """\
import pytest

from box import Box


@pytest.fixture
def box():
    return Box()


def test_take(box):
    box.put("a", 1)
    assert box.take("a") == 1


def test_label(box):
    box.owner = "ann"
    assert box.label() == "ann's"


def test_tell(box):
    @box.listener
    def count(text):
        return len(text)

    assert box.tell("abc") == 3
"""
FILES = {"src/box.py": BOX, "tests/test_box.py": TESTS, "pytest.ini": "[pytest]\npythonpath = src\n"}


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """What is suggested, by the function, without its first line."""
    from tests.e2e.conftest import enriched

    project = enriched(tmp_path_factory.mktemp("omitting"), FILES, *ENRICH)
    return {gap["qualname"]: code[1:] for gap, code in project.suggested()}


def test_what_is_not_set_is_seen_to_be_missing(bodies):
    assert bodies["Box.label"] == ['    assert box.label() == "nobody\'s"']


def test_what_is_not_registered_is_not_called(bodies):
    assert bodies["Box.tell"] == ['    assert box.tell("abc") == 0']


def test_what_was_not_stored_cannot_be_taken(bodies):
    assert bodies["Box.take"] == [
        '    with pytest.raises(LookupError, match="no a here"):',
        '        box.take("a")',
    ]
