import re

import msgspec
import pytest

from pytest_enrich import patch
from pytest_enrich.data import Suggestion


def test_a_suggestion_says_where_its_test_goes(cart, new_test, suggestion):
    made = suggestion(new_test(owner="TestCart", anchor="test_empty", style="method"), cart)

    assert made.target.where == "after"
    assert (made.target.owner, made.target.anchor, made.target.new_file) == ("TestCart", "test_empty", False)


@pytest.mark.parametrize(
    ("place", "where"),
    [({}, "end of file"), ({"owner": "TestCart"}, "end of class"), ({"anchor": "test_pct"}, "after")],
)
def test_where_is_one_of_three_places(cart, new_test, suggestion, place, where):
    assert suggestion(new_test(**place), cart).target.where == where


def test_the_other_gaps_that_it_closes_are_named_with_their_lines(cart, new_test, suggestion, fakes):
    gap = suggestion(new_test(), cart, others=[fakes.gap("cart-bbbbbbbb", 30)]).gap
    assert (gap.also_closes, gap.lines) == (("cart-bbbbbbbb",), (26, 28))
    assert gap.also_lines == fakes.gap("cart-bbbbbbbb", 30).lines


def test_it_needs_the_imports_that_the_file_has_already(cart, new_test, suggestion):
    code = "def test_new():\n    with pytest.raises(ValueError):\n        discount(1)\n"

    test = suggestion(new_test(code=code, imports=["import pytest"]), cart).test

    assert test.imports == ("import pytest", "from shop.cart import discount")


def test_its_code_has_the_quotes_of_its_file(new_test, suggestion):
    assert "'new'" in suggestion(new_test(), "x = 'a'\n").test.code


def test_its_proof_counts_what_was_gained_and_run(cart, new_test, suggestion):
    proof = suggestion(new_test(), cart).proof

    assert (proof.lines_gained, proof.branches_gained, proof.isolation) == (2, 1, "rlimits-only")
    assert (proof.runs.passed, proof.runs.of, proof.runs.modes) == (2, 2, ("alone", "in file"))


def test_the_test_comes_back_from_what_was_written(cart, new_test, suggestion):
    test = new_test(anchor="test_pct", imports=["import pytest"])
    made = msgspec.json.decode(msgspec.json.encode(suggestion(test, cart)), type=Suggestion)

    assert patch.insert(cart, patch.as_candidate(made)) == patch.insert(cart, test)


def test_gap_order_is_the_order_of_the_source(cart, new_test, suggestion):
    late, early = (suggestion(new_test(), cart, number=number) for number in (5, 2))
    other = suggestion(new_test(), cart, path="src/shop/a.py", line=99)

    assert patch.in_gap_order([late, other, early]) == [other, early, late]


def test_the_same_idea_has_the_same_hash():
    one = patch.body_sha256("def test_a(x):\n    assert f(x,1)  # so\n\n    y = 2\n")

    assert patch.body_sha256("def test_b( x ):\n\tassert f(\n\t\tx, 1)\n\ty = 2\n") == one
    assert patch.body_sha256("def test_a(x):\n    assert f(x,2)\n    y = 2\n") != one


@pytest.mark.parametrize(
    "code",
    [
        'def test_a():\n    """So."""\n    assert f(1)\n',
        'def test_a():\n    """So.\n\n    More.\n    """\n\n    assert f(1)\n',
        "@mark\ndef test_a():\n    # note\n    'So.'\n    assert f(1)\n",
        'async def test_a(x, y="default"):\n    """So."""\n    return [1]\n',
    ],
)
def test_a_docstring_makes_no_other_idea(code):
    without = re.sub(r"""(\"{3}.*?\"{3}|'So\.')\n""", "", code, flags=re.DOTALL)
    assert without != code
    assert patch.body_sha256(without) == patch.body_sha256(code)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("def test_a():\n    'a'\n", "def test_a():\n    'b'\n"),
        ("def test_a():\n    x = 1\n    'a'\n    f()\n", "def test_a():\n    x = 1\n    'b'\n    f()\n"),
        ("def test_a():\n    'a'.f()\n    g()\n", "def test_a():\n    'b'.f()\n    g()\n"),
        ("(1, 'a')", "(1, 'b')"),
    ],
)
def test_another_text_that_is_no_docstring_makes_another_idea(one, other):
    assert patch.body_sha256(one) != patch.body_sha256(other)


def test_the_hash_is_the_same_on_every_python():
    code = "def test_a():\n    assert f(1)[(1, 2)] == 'it\\'s' and f'{a!r:>{b}} {c}'\n"

    assert patch.body_sha256(code)[:12] == "a03af6f14b07"
