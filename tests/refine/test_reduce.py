import ast

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich import refine
from pytest_enrich.data import NewTest, Origin, Placement

SET_UP = """
    def test_a():
        names = ["a", "b"]
        cart = Cart(names)
        cart.add("c")
        log("about to")
        cart.add("d")
        assert cart.total() == 4
    """


def asked(holds):
    """The function, and the bodies that it was asked about."""
    seen = []

    def ask(candidate):
        seen.append(candidate)
        return holds(candidate)

    return ask, seen


def test_statements_go_while_the_proof_holds(test_of, body):
    smaller = refine.reduce(test_of(SET_UP), lambda one: 'add("c")' in one.code)
    assert body(smaller) == [
        'names = ["a", "b"]',
        "cart = Cart(names)",
        'cart.add("c")',
        "assert cart.total() == 4",
    ]


def test_no_empty_line_is_left_where_a_value_moved_into_the_assertion(test_of):
    candidate = test_of(
        """
        def test_a():
            later = parse("x")

            assert parse(later) == 1
        """
    )
    assert refine.reduce(candidate, lambda _one: True).code.splitlines() == [
        "def test_a():",
        '    assert parse(parse("x")) == 1',
    ]


def test_what_is_read_later_is_not_taken_away_alone(test_of):
    ask, seen = asked(lambda _one: False)
    refine.reduce(test_of(SET_UP), ask, most=100)
    assert seen
    assert all("cart = Cart" in one.code or "cart" not in one.code for one in seen)


def test_what_is_put_into_a_file_that_nobody_reads_goes(test_of):
    candidate = test_of(
        """
        def test_a(tmp_path):
            path = tmp_path / "orders.txt"
            path.write_text("3")
            with pytest.raises(ValueError):
                load([], path)
        """
    )
    candidate = replace(candidate, origin=replace(candidate.origin, reduced=True))
    assert "write_text" not in refine.reduce(candidate, lambda one: "path = " in one.code).code


def test_what_gets_a_name_anew_stays_where_that_is_read(test_of):
    candidate = test_of(
        """
        def test_a():
            lines = read("first.txt")
            assert next(lines) == "a"
            lines = read("other.txt")
            for line in lines:
                assert line == "b"
        """
    )
    assert 'lines = read("other.txt")' in refine.reduce(candidate, lambda _one: True).code


def test_nothing_is_tried_twice_nor_more_often_than_it_may_be(test_of):
    for most in (0, 3, 100):
        ask, seen = asked(lambda one: "log" not in one.code)
        refine.reduce(test_of(SET_UP), ask, most)
        assert len({one.code for one in seen}) == len(seen) <= most


def test_inputs_that_are_small_already_are_left_alone(test_of, body):
    candidate = test_of(
        """
        def test_a():
            unused = Cart(["a" * 3])
            cart = Cart([1, 2, 3, 4])
            cart.add("a long text, as it was found")
            assert cart.total() == 4
        """,
        reduced=True,
    )
    ask, seen = asked(lambda _one: True)
    smaller = refine.reduce(candidate, ask)
    assert body(smaller) == body(candidate)[1:]
    assert len(seen) == 1


NAMES = st.sampled_from("abcd")
LINES = st.one_of(
    st.builds("{} = f({})".format, NAMES, st.sampled_from(["1", "[1, 2, 3]", "'a text that is long enough'"])),
    st.builds("{}.add(\n        {})".format, NAMES, NAMES),
    st.builds("assert {} == 1".format, NAMES),
    st.builds("assert f({}) == 1".format, NAMES),
)


@given(st.lists(LINES, min_size=1, max_size=8), st.integers(0, 8), st.booleans())
def test_whatever_is_required_stays_and_all_of_it_is_still_python(lines, at, reduced):
    code = "def test_a():\n" + "".join(f"    {line}\n" for line in [*lines, "assert True"])
    required = lines[at % len(lines)]
    candidate = NewTest(
        name="test_a", code=code, imports=(), placement=Placement(path="t.py"), title="", look="", oracle=(),
        origin=Origin(proposer="p", reduced=reduced), gaps=(),
    )  # fmt: skip
    tried = []

    def holds(one):
        tried.append(one)
        return required in one.code and "assert True" in one.code

    smaller = refine.reduce(candidate, holds, 30)
    assert required in smaller.code
    assert len(smaller.code) <= len(code)
    assert smaller == candidate or smaller in tried
    for one in tried:
        ast.parse(one.code)
        assert one.name == "test_a"


@given(st.lists(LINES, min_size=1, max_size=6))
def test_a_part_of_a_part_is_the_part(lines):
    code = "def test_a():\n" + "".join(f"    {line}\n" for line in [*lines, "assert g()", "assert h()"])
    candidate = NewTest(
        name="test_a", code=code, imports=(), placement=Placement(path="t.py"), title="", look="", oracle=(),
        origin=Origin(proposer="p"), gaps=(),
    )  # fmt: skip
    parts = refine.parts(candidate)
    every = tuple(range(len(parts.each)))
    assert ast.dump(ast.parse(parts.only(every).code)) == ast.dump(ast.parse(code))
    for at in every:
        one = parts.only((at,))
        assert refine.parts(one) is None
        assert refine.parts(replace(one, code=one.code.replace("def ", "async def "))) is None


def test_a_value_that_only_the_next_assertion_reads_is_written_there(test_of, body):
    candidate = test_of(
        """
        def test_a():
            result = parse("{:d}", "12")
            assert result.fixed == (12,)
            result = parse("é", "é")
            assert result.fixed == (result.a, other)
        """,
        reduced=True,
    )
    smaller = refine.reduce(candidate, lambda _one: True)
    assert body(smaller) == [
        'assert parse("{:d}", "12").fixed == (12,)',
        'result = parse("é", "é")',
        "assert result.fixed == (result.a, other)",
    ]
    assert [one.line for one in smaller.oracle] == [2, 4]


def test_a_value_stays_where_it_is_read_later_or_where_its_line_would_be_long(test_of, body):
    long = f'parse("{"{:d}" * 15}")'
    candidate = test_of(
        f"""
        def test_a():
            cart = Cart([1])
            assert cart.total() == 1
            assert cart.count == 1
            result = {long}
            assert result.fixed == (12,)
            total = 1 + one
            assert total.real == 2
            first = cart.add(1)
            assert first == 1
            assert cart.names == [1]
        """,
        reduced=True,
    )
    smaller = refine.reduce(candidate, lambda one: one.code.count("assert") == candidate.code.count("assert"))
    assert body(smaller) == body(candidate)


def test_what_keeps_the_test_apart_from_the_machine_stays(test_of, body):
    candidate = test_of(
        """
        def test_a(monkeypatch):
            log("about to")
            monkeypatch.setattr(shop, "load", fake)
            assert rate() == -1
        """
    )
    assert body(refine.reduce(candidate, lambda _one: True)) == [
        'monkeypatch.setattr(shop, "load", fake)',
        "assert rate() == -1",
    ]
