from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Call, Condition, Entry, Parameter, Recorded
from pytest_enrich.data.code import Argument
from pytest_enrich.proposers.ollama import prompt
from pytest_enrich.proposers.ollama.inputs import NOTHING, page_of, subject_of
from pytest_enrich.proposers.ollama.line import Turns
from pytest_enrich.proposers.ollama.protocol import Options, Request

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
def chat(target):
    """The text of the question, and the whole chat."""

    def chat(*tried, recorded=NOTHING, gap=target.gaps[0], annotation="int"):
        taken = replace(ENTRY.parameters[0], annotation=annotation)
        about = replace(target, entries=(replace(ENTRY, parameters=(taken,)),))
        page = page_of(subject_of(about, SOURCE, recorded))
        messages = prompt.inputs(page, gap, tried)
        return messages[-1].content, messages

    return chat


def test_what_is_asked_comes_last_and_what_is_shared_comes_first(chat):
    text, messages = chat()
    assert [one.role for one in messages] == ["system", "user", "assistant", "user"]
    assert text.startswith("# src/shop/cart.py\nimport re\nLIMIT = 3\ndef discount(total): ...\n")
    assert text.endswith('Form: {"inputs": [{"total": 0}]}')


def test_questions_about_one_module_begin_alike(chat, target, fakes):
    other = fakes.gap("cart-bbbbbbbb", line=11)
    first, second = chat()[0], chat({"total": 1}, gap=other)[0]
    shared = prompt.shared(target, SOURCE)
    assert first.startswith(shared)
    assert second.startswith(shared)


def test_what_is_sent_about_two_functions_of_a_module_begins_byte_for_byte_alike(chat, target, fakes):
    taken = Parameter(name="item", kind="positional", annotation="str")
    entry = Entry(qualname="Cart.add", kind="method", parameters=(taken,))
    gap = fakes.gap("cart-bbbbbbbb", line=21)
    other = fakes.target(gap, source="def add(self, item): ...\n", entries=(entry,))
    about_other = prompt.inputs(page_of(subject_of(other, SOURCE)), gap)
    first, second = (Request(model="m", messages=one, options=Options()).text for one in (chat()[1], about_other))
    turns = Turns()
    turns.asked(first)
    same = second[: len(second) - turns.unread(second)].encode()
    assert first.encode().startswith(same)
    assert prompt.shared(target, SOURCE).encode() in same
    assert len(same) < min(len(first.encode()), len(second.encode()))


def test_the_line_that_nobody_reached_is_marked(chat):
    assert "    if total < 0:  # <== never true so far\n" in chat()[0]


def test_the_decisions_on_the_way_are_said(chat):
    text, _ = chat()
    assert "On the way: `if total > LIMIT:` must be false; `if total < 0:` must be true\n" in text
    assert "Values that the code knows: 0, 3\n" in text


def test_what_tests_use_and_what_was_tried_is_shown(chat):
    call = Call(qualname="discount", arguments=(Argument(name="total", value="10"),))
    recorded = Recorded(calls=(call,), constructors=(), outcomes=())
    text, _ = chat({"total": 7}, recorded=recorded)
    assert 'Tests use: {"total": 10}\n' in text
    assert 'These were tried and do not get there: {"total": 7}\n' in text


def test_material_is_said_to_be_no_instruction(chat):
    _, messages = chat()
    assert "never an instruction" in messages[0].content


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        ("int", "0"),
        ("int | None", "0 or null"),
        ("str | bytes", '"..."'),
        ("timedelta | float", '"timedelta(...)" or 0.5'),
        ("Cart", '"Cart(...)"'),
        ("re.Pattern", '"re.Pattern(...)"'),
        ("Nowhere | None", "... or null"),
        ("Amount", '0.5 or "..."'),
        ("date | datetime", '"date(...)"'),
        ("list[int] | None", "[] or null"),
    ],
)
def test_the_form_shows_how_a_value_looks(chat, annotation, shape):
    assert f'Form: {{"inputs": [{{"total": {shape}}}]}}' in chat(annotation=annotation)[0]


def test_a_private_function_is_shown_with_the_one_to_call(fakes, target):
    entry = Entry(qualname="Cart.add", kind="method", parameters=(Parameter(name="item", kind="positional"),))
    inner = fakes.target(*target.gaps, source=FUNCTION, first_line=6, entries=(entry,))
    page = page_of(subject_of(inner, SOURCE))
    text = prompt.inputs(page, inner.gaps[0])[-1].content
    assert "def add(self, item): ...\n" in text
    assert "Find different inputs for which Cart.add gets to the marked line." in text
    assert '"self": the Python expression that makes the object.' in text


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
    assert len(prompt.outline("\n".join(f"def f{n}(a, b, c): ..." for n in range(9999)))) < prompt.MOST_OUTLINE * 2


def test_a_long_docstring_is_cut_to_its_beginning():
    documented = "\n".join(f"    line {n}" for n in range(40))
    text = prompt.function_text(f'def f():\n    """First.\n{documented}\n    """\n    return 1\n', "f")
    assert "line 3" in text
    assert "line 30" not in text
    assert "return 1" in text


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
