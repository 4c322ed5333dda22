"""Mocks of a test: where they are, and what else they may give or raise."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NearTest, Varied, Vary
from pytest_enrich.proposers.rows import RowsProposer, asked, mocks
from pytest_enrich.proposers.rows.addable import Addable, Keyword
from pytest_enrich.writing.syntax import span
from tests.proposers.rows.conftest import variant


def found(text):
    """The expressions, each with the text of the statement, of the last test of a file."""
    tree = ast.parse(dedent(text))
    last = tree.body[-1]
    owner, function = (last.name, last.body[-1]) if isinstance(last, ast.ClassDef) else (None, last)
    statements = {span(one): ast.unparse(one) for one in ast.walk(function) if isinstance(one, ast.stmt)}
    return {name: statements[place] for name, place in mocks.mock_places(tree, owner, function)}


@pytest.mark.parametrize(
    "made",
    [
        "Mock()",
        "mock.MagicMock()",
        "AsyncMock(return_value=1)",
        "create_autospec(Load)",
        "mocker.patch('a.b')",
        "mocker.patch.object(shop, 'load')",
        "patch('a.b').start()",
    ],
)
def test_a_name_that_is_bound_to_a_mock_can_be_told_something_below(made):
    for bound in (f"load = {made}", f"load: Load = {made}"):
        assert found(f"def test_it(mocker):\n    {bound}\n    run(load)\n") == {"load": "run(load)"}


@pytest.mark.parametrize("made", ["Load()", "patch('a.b', new=1)", "mocker.patch('a.b', other)", "start()", "3"])
def test_what_is_no_mock_is_told_nothing(made):
    assert found(f"def test_it(mocker):\n    load = {made}\n    run(load)\n") == {}


def test_decorators_give_parameters_the_lowest_first():
    text = """
        @patch("a.one")
        @patch.object(shop, "two")
        @patch("a.three", new=3)
        def test_it(two, one, tmp_path):
            run()
        """
    assert found(text) == {"two": "run()", "one": "run()"}


def test_a_class_gives_its_methods_mocks_by_decorators_fixtures_and_set_up():
    text = """
        @patch("a.one")
        class TestIt(TestCase):
            def setUp(self):
                self.load = Mock()
                self.plain = Load()

            @pytest.fixture
            def send(self):
                return Mock()

            def test_it(self, one, send):
                '''What it is for.'''
                run(self.load)
        """
    assert found(text) == {"one": "run(self.load)", "self.load": "run(self.load)", "send": "run(self.load)"}


@pytest.mark.parametrize(
    "body",
    [
        "return Mock()",
        "yield mocker.patch('a.b')",
        "with patch('a.b') as made:\n        yield made",
        "made = Mock()\n    return made",
    ],
)
def test_a_fixture_of_the_file_gives_one(body):
    assert found(f"def load(mocker):\n    {body}\n\ndef test_it(load):\n    run(load)\n") == {"load": "run(load)"}


def test_what_is_told_something_is_a_mock_and_so_is_what_that_gives():
    text = """
        def test_it(client):
            client.get.return_value.json.return_value = {}
            assert run(client)
        """
    assert found(text) == {
        "client.get.return_value.json": "assert run(client)",
        "client.get": "assert run(client)",
    }


def test_in_a_block_it_is_told_at_its_beginning_but_not_where_something_is_raised():
    text = """
        def test_it():
            with patch("a.b") as load:
                run()
            with pytest.raises(ValueError):
                other.side_effect = 3
                run()
        """
    assert found(text) == {"load": "run()"}


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


def test_what_raises_then_is_told_right_before(stood):
    changes = {"raised": "⟨builtins:KeyError⟩", "message": "no rate", "line": 17}
    patched = stood("test_patched", "!load.return_value", "None", **changes)
    assert patched.code.splitlines()[2:] == [
        "    load.return_value = None",
        '    with pytest.raises(KeyError, match="no rate"):',
        "        discount()",
    ]


def test_what_keeps_the_machine_out_stays_although_nobody_reads_it(stood):
    made = stood("test_kept", "!load.limit.return_value", "None", seen=("1",))
    assert '    mail = mocker.patch("shop.mail")' in made.code.splitlines()
