from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from pytest_enrich import mutants
from pytest_enrich.data import Answered, Mutant, Mutate, Mutated
from pytest_enrich.sandboxes.isolation import RLIMITS_ONLY
from pytest_enrich.sandboxes.process import ProcessSandbox

CART = """
def double(x):
    return x * 2


PRICES = {"pen": double(1)}


class Cart:
    limit = 3

    def __init__(self, owner="ann", most=2):
        self.owner = owner
        self.most = most
        self.items = []

    def add(self, name):
        if len(self.items) >= self.most:
            raise ValueError("full")
        self.items.append(name)
        return self

    def drain(self):
        while self.items:
            self.items.pop()
        return self.items


def spelled(words):
    def spell(word):
        return word.upper()

    return [spell(word) for word in words]
"""
SOURCE = "src/shop/cart.py"


@pytest.fixture
def shop(project):
    return project(
        src__shop__cart=CART,
        tests__test_cart="""
            from shop.cart import Cart


            def test_add():
                assert Cart().add("pen").items == ["pen"]


            def test_broken():
                assert Cart().add("pen").items == []
            """,
    )


@pytest.fixture
def mutate():
    def mutate(root: Path, code: str, *lines: int, path="tests/test_new.py", source=SOURCE, **more) -> Mutated:
        text = (root / source).read_text()
        made = _made(root, *lines, source=source)
        job = Mutate(
            path=path,
            text=textwrap.dedent(code),
            tests=more.pop("tests", (f"{path}::test_new",)),
            source=source,
            source_text=text,
            mutants=more.pop("made", made),
            **{name: value for name, value in more.items() if name != "layers"},
        )
        execution = ProcessSandbox(root, layers=more.pop("layers", RLIMITS_ONLY)).execute(job, timeout=60)
        assert isinstance(execution, Answered), execution
        assert isinstance(execution.answer, Mutated)
        return execution.answer

    mutate.made = _made
    return mutate


def _made(root: Path, *lines: int, source=SOURCE) -> tuple[Mutant, ...]:
    """The mutants of these lines."""
    text = (root / source).read_text()
    return tuple(one for line in lines for one in mutants.make(text, [line]))
