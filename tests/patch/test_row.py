"""The layouts of `parametrize` that people write, one by one."""

from __future__ import annotations

import re
import subprocess

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import NewRow, Oracle, Origin, Placement
from pytest_enrich.errors import RefusedError

FILE = """\
import pytest
from hypothesis import example, given, strategies as st

{}

{}
def test_it(a, b=0):
    assert a


def test_other():
    assert 1
"""


@pytest.fixture
def make_row():
    def make_row(code="3", argnames=("a",), *, owner=None, imports=(), title="it: gives 0 when n < 0"):
        return NewRow(
            name="test_it",
            code=code,
            argnames=argnames,
            imports=imports,
            placement=Placement(path="tests/test_it.py", anchor="test_it", owner=owner),
            title=title,
            look="is this value meant?",
            oracle=(Oracle(line=1, what="0", source="observed", look=True),),
            origin=Origin(proposer="rows"),
            gaps=("cart-aaaaaaaa",),
        )

    return make_row


def file(decorators, above=""):
    """A test file whose test has these decorators; `@p` stands for `@pytest.mark.parametrize`."""
    return FILE.format(above, decorators.strip("\n").replace("@p(", "@pytest.mark.parametrize("))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param('@p("a", [1, 2])', '@p("a", [1, 2, 3])', id="a line"),
        pytest.param('@p("a", [1, 2,])', '@p("a", [1, 2, 3,])', id="a line with a trailing comma"),
        pytest.param('@p("a", (1, 2))', '@p("a", (1, 2, 3))', id="a tuple"),
        pytest.param('@p("a", (1,))', '@p("a", (1, 3))', id="a tuple of one"),
        pytest.param('@p("a", [])', '@p("a", [3])', id="no case yet"),
        pytest.param('@p(argvalues=[1], argnames="a")', '@p(argvalues=[1, 3], argnames="a")', id="keywords"),
        pytest.param('@p("a", [1], indirect=True)', '@p("a", [1, 3], indirect=True)', id="indirect"),
        pytest.param('@p("a", [1], ids=str)', '@p("a", [1, 3], ids=str)', id="ids by a function"),
        pytest.param(
            '@p("a", [1], ids=["one"])',
            '@p("a", [1, 3], ids=["one", "n-below-0"])',
            id="ids in a list of their own",
        ),
        pytest.param(
            '@p("a", [1, 2], ids=["n_is_one", "n_is_two"])',
            '@p("a", [1, 2, 3], ids=["n_is_one", "n_is_two", "n_below_0"])',
            id="ids with underscores",
        ),
        pytest.param(
            '@p("a", [*MORE, 1], ids=["m", "n", "one"])',
            '@p("a", [*MORE, 1, 3], ids=["m", "n", "one", "n-below-0"])',
            id="other cases unpacked",
        ),
        pytest.param(
            '@p("a", [\n    pytest.param(1, id="one"),\n])',
            '@p("a", [\n    pytest.param(1, id="one"),\n    pytest.param(3, id="n-below-0"),\n])',
            id="param with ids",
        ),
        pytest.param(
            '@p("a", [pytest.param(1), pytest.param(2)])',
            '@p("a", [pytest.param(1), pytest.param(2), pytest.param(3)])',
            id="param without ids",
        ),
        pytest.param(
            '@p("a", [1, 2, pytest.param(0, marks=pytest.mark.slow)])',
            '@p("a", [1, 2, pytest.param(0, marks=pytest.mark.slow), 3])',
            id="param for a few",
        ),
        pytest.param(
            '@p("c", [1, 2])\n@p("a", [1, 2])', '@p("c", [1, 2])\n@p("a", [1, 2, 3])', id="stacked, the inner one"
        ),
        pytest.param(
            '@p("a", [1, 2])\n@p("c", [1, 2])', '@p("a", [1, 2, 3])\n@p("c", [1, 2])', id="stacked, the outer one"
        ),
        pytest.param(
            '@p(\n    "a",\n    [\n        1,\n        2,  # two\n    ],\n)',
            '@p(\n    "a",\n    [\n        1,\n        2,  # two\n        3,\n    ],\n)',
            id="a line each",
        ),
        pytest.param(
            '@p("a", [\n    1,\n    2  # two\n])',
            '@p("a", [\n    1,\n    2,  # two\n    3\n])',
            id="a line each without a trailing comma",
        ),
        pytest.param('@p("a", [1,\n         2])', '@p("a", [1,\n         2,\n         3])', id="below the first"),
        pytest.param('@p("a", [\n    1, 2,\n    5, 6,\n])', '@p("a", [\n    1, 2,\n    5, 6, 3,\n])', id="filled"),
    ],
)
def test_a_case_goes_to_the_end_of_its_list(make_row, before, after):
    old, new, row = file(before), file(after), make_row()

    assert patch.insert(old, row) == new
    assert patch.is_there(new, row)
    assert patch.insert(new, row) == new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('@p("a, b", [(1, 2)])', '@p("a, b", [(1, 2), (3, "x")])'),
        ('@p(["a", "b"], [[1, 2]])', '@p(["a", "b"], [[1, 2], [3, "x"]])'),
        ("@p('a,b', [('y', 2), ('z', 2)])", "@p('a,b', [('y', 2), ('z', 2), (3, 'x')])"),
        ('@p("a, b", [pytest.param(1, 2)])', '@p("a, b", [pytest.param(1, 2), pytest.param(3, "x")])'),
    ],
)
def test_a_case_of_several_values_is_written_as_the_others(make_row, before, after):
    row = make_row('(3, "x")', ("a", "b"))

    assert patch.insert(file(before), row) == file(after)


def test_a_case_of_one_value_may_be_a_tuple(make_row):
    old, new = file('@p(("a",), [(1,), (2,)])'), file('@p(("a",), [(1,), (2,), (3,)])')

    assert patch.insert(old, make_row("(3,)")) == new


@pytest.mark.parametrize("place", ["CASES = [1, 2]", "CASES: list = [\n    1,\n    2,\n]", "CASES = (1,)"])
def test_a_list_with_a_name_of_its_own_gets_it_where_it_stands(make_row, place):
    old, row = file('@p("a", CASES)', place), make_row()

    new = patch.insert(old, row)

    assert '@pytest.mark.parametrize("a", CASES)' in new
    assert re.search(r"CASES\b.*= [\[(][\d,\s]*3[,\s]*[])]", new)


def test_the_parametrize_of_a_class_gives_the_case_to_all_its_tests(make_row):
    inner = '\n\nclass TestIt:\n    CASES = [1]\n\n    @p("b", CASES)\n    def test_it(self, a, b): ...\n'
    text = file("", '\n\n@pytest.mark.parametrize("a", [1])' + inner.replace("@p(", "@pytest.mark.parametrize("))
    of_class, own = make_row(owner="TestIt"), make_row(argnames=("b",), owner="TestIt")

    assert patch.Cases(text, of_class).carrier == "tests/test_it.py::TestIt"
    assert patch.Cases(text, own).carrier == "tests/test_it.py::TestIt::test_it"
    both = patch.insert(patch.insert(text, of_class), own)
    assert '@pytest.mark.parametrize("a", [1, 3])\n' in both
    assert "    CASES = [1, 3]\n" in both


def test_a_list_that_other_tests_have_is_left_alone(make_row):
    other = '@pytest.mark.parametrize("a", CASES)\ndef test_first(a): ...\n'
    with pytest.raises(RefusedError, match="shares its list CASES with others"):
        patch.insert(file('@p("a", CASES)', "CASES = [1, 2]") + other, make_row())


@pytest.mark.parametrize(
    ("decorators", "above", "why"),
    [
        ('@p("a", cases())', "", "takes its cases for a from something else than a literal list"),
        ('@p("a", [x for x in MORE])', "", "from something else than a literal list"),
        ('@p("a", [1] + MORE)', "", "from something else than a literal list"),
        ('@p("a", {1: 2})', "", "from something else than a literal list"),
        ('@p("a", "xyz")', "", "from something else than a literal list"),
        ('@p("a", IMPORTED)', "", "from something else than a literal list"),
        ('@p("a", CASES)', "CASES = [1]\nCASES = [2]", "from something else than a literal list"),
        ('@p("a", CASES)', "CASES = [1]\nCASES.append(2)", "shares its list CASES with others"),
        ('@p("a", [1], ids=IDS)', "IDS = ['one']\nprint(IDS)", "shares its list IDS with others"),
        ("@p(*ARGS)", "", "has no parametrize for a"),
        ("@p(NAMES, [1])", "", "has no parametrize for a"),
        ('@p("b", [1])', "", "has no parametrize for a"),
    ],
)
def test_what_is_no_literal_list_of_its_own_is_refused_with_the_reason(make_row, decorators, above, why):
    with pytest.raises(RefusedError, match=re.escape(why)) as refused:
        patch.insert(file(decorators, above), make_row())

    assert str(refused.value).endswith("Put it in by hand where it belongs:  3")


@pytest.mark.parametrize("code", ["1, 2", "*MORE", "1], [2", "", "x = 1", "(", "import os"])
def test_what_is_not_one_case_is_refused(make_row, code):
    with pytest.raises(RefusedError, match="is not one Python expression"):
        patch.insert(file('@p("a", [1])'), make_row(code))


def test_a_test_that_is_gone_is_refused(make_row):
    with pytest.raises(RefusedError, match="has no test test_it any more"):
        patch.insert("def test_other(): ...\n", make_row())


@pytest.mark.parametrize("there", ["(1,   'x')", "[1, 'x']", "pytest.param(1, 'x', id='one')", "(1, # one\n 'x')"])
def test_a_case_with_the_same_values_is_there_already_however_it_is_written(make_row, there):
    text, row = file(f'@p("a, b", [{there}])'), make_row('(1, "x")', ("a", "b"))

    assert patch.is_there(text, row)
    assert patch.insert(text, row) == text


def test_a_value_is_not_the_same_for_being_equal(make_row):
    text = file('@p("a", [1, True, 1.0])')

    assert patch.is_there(text, make_row("True"))
    assert not patch.is_there(text, make_row("False"))
    assert not patch.is_there(text, make_row("'1'"))


def test_a_line_that_grew_too_long_becomes_one_for_each_case(make_row):
    long = f'"{"x" * 75}"'
    above = '@pytest.mark.parametrize("b", [\n    1,\n])\ndef test_b(b): ...\n'
    old = file('@p("a", [1, 2], ids=["one", "two"])', above)
    row = make_row(long)

    new = patch.insert(old, row)

    assert new == file(f'@p("a", [\n    1,\n    2,\n    {long},\n], ids=["one", "two", "n-below-0"])', above)


def test_imports_come_with_the_case(make_row):
    old, row = file('@p("a", [1])'), make_row("Decimal(3)", imports=("from decimal import Decimal",))

    new = patch.insert(old, row)

    assert "from decimal import Decimal\n" in new
    assert "[1, Decimal(3)]" in new


def test_the_patch_of_a_row_applies(tmp_path, make_row, suggestion):
    old = file('@p(\n    "a",\n    [\n        1\n    ],\n)\n')
    rows = [make_row(), make_row("Decimal(4)", imports=("from decimal import Decimal",))]
    made = [suggestion(one, old, number=number) for number, one in enumerate(rows)]
    place = tmp_path / "tests/test_it.py"
    place.parent.mkdir()
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)

    for text in [*(patch.render_patch(one, old) for one in made), patch.combine(made, {"tests/test_it.py": old})]:
        place.write_text(old)
        subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=text, text=True, check=True)
        assert place.read_text() != old

    assert place.read_text() == patch.insert(patch.insert(old, rows[0]), rows[1])


def test_the_module_is_a_copy_of_its_file_with_this_case_of_this_test(make_row, suggestion):
    text = file('@p("a", [\n    1,\n    2,\n])')

    module = patch.render_module(suggestion(make_row(), text), text)

    head, _, rest = module.partition("import pytest")
    assert "# target  tests/test_it.py, one more row in test_it\n" in head
    assert "# rest    what is not between the marks is a copy from tests/test_it.py\n" in head
    number = module.splitlines().index("    3,") + 1
    assert f"(puts line {number} into the target)" in head
    assert f"# look    line {number}: is this value meant?" in head
    assert '"a", [\n    # --- enrich: begin ---\n    3,\n    # --- enrich: end ---\n])\n' in rest
    assert "test_other" not in rest
    assert patch.marked(module) == "3,\n"


@pytest.mark.parametrize(
    ("title", "ids", "new"),
    [
        ("cut: gives 'x' when code == 'FREE'", ["plain"], "code-free"),
        ("cut: gives 0 for negative total", ["a-b", "c-d"], "negative-total"),
        ("cut: with 7, 0 without sep", ["a-b", "c-d"], "without-sep"),
        ("cut: gives 0 when total <= -1", ["a-b", "c-d"], "total-up-to-minus-1"),
        ("cut: raises ValueError", ["a_b"], "raises_valueerror"),
        ("cut: raises ValueError", ["raises-valueerror"], "raises-valueerror-2"),
        ("cut: gives 0 when not a and not b and not c", ["one two"], "not a and not b and"),
        ("???", ["a"], "case"),
    ],
)
def test_an_id_is_short_and_in_the_style_of_the_others(make_row, title, ids, new):
    text = file(f'@p("a", {list(range(10, 10 + len(ids)))}, ids={ids})')

    assert f'"{new}"' in patch.insert(text, make_row(title=title)).replace("'", '"')


def test_the_nearest_case_is_shown(make_row, suggestion):
    text = file('@p("a, b", [(1, "x"), (3, "y"), (f(2), g(3))])')
    made = suggestion(make_row('(4, "y")', ("a", "b")), text).proof.nearest_test

    assert (made.nodeid, made.code) == ("tests/test_it.py::test_it", '(3, "y")')
    assert 0.4 < made.similarity < 0.9


def test_a_row_of_other_values_is_another_idea(make_row):
    one = make_row('("x", 1)')

    assert patch.body_of(one) == patch.body_of(make_row("( 'x',1 )".replace("'", '"')))
    others = [make_row('("x", 2)'), replace(one, argnames=("b",)), replace(one, name="test_b"), make_row("(")]
    assert patch.body_of(one) not in {patch.body_of(other) for other in others}
    assert not patch.body_of(make_row("("))
