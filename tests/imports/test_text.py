import ast
import textwrap

from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.imports import limit, outdented


def test_a_docstring_with_less_indentation_than_its_function_stays_as_it_is():
    lines = ["    def area(self):", '        """Say', "bm + bm", '"""', "        return 1"]
    code = outdented(lines)
    assert code == 'def area(self):\n    """Say\nbm + bm\n"""\n    return 1'
    assert ast.parse(code)


@given(st.lists(st.sampled_from(["a = 1", "if a:", "    b = 2", "", "  ", "# c"]), min_size=1), st.integers(0, 8))
def test_where_all_lines_have_the_margin_it_is_what_textwrap_gives(lines, margin):
    lines = [" " * margin + line for line in ["x = 0", *lines]]
    assert outdented(lines) == textwrap.dedent("\n".join(lines))


def test_comments_behind_the_code_do_not_make_a_file_wider():
    code = "x = 1\n" * 40
    assert limit(code + f"y = {'1' * 80}\n" * 3) == 88
    assert (
        limit(code + "y = f(1,\n      2" + "3" * 70 + ")\n" + f"y = {'1' * 70}  # type: ignore[arg-type]\n" * 3)
        == 79
    )


def test_a_file_of_short_lines_may_have_those_that_most_formatters_leave_unless_one_was_broken():
    code = "x = 1\n" * 40 + f"y = {'1' * 70}\n"
    assert limit(code) == 88
    assert limit(code + "y = f(\n    " + "1" * 74 + "\n)\n") == 79
    assert limit(code + "y = f(\n    " + "1" * 74 + ",\n)\n") == 88


def test_texts_that_no_formatter_can_break_do_not_make_a_file_wider():
    code = "x = 1\n" * 40
    assert limit(code + f"y = f('{'1' * 120}')\n" * 3) == 88
    assert limit(code + f'y = """\n{"1" * 120}\n"""\n' * 3) == 88
    assert limit(code + f"y = f({'1' * 100})\n" * 3) == 120
