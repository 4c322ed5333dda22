from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from pytest_enrich.data import Decision, NewRow, NewTest, Oracle, Origin, Placement
from pytest_enrich.store import experience
from pytest_enrich.store.experience import Fate, traits

RAISES = "def test_it():\n    with pytest.raises(ValueError):\n        f()\n"
VALUE = "def test_it():\n    assert f() == 3\n"
BRIEF, BULKY = "with a name of at most 4 words, and no exception", "of more than 230 signs"
OF_TEST_IT = {"that are new", "by search", "with a name of at most 2 words", BRIEF}


@pytest.fixture
def decided(make_suggestion):
    """A suggestion with this code, of which this was decided."""
    numbers = iter(range(100))

    def decided(code, verb, reason="trivial"):
        one = make_suggestion(f"cart-{'abcdefgh'[next(numbers) % 8] * 8}")
        one = replace(one, test=replace(one.test, code=code, names=("test_it",)))
        return Fate(one, Decision(id=one.id, verb=verb, body=one.test.body_sha256, at="", reason=reason))

    return decided


def candidate(code, name="test_it", **origin):
    return NewTest(
        name=name,
        code=code,
        imports=(),
        placement=Placement(path="tests/test_cart.py"),
        title="",
        look="",
        oracle=(Oracle(line=2, what="3", source="observed"),),
        origin=Origin(**{"proposer": "search", **origin}),
        gaps=("cart-aaaaaaaa",),
    )


@pytest.mark.parametrize(
    ("code", "trait"),
    [
        (RAISES, "that assert an exception's type alone"),
        (RAISES.replace("ValueError)", 'ValueError, match="no")'), "that assert an exception's message"),
        ("def test_it(self):\n    self.assertRaises(ValueError, f)\n", "that assert an exception's message"),
        (VALUE, "that assert a value of type int"),
        ("def test_it():\n    assert f() is None\n", "that assert None"),
        ("def test_it():\n    assert repr(f()) == 'F'\n", "that assert what repr() gives"),
        ("def test_it(self):\n    self.assertEqual(f(), [1])\n", "that assert a value of type list"),
        ("def test_it():\n    assert f(-1) == 1\n", "with negative numbers"),
        ("def test_it():\n    assert f('') == 1\n", "with empty texts"),
        ("('x', [])", "with empty collections"),
        ("def test_it():\n    texts = []\n    assert f(texts) == 1\n", "with empty collections"),
        ("def test_it():\n    assert f('a=%$!') == 1\n", "with signs in a row"),
        ("def test_it():\n    assert f('d e 0') == 1\n", "with words of one letter"),
        ("def test_it():\n    assert f('at most {max}') == 1\n", "with placeholders"),
        ("def test_it():\n    assert f(12_000_000) == 1\n", "with large numbers"),
        ("def test_it():\n    assert f().parts == ()\n", "that assert that something is empty"),
        (RAISES.replace("ValueError)", 'AttributeError, match="no")'), "that assert an AttributeError"),
        ("def test_it():\n    assert f(lambda one: one) == 1\n", "with lambdas"),
        ("def test_it():\n    assert f(str) == 1\n", "with built-in classes"),
        ("def test_it():\n    assert f([2, 5]) == 1\n", "with lists or dictionaries"),
        ("def test_it():\n    assert f(Box()) == 1\n", "with calls without arguments"),
        ("def test_it():\n    assert f('a:b') == 1\n", "with short texts with signs"),
        ("def test_it():\n    assert cart._f(1) == 1\n", "that use private names"),
        ("def test_it():\n    assert Box(1).size == 1\n", "that assert what was passed"),
        ("def test_it():\n    box.size = 1\n    assert box.size == 1\n", "that assert what was passed"),
        ("def test_it(self):\n    self.assertEqual(Box(1).size, 1)\n", "that assert what was passed"),
        ("def test_it():\n    assert f('ab') == 'ab'\n", "that assert what was passed"),
        ("def test_it(self):\n    self.assertEqual(list(f(1)), [2])\n", "that assert what list() gives"),
    ],
)
def test_a_test_is_known_by_what_it_asserts_and_by_its_values(code, trait):
    assert trait in traits(candidate(code))


def test_what_is_expected_is_no_value_that_is_passed():
    assert "with empty texts" not in traits(candidate("def test_it():\n    assert f(1) == ''\n"))


@pytest.mark.parametrize(
    ("name", "value"),
    [("negative_parts", "-1"), ("empty_text", "''"), ("empty_basket", "[]"), ("none_total", "None")],
)
def test_a_test_that_is_about_a_negative_number_or_nothing_has_to_pass_it(name, value):
    code = f"def test_it():\n    with pytest.raises(ValueError, match='not allowed'):\n        f({value})\n"
    assert experience.strikes(candidate(code, name="test_sum_rejects_this_value")) == 1
    assert experience.strikes(candidate(code, name="test_sum_of_parts")) == 1
    assert experience.strikes(candidate(code, name=f"test_sum_rejects_{name}")) == 0


def test_what_an_exception_says_is_more_than_what_is_returned():
    name = "test_lend_book_is_out"
    assert experience.strikes(candidate("def test_it():\n    assert lend(book) == 1\n", name=name)) == 1.5
    assert experience.strikes(candidate(RAISES.replace("ValueError)", 'ValueError, match="no")'), name=name)) == 0


def test_a_class_that_is_asked_about_is_no_value_that_is_passed():
    assert "with built-in classes" not in traits(candidate("def test_it():\n    assert isinstance(f(1), str)\n"))


@pytest.mark.parametrize(
    ("name", "strikes"),
    [
        ("test_parts_of_an_empty_cart", 0),
        ("testPartsOfAnEmptyCart", 0),
        ("test_parts", 1.5),
        ("test_parts_of_cart", 0.5),
        ("test_parts_of_large_cart_with_number", 1),
        ("test_parts_2", 2.5),
        ("test_parse_of_tag_returns_tokens", 1),
        ("test_parse_of_tag_in_place_is_utc", 1),
        ("test_parse_without_tag_is_utc", 0),
        ("test_date_is_less_than_another", 0),
    ],
)
def test_readers_stumble_over_names_that_say_little(name, strikes):
    assert experience.strikes(candidate(VALUE, name=name)) == strikes


def test_a_refusal_by_name_of_the_exception_says_less_than_when_that_is():
    code = RAISES.replace("ValueError)", 'ValueError, match="no")')
    assert experience.strikes(candidate(code, name="test_lend_raises_value_error")) == 0.5
    assert experience.strikes(candidate(code, name="test_lend_raises_value_error_when_book_is_out")) == 0


def test_a_test_of_many_signs_or_with_a_single_letter_is_half_as_striking():
    name = "test_parts_of_an_empty_cart"
    assert experience.strikes(candidate(VALUE + "    # long\n" * 40, name=name)) == 0.5
    letter = (
        VALUE.replace("parts(", "parts('x', ")
        if "parts(" in VALUE
        else "def test_it():\n    assert f('x') == 'ab'\n"
    )
    assert experience.strikes(candidate(letter, name=name)) == 0.5


def test_nobody_was_asked_about_rows():
    row = NewRow(**asdict(candidate("('', [])")), argnames=("text", "parts"))
    assert experience.strikes(row) == 0


def test_a_name_that_a_model_gave_is_the_models_and_the_test_is_not():
    found = traits(candidate(VALUE, model="qwen", worded=("name",)))
    assert {"named by qwen", "by search"} <= found.keys()
    assert "by qwen" not in found


def test_what_was_turned_down_twice_comes_last_where_something_else_was_taken(decided):
    known = experience.learn([decided(RAISES, "reject"), decided(RAISES, "reject"), decided(VALUE, "accept")])
    assert known.comes_last(candidate(RAISES))
    assert not known.comes_last(candidate(VALUE))
    (line,) = known.told
    assert line == (
        "2 rejected as trivial (cart-aaaaaaaa, cart-bbbbbbbb): "
        "tests that assert an exception's type alone come last"
    )


def test_what_all_have_in_common_says_nothing(decided):
    known = experience.learn([decided(VALUE, "reject"), decided(VALUE, "reject"), decided(VALUE, "accept")])
    assert known == experience.NONE


def test_who_turns_everything_down_has_no_order(decided):
    known = experience.learn([decided(RAISES, "reject"), decided(VALUE, "reject")])
    assert known.lift(candidate(RAISES)) == known.lift(candidate(VALUE)) == 1.0
    assert known.told == ()


def test_one_that_was_turned_down_once_does_not_come_last(decided):
    known = experience.learn([decided(RAISES, "reject"), decided(VALUE, "accept")])
    assert not known.comes_last(candidate(RAISES))


def test_what_is_taken_again_comes_last_no_more(decided):
    against = [decided(RAISES, "reject"), decided(RAISES, "reject"), decided(VALUE, "accept")]
    assert not experience.learn([*against, decided(RAISES, "accept")]).comes_last(candidate(RAISES))


@pytest.mark.parametrize("code", ["def test_it(:", "(" * 5000, "\0", "'" + "x" * 100_000, "1" * 5000])
def test_code_that_is_none_has_no_traits_of_its_own(code):
    assert traits(candidate(code)).keys() - {BULKY} == OF_TEST_IT


@given(st.lists(st.tuples(st.sampled_from([RAISES, VALUE]), st.booleans()), max_size=12))
def test_a_lift_is_never_negative_and_without_rejections_it_is_one(verdicts):
    decisions = [
        Fate(candidate(code), Decision(id="cart-aaaaaaaa", verb="accept" if taken else "reject", body="", at=""))
        for code, taken in verdicts
    ]
    known = experience.learn(decisions)
    assert all(lesson.lift >= 0 for lesson in known.lessons.values())
    if all(taken for _, taken in verdicts):
        assert known == experience.NONE


def test_the_folder_tells_what_was_decided_and_not_what_was_taken_back(store, make_suggestion):
    ones = [make_suggestion(f"cart-{letter * 8}") for letter in "abc"]
    for one, verb in zip(ones, ("reject", "reject", "accept"), strict=True):
        code = RAISES if verb == "reject" else VALUE
        made = replace(one, test=replace(one.test, code=code, names=("test_it",)))
        store.save(made, "", "")
        store.decide(Decision(id=one.id, verb=verb, body=one.test.body_sha256, at="", reason="trivial"))
    assert experience.read(store).comes_last(candidate(RAISES))
    store.decide(Decision(id=ones[0].id, verb="undo", body=ones[0].test.body_sha256, at=""))
    assert not experience.read(store).comes_last(candidate(RAISES))
    store.clean([one.id for one in store.lying("decided")])
    assert experience.read(store) == experience.NONE


def test_many_weeks_are_told_by_month():
    def fate(at):
        return Fate(None, Decision(id="cart-aaaaaaaa", verb="accept", body="", at=at))

    few = [fate("2026-12-31T10:00:00Z"), fate("2026-11-28T10:00:00Z"), fate("2027-01-02T10:00:00Z"), fate("when?")]
    assert [*experience.by_period(few)] == ["2026-W48", "2026-W53"]
    many = [fate(f"2026-{month:02}-{day:02}T10:00:00Z") for month in range(1, 13) for day in (1, 8, 15)]
    assert [*experience.by_period(many)] == [f"2026-{month:02}" for month in range(1, 13)]
