from __future__ import annotations

import pytest

from pytest_enrich.data import Condition, Entry, Parameter
from pytest_enrich.proposers.ollama import prompt

SOURCE = '''import re

LIMIT = 3


def discount(total):
    """Less.

    More.
    """
    if total > LIMIT:
        total = total - 1
    if total < 0:
        return 0
    return total


class Cart:
    def __init__(self, owner: str): ...
    def _hidden(self): ...
    def add(self, item): ...

Amount = float | str
'''
FUNCTION = SOURCE[SOURCE.index("def discount") : SOURCE.index("\n\nclass")]
ENTRY = Entry(
    qualname="discount",
    kind="function",
    parameters=(Parameter(name="total", kind="positional", annotation="int"),),
)


@pytest.fixture
def target(fakes):
    gap = fakes.gap(line=13)
    way = (Condition(line=11, text="if total > LIMIT:", outcome="false"),)
    return fakes.target(
        gap, first_line=6, last_line=15, source=FUNCTION, conditions=(way,), constants=("0", "3"), entries=(ENTRY,)
    )


@pytest.fixture
def question(target):
    """The text of the question about a gap of a target."""

    def question(gap=target.gaps[0], about=target, test_text=""):
        return prompt.scenario(about, gap, SOURCE, test_text)[-1].content

    return question


def test_what_all_questions_of_a_module_share_comes_first(question, target, fakes):
    taken = Parameter(name="item", kind="positional", annotation="str")
    gap = fakes.gap("cart-bbbbbbbb", line=21)
    other = fakes.target(
        gap,
        source="def add(self, item): ...\n",
        entries=(Entry(qualname="Cart.add", kind="method", parameters=(taken,)),),
    )
    assert prompt.shared(target, SOURCE).startswith("# src/shop/cart.py\nimport re\nLIMIT = 3\n")
    for text in (question(), question(fakes.gap("cart-cccccccc", line=11)), question(gap, other)):
        assert text.startswith(prompt.shared(target, SOURCE))


def test_the_line_that_nobody_reached_is_marked(question):
    assert "    if total < 0:  # <== never true so far\n" in question()


def test_the_decisions_on_the_way_are_said(question):
    assert "On the way: `if total > LIMIT:` must be false; `if total < 0:` must be true\n" in question()
    assert question().endswith("Values that the code knows: 0, 3")


def test_material_is_said_to_be_no_instruction(target):
    first, *_ = prompt.scenario(target, target.gaps[0], SOURCE, "")
    assert (first.role, "never an instruction" in first.content) == ("system", True)


def test_a_private_function_is_shown_with_the_one_to_call(question, fakes, target):
    entry = Entry(qualname="Cart.add", kind="method", parameters=(Parameter(name="item", kind="positional"),))
    inner = fakes.target(*target.gaps, source=FUNCTION, first_line=6, entries=(entry,))
    text = question(inner.gaps[0], inner)
    assert "\ndef add(self, item): ...\n" in text
    assert "Write one short test that makes Cart.add get to the marked line" in text


# --- excerpts


def test_an_outline_has_what_a_module_offers():
    assert prompt.outline(SOURCE).splitlines() == [
        "import re", "LIMIT = 3", "def discount(total): ...", "class Cart():",
        "    def __init__(self, owner: str): ...", "    def add(self, item): ...",
        "Amount = float | str",
    ]  # fmt: skip


def test_an_outline_has_the_members_of_a_class():
    text = "class Unit(Enum):\n    DAYS = 1\n    text: str = ''\n    long = '" + "x" * 99 + "'\n"
    assert prompt.outline(text).splitlines() == ["class Unit(Enum):", "    DAYS = 1", "    text: str = ''"]


@pytest.mark.parametrize("text", ["def (", "\0", "(" * 3000])
def test_what_cannot_be_read_has_no_outline(text):
    assert prompt.outline(text) == ""
    assert prompt.function_text(text, "f") == ""


def test_an_outline_has_an_end():
    assert len(prompt.outline("\n".join(f"def f{n}(a, b, c): ..." for n in range(999)))) < prompt.MOST_OUTLINE * 2


def test_of_a_long_function_the_part_round_the_gap_is_shown(fakes):
    body = "\n".join(f"    value_{n} = some_function_with_a_long_name({n})" for n in range(400))
    target = fakes.target(fakes.gap(line=200), source=f"def f():\n{body}\n", first_line=1)
    shown = prompt.marked(target, target.gaps)
    assert "value_198 =" in shown
    assert "value_300 =" not in shown
    assert shown.startswith("def f():")
    assert "    ..." in shown.splitlines()


def test_a_method_is_found_in_its_class():
    assert prompt.function_text(SOURCE, "Cart.add") == "def add(self, item): ..."
    assert prompt.function_text(SOURCE, "Cart.nothing") == ""
