from __future__ import annotations

import ast
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.engine.reduce import MOST_TRIES, reduce
from pytest_enrich.payload.engine.usual import edits, foreignness, oddness
from pytest_enrich.payload.explore.calls import Call
from pytest_enrich.payload.express import evaluate, express

values = st.one_of(
    st.integers(-(10**9), 10**9), st.floats(), st.text(max_size=8), st.lists(st.integers(-99, 99), max_size=4)
).map(express)
calls = st.builds(
    Call,
    st.just("f"),
    st.lists(st.tuples(st.sampled_from(["a", "b", ""]), values), max_size=3).map(tuple),
    st.none() | values.map("⟨shop:Cart⟩({})".format),
    st.lists(st.builds(Call, st.just("g"), st.tuples(st.tuples(st.just("x"), values))), max_size=2).map(tuple),
)


def of(**arguments):
    return Call("f", tuple(arguments.items()))


@given(calls, st.integers(0, 7), st.integers(2, 7))
def test_what_comes_out_does_what_it_was_found_for(call, salt, rarity):
    def holds(one):
        return one == call or hash((repr(one), salt)) % rarity == 0

    assert holds(reduce(call, {"a": ["1", "2"], "": ["⟨shop:Cart⟩()"]}, holds))


@given(calls)
def test_it_never_goes_on_for_ever(call):
    tried = []

    def holds(one):
        tried.append(one)
        return True

    reduce(call, {}, holds)
    assert len(tried) <= MOST_TRIES


@given(calls)
def test_the_values_that_are_tried_are_values(call):
    def holds(one):
        for _, value in one.arguments:
            with contextlib.suppress(ValueError):  # of `float('in')`, which is found out by trying
                evaluate(value)
        return True

    reduce(call, {}, holds)


def test_a_call_between_others_that_is_not_needed_is_left_out():
    call = Call("f", (), then=((), ("2",), ()))
    assert reduce(call, {}, lambda one: ("2",) in one.then).then == (("2",),)


def test_a_class_that_a_test_makes_keeps_its_name():
    made = "⟨dataclasses:make_dataclass⟩('Item', [('value', ⟨builtins:int⟩)])"

    def is_made(call):
        return "make_dataclass⟩('" in str(call) and "[('" in str(call) and "⟨builtins:int⟩" in str(call)

    assert reduce(of(kind=made, text="'abc'"), {}, is_made) == of(kind=made)


def test_the_largest_number_is_made_smaller():
    reduced = reduce(of(a="1.7976931348623157e+308"), {}, lambda call: "a" in dict(call.arguments))
    assert abs(float(dict(reduced.arguments)["a"])) <= 10


def test_nothing_changes_when_nothing_else_holds():
    call = of(a="12345", b="'abc'")
    assert reduce(call, {"a": ["1"]}, lambda _: False) == call


def test_an_argument_that_does_not_matter_is_left_out():
    assert reduce(of(a="7", b="8"), {}, lambda call: dict(call.arguments).get("a") == "7") == of(a="7")


def test_the_plainest_value_that_does_is_taken():
    reduced = reduce(
        of(a="98765"), {"a": ["1", "30", "500"]}, lambda call: int(dict(call.arguments).get("a", "0")) > 20
    )
    assert reduced == of(a="30")


def test_a_number_gets_few_digits_that_matter():
    assert reduce(of(a="98765"), {}, lambda call: int(dict(call.arguments).get("a", "0")) > 1234) == of(a="90000")


def test_a_text_gets_short_and_is_not_emptied():
    reduced = reduce(of(a="'ab-cd'"), {}, lambda call: "-" in dict(call.arguments).get("a", ""))
    assert reduced == of(a="'-'")
    assert reduce(of(a="'abc'"), {}, lambda call: "a" in dict(call.arguments)) != of(a="''")


@pytest.mark.parametrize(
    ("text", "least", "reduced"),
    [
        ("'hello world'", 6, "'hello world'"),
        ("'hello cruel world'", 6, "'hello cruel'"),
        ("b'hello cruel world'", 6, "b'hello cruel'"),
        ("'hello world '", 7, "'hello world'"),
        ("'helloworld'", 6, "'helloworld'"),
        ("'not-my-password'", 6, "'password'"),
        ("'a text that goes on and on, longer than thatthatthat'", 43, None),
    ],
)
def test_a_text_loses_whole_words_and_signs_and_no_letters_of_words(text, least, reduced):
    def holds(call):
        return bool(call.arguments) and len(evaluate(call.arguments[0][1])) >= least

    ((_, value),) = reduce(of(a=text), {}, holds).arguments
    assert value == reduced if reduced else len(evaluate(value)) == least


def test_the_words_of_a_text_that_do_not_matter_become_those_of_texts_that_tests_pass():
    plain = {"a": ["'* * * * *'", "'* * 1-1 * *'"]}

    def holds(call):
        words = dict(call.arguments).get("a", "").split()
        return words[4:] == ["*5'"]

    assert reduce(of(a="'* * 1-1 * *5'"), plain, holds) == of(a="'* * * * *5'")


def test_of_two_long_values_that_are_preferred_neither_keeps_the_other_parts_as_they_are():
    one, other = (f"⟨shop.warehouse.inventory:Counter⟩('{name}', 3)" for name in ("anna", "bert"))
    call = Call("Counter.add", (), other, (Call("Counter.note", (("text", "'12345678'"),)),))
    reduced = reduce(call, {"": [one, other]}, lambda call: bool(call.setup and call.setup[0].arguments))
    assert reduced.setup[0].arguments in {(("text", f"'{digit}'"),) for digit in "12345678"}


def test_steps_before_that_do_not_matter_are_left_out():
    call = Call("Cart.total", (), "⟨shop:Cart⟩(1)", (Call("Cart.add"), Call("Cart.drop")))
    reduced = reduce(call, {}, lambda one: any(step.qualname == "Cart.drop" for step in one.setup))
    assert [step.qualname for step in reduced.setup] == ["Cart.drop"]


def test_an_argument_of_a_step_that_does_not_matter_is_left_out():
    call = Call("Cart.total", (), "⟨shop:Cart⟩(1)", (Call("Cart.add", (("item", "'tea'"), ("count", "1"))),))
    reduced = reduce(call, {}, lambda other: bool(other.setup) and "'tea'" in str(other.setup[0].arguments))
    assert reduced.setup == (Call("Cart.add", (("item", "'tea'"),)),)


@pytest.mark.parametrize(
    ("template", "far"),
    [
        ("'2019-01-01'", 0),
        ("'2019-0-01'", 1),
        ("b'2019-01-01'", 0),
        ("['2019-01-01', 12, 3]", 2),
        ("13", 3),
        ("14", 4),
        ("''", 2),
        ("'unknown'", 2),
        ("⟨shop:Cart⟩(2, None)", 2),
        ("'a'", 4),
        ("'lways'", 4),
        ("'a word'", 3),
        ("'a line!'", 3),
        ("⟨datetime:date⟩(2000, 2, 2)", 4),
        ("⟨builtins:str⟩", 4),
        ("lambda value: value", 0),
    ],
)
def test_a_value_is_as_far_from_what_people_wrote_as_the_farthest_of_its_literals(template, far):
    own, people = frozenset({"'2019-01-01'", "'always'", "lambda value: value"}), frozenset({"'a line'", "12"})
    assert foreignness(template, own, people) == far


def test_what_is_written_is_tried_with_a_sign_and_with_a_word_less_unless_it_is_a_key():
    known = ["12", "'always'", "⟨m:Name⟩('a1')", "{'X-Key': 2}", "['ab 1', 1]"]
    assert [*edits(known)] == ["['ab1', 1]", "['ab ', 1]", "['1', 1]", "['ab', 1]"]


def test_an_argument_of_an_object_that_does_not_matter_is_left_out():
    call = Call("Cart.total", (), "⟨shop:Cart⟩('ann', 3)")
    assert reduce(call, {}, lambda _: True).receiver == "⟨shop:Cart⟩()"


def test_a_list_gets_shorter():
    reduced = reduce(of(a="[5, 6, 70]"), {}, lambda call: "70" in dict(call.arguments).get("a", ""))
    assert reduced == of(a="[70]")


def test_a_list_loses_what_is_nothing_first():
    call = Call("f", (("items", "[(), 5, 7]"),))
    least = reduce(call, {}, lambda one: [value.count(",") for _, value in one.arguments] == [1], oddness)
    assert "()" not in least.arguments[0][1]


def test_a_dictionary_loses_what_does_not_matter():
    reduced = reduce(of(a="{'b': 1, 'key': 'x', 'c': '-/'}"), {}, lambda call: "'key'" in str(call.arguments))
    assert reduced == of(a="{'key': 'x'}")


def test_what_does_not_matter_is_as_people_wrote_it():
    source = "{'name': 'USER', 'url': 'tps://$USER@localhost', 'checked': 'devpi'}"
    theirs = "{'name': 'devpi', 'url': 'https://$USER@localhost', 'checked': True}"

    def is_refused(call):
        return "'checked': '" in dict(call.arguments).get("source", "")

    reduced = reduce(of(source=source), {"source": [theirs]}, is_refused, lambda call: len(str(call)) > 500)
    found = ast.literal_eval(dict(reduced.arguments)["source"])
    assert "tps://$USER@localhost" not in found.values()
    assert found.get("name", "devpi") == "devpi"


def test_a_text_that_people_wrote_stays_whole_in_an_object_that_nobody_made():
    known, call = "⟨shop:Range⟩('2015-03-22', None)", Call("f", receiver="⟨shop:Range⟩('2015-03-22')")
    assert reduce(call, {"": [known]}, lambda call: "15" in call.receiver and call.receiver != known) == call


@pytest.mark.parametrize(("known", "items"), [("[1, 2, 5, 20]", 1), ("[1, 2]", 2)])
def test_a_collection_that_tests_pass_needs_no_more_than_a_few_of_its_items(known, items):
    call = reduce(of(sentinel=known), {"sentinel": [known]}, lambda call: bool(call.arguments))
    assert len(evaluate(dict(call.arguments)["sentinel"])) == items


@pytest.mark.parametrize("kind", ["int", "⟨typing:Any⟩", "⟨shop:Cart⟩", "⟨shop:Cart.Line⟩"])
def test_a_class_as_a_value_is_odd(kind):
    assert oddness(of(function=kind)) == 1


@pytest.mark.parametrize("value", ["⟨shop:RED⟩", "⟨shop:total⟩", "⟨shop:Cart⟩(2)", "⟨shop:Colour.RED⟩"])
def test_a_constant_a_function_or_an_object_is_not(value):
    assert oddness(of(function=value)) == 0
