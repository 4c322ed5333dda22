from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.writing.renderer import LONGEST_LINE, divided, folded, is_readable, laid_out, wrapped

TEXT = "Fetch rows from a table that is open.\n\nArgs:\n    table (str): An open table.\n    keys: Some keys.\n"


def test_a_text_of_several_lines_has_them_where_its_line_would_be_too_long():
    assert wrapped(f"result = parse({TEXT!r})") == (
        "result = parse(\n"
        "    'Fetch rows from a table that is open.\\n'\n"
        "    '\\n'\n"
        "    'Args:\\n'\n"
        "    '    table (str): An open table.\\n'\n"
        "    '    keys: Some keys.\\n'\n"
        ")"
    )


def test_beside_other_arguments_it_stands_in_brackets_of_its_own():
    assert wrapped(f"assert parse({TEXT!r}, 3) == 1").splitlines()[0] == "assert parse(("


def test_a_line_that_is_too_long_is_divided_between_words_if_need_be():
    shown = f"Stats({', '.join(f'count_{number}=0' for number in range(12))})"
    code = f"assert repr(stats) == {shown!r}"
    assert wrapped(code) == code
    first, *parts, last = divided(code, 88).splitlines()
    assert (first, last) == ("assert repr(stats) == (", ")")
    assert "".join(ast.literal_eval(part.strip()) for part in parts) == shown
    assert [len(part) <= 88 and part.endswith((" '", ")'")) for part in parts] == [True] * 2


def test_what_is_one_of_several_is_put_in_a_line_before_it_is_divided():
    line = "> # This is a basic script I wrote to run it over all of the data"
    assert divided(f"lines = ['0a2,3', {line!r}, '> ']", 60) == (
        "lines = [\n"
        "    '0a2,3',\n"
        "    (\n"
        "        '> # This is a basic script I wrote to run it '\n"
        "        'over all of the data'\n"
        "    ),\n"
        "    '> ',\n"
        "]"
    )


@pytest.mark.parametrize("code", [f"f({'x' * 200!r})", f"f(b{TEXT!r})", "f('short\\n')", f"f({TEXT!r}", "x = ("])
def test_what_cannot_be_divided_or_need_not_be_stays(code):
    assert wrapped(code) == code
    assert divided(code) == code


@given(
    st.text(st.sampled_from("ab \n\t'\"\\é"), max_size=300),
    st.sampled_from(["f({})", "x = {}", "assert f({}, 1) == {}"]),
)
def test_it_means_the_same(text, form):
    code = form.replace("{}", repr(text))
    for other in (wrapped(code), divided(code, 60)):
        assert ast.dump(ast.parse(other)) == ast.dump(ast.parse(code))


def test_lines_are_short_then():
    assert all(len(line) <= LONGEST_LINE for line in wrapped(f"parse({TEXT!r})").splitlines())


LONG = "a_module.a_function_with_a_long_name"


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        (
            f"result = {LONG}({LONG}(1, 2), {LONG}(3, 4), limit=5)",
            ["result = " + LONG + "(", f"    {LONG}(1, 2), {LONG}(3, 4), limit=5", ")"],
        ),
        (
            f"result = {LONG}({LONG}(1, 2), {LONG}(3, 4), {LONG}(5))",
            [f"result = {LONG}(", f"    {LONG}(1, 2),", f"    {LONG}(3, 4),", f"    {LONG}(5),", ")"],
        ),
        (
            f"with raises(KeyError):\n    {LONG}({LONG}({LONG}())).{'f' * 20}(1)",
            ["with raises(KeyError):", f"    {LONG}(", f"        {LONG}({LONG}())", f"    ).{'f' * 20}(1)"],
        ),
    ],
)
def test_what_is_in_brackets_has_lines_of_its_own_as_formatters_have_it(code, lines):
    assert folded(code).splitlines() == lines


@pytest.mark.parametrize(
    "code", ["f(1)", f"f([one for one in {LONG}, {LONG}, {LONG}])", f"{LONG} + {LONG} + {LONG}"]
)
def test_what_is_short_or_has_no_brackets_to_divide_stays(code):
    assert folded(code) == code


@given(st.recursive(st.sampled_from(["1", "'a, ('", LONG]), lambda inner: st.lists(inner, max_size=4).map(tuple)))
def test_what_is_folded_means_the_same(value):
    code = f"assert {LONG}({value!r}, 1) == {value!r}"
    parts = [ast.dump(ast.parse(text)) for text in (code, folded(code))]
    assert parts[0] == parts[1]
    assert not is_readable([code]) or folded(code) == code


DEEP = """def test_create(client):
    answer = client.post(
        "/tickets", json={"title": "No coffee refund", "body": "The machine is broken"},
    )
    assert answer.json() == {"id": 1, "title": "No coffee refund", "state": "open"}
"""


def test_of_several_statements_a_display_that_is_too_long_has_a_line_for_each_part():
    assert laid_out(DEEP, 79).splitlines()[1:] == [
        "    answer = client.post(",
        '        "/tickets", json={',
        '            "title": "No coffee refund",',
        '            "body": "The machine is broken",',
        "        },",
        "    )",
        "    assert answer.json() == {",
        '        "id": 1,',
        '        "title": "No coffee refund",',
        '        "state": "open",',
        "    }",
    ]


def test_what_is_short_enough_and_a_line_of_a_text_stay():
    text = f'text = """\n{LONG}({LONG}, {LONG})\n"""\n'
    assert laid_out(DEEP, 100) == DEEP
    assert laid_out(text, 20) == text


def test_a_lambda_is_not_divided_at_the_commas_of_its_parameters():
    name = "vertices_and_edges_of_it"
    code = f"    result = draw({name}={name}, visitor=lambda *args, **kwargs: None, label={'a' * 30!r})\n"
    lines = [f"{name}={name},", "visitor=lambda *args, **kwargs: None,", f"label={'a' * 30!r},"]
    assert laid_out(f"if it:\n{code}", 88) == "\n".join(
        ["if it:", "    result = draw(", *(f"        {line}" for line in lines), "    )", ""]
    )


def test_a_with_is_divided_in_its_last_brackets():
    code = 'with patch("shop.cart.fetch", side_effect=ValueError), pytest.raises(KeyError, match="no"):\n    f()\n'
    assert laid_out(code, 75).splitlines() == [
        'with patch("shop.cart.fetch", side_effect=ValueError), pytest.raises(',
        '    KeyError, match="no"',
        "):",
        "    f()",
    ]


def test_the_line_with_the_name_stays_as_it_is():
    code = f"def test_{'long_' * 12}name(client: Client, order: Order) -> None:\n    pass\n"
    assert laid_out(code, 60) == code
