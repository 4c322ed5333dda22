"""Two tests of one function as one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Kept, Oracle, Origin
from pytest_enrich.writing.joining import join

GIVES = "def test_discount_total_below_0():\n    assert discount(-1) == 0\n"
GIVES_TOO = "def test_discount_total_above_9():\n    result = discount(10)\n    assert result == 9\n"
RAISES = 'def test_discount_raises_value_error_not_total():\n    with pytest.raises(ValueError, match="no"):\n'
RAISES += "        discount(None)\n"
RAISES_OTHER = RAISES.replace("value_error_not", "key_error").replace("ValueError", "KeyError")
AWAITS = "@sync\nasync def test_discount_later():\n    assert await discount(3) == 0\n"
MIXED = "def test_it():\n    assert discount(2) == 2\n    with pytest.raises(ValueError):\n        discount('')\n"
APART = f"{GIVES}\n\n{RAISES}\n\n{RAISES_OTHER}"


@pytest.fixture
def made(fakes):
    def made(code, gap="cart-aaaaaaaa", **changes):
        raised = "KeyError" if "KeyError" in code else "ValueError"
        what, source = (f"raises {raised}", "raises") if "raises" in code else ("0", "observed")
        one = fakes.candidate(code, gaps=(gap,), origin=Origin(proposer="search"))
        line = 3 if "result =" in code or "@" in code else 2
        one = replace(one, oracle=(Oracle(line=line, what=what, source=source, look=True),))
        return replace(one, imports=("import pytest",) if "raises" in code else (), **changes)

    return made


@pytest.fixture
def both(fakes, made):
    def both(first, second, text="", **changes):
        other = made(second, "cart-bbbbbbbb", **changes)
        return join(replace(fakes.task(), test_text=text), made(first), other)

    return both


def test_values_are_stated_one_behind_the_other_under_a_name_without_a_condition(both):
    one = both(GIVES, GIVES_TOO)
    assert one.code == (
        "def test_discount():\n    assert discount(-1) == 0\n    result = discount(10)\n    assert result == 9\n"
    )
    assert (one.name, one.gaps) == ("test_discount", ("cart-aaaaaaaa", "cart-bbbbbbbb"))
    assert one.title == "discount: gives 0 when total < 0, and 1 more"
    assert one.look == "these values were seen when the code ran; no docstring promises them"
    assert [(seen.line, seen.look) for seen in one.oracle] == [(2, True), (4, True)]


PROMISED = (Oracle(line=3, what="9", source="docstring", look=True),)


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        (("the docstring has this example", "the docstring has this example"), "the docstring has these examples"),
        (
            ("the docstring has these examples", "the docstring has this example"),
            "the docstring has these examples",
        ),
        (
            ("9 stands in the docstring, too: is it for this input?",) * 2,
            "these values stand in the docstring, too: are they for these inputs?",
        ),
    ],
)
def test_what_a_docstring_promises_in_the_same_way_is_stated_together(fakes, made, asked, question):
    first, second = (
        made(code, oracle=PROMISED, look=look) for code, look in zip((GIVES, GIVES_TOO), asked, strict=True)
    )
    one = join(replace(fakes.task(), test_text=""), first, second)
    assert one.look == question


def test_an_example_of_the_docstring_and_a_value_that_stands_in_it_stay_apart(fakes, made):
    first = made(GIVES, oracle=PROMISED, look="the docstring has this example")
    second = made(GIVES_TOO, oracle=PROMISED, look="9 stands in the docstring, too: is it for this input?")
    assert join(fakes.task(), first, second) is None


def test_what_is_joined_already_may_take_one_more(fakes, both, made):
    first = both(GIVES, GIVES_TOO)
    third = made(GIVES.replace("-1", "-2").replace("below_0", "3"), "cart-cccccccc")
    one = join(replace(fakes.task(), test_text=""), first, third)
    assert one.title == "discount: gives 0 when total < 0, and 2 more"
    assert len(one.oracle) == 3


@pytest.mark.parametrize("pair", [(GIVES, RAISES), (RAISES, GIVES)])
@pytest.mark.parametrize("text", ["", RAISES_OTHER, MIXED, "def broken(:\n"])
def test_what_raises_comes_last(both, pair, text):
    one = both(*pair, text)
    assert one.code == f"def test_discount():\n{GIVES.partition(chr(10))[2]}{RAISES.partition(chr(10))[2]}"
    assert one.imports == ("import pytest",)
    assert one.look == "these values and exceptions were seen when the code ran; no docstring promises them"


def test_values_and_exceptions_stay_apart_where_the_tests_of_the_file_keep_them_so(both):
    assert both(GIVES, RAISES, APART) is None
    assert both(GIVES, GIVES_TOO, APART) is not None


def test_a_unittest_file_tells_by_its_own_assertions(both):
    apart = "class TestIt:\n    def test_a(self):\n        with self.assertRaises(ValueError):\n            f()\n"
    apart += apart.partition("\n")[2]
    assert both(GIVES, RAISES, apart) is None
    assert both(GIVES, RAISES, f"{apart}        self.assertEqual(g(), 1)\n") is not None


@pytest.mark.parametrize(
    ("second", "name", "look"),
    [
        (RAISES.replace("None", "''"), "test_discount_raises_value_error", "ValueError was seen"),
        (RAISES_OTHER, "test_discount_raises", "ValueError and KeyError were seen"),
    ],
)
def test_what_only_raises_says_so_in_its_name(both, second, name, look):
    one = both(RAISES, second)
    assert one.name == name
    assert one.look.startswith(look)


@pytest.mark.parametrize("pair", [(GIVES, AWAITS), (AWAITS, GIVES)])
def test_what_awaits_nothing_may_be_stated_in_a_coroutine(both, pair):
    one = both(*pair)
    assert one.code.startswith("@sync\nasync def test_discount():\n    ")
    assert one.code.count("assert") == 2
    assert [one.code.splitlines()[seen.line - 1].split()[0] for seen in one.oracle] == ["assert", "assert"]


@pytest.mark.parametrize("kept", [(), ("test_discount",)])
def test_the_name_is_one_that_no_other_test_has(fakes, made, kept):
    fine = Kept(gaps=(), lines=(), branches=(), runs=(), seconds=0.1)
    other = [made(GIVES.replace("test_discount_total_below_0", name)) for name in kept]
    attempts = [Attempt(path="", qualname="", digest="", candidate=one, verdict=fine) for one in other]
    text = "" if kept else "def test_discount(): ...\n"
    task = replace(fakes.task(), test_text=text, attempts=tuple(attempts))
    assert join(task, made(GIVES), made(GIVES_TOO)).name == "test_discount_total_below_0"


@pytest.mark.parametrize(
    ("second", "changes"),
    [
        (GIVES_TOO, {"title": "refund: gives 0 when total < 0"}),
        (GIVES_TOO, {"origin": Origin(proposer="ollama")}),
        (GIVES_TOO, {"oracle": (Oracle(line=3, what="9", source="docstring", look=True),)}),
        (f"@pytest.mark.slow\n{GIVES_TOO}", {}),
        (GIVES_TOO.replace("()", "(tmp_path)", 1), {}),
        (GIVES_TOO.replace("    result", "    def give():\n        return 1\n    result"), {}),
        (GIVES_TOO + "    assert discount(8) == 8\n" * 6, {}),
    ],
    ids=["another function", "by a model", "promised", "run otherwise", "fixture", "a function inside", "long"],
)
def test_what_reads_better_apart_stays_so(both, second, changes):
    assert both(GIVES, second, **changes) is None


def test_tests_in_different_classes_stay_there(both, made):
    place = made(GIVES).placement
    assert both(GIVES, GIVES_TOO, placement=replace(place, owner="TestCart", style="method")) is None
