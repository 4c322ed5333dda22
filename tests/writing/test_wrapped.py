from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.writing.renderer import LONGEST_LINE, wrapped

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


@pytest.mark.parametrize("code", [f"f({'x' * 200!r})", f"f(b{TEXT!r})", "f('short\\n')", f"f({TEXT!r}", "x = ("])
def test_what_cannot_be_divided_or_need_not_be_stays(code):
    assert wrapped(code) == code


@given(
    st.text(st.sampled_from("ab \n\t'\"\\é"), max_size=300),
    st.sampled_from(["f({})", "x = {}", "assert f({}, 1) == {}"]),
)
def test_it_means_the_same(text, form):
    code = form.replace("{}", repr(text))
    assert ast.dump(ast.parse(wrapped(code))) == ast.dump(ast.parse(code))


def test_lines_are_short_then():
    assert all(len(line) <= LONGEST_LINE for line in wrapped(f"parse({TEXT!r})").splitlines())
