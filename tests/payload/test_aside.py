"""Which tests' assertions are left as they are, because they will not run."""

from __future__ import annotations

import ast

import pytest

from pytest_enrich.payload import selection
from pytest_enrich.payload.candidate import put_aside

TEXT = """
def helper(): assert 0
def test_a(): assert 1
async def test_b(): assert 2
class TestC:
    def setup_method(self): assert 3
    def test_d(self): assert 4
    class TestE:
        def test_f(self): assert 5
"""


def seen(*wanted):
    """The numbers that are asserted in the tree while parts of it are put aside."""
    tree = ast.parse(TEXT)
    with put_aside(tree, wanted):
        return {node.test.value for node in ast.walk(tree) if isinstance(node, ast.Assert)}


def test_only_what_is_wanted_is_left_with_what_it_may_call():
    assert seen("t.py::test_a") == {0, 1, 3}
    assert seen("t.py::test_b[x-1]") == {0, 2, 3}
    assert seen("t.py::TestC::test_d") == {0, 3, 4}


def test_a_class_leads_to_all_in_it():
    assert seen("t.py::TestC") == {0, 3, 4, 5}
    assert seen("t.py::TestC::TestE") == {0, 3, 5}


@pytest.mark.parametrize("wanted", [(), ("t.py",), ("t.py::test_a", "t.py")])
def test_where_the_whole_file_is_wanted_nothing_is_put_aside(wanted):
    assert seen(*wanted) == set(range(6))


def test_afterwards_all_is_as_it_was():
    tree = ast.parse(TEXT)
    with put_aside(tree, ("t.py::test_a",)):
        pass
    assert ast.dump(tree) == ast.dump(ast.parse(TEXT))


def test_a_name_leads_to_what_begins_with_it_only_at_a_joint():
    assert selection.leads("t.py::test_a", ["t.py::test_a[1]"])
    assert selection.leads("t.py::TestC", ["t.py::TestC::test_d"])
    assert selection.leads("t.py::TestC::test_d", ["t.py::TestC"])
    assert not selection.leads("t.py::test_a", ["t.py::test_ab"])
    assert not selection.leads("t.py::TestC::test_d", ["t.py::TestC::test_dd", "t.py::Test"])
    assert selection.leads("t.py::anything", [])
