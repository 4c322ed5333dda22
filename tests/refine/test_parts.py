import ast

import pytest
from msgspec.structs import replace

from pytest_enrich import refine
from pytest_enrich.data import NewRow, Oracle

POP = """
    def test_pop():
        cart = Cart(["a"])
        result = cart.pop()
        assert result == "a"
        assert cart.items == []
        assert len(cart) == 0
    """


def test_each_part_has_one_assertion_and_all_that_is_set_up(test_of, body):
    parts = refine.parts(test_of(POP))
    first, second, third = parts.each
    assert body(first) == ['cart = Cart(["a"])', "result = cart.pop()", 'assert result == "a"']
    assert body(second) == ['cart = Cart(["a"])', "cart.pop()", "assert cart.items == []"]
    assert body(third) == ['cart = Cart(["a"])', "cart.pop()", "assert len(cart) == 0"]


def test_a_part_stands_beside_the_candidate_under_its_own_name(test_of):
    candidate = test_of(POP)
    parts = refine.parts(candidate)
    assert [one.name for one in parts.each] == ["test_pop__1", "test_pop__2", "test_pop__3"]
    assert all(ast.parse(one.code).body[0].name == one.name for one in parts.each)
    assert {one.placement.anchor for one in parts.each} == {"test_pop"}


ALONE = (("test_pop_a", "gives 'a'"), ("test_pop_items", "leaves []"), ("test_pop_size", "leaves 0"))


@pytest.mark.parametrize(
    ("chosen", "said"), [((0, 2), ("", "f")), ((0,), ALONE[0]), ((2,), ALONE[2]), ((1, 2), ALONE[1])]
)
def test_a_test_is_called_by_what_it_asserts_first_when_other_assertions_went(test_of, chosen, said):
    candidate = replace(test_of(POP), alone=ALONE, title="f")
    least = refine.parts(candidate).only(chosen)
    assert (least.wish, least.title) == said


def test_a_result_comes_before_a_state(test_of, body):
    candidate = test_of(
        """
        def test_pop():
            cart = Cart(["a"])
            result = cart.pop()
            assert cart.items == []
            assert result == "a"
        """
    )
    first, second = refine.parts(candidate).each
    assert body(first)[-1] == 'assert result == "a"'
    assert body(second)[-1] == "assert cart.items == []"


def test_a_block_that_must_raise_is_one_assertion(test_of, body):
    candidate = test_of(
        """
        def test_pop():
            cart = Cart()
            with pytest.raises(IndexError):
                cart.pop()
            assert cart.items == []
        """,
        imports=("import pytest",),
    )
    parts = refine.parts(candidate)
    assert [body(one) for one in parts.each] == [
        ["cart = Cart()", "with pytest.raises(IndexError):", "cart.pop()"],
        ["cart = Cart()", "assert cart.items == []"],
    ]
    assert [one.imports for one in parts.each] == [("import pytest",), ()]


def test_assertions_of_a_test_case_are_found(test_of, body):
    candidate = test_of(
        """
        def test_pop(self):
            cart = Cart()
            self.assertEqual(cart.pop(), "a")
            self.assertEqual(cart.items, [])
        """
    )
    assert [body(one)[-1] for one in refine.parts(candidate).each] == [
        'self.assertEqual(cart.pop(), "a")',
        "self.assertEqual(cart.items, [])",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "def test_a():\n    assert f(1) == 2\n",
        "def test_a():\n    with pytest.raises(KeyError):\n        f(1)\n",
        "def test_a():\n    x = f(1); assert x == 2; assert x > 1\n",
        "def test_a(): assert f(1) == 2; assert f(2) == 3\n",
        "def test_a():\n    '''What it is for.'''\n",
        "def test_a(:\n",
        "x = 1\n",
    ],
)
def test_what_cannot_be_taken_apart_stays_whole(fakes, code):
    assert refine.parts(replace(fakes.candidate(), code=code)) is None


def test_a_row_has_no_parts(fakes):
    row = NewRow(
        name="test_a", code="(1, 2)", argnames=("a", "b"), imports=(), placement=fakes.candidate().placement,
        title="", look="", oracle=(), origin=fakes.candidate().origin, gaps=(),
    )  # fmt: skip
    assert refine.parts(row) is None


def test_what_is_said_of_assertions_goes_and_moves_with_them(test_of):
    candidate = test_of(POP, look="value 0 was seen", title="pop: gives value 0 when items")
    parts = refine.parts(candidate)
    assert parts.only((0, 2)).oracle == (
        Oracle(line=4, what="value 0", source="observed", look=True),
        Oracle(line=5, what="value 2", source="observed"),
    )
    assert parts.only((0, 2)).look == "value 0 was seen"
    assert parts.only((0,)).title == "pop: gives value 0 when items"


def test_when_the_one_to_look_at_goes_another_is_asked_about(test_of):
    candidate = test_of(POP, look="value 0 was seen", title="pop: gives value 0 when items")
    left = refine.parts(candidate).only((1,))
    assert left.oracle == (Oracle(line=4, what="value 1", source="observed", look=True),)
    assert left.look == "value 1 was seen when the code ran; no docstring promises it"
    assert left.title == "pop: leaves cart.items == [] when items"


def test_the_title_says_what_another_call_gives_when_that_is_what_is_left(test_of):
    code = "def test_a():\n    assert key(2) == 2\n    assert key(7) == 14\n"
    oracle = (
        Oracle(line=2, what="2", source="observed", look=True),
        Oracle(line=3, what="14", source="observed"),
    )
    parts = refine.parts(replace(test_of(code, title="key: gives 2 when kwargs"), oracle=oracle))
    assert parts.only((1,)).title == "key: gives 14 when kwargs"


def test_the_title_speaks_of_the_part_of_a_result_that_is_still_looked_at(test_of):
    code = "def test_a():\n    result = key(2)\n    assert result[0] == 2\n    assert result[4] is int\n"
    oracle = (
        Oracle(line=3, what="2", source="observed", look=True),
        Oracle(line=4, what="int", source="observed"),
    )
    parts = refine.parts(replace(test_of(code, title="key: gives a result[0] == 2 when kwargs"), oracle=oracle))
    assert "result[4]" in parts.only((1,)).title
    assert "result[0]" not in parts.only((1,)).title
    assert parts.only((1,)).title.startswith("key: gives a result[4] ")


def test_imports_that_only_went_with_an_assertion_go(test_of):
    candidate = test_of(
        """
        def test_a():
            assert f(1) == Decimal(2)
            assert dt.date(2024, 1, 1) == g(1)
        """,
        imports=("import datetime as dt", "from decimal import Context, Decimal", "import os.path", "x = 1"),
    )
    first, second = refine.parts(candidate).each
    assert first.imports == ("from decimal import Decimal", "x = 1")
    assert second.imports == ("import datetime as dt", "x = 1")


def test_code_over_several_lines_is_cut_as_a_whole(test_of, body):
    candidate = test_of(
        '''
        def test_a():
            result = f(
                1,
            )
            assert result == [
                1,
                2,
            ]
            # what a reader may want to know
            assert state == """
        a"""
        '''
    )
    first, second = refine.parts(candidate).each
    assert body(second)[:3] == ["f(", "1,", ")"]
    assert "[" not in second.code
    assert first.code.endswith("# what a reader may want to know\n")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(
            "def test_pop():\n    cart = Cart()\n\n    cart.pop()\n\n    assert 1\n    assert len(cart) == 0\n",
            "def test_pop__2():\n    cart = Cart()\n\n    cart.pop()\n\n    assert len(cart) == 0\n",
            id="part of a paragraph",
        ),
        pytest.param(
            "def test_pop():\n    cart = Cart()\n\n    assert cart.pop() == 1\n\n    assert len(cart) == 0\n",
            "def test_pop__2():\n    cart = Cart()\n\n    assert len(cart) == 0\n",
            id="a paragraph between two",
        ),
        pytest.param(
            "def test_pop():\n    assert Cart().pop() == 1\n\n    assert len(Cart()) == 0\n",
            "def test_pop__2():\n    assert len(Cart()) == 0\n",
            id="the first paragraph",
        ),
    ],
)
def test_no_empty_line_is_left_where_a_paragraph_went(test_of, code, expected):
    assert refine.parts(test_of(code)).each[1].code == expected


def test_no_empty_line_is_left_at_the_end(test_of):
    code = "def test_pop():\n    cart = Cart()\n\n    assert cart.pop() == 1\n\n    assert len(cart) == 0\n"
    first = refine.parts(test_of(code)).each[0]
    assert first.code == "def test_pop__1():\n    cart = Cart()\n\n    assert cart.pop() == 1\n"


def test_what_only_other_assertions_have_read_goes_with_them(test_of, body):
    parts = refine.parts(
        test_of(
            """
            def test_a():
                s = "one"
                assert f(s) == 1
                s = "two"
                assert f(s) == 2
                s = g("three")
                assert f(s) == 3
            """
        )
    )
    first, second, third = (body(parts.only((at,))) for at in range(3))
    assert first == ['s = "one"', "assert f(s) == 1", 'g("three")']
    assert second == ['s = "two"', "assert f(s) == 2", 'g("three")']
    assert third == ['s = g("three")', "assert f(s) == 3"]


TWO = """
    def test_options():
        result = options(tabs=True)
        assert result.char == "t"
        assert result.width == 1
        result = options(margin=10)
        assert result.margin == 10
        assert len(options()) == 2
    """


@pytest.mark.parametrize(
    ("chosen", "completed"), [((1,), (1, 2)), ((3,), (0, 2, 3)), ((0, 2), (0, 2)), ((0, 1, 2), (0, 1, 2))]
)
def test_something_is_stated_of_each_thing_that_is_done(test_of, chosen, completed):
    parts = refine.parts(test_of(TWO))
    assert parts.places == (1, 2, 4, 5)
    assert parts.completed(chosen) == completed


def test_what_looks_at_the_state_needs_no_result_beside_it(test_of):
    parts = refine.parts(test_of(POP))
    assert parts.completed((1,)) == (1,)


def test_a_name_that_gets_another_value_before_anybody_reads_it_is_not_bound(test_of, body):
    candidate = test_of("""
        def test_post():
            ledger = Ledger()
            result = ledger.post("refund 1")
            assert result is True
            assert ledger.balance == -1
            result = ledger.post("a")
            assert result is False
            assert ledger.rejected == ["a"]
        """)
    parts = refine.parts(candidate)
    left = [at for at, place in enumerate(parts.places) if place != 2]
    assert body(parts.only(tuple(left)))[:3] == [
        "ledger = Ledger()",
        'ledger.post("refund 1")',
        "assert ledger.balance == -1",
    ]
