"""What stands for a collaborator in a test: what else it may give or raise."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NearTest, Varied, Vary
from pytest_enrich.proposers.rows import RowsProposer, addable, adding
from pytest_enrich.proposers.rows.addable import Addable
from tests.proposers.rows.conftest import variant

KNOWN = Addable(caught=("ValueError",), outcomes=("None", "'low'", "False"))


def offered(body, known=KNOWN):
    """What may stand in the place of what a test with this body puts into that of something else."""
    tree = ast.parse("def test_it(mocker, monkeypatch):\n" + "".join(f"    {line}\n" for line in body))
    return [offer for hole in adding.mock_holes(tree, tree.body[0], known) for offer in hole.offers]


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
    found = offered(["def fake(): ...", "async def fake_later(): ...", put, "assert run() == 3"])
    made = [one.replace(f"⟨unittest.mock:{kind}⟩", "") for one in found]
    ways = [
        "side_effect=⟨builtins:ValueError⟩",
        "return_value=None",
        "return_value='low'",
        "return_value=False",
    ]
    assert made == [f"({one})" for one in ways]


def test_a_value_that_is_put_there_stays():
    assert offered(["monkeypatch.setattr(shop, 'RATE', 3)", "assert run() == 3"]) == []
    assert offered(["monkeypatch.setattr(shop, 'load', lambda: 3)", "assert run() == 3"], Addable()) == []


def test_what_decides_is_known_by_how_it_is_asked(fakes):
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
    known = addable.of(replace(fakes.target(), source=dedent(source)), "")
    assert known.outcomes == ("False", "True", "None")


TESTS = """
    from unittest.mock import Mock

    import pytest

    import shop
    from shop.cart import discount


    def test_put(monkeypatch):
        monkeypatch.setattr(shop, "load", lambda: 3)
        assert discount() is True

    def test_kept(mocker):
        mail = mocker.patch("shop.mail")
        mocker.patch("shop.load", lambda: 3)
        assert discount() == 3
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


def test_what_is_put_in_reaches_all_that_comes_after(stood):
    made = stood("test_put", "=", "⟨unittest.mock:Mock⟩(side_effect=⟨builtins:ValueError⟩)", seen=("7",))
    assert made.code.splitlines()[1:] == [
        '    monkeypatch.setattr(shop, "load", Mock(side_effect=ValueError))',
        "    assert discount() == 7",
    ]


def test_what_raises_then_is_told_right_before(stood):
    changes = {"raised": "⟨builtins:KeyError⟩", "message": "no rate", "line": 11}
    made = stood("test_put", "=", "⟨unittest.mock:Mock⟩(return_value=None)", **changes)
    assert made.code.splitlines()[1:] == [
        '    monkeypatch.setattr(shop, "load", Mock(return_value=None))',
        '    with pytest.raises(KeyError, match="no rate"):',
        "        discount()",
    ]


def test_what_keeps_the_machine_out_stays_although_nobody_reads_it(stood):
    made = stood("test_kept", "=", "⟨unittest.mock:Mock⟩(return_value=None)", seen=("1",))
    assert '    mail = mocker.patch("shop.mail")' in made.code.splitlines()
