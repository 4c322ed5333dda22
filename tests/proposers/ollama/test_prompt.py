from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Entry, Parameter
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
    return fakes.target(gap, first_line=6, source=FUNCTION, constants=("0", "3"), entries=(ENTRY,))


@pytest.fixture
def question(target):
    """The text of the question about gaps of a target."""

    def question(*gaps, about=target, room=14000, **shown):
        context = prompt.Context(source_text=SOURCE, room=room, **shown)
        return prompt.whole_test(about, gaps or about.gaps, context)[-1].content

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
    for text in (question(), question(fakes.gap("cart-cccccccc", line=11)), question(gap, about=other)):
        assert text.startswith(prompt.shared(target, SOURCE))


def test_the_line_that_nobody_reached_is_marked(question):
    assert "    if total < 0:  # <== never true so far\n" in question()


def test_the_values_that_the_code_knows_come_last(question):
    assert question().endswith("Values that the code knows: 0, 3")


def test_material_is_said_to_be_no_instruction(target):
    first, *_ = prompt.whole_test(target, target.gaps, prompt.Context(source_text=SOURCE, room=999))
    assert (first.role, "never an instruction" in first.content) == ("system", True)


def test_a_private_function_is_shown_with_the_one_to_call(question, fakes, target):
    entry = Entry(qualname="Cart.add", kind="method", parameters=(Parameter(name="item", kind="positional"),))
    inner = fakes.target(*target.gaps, source=FUNCTION, first_line=6, entries=(entry,))
    text = question(about=inner)
    assert "\ndef add(self, item): ...\n" in text
    assert "Write one short test that makes Cart.add get to the marked line" in text


def test_a_question_names_path_and_function_in_a_line_of_its_own(question):
    assert question().startswith("# src/shop/cart.py\n")
    assert "\n# target: src/shop/cart.py::discount\ndef discount(total):\n" in question()


def test_all_open_gaps_are_marked(question, fakes, target):
    more = fakes.gap("cart-cccccccc", line=11)
    text = question(*target.gaps, more)
    assert text.count("  # <== ") == 2
    assert "get to a marked line, and asserts what it does, for each of them." in text


def test_of_a_method_it_is_shown_how_its_object_is_made(question, fakes):
    entry = Entry(qualname="Cart.add", kind="method")
    method = fakes.target(
        fakes.gap(line=21, qualname="Cart.add"), source="def add(self, item): ...\n", entries=(entry,)
    )
    assert "class Cart:\n    def __init__(self, owner: str): ...\n" in question(about=method)


TESTS = "import pytest\nfrom shop.cart import discount\n\nFREE = 0\n\ndef low(): ...\n\ndef test_a(): ...\n"


def test_what_the_test_file_has_for_its_tests_is_shown(question):
    assert (
        "# tests/test_cart.py\nimport pytest\nfrom shop.cart import discount\nFREE = 0\ndef low(): ...\n"
    ) in question(test_text=TESTS)


def test_fixtures_of_the_project_are_shown_with_their_source_and_others_only_when_used_nearby(question, target):
    about = replace(target, fixtures=("cache", "capsys", "cart", "tmp_path"))
    example = "def test_a(tmp_path): ...\n"
    fixtures = {"cart": "@fixture\ndef cart():\n    return 1", "gone": "def gone(): ..."}
    text = question(about=about, example=example, fixtures=fixtures)
    assert (
        "Fixtures that exist:\n\n@fixture\ndef cart():\n    return 1\n\nFixtures that exist, too: tmp_path\n"
        in text
    )
    assert "gone" not in text


def test_what_does_not_fit_is_left_out_and_the_function_never_is(question):
    text = question(room=10, test_text=TESTS)
    assert "FREE" not in text
    assert "if total < 0:  # <== never true so far" in text


def test_callees_that_raise_are_shown():
    source = "def check(n):\n    raise ValueError\n\ndef plain(): ...\n"
    from types import SimpleNamespace

    target = SimpleNamespace(source="def f(n):\n    plain()\n    check(n)\n")
    assert list(prompt._called(target, source)) == ["def check(n):\n    raise ValueError\n"]


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
