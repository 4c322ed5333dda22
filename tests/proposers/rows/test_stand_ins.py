"""What stand-ins may be told besides, and tests that tell them."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NearTest, Varied, Vary
from pytest_enrich.proposers.rows import RowsProposer, asked, mocks
from pytest_enrich.proposers.rows.addable import Addable, Keyword
from tests.proposers.rows.conftest import variant

KNOWN = Addable(
    caught=("ValueError",),
    tried=("book",),
    outcomes=(Keyword("limit", ("None", "'low'")), Keyword("", ("False",))),
)


def told(body, known=KNOWN):
    """What may be told in a test with this body, each with its values."""
    tree = ast.parse("def test_it(mocker, monkeypatch):\n" + "".join(f"    {line}\n" for line in body))
    return {hole.adds: hole.offers for hole in mocks.mock_holes(tree, None, tree.body[0], known)}


def test_a_stand_in_and_its_methods_may_raise_what_is_caught_and_give_what_decides():
    assert told(["load = Mock()", "assert run(load) == 3"]) == {
        "!load.side_effect": ("ValueError",),
        "!load.book.side_effect": ("ValueError",),
        "!load.limit.return_value": ("None", "'low'"),
        "!load.return_value": ("None", "'low'", "False"),
    }


def test_where_nothing_is_asked_nothing_is_told():
    assert told(["load = Mock()", "assert run(load) == 3"], Addable()) == {}


def test_what_a_test_says_itself_is_said_instead_of_besides():
    found = told(["load = Mock()", "load.limit.return_value = None", "assert run(load) == 3"])
    assert "!load.limit.return_value" not in found
    assert found["="] == ("'low'",)


@pytest.mark.parametrize(
    ("put", "kind"),
    [
        ("monkeypatch.setattr(shop, 'load', lambda: 3)", "Mock"),
        ("monkeypatch.setattr('shop.load', fake)", "Mock"),
        ("mocker.patch.object(shop, 'load', fake)", "Mock"),
        ("mocker.patch('shop.load', fake_later)", "AsyncMock"),
    ],
)
def test_what_is_put_into_the_place_of_a_function_may_be_a_mock(put, kind):
    found = told(["def fake(): ...", "async def fake_later(): ...", put, "assert run() == 3"])
    made = [one.replace(f"⟨unittest.mock:{kind}⟩", "") for one in found["="]]
    told_it = [
        "side_effect=⟨builtins:ValueError⟩",
        "return_value=None",
        "return_value='low'",
        "return_value=False",
    ]
    assert made == [f"({one})" for one in told_it]


def test_a_value_that_is_put_there_stays():
    assert told(["monkeypatch.setattr(shop, 'RATE', 3)", "assert run() == 3"]) == {}


def test_what_decides_is_known_by_the_methods_and_by_how_it_is_asked():
    source = """
        def pay(self, user, load):
            limit = self.bank.limit(user)
            if limit is None or not user.is_known():
                return 0
            table = load("rates")
            if len(user.name) > table or user.next() == 1:
                user.log("x")
            return load(limit)
        """
    assert asked.outcomes(ast.parse(dedent(source))) == {
        "limit": False,
        "is_known": True,
        "next": False,
        "": False,
    }


def test_what_may_raise_is_what_is_called_where_something_is_caught():
    source = "def pay(bank):\n    try:\n        bank.book(1)\n    except KeyError:\n        bank.undo()\n"
    assert list(asked.tried(ast.parse(source))) == ["book"]


TESTS = """
    from unittest.mock import Mock, patch

    import pytest

    import shop
    from shop.cart import discount


    def test_given():
        load = Mock()
        load.limit.return_value = 5
        result = discount(load)
        assert result == 3

    def test_put(monkeypatch):
        monkeypatch.setattr(shop, "load", lambda: 3)
        assert discount() is True

    @patch("shop.load")
    def test_patched(load):
        assert discount() == 3

    def test_kept(mocker):
        mail = mocker.patch("shop.mail")
        load = Mock()
        assert discount(load) == 3
    """
SOURCE = """\
def discount(load):
    try:
        limit = load.limit()
    except ValueError:
        return 0
    if limit is None:
        return 1
"""


@pytest.fixture
def stood(fakes):
    """The code of what is made of a test in `TESTS` in which a place has this value."""

    def stood(name, adds, value, **changes):
        text = dedent(TESTS).lstrip("\n")
        near = (NearTest(nodeid=f"{fakes.TESTS}::{name}", shared=2),)
        target = fakes.target(fakes.gap(text="except ValueError:", outcome="raises"), nearest=near)
        task = replace(fakes.task(text=text), target=replace(target, source=SOURCE), source_text=SOURCE)

        def made(*variants):
            sandbox = fakes.ScriptedSandbox({Vary: Varied(variants=variants, executions=9)})
            found = list(RowsProposer(sandbox, lambda path: text if path == fakes.TESTS else "").propose(task))
            return found, sandbox.asked(Vary)[0].patterns[0].holes

        at = next(at for at, hole in enumerate(made()[1]) if hole.adds == adds)
        (first, *_), _ = made(variant(values=((at, value),), **changes))
        return first

    return stood


def test_it_is_told_above_what_comes_to_it_and_what_follows_is_looked_at_anew(stood):
    made = stood("test_given", "!load.limit.side_effect", "ValueError", seen=("0",))
    assert made.code.splitlines()[2:] == [
        "    load.limit.return_value = 5",
        "    load.limit.side_effect = ValueError",
        "    result = discount(load)",
        "    assert result == 0",
    ]


def test_above_an_assertion_that_is_written_anew_it_stays(stood):
    made = stood("test_patched", "!load.side_effect", "⟨shop:Closed⟩", seen=("None",))
    assert made.code.splitlines()[2:] == ["    load.side_effect = shop.Closed", "    assert discount() is None"]


def test_what_is_put_in_reaches_all_that_comes_after(stood):
    made = stood("test_put", "=", "⟨unittest.mock:Mock⟩(side_effect=⟨builtins:ValueError⟩)", seen=("7",))
    assert made.code.splitlines()[1:] == [
        '    monkeypatch.setattr(shop, "load", Mock(side_effect=ValueError))',
        "    assert discount() == 7",
    ]


def test_what_raises_then_is_told_right_before(stood):
    changes = {"raised": "⟨builtins:KeyError⟩", "message": "no rate", "line": 17}
    made = stood("test_put", "=", "⟨unittest.mock:Mock⟩(return_value=None)", **changes)
    assert made.code.splitlines()[1:] == [
        '    monkeypatch.setattr(shop, "load", Mock(return_value=None))',
        '    with pytest.raises(KeyError, match="no rate"):',
        "        discount()",
    ]
    patched = stood("test_patched", "!load.return_value", "None", **{**changes, "line": 21})
    assert patched.code.splitlines()[2:] == [
        "    load.return_value = None",
        '    with pytest.raises(KeyError, match="no rate"):',
        "        discount()",
    ]


def test_what_keeps_the_machine_out_stays_although_nobody_reads_it(stood):
    made = stood("test_kept", "!load.limit.return_value", "None", seen=("1",))
    assert '    mail = mocker.patch("shop.mail")' in made.code.splitlines()
