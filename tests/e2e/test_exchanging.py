"""Existing tests with other fixtures, stand-ins that raise, tables, and what is expected in a variable."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-with=rows", "--enrich-max=0", "--enrich-budget=4000x", "-q")
SHOP = """\
SIGNS = {"plain": "-", "star": "*", "wave": "~"}


class Closed(Exception):
    pass


class Account:
    def __init__(self, name, open=True, limit=5):
        self.name, self.open, self.limit = name, open, limit


def pay(account, amount):
    if not account.open:
        raise Closed(f"{account.name} is closed")
    if account.limit > 100:
        return 0
    return amount


def rate(load):
    try:
        return load("eur")
    except TimeoutError:
        return None


def notify(name, send):
    if len(name) > 5:
        name = name[:5]
    send(name)


def framed(text, style="plain"):
    sign = SIGNS[style]
    if style == "star":
        text = text.upper()
    return " ".join([sign * len(text), text])
"""
TESTS = """\
from unittest.mock import Mock

import pytest

from shop import Account, framed, notify, pay, rate


@pytest.fixture
def account():
    return Account("ann")


@pytest.fixture
def closed_account():
    return Account("bob", open=False)


@pytest.fixture
def rich_account():
    return Account("eve", limit=1000)


def test_pay(account):
    assert pay(account, 7) == 7


def test_rate():
    load = Mock(return_value=2.5)
    assert rate(load) == 2.5


def test_notify():
    send = Mock()
    notify("ann", send)
    send.assert_called_once_with("ann")


def test_framed():
    expected = "-- ab"
    result = framed("ab", style="plain")
    assert result == expected
"""
FILES = {"src/shop.py": SHOP, "tests/test_shop.py": TESTS, "pytest.ini": "[pytest]\npythonpath = src\n"}


@pytest.fixture(scope="module")
def bodies(tmp_path_factory):
    """What is suggested, by the function, without decorators and imports."""
    from tests.e2e.conftest import enriched

    project = enriched(tmp_path_factory.mktemp("exchanging"), FILES, *ENRICH)
    return {(gap["qualname"], gap["line"]): code for gap, code in project.suggested()}


def test_a_test_gets_another_account(bodies):
    closed, rich = bodies["pay", 14], bodies["pay", 16]
    assert closed[0].endswith("(closed_account):")
    assert closed[1:] == [
        '    with pytest.raises(Closed, match="bob is closed"):',
        "        pay(closed_account, 7)",
    ]
    assert (rich[0][-15:], rich[1:]) == ("(rich_account):", ["    assert pay(rich_account, 7) == 0"])


def test_a_stand_in_raises_what_is_caught(bodies):
    (code,) = (code for (name, _), code in bodies.items() if name == "rate")
    assert code[1:] == ["    assert rate(Mock(side_effect=TimeoutError)) is None"]


def test_a_stand_in_is_called_with_something_else(bodies):
    (code,) = (code for (name, _), code in bodies.items() if name == "notify")
    (called,) = (line for line in code if "assert_called_once_with" in line)
    given = next(line for line in code if "notify(" in line and "def " not in line)
    assert called.split('"')[1] == given.split('"')[1][:5]


def test_an_argument_is_another_word_and_the_variable_holds_what_is_seen(bodies):
    (code,) = (code for (name, _), code in bodies.items() if name == "framed")
    assert [line.strip() for line in code[1:]] == [
        'expected = "** AB"',
        'assert framed("ab", style="star") == expected',
    ]
