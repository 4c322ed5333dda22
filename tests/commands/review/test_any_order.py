"""Twelve suggestions accepted and taken back in any order: the same tests, and the first bytes at the end."""

import ast
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_enrich import patch
from pytest_enrich.commands import accept, pytest_run, undo


@pytest.fixture(scope="module")
def files(made):
    """The bytes of the test files, as text."""
    return {path.relative_to(made).as_posix(): path.read_text() for path in (made / "tests").glob("*.py")}


@pytest.fixture(scope="module")
def candidates(suggestions):
    return [patch.as_candidate(one) for one in patch.in_gap_order(suggestions)]


@pytest.fixture(scope="module")
def together(files, candidates):
    """All accepted, in gap order."""
    texts = dict(files)
    for one in candidates:
        texts[one.placement.path] = accepted(texts, one, candidates)
    return texts


def accepted(texts, one, candidates):
    peers = [other for other in candidates if other.placement.path == one.placement.path]
    return patch.insert(texts[one.placement.path], one, peers)


def functions(text):
    return sorted(ast.dump(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))


@settings(max_examples=3, deadline=None)
@given(order=st.randoms(use_true_random=False))
def test_any_order_ends_in_the_same_tests(files, candidates, together, order):
    texts = dict(files)
    for one in order.sample(candidates, len(candidates)):
        texts[one.placement.path] = accepted(texts, one, candidates)
    assert {path: functions(text) for path, text in texts.items()} == {
        path: functions(text) for path, text in together.items()
    }


def test_taking_back_the_last_first_ends_in_the_same_bytes(shop, monkeypatch):
    """What is written and noted between accepting and undoing counts as well; no pytest is asked."""
    monkeypatch.setattr(pytest_run, "files", lambda *_: pytest_run.Outcome(0, "all passed"))
    draw, before, waiting = random.Random(12), shop.tests(), shop.waiting()
    for name in draw.sample(waiting, len(waiting)):
        assert [one.refused for one in accept.accept(shop.store, [shop.store.find(name)])] == [""]
    assert shop.store.pending() == ()
    standing = undo.standing(shop.store)
    for decision, one in reversed(standing):
        undo.undo(shop.store, decision, one)
    assert (shop.tests(), shop.waiting()) == (before, waiting)
