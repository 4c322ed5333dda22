"""Tests with mocks, told something else: what collaborators raise, and what they give."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-with=rows", "--enrich-max=0", "--enrich-budget=8000x", "-q")
BANK = """\
class NotAllowed(Exception):
    pass


class Teller:
    def __init__(self, checker):
        self.checker = checker

    def pay(self, user, amount):
        if not self.checker.is_known(user):
            raise NotAllowed(f"{user} is not known")
        limit = self.checker.limit(user)
        if limit is None:
            return 0
        try:
            self.checker.book(amount)
        except KeyError as error:
            return str(error)
        return amount


async def send(mail, name):
    if not await mail.send(name):
        return "later"
    return "sent"
"""
TESTS = """\
import asyncio
from unittest import TestCase, mock
from unittest.mock import AsyncMock

import pytest

import bank


class TestTeller(TestCase):
    def setUp(self):
        self.checker = mock.MagicMock()
        self.teller = bank.Teller(self.checker)

    def test_pay(self):
        self.checker.limit.return_value = 10
        self.assertEqual(self.teller.pay("ann", 7), 7)
        self.checker.book.assert_called_once_with(7)


@pytest.fixture
def mail():
    return AsyncMock()


def test_send(mail):
    assert asyncio.run(bank.send(mail, "ann")) == "sent"
"""
FILES = {
    "src/bank.py": BANK,
    "tests/test_bank.py": TESTS,
    "pytest.ini": "[pytest]\npythonpath = src\n",
}


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """What is suggested, by the text of the gap, without decorators and imports."""
    from tests.e2e.conftest import enriched

    project = enriched(tmp_path_factory.mktemp("stand_ins"), FILES, *ENRICH)
    return {gap["text"]: code[1:] for gap, code in project.suggested()}


def test_a_collaborator_of_the_set_up_gives_something_else(bodies):
    assert bodies["if not self.checker.is_known(user):"] == [
        "    self.checker.is_known.return_value = False",
        '    with self.assertRaisesRegex(bank.NotAllowed, "ann is not known"):',
        '        self.teller.pay("ann", 7)',
    ]
    assert bodies["if limit is None:"] == [
        "    self.checker.limit.return_value = None",
        '    self.assertEqual(self.teller.pay("ann", 7), 0)',
    ]


def test_a_collaborator_raises_and_what_is_said_of_that_is_seen(bodies):
    assert '    self.checker.book.side_effect = KeyError("a")' in bodies["except KeyError as error:"]


def test_a_collaborator_that_is_awaited_gives_something_else(bodies):
    assert bodies["if not await mail.send(name):"] == [
        "    mail.send.return_value = False",
        '    assert asyncio.run(bank.send(mail, "ann")) == "later"',
    ]
