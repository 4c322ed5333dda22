"""By which expressions a test knows its mocks, and above which statement they can be told something."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from pytest_enrich.proposers.rows import mocks
from pytest_enrich.writing.syntax import span


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
