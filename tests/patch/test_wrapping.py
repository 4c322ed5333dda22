"""Lines that are too long for their file."""

import ast

import pytest

from pytest_enrich import patch
from pytest_enrich.imports.text import limit

A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        (f"    assert {A}({B}) == total(1)", f"    assert {A}({B}) == total(\n        1\n    )"),
        (f"    {A}({B}, '(', {A})", f"    {A}(\n        {B},\n        '(',\n        {A},\n    )"),
        (f"    {A}({B} + {A}, key=(1, 2))", f"    {A}(\n        {B} + {A},\n        key=(1, 2),\n    )"),
        (f"    {A} = {B}(1, 2) + total()", f"    {A} = {B}(\n        1, 2\n    ) + total()"),
        (f"    {A} = {B}((1,))", f"    {A} = {B}(\n        (1,)\n    )"),
        (f"    [{A} for {A}, b in {B}]", f"    [{A} for {A}, b in {B}]"),
        (f"    {A}(lambda {A}, b: {B})", f"    {A}(lambda {A}, b: {B})"),
        (f"    assert f'{{{A}({B})}} and more'", f"    assert f'{{{A}({B})}} and more'"),
        (f"    assert '{A}({B})'", f"    assert '{A}({B})'"),
    ],
)
def test_a_long_line_is_broken_at_its_last_brackets_where_that_helps(line, broken):
    before = "def test_a():\n"
    assert patch.wrapped(before, f"{before}{line}\n") == f"{before}{broken}\n"
    assert ast.dump(ast.parse(f"{before}{line}")) == ast.dump(ast.parse(f"{before}{broken}"))


def test_only_new_lines_are_broken():
    before = f"assert {A}({B}) == 1\n"
    assert patch.wrapped(before, f"{before}assert {B}({A}) == 1\n") == f"{before}assert {B}(\n    {A}\n) == 1\n"


def test_a_line_inside_a_text_or_of_a_statement_of_several_is_left_alone():
    text = f'x = """\n{A}({B}, 1, 2)\n"""\ny = [\n    {A}({B}, 1, 2),\n]\n'
    assert patch.wrapped("", text) == text


def test_lines_keep_their_endings():
    assert patch.wrapped("", f"{A}({B}, 1, 2, 3)\r\n") == f"{A}(\r\n    {B}, 1, 2, 3\r\n)\r\n"


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], 88),
        ([70] * 30, 88),
        ([70] * 150, 79),
        ([70] * 198 + [200], 79),
        ([70] * 130 + [85] * 3, 88),
        ([95] * 130, 100),
        ([150] * 130, 120),
    ],
)
def test_how_long_lines_are_is_read_off_the_file(lengths, expected):
    assert limit("".join(f"{'x' * length}\n" for length in lengths)) == expected
