import ast
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich import mutants
from pytest_enrich.data import Gap


def make(text, first=1, last=1000, most=60):
    """Mutants of a range of lines."""
    return mutants.make(text, range(first, last + 1), most)


def changes(text, first=1, last=1000):
    return [one.change for one in make(textwrap.dedent(text), first, last)]


def in_function(line, setup="x, y, z = X"):
    """The changes of one line in a function, those of the line above left out."""
    return changes(f"def f(X):\n    {setup}\n    {line}\n", 3, 3)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("g(x < y)", ["x < y -> x <= y", "x < y -> x >= y", "g(x < y) -> pass"]),
        ("g(x == y)", ["x == y -> x != y", "g(x == y) -> pass"]),
        ("g(x not in y)", ["x not in y -> x in y", "g(x not in y) -> pass"]),
        ("g(x is y)", ["x is y -> x is not y", "g(x is y) -> pass"]),
        ("return x and y", ["x and y -> x or y", "return x and y -> return None"]),
        ("return not x", ["not x -> x", "return not x -> return None"]),
        ("return x - y", ["x - y -> x + y", "return x - y -> return None"]),
        ("return x[1:]", ["1: -> :", "1 -> 2", "return x[1:] -> return None"]),
        ("return 'a'", ["'a' -> \"\""]),
        ("return ''", ["'' -> \"XX\""]),
        ("return b'a'", ["b'a' -> b\"\""]),
        ("return f'{x}'", ["f'{x}' -> \"\"", "return f'{x}' -> return None"]),
        ("return True", ["True -> False"]),
        ("return None", ['return None -> return ""']),
        ("return NotImplemented", ["return NotImplemented -> return True"]),
        ("x += y", ["x += y -> pass", "x += y -> x -= y"]),
        ("x.y = z", ["x.y = z -> pass"]),
        ("x = x + z", ["x = x + z -> pass", "x + z -> x - z", "x = x + z -> x = None"]),
        ("w = z()", ["w = z() -> w = None"]),
        ("x, y = y, x", ["x, y = y, x -> pass"]),
        ("x, w = y, x", []),
        ("x: int = 1", ["1 -> 2"]),
        ("x: int", []),
        ("del x[y]", ["del x[y] -> pass"]),
        ("raise ValueError(x)", ["raise ValueError(x) -> pass", "raise ValueError(x) -> raise Exception(x)"]),
        ("raise x.Lost(y=z)", ["raise x.Lost(y=z) -> pass", "raise x.Lost(y=z) -> raise Exception()"]),
        ("raise Exception", ["raise Exception -> pass"]),
        ("yield x", ["yield x -> pass", "yield x -> yield None"]),
    ],
)  # fmt: skip
def test_each_operator_makes_its_changes(line, expected):
    assert sorted(in_function(line)) == sorted(expected)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("if x:", ["x -> not x"]),
        ("while g(x):", ["g(x) -> not g(x)"]),
        ("if (x := g()):", ["x := g() -> not (x := g())"]),
        ("for one in x:", ["x -> ()"]),
        ("if x and y:", ["x and y -> x or y"]),
    ],
)
def test_a_decision_is_changed_where_it_is_made(header, expected):
    assert changes(f"def f(x, y):\n    {header}\n        pass\n    return x\n", 2, 2) == expected


def test_a_handler_catches_nothing_more():
    text = "def f(x):\n    try:\n        return x()\n    except (KeyError, OSError):\n        return None\n"
    assert changes(text, 4, 4) == ["except (KeyError, OSError) -> except ()"]


def test_a_default_is_another():
    text = "def f(x=1, *, y=None, z='a', u=True):\n    return x, y, z, u\n"
    assert changes(text, 1, 1) == ["1 -> 2", 'None -> ""', "'a' -> \"\"", "True -> False"]
    assert {one.operator for one in make(text, 1, 1)} == {"default"}


def test_words_about_the_code_are_left_alone():
    text = '''
        def f(x: "int" = g, y: list["str"] = h) -> "int":
            """What it does."""
            z: "int"
            ...
        '''
    assert changes(text) == []


def test_decorators_are_left_alone():
    assert changes("@cache(3)\ndef f():\n    pass\n") == []


def test_operators_are_found_between_parentheses_and_comments():
    text = "def f(x, y):\n    return (x  # not < this\n        ) < (y)\n"
    (first,) = (one for one in make(text, 2, 2) if one.operator == "boundary")
    assert first.apply(text) == text.replace(") < (", ") <= (")
    assert (first.line, first.statement) == (3, 2)


def test_places_are_right_behind_wide_characters():
    text = "def f(x):\n    return 'é€😀' + x, x < 1\n"
    assert text.replace("x < 1", "x <= 1") in [one.apply(text) for one in make(text, 1, 2)]


def test_deleted_statements_keep_the_lines_below_in_place():
    text = "def f(x):\n    x.add(\n        1,\n    )\n    return x\n"
    (deleted,) = (one for one in make(text, 2, 2) if one.operator == "deletion")
    assert deleted.apply(text) == "def f(x):\n    pass\n\n\n    return x\n"


@pytest.mark.parametrize(
    ("body", "is_deleted"),
    [
        ("x = g(x)", True),
        ("if x:\n        x = g(x)", True),
        ("x, y = g(x, y)", True),
        ("y = g(x)", False),
        ("x, y = g(x)", False),
        ("y = lambda: y", False),
        ("y = [y for y in x]", False),
    ],
)
def test_an_assignment_is_deleted_where_the_value_is_made_of_the_one_before(body, is_deleted):
    text = f"def f(x):\n    {body}\n    return x\n"
    last = text.count("\n") - 1
    assert any(one.endswith("-> pass") for one in changes(text, last, last)) == is_deleted


def test_what_compiles_to_the_same_is_no_mutant():
    assert changes("def f(x):\n    x()\n    return\n", 3, 3) == []


def test_two_ways_to_the_same_code_are_one_mutant():
    text = "def f(x):\n    return 2 - 1\n"
    assert len(changes(text)) == len({one.apply(text) for one in make(text, 1, 2)}) == 4


def test_what_would_not_compile_is_no_mutant():
    text = "def f(x):\n    for y in x:\n        break\n    match x:\n        case 1 | 2:\n            pass\n"
    for one in make(text, 1, 6):
        compile(one.apply(text), "f", "exec")


def test_too_many_are_spread_over_the_lines():
    text = "def f(x):\n" + "".join(f"    x.a{number} = x.b < {number} and x.c\n" for number in range(30))
    lines = [one.line for one in make(text, 1, 31, 10)]
    assert len(lines) == len(set(lines)) == 10
    assert min(lines) < 6
    assert max(lines) > 26


def test_what_is_not_python_has_no_mutants():
    assert make("def f(:\n", 1, 1) == ()
    assert make("x = '\0'\n", 1, 1) == ()


def test_only_the_gaps_own_lines_and_the_statement_that_decides_count():
    text = "def f(x):\n    y = x + 1\n    if x < 0:\n        return -x\n    return y\n"
    gap = Gap(id="a-1", path="a.py", qualname="f", line=3, outcome="true", text="if x < 0:", lines=(4,))
    assert {one.line for one in mutants.of_gaps(text, [gap])} == {3, 4}


def test_of_a_loop_that_has_nothing_to_go_through_what_comes_after_it_is_changed():
    text = "def first(items):\n    for item in items:\n        return item\n    return None\n"
    gap = Gap(
        id="a", path="a.py", qualname="first", line=2, outcome="skips", text="", lines=(), branches=((2, 4),)
    )
    assert 'return ""' in {one.after for one in mutants.of_gaps(text, [gap])}
    iterates = replace(gap, outcome="iterates", branches=((2, 3),))
    assert 'return ""' not in {one.after for one in mutants.of_gaps(text, [iterates])}


def test_of_something_long_the_difference_is_shown():
    text = f"def f(x):\n    return x.{'a' * 60}.{'b' * 60} < 1\n"
    (one, *_) = (one for one in make(text, 1, 2) if one.operator == "boundary")
    assert one.change == "...bbbbbbbbbb < 1 -> ...bbbbbbbbbb <= 1"


NAMES = st.sampled_from(["x", "y", "1", "0", "'a'", "None", "f(x)"])
WORDS = st.sampled_from(["<", ">=", "==", "and", "or", "+", "//", "in", "is not"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, WORDS, inner),
        st.builds("(not {})".format, inner),
        st.builds("x[{}:{}]".format, inner, inner),
    ),
)
STATEMENTS = st.builds(
    lambda form, expression: form.format(expression),
    st.sampled_from(
        ["return {}", "x = {}", "if {}:\n        x += 1", "raise KeyError({})", "x.y = ({},\n      2)"]
    ),
    EXPRESSIONS,
)


@settings(deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=4))
def test_every_mutant_compiles_differs_and_is_made_again(statements):
    text = "def f(x, y):\n" + "".join(f"    {one}\n" for one in statements)
    made = make(text, 1, 100)
    texts = [one.apply(text) for one in made]
    assert made == make(text, 1, 100)
    assert len({one.id for one in made}) == len(set(texts)) == len(made)
    assert text not in texts
    for one, changed in zip(made, texts, strict=True):
        ast.parse(changed)
        assert one.line == text.count("\n", 0, one.start) + 1
