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
@given(data=st.data())
def test_any_order_ends_in_the_same_tests_and_undoing_all_in_the_same_bytes(files, candidates, together, data):
    texts, seen = dict(files), {path: {text} for path, text in files.items()}
    order = data.draw(st.permutations(range(len(candidates))))
    back_and_forth = data.draw(st.lists(st.sampled_from(order), max_size=4, unique=True))
    for number in order:
        _accept(texts, seen, candidates, number)
        if number in back_and_forth:
            _undo(texts, seen, candidates[number])
            _accept(texts, seen, candidates, number)
    assert {path: functions(text) for path, text in texts.items()} == {
        path: functions(text) for path, text in together.items()
    }
    for number in data.draw(st.permutations(order)):
        _undo(texts, seen, candidates[number])
    assert texts == files


def _accept(texts, seen, candidates, number):
    path = candidates[number].placement.path
    texts[path] = accepted(texts, candidates[number], candidates)
    seen[path].add(texts[path])


def _undo(texts, seen, one):
    path = one.placement.path
    texts[path] = patch.remove(texts[path], one, seen[path].__contains__)


def test_the_commands_keep_that_promise_too(shop, monkeypatch):
    """What is written and noted between accepting and undoing counts as well; no pytest is asked."""
    monkeypatch.setattr(pytest_run, "file", lambda *_: pytest_run.Outcome(0, "all passed"))
    draw, before, waiting = random.Random(12), shop.tests(), shop.waiting()
    for name in draw.sample(waiting, len(waiting)):
        assert [one.refused for one in accept.accept(shop.store, [shop.store.find(name)])] == [""]
    assert shop.store.pending() == ()
    standing = undo.standing(shop.store)
    for decision, one in draw.sample(standing, len(standing)):
        undo.undo(shop.store, decision, one)
    assert (shop.tests(), shop.waiting()) == (before, waiting)
