"""Tests that go one after the other into a file that is parsed once."""

from __future__ import annotations

import ast
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_enrich import patch
from pytest_enrich.data import NewTest, Origin, Placement
from pytest_enrich.errors import RefusedError


def names(text):
    return [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]


def added(before, after):
    """The lines of `after` that are new, after checking that nothing else changed."""
    rest = iter(after.splitlines(keepends=True))
    new = []
    for line in before.splitlines(keepends=True):
        new += takewhile(line.__ne__, rest)
    return "".join([*new, *rest])


def test_a_function_goes_after_its_anchor(cart, new_test):
    after = patch.insert(cart, new_test(anchor="test_pct"))

    assert added(cart, after) == 'def test_new():\n    assert "new" != 1\n\n\n'
    assert names(after)[:2] == ["test_pct", "test_new"]


def test_a_method_goes_after_its_anchor_in_its_class(cart, new_test):
    after = patch.insert(cart, new_test(owner="TestCart", anchor="test_empty"))

    assert added(cart, after) == '    def test_new(self):\n        assert "new" != 1\n\n'
    assert names(after) == ["test_pct", "test_last", "test_empty", "test_new", "test_full"]


def test_without_an_anchor_it_goes_to_the_end(cart, new_test):
    assert patch.insert(cart, new_test()) == cart + '\n\ndef test_new():\n    assert "new" != 1\n'
    assert names(patch.insert(cart, new_test(owner="TestCart")))[-2:] == ["test_full", "test_new"]


def test_an_anchor_that_is_gone_means_the_end(cart, new_test):
    assert patch.insert(cart, new_test(anchor="test_gone")) == patch.insert(cart, new_test())


def test_a_class_that_has_to_be_made_is_put_to_the_end(cart, new_test):
    place = {"owner": "TestTotal", "base": "unittest.TestCase", "style": "unittest"}
    first, second = (new_test(f"test_{name}", **place) for name in ("one", "two"))
    after = patch.insert_each(f'{cart}\n\nif __name__ == "__main__":\n    unittest.main()\n', [first, second])

    assert (
        after.removeprefix(cart)
        == """

class TestTotal(unittest.TestCase):
    def test_one(self):
        assert "one" != 1

    def test_two(self):
        assert "two" != 1


if __name__ == "__main__":
    unittest.main()
"""
    )


def test_a_class_that_is_gone_is_refused(cart, new_test):
    with pytest.raises(RefusedError) as caught:
        patch.insert(cart, new_test(owner="TestGone"))

    assert str(caught.value).splitlines() == [
        "tests/test_cart.py has no class TestGone any more",
        "The test was not put in.",
        "Make new suggestions for what is there now:  pytest --enrich",
    ]


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n", "has conflict markers"),
        ("def test(:\n", "cannot be parsed"),
        ("print 'x'\n", "cannot be parsed"),
        ("x = '\0'\n", "cannot be parsed"),
    ],
)
def test_a_file_that_is_not_python_is_refused(new_test, before, reason):
    with pytest.raises(RefusedError, match=reason) as caught:
        patch.insert(before, new_test())

    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize("owner", [None, "TestA"])
@pytest.mark.parametrize("depth", [20, 160, 300, 350, 390, 900])
def test_a_file_too_deep_to_read_is_refused_or_kept(new_test, owner, depth):
    before = "x = " + "+".join(["1"] * depth) + "\n\n\nclass TestA:\n    y = 1\n"
    try:
        after = patch.insert(before, new_test(owner=owner))
    except RefusedError:
        after = before

    assert after.startswith(before)


def test_conflict_markers_inside_a_string_are_text(new_test):
    before = 'X = """\n<<<<<<< HEAD\n"""\n'

    assert patch.insert(before, new_test()).startswith(before)


NEW = 'def test_new():\n    assert "new" != 1\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", NEW),
        ('"""Doc."""\n', f'"""Doc."""\n\n\n{NEW}'),
        ("# comment\n", f"# comment\n\n\n{NEW}"),
        ("import os\n", f"import os\n\n\n{NEW}"),
        (
            'x = 1\n\nif __name__ == "__main__":\n    main()\n',
            f'x = 1\n\n\n{NEW}\nif __name__ == "__main__":\n    main()\n',
        ),
        ("x = 1\n\n# the end\n", f"x = 1\n\n\n{NEW}\n# the end\n"),
        ("def test_a(): ...\n\ndef test_b(): ...\n", f"def test_a(): ...\n\ndef test_b(): ...\n\n{NEW}"),
        ("class A:\n    pass", f"class A:\n    pass\n\n\n{NEW[:-1]}"),
    ],
)
def test_the_end_of_any_file_is_found(new_test, before, after):
    assert patch.insert(before, new_test()) == after


def test_what_follows_too_closely_is_set_apart(new_test):
    before = "def test_a(): ...\nx = 1\n"

    assert patch.insert(before, new_test(anchor="test_a")) == f"def test_a(): ...\n\n\n{NEW}\n\nx = 1\n"


def test_an_anchor_is_left_whole_with_its_decorators_and_last_comments(new_test):
    before = "@mark\ndef test_a():\n    x = 1\n    # and no more\n\n\n# about b\ndef test_b(): ...\n"

    after = patch.insert(before, new_test(anchor="test_a"))

    assert (
        after == f"@mark\ndef test_a():\n    x = 1\n    # and no more\n\n\n{NEW}\n\n# about b\ndef test_b(): ...\n"
    )


def test_an_anchor_inside_a_condition_puts_it_after_the_condition(new_test):
    before = "if new:\n    def test_a(): ...\nelse:\n    def test_a(): ...\n\n\nx = 1\n"

    assert names(patch.insert(before, new_test(anchor="test_a")))[-1] != "test_new"
    assert patch.insert(before, new_test(anchor="test_a")).endswith(f"{NEW}\n\nx = 1\n")


@pytest.mark.parametrize("anchor", ["test_empty[1-a]", "TestCart::test_empty", "TestCart.test_empty"])
def test_an_anchor_may_be_named_as_pytest_does(cart, new_test, anchor):
    expected = patch.insert(cart, new_test(owner="TestCart", anchor="test_empty"))

    assert patch.insert(cart, new_test(owner="TestCart", anchor=anchor)) == expected


@pytest.mark.parametrize("owner", ["TestA.TestB", "TestA::TestB"])
def test_a_class_in_a_class_is_found(new_test, owner):
    before = "class TestA:\n    class TestB:\n        x = 1\n"

    assert patch.insert(before, new_test(owner=owner)) == (
        before + '\n        def test_new(self):\n            assert "new" != 1\n'
    )


def test_a_class_under_a_condition_is_found(new_test):
    before = "if x:\n    class TestA:\n        y = 1\nelse:\n    TestA = None\n"

    after = patch.insert(before, new_test(owner="TestA"))

    assert added(before, after) == '\n        def test_new(self):\n            assert "new" != 1\n'


def test_tabs_are_kept(new_test):
    before = "class TestA:\n\tdef test_a(self):\n\t\tpass\n"
    code = "def test_new(self):\n    if 1:\n        assert 2\n"

    after = patch.insert(before, new_test(code=code, owner="TestA"))

    assert after == before + "\n\tdef test_new(self):\n\t\tif 1:\n\t\t\tassert 2\n"


def test_a_class_with_its_own_indentation_keeps_it(new_test):
    before = "def f():\n    pass\n\n\nclass TestA:\n  def test_a(self):\n    pass\n"

    after = patch.insert(before, new_test(owner="TestA"))

    assert after == before + '\n  def test_new(self):\n    assert "new" != 1\n'


def test_a_class_on_one_line_gets_a_body(new_test):
    after = patch.insert("class TestA: pass  # yet\n", new_test(owner="TestA"))

    assert after == 'class TestA:\n    pass  # yet\n\n    def test_new(self):\n        assert "new" != 1\n'


def test_strings_over_several_lines_are_not_indented(new_test):
    code = 'def test_new(self):\n    assert f() == """a\nb"""\n'

    after = patch.insert("class TestA:\n    x = 1\n", new_test(code=code, owner="TestA"))

    assert after.endswith('    def test_new(self):\n        assert f() == """a\nb"""\n')


def test_quotes_follow_the_file(new_test):
    code = """def test_new():\n    assert f("a", 'b"', "c'", '\\n', b'd', f"{x}") == 'e'\n"""

    single = patch.insert("x = 'a'\n", new_test(code=code))
    double = patch.insert('x = "a"\n', new_test(code=code))

    assert """f('a', 'b"', "c'", '\\n', b'd', f"{x}") == 'e'""" in single
    assert """f("a", 'b"', "c'", "\\n", b"d", f"{x}") == "e\"""" in double


def test_line_endings_are_kept(new_test):
    before = "import os\r\n\r\n\r\ndef test_a():\r\n    pass\r\n"

    after = patch.insert(before, new_test(imports=["import sys"]))

    assert after.count("\r\n") == after.count("\n") == 10


def test_a_byte_order_mark_stays_first(new_test):
    after = patch.insert("\ufeffimport sys\n", new_test(imports=["import os"]))

    assert after.startswith("\ufeffimport os\nimport sys\n")


def test_a_comment_and_decorators_of_the_test_come_with_it(new_test):
    code = "# why\n@pytest.mark.parametrize('x', [1])\ndef test_new(x):\n    pass\n"

    assert patch.insert("x = 1\n", new_test(code=code)) == "x = 1\n\n\n" + code.replace("'", '"')


def test_a_taken_name_gets_a_number(cart, new_test):
    after = patch.insert(cart, new_test("test_pct"))
    again = patch.insert(after, new_test("test_pct", "def test_pct():\n    assert 3\n"))

    assert names(after)[:3] == ["test_pct", "test_last", "test_pct_2"]
    assert names(again)[:4] == ["test_pct", "test_last", "test_pct_2", "test_pct_3"]


def test_a_name_is_taken_only_where_it_stands(cart, new_test):
    assert "def test_pct(self)" in patch.insert(cart, new_test("test_pct", owner="TestCart"))
    assert "def test_full_2(self)" in patch.insert(cart, new_test("test_full", owner="TestCart"))


def test_a_test_is_not_put_in_twice(cart, new_test):
    test = new_test("test_pct", imports=["import os"])
    once = patch.insert(cart, test)

    assert patch.insert(once, test) == once


def test_tests_with_one_anchor_keep_their_order(cart, new_test):
    order = [new_test(f"test_{name}", anchor="test_pct") for name in "abc"]
    text = cart
    for test in [order[2], order[0], order[1]]:
        text = patch.insert(text, test, order)

    assert names(text)[:4] == ["test_pct", "test_a", "test_b", "test_c"]


PLAIN = """\
import os
from m import b


def test_x(): ...


def test_y(): ...


class TestC:
    def test_z(self): ...
"""
DENSE = """\
def test_x(): ...
def test_y():
  x = 'a'

class TestC:


  def test_z(self): ...
if __name__ == '__main__':
  main()"""
TERSE = "'Doc.'\r\nclass TestC: pass\r\ndef test_y(): pass\r\n\r\ndef test_x(): pass\r\n"
FILES = ["", "# licence\n", PLAIN, DENSE, TERSE]
PLACES = [
    (None, None),
    (None, "test_x"),
    (None, "test_y"),
    (None, "test_gone"),
    ("TestC", "test_z"),
    ("TestC", None),
    ("TestNew", None),
    ("TestOther", None),
]
IMPORTS = ["import pytest", "from m import a", "from m import c", "import os", "from shop.cart import parse"]


@st.composite
def cases(draw):
    text = draw(st.sampled_from(FILES))
    places = [one for one in PLACES if one[0] != "TestC" or "TestC" in text]
    return text, [draw(named(f"test_n{number}", places)) for number in range(draw(st.integers(1, 12)))]


@st.composite
def named(draw, name, places):
    owner, anchor = draw(st.sampled_from(places))
    value = draw(st.sampled_from(["'a'", '"b"', "1", "'''c\nd'''"]))
    return NewTest(
        name=name,
        code=f"def {name}({'self' if owner else ''}):\n    assert f({value}) == {name!r}\n",
        imports=tuple(draw(st.lists(st.sampled_from(IMPORTS), max_size=3, unique=True))),
        placement=Placement(
            path="test_a.py", owner=owner, anchor=anchor, base=None if owner in {None, "TestC"} else "TestCase"
        ),
        title=name,
        look="",
        oracle=(),
        origin=Origin(proposer="search"),
        gaps=(),
    )


@settings(max_examples=40, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_any_order_of_accepts_gives_the_same_bytes(case, random):
    text, order = case
    one = other = text
    for test in order:
        one = patch.insert(one, test, order)
    for test in random.sample(order, len(order)):
        other = patch.insert(other, test, order)

    assert other == one
    assert len(names(one)) == len(names(text)) + len(order)


@settings(max_examples=40, deadline=None)
@given(cases(), st.integers(0, 3))
def test_several_tests_go_in_as_one_after_the_other(case, gone):
    text, order = case
    tests = [*order, *order[:gone]]  # what is there already is not put in again
    one_by_one = text
    for test in tests:
        one_by_one = patch.insert(one_by_one, test, order)

    assert patch.insert_each(text, tests, order) == one_by_one


def test_a_file_may_have_any_name_in_it(cart, new_test):
    before = f"enrich_0 = enrich_1 = 1\n\n\n{cart}"

    assert patch.insert(before, new_test()) == before + '\n\ndef test_new():\n    assert "new" != 1\n'


def test_what_was_put_into_a_text_is_not_in_it_the_next_time(fakes):
    first = fakes.candidate("def test_a():\n    assert discount(1) == 1\n")
    once = patch.insert(fakes.TEST_TEXT, first)
    assert patch.insert(fakes.TEST_TEXT, first) == once
    assert "test_a" not in fakes.TEST_TEXT
