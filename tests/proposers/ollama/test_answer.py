from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.proposers.ollama import answer

ONE = {"text": "a", "width": 3}
WHOLE = json.dumps({"inputs": [ONE]})


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"```json\n{WHOLE}\n```",
        f"Sure! Here you are:\n\n```\n{WHOLE}\n```\nHope it helps.",
        f"<think>{{}} maybe\n</think>{WHOLE}",
        f"当然。{WHOLE}",
        f"{WHOLE}\n{WHOLE}",
        json.dumps(ONE),
        json.dumps({"inputs": [ONE, ONE, "no", None]}),
    ],
)
def test_inputs_are_found_in_whatever_stands_round_them(text):
    assert answer.inputs(text) == (ONE,)


def test_a_reply_that_was_cut_off_gives_what_came_before():
    assert answer.inputs('{"inputs": [{"text": "a", "width": 3}, {"text": "b", "wi') == (ONE,)


@pytest.mark.parametrize(
    "text",
    ["", "I cannot do that.", "[]", "{}", '{"inputs": []}', '{"inputs": "no"}', "{" * 5000, "<think>" + WHOLE],
)
def test_what_holds_no_input_gives_none(text):
    assert answer.inputs(text) == ()


@given(
    st.text(max_size=60), st.dictionaries(st.text(min_size=1), st.integers() | st.text(), min_size=1, max_size=3)
)
def test_any_text_gives_objects_or_nothing(text, one):
    found = answer.inputs(text + json.dumps({"inputs": [one]}))
    assert all(isinstance(each, dict) for each in found)


# --- whole tests

TEST = "def test_a():\n    assert f(1) == 2\n"


@pytest.mark.parametrize(
    "text",
    [
        TEST,
        f"Sure:\n```python\nimport pytest\n\n{TEST}```\nDone.",
        f"<think>def test_b(): ...</think>\n{TEST}",
        f"{TEST}\ndef test_b():\n    assert f(",
        "class TestA:\n    def test_a():\n        assert f(1) == 2\n",
        f"def helper():\n    return 1\n\n{TEST}",
    ],
)
def test_a_test_is_found_in_whatever_stands_round_it(text):
    assert answer.tests(text) == (TEST,)


@pytest.mark.parametrize(
    "text", ["", "I cannot.", "def helper(): ...", "```python\n```", "def test_a(:", "(" * 5000]
)
def test_what_holds_no_test_gives_none(text):
    assert answer.tests(text) == ()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            '(21, "21st"),\n    (22, "22nd"),\n])\ndef test_x(n, text):\n    assert',
            (("21", "'21st'"), ("22", "'22nd'")),
        ),
        ("(1, 2), (3, 4", (("1", "2"),)),
        ('"a", "b"', (("'a'",), ("'b'",))),
        ("pytest.param(1, 2, id='x')", (("1", "2"),)),
        ("(object(), 1),", (("", "1"),)),
        ("[1, -2]\n])", (("1", "-2"),)),
        (", (1, 2)", (("1", "2"),)),
        ('("⟨os:system⟩", 1)', (("", "1"),)),
        ("", ()),
        ("])", ()),
        ("print(add(1,2", ()),
        ("(((((", ()),
        ("I cannot go on with this list.", ()),
    ],
)
def test_rows_that_go_on_with_a_list_are_read_up_to_its_end(text, rows):
    assert answer.rows(text) == rows
