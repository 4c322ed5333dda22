from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.data import Observation
from pytest_enrich.writing import body


def written(fakes, *observations, style="function", **changes):
    made = body.write(fakes.finding(*observations, **changes), style)
    return [body.bare(line) for line in made.lines], made.expects


def result(value, **changes):
    return Observation(subject="result", value=value, **changes)


@pytest.mark.parametrize(
    ("observation", "pytests", "unittests"),
    [
        (result("0"), "assert discount(-1) == 0", "self.assertEqual(discount(-1), 0)"),
        (result("None", form="is"), "assert discount(-1) is None", "self.assertIsNone(discount(-1))"),
        (
            result("⟨shop:Refusal⟩", form="instance"),
            "assert isinstance(discount(-1), Refusal)",
            "self.assertIsInstance(discount(-1), Refusal)",
        ),
        (result("True", form="is"), "assert discount(-1) is True", "self.assertTrue(discount(-1))"),
        (
            result("0.125001", form="approx"),
            "assert discount(-1) == approx(0.125001)",
            "self.assertAlmostEqual(discount(-1), 0.125001)",
        ),
        (
            result("0.30000000000000004", form="approx"),
            "assert discount(-1) == approx(0.3)",
            "self.assertAlmostEqual(discount(-1), 0.3)",
        ),
        (
            result("-1234.56789012345", form="approx"),
            "assert discount(-1) == approx(-1234.568)",
            "self.assertAlmostEqual(discount(-1), -1234.56789012)",
        ),
        (
            Observation(subject="raises", value="⟨m:Bad⟩", message="no [x]"),
            'with raises(Bad, match=r"no \\[x\\]"):\n    discount(-1)',
            'with self.assertRaisesRegex(Bad, r"no \\[x\\]"):\n    discount(-1)',
        ),
        (
            Observation(subject="raises", value="⟨m:Bad⟩", message="no"),
            'with raises(Bad, match=r"^no$"):\n    discount(-1)',
            'with self.assertRaisesRegex(Bad, r"^no$"):\n    discount(-1)',
        ),
        (
            Observation(subject="raises", value="⟨m:Bad⟩"),
            "with raises(Bad):\n    discount(-1)",
            "with self.assertRaises(Bad):\n    discount(-1)",
        ),
    ],
)
def test_one_observation_is_one_statement(fakes, observation, pytests, unittests):
    assert written(fakes, observation) == ([pytests], (0,))
    assert written(fakes, observation, style="unittest") == ([unittests], (0,))


@pytest.mark.parametrize(
    ("action", "value", "unittests"),
    [
        ("hash(⟨m:A⟩(1)) == hash(⟨m:A⟩(1))", "True", "self.assertEqual(hash(A(1)), hash(A(1)))"),
        ("⟨m:A⟩(1) == 2", "False", "self.assertNotEqual(A(1), 2)"),
        ("⟨m:A⟩(1) < ⟨m:A⟩(2)", "True", "self.assertLess(A(1), A(2))"),
        ("⟨m:A⟩(1) < ⟨m:A⟩(2)", "False", "self.assertFalse(A(1) < A(2))"),
        ("'a' not in ⟨m:A⟩(1)", "True", "self.assertNotIn('a', A(1))"),
        ("'in' in ⟨m:A⟩('a in b')", "True", "self.assertTrue('in' in A('a in b'))"),
        ("(1, 2) == ⟨m:A⟩(1)", "True", "self.assertTrue((1, 2) == A(1))"),
        ("1 < ⟨m:A⟩(2) < 3", "True", "self.assertTrue(1 < A(2) < 3)"),
    ],
)
def test_a_comparison_is_stated_by_the_assertion_of_its_sign(fakes, action, value, unittests):
    made = written(fakes, result(value, form="is"), style="unittest", action=action)
    assert made[0] == [unittests]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_few_digits_are_enough_for_the_comparison(number):
    assert float(body.few_digits(repr(number))) == pytest.approx(number)
    if abs(number) < 1e15:
        assert round(float(body.few_digits(repr(number), body.PLACES)) - number, 7) == 0  # as in unittest


def test_several_observations_share_one_result(fakes):
    seen = [result("1", expression="{result}.a"), result("2", expression="{result}.b")]
    lines, expects = written(fakes, *seen)
    assert lines == ["result = discount(-1)", "assert result.a == 1", "assert result.b == 2"]
    assert expects == (1, 2)


def test_a_short_object_is_made_where_it_is_used(fakes):
    lines, _ = written(fakes, result("1"), lines=("cart = ⟨m:Cart⟩(2)",), action="cart.size")
    assert lines == ["assert Cart(2).size == 1"]


def test_an_object_that_is_used_twice_keeps_its_name(fakes):
    lines, _ = written(fakes, result("1"), lines=("cart = ⟨m:Cart⟩(2)",), action="cart + cart")
    assert lines == ["cart = Cart(2)", "assert cart + cart == 1"]


def test_a_name_inside_a_text_is_no_use_of_the_variable(fakes):
    lines, _ = written(fakes, result("1"), lines=("cart = ⟨m:cart.Cart⟩(2)",), action="cart.get('cart')")
    assert lines == ["assert Cart(2).get('cart') == 1"]


def test_what_changed_is_looked_at_by_its_name(fakes):
    seen = Observation(subject="state", expression="cart.items", value="[1]")
    lines, expects = written(fakes, seen, lines=("cart = ⟨m:Cart⟩()",), action="cart.add(1)")
    assert (lines, expects) == (["cart = Cart()", "cart.add(1)", "assert cart.items == [1]"], (2,))


def test_a_comparison_is_not_chained(fakes):
    lines, _ = written(fakes, result("True", form="is"), action="1 in cart")
    assert lines == ["assert 1 in cart"]
    lines, _ = written(fakes, result("False", form="is"), action="1 in cart")
    assert lines == ["assert 1 not in cart"]
    lines, _ = written(fakes, result("'x'"), action="any([1 in [2, (3,)]])")
    assert lines == ["assert any([1 in [2, (3,)]]) == 'x'"]
    lines, _ = written(fakes, result("'x'"), action="a == b")
    assert lines == ["assert (a == b) == 'x'"]


def test_an_await_and_a_list_are_written_out(fakes):
    assert written(fakes, result("0"), consume="await")[0] == ["assert run(discount(-1)) == 0"]
    assert written(fakes, result("[0]"), consume="list")[0] == ["assert list(discount(-1)) == [0]"]


@pytest.mark.parametrize(
    ("awaits", "lines"),
    [
        (False, ("store = Store()", "⟨asyncio:run⟩(store.open(1))", "assert ⟨asyncio:run⟩(store.get()) == 1")),
        (True, ("store = Store()", "await store.open(1)", "assert await store.get() == 1")),
    ],
)
def test_a_step_that_is_awaited_is_so_in_a_coroutine(fakes, awaits, lines):
    scene = ("store = Store()", "⟨asyncio:run⟩(store.open(1))")
    seen = fakes.finding(result("1"), lines=scene, action="store.get()", consume="await")
    assert body.write(seen, "function", awaits=awaits).lines == lines


@pytest.mark.parametrize(
    ("expression", "form", "value", "asserted"),
    [
        ("capsys.readouterr().out", "equal", "'x\\n'", "assertEqual(output.getvalue(), 'x\\n')"),
        ("'x' in capsys.readouterr().out", "is", "True", "assertIn('x', output.getvalue())"),
    ],
)
def test_what_is_printed_is_heard_where_there_are_no_fixtures(fakes, expression, form, value, asserted):
    seen = Observation(subject="state", expression=expression, value=value, form=form)
    finding = fakes.finding(seen, lines=("cart = Cart()",), action="cart.show()")
    assert body.write(finding, "unittest").lines == (
        "cart = Cart()",
        "output = ⟨io:StringIO⟩()",
        "with ⟨contextlib:redirect_stdout⟩(output):\n    cart.show()",
        f"self.{asserted}",
    )


def test_a_switch_of_a_module_is_put_back_where_there_are_no_fixtures(fakes):
    finding = fakes.finding(result("1"), lines=("monkeypatch.setattr('shop.FAST', False)",), action="rate()")
    assert body.write(finding, "unittest").lines == (
        "patcher = ⟨unittest.mock:patch⟩('shop.FAST', False)",
        "patcher.start()",
        "self.addCleanup(patcher.stop)",
        "self.assertEqual(rate(), 1)",
    )


def test_a_variable_of_the_environment_is_put_back_where_there_are_no_fixtures(fakes):
    finding = fakes.finding(result("1"), lines=("monkeypatch.setenv('MODE', 'dev')",), action="rate()")
    assert body.write(finding, "unittest") == body.Body(
        lines=(
            "patcher = ⟨unittest.mock:patch⟩.dict(⟨os:environ⟩, {'MODE': 'dev'})",
            "patcher.start()",
            "self.addCleanup(patcher.stop)",
            "self.assertEqual(rate(), 1)",
        ),
        expects=(3,),
    )


@pytest.mark.parametrize(
    ("seen", "lines"),
    [
        (result("1"), ("with lock(3) as result:\n    assert result == 1",)),
        (
            Observation(subject="state", expression="store.is_open", value="False", form="is"),
            ("with lock(3):\n    pass", "assert store.is_open is False"),
        ),
        (
            Observation(subject="raises", value="⟨builtins:ValueError⟩"),
            ("with ⟨pytest:raises⟩(⟨builtins:ValueError⟩):\n    with lock(3):\n        pass",),
        ),
    ],
)
def test_what_is_a_context_is_entered_and_left(fakes, seen, lines):
    assert body.write(fakes.finding(seen, action="lock(3)", consume="with"), "function").lines == lines


def test_a_folder_that_a_unittest_makes_hides_no_variable(fakes):
    finding = fakes.finding(
        result("1"), lines=("folder = tmp_path / 'tmp_path'", "folder.mkdir()"), action="size(folder, tmp_path)"
    )
    made = body.write(finding, "unittest", apart=True)
    assert made.lines == (
        "directory = ⟨tempfile:TemporaryDirectory⟩()",
        "self.addCleanup(directory.cleanup)",
        "folder = ⟨pathlib:Path⟩(directory.name) / 'tmp_path'",
        "folder.mkdir()",
        "result = size(folder, ⟨pathlib:Path⟩(directory.name))",
        "self.assertEqual(result, 1)",
    )
    assert made.expects == (5,)


def test_what_is_logged_is_told_as_such(fakes):
    seen = Observation(subject="state", expression="caplog.messages", value="['no such file']")
    finding = fakes.finding(seen, action="load()")
    assert body.write(finding, "function").lines == ("load()", "assert caplog.messages == ['no such file']")
    assert body.described(finding) == "logs ['no such file']"


def test_a_part_of_what_a_coroutine_gives_is_that_of_what_was_awaited(fakes):
    part = fakes.finding(result("0", expression="{result}.total"), consume="await")
    assert body.write(part, "function", awaits=True).lines == (
        "assert (await ⟨shop.cart:discount⟩(-1)).total == 0",
    )


@pytest.mark.parametrize(
    ("action", "whole"),
    [("⟨m:f⟩(1)", "f(1)"), ("⟨m:A⟩(1) + 2", "(A(1) + 2)"), ("-⟨m:A⟩(1)", "(-A(1))"), ("a[0]", "a[0]")],
)
def test_a_part_of_what_an_operator_gives_is_none_of_its_last_operand(fakes, action, whole):
    made = [result("3", expression="{result}.size().width")]
    assert written(fakes, *made, action=action)[0] == [f"assert {whole}.size().width == 3"]


def test_a_line_of_a_text_is_looked_for_in_the_call_itself(fakes):
    line = result("True", expression="'<b>' in {result}", form="is")
    assert written(fakes, line, action="⟨m:f⟩(1)")[0] == ["assert '<b>' in f(1)"]


@given(st.text(min_size=1, max_size=120))
def test_a_pattern_matches_the_message_it_was_made_from(message):
    assert re.search(ast.literal_eval(body.pattern(message)), message)


@given(st.text(min_size=1, max_size=120))
def test_a_pattern_is_short_and_on_one_line(message):
    pattern = body.pattern(message)
    assert "\n" not in pattern
    assert len(ast.literal_eval(pattern)) <= 2 * body.MESSAGE


def test_what_a_call_did_is_told_in_words(fakes):
    assert body.described(fakes.finding(result("0"))) == "gives 0"
    assert body.described(fakes.finding(result("2", expression="len({result})"))) == "gives len(a result) == 2"
    line = result("True", expression="'<b>' in {result}", form="is")
    assert body.described(fakes.finding(line)) == "gives a text with '<b>'"
    printed = Observation(subject="state", expression="'a' in capsys.readouterr().out", value="True", form="is")
    assert body.described(fakes.finding(printed)) == "prints 'a'"
    raised = Observation(subject="raises", value="⟨m:Bad⟩", message="x" * 99)
    assert body.described(fakes.finding(raised)) == f'raises Bad "{"x" * 57}..."'
    assert (
        body.described(fakes.finding(Observation(subject="state", expression="cart.n", value="1")))
        == "leaves cart.n == 1"
    )


def test_a_pattern_is_of_the_first_line_that_says_something(fakes):
    assert body.pattern("\n\n  To build a table, give rows\nor columns") == '"To build a table, give rows"'
    blank = fakes.finding(Observation(subject="raises", value="⟨m:Bad⟩", message="\n"))
    assert body.write(blank, "function").lines[0].startswith("with ⟨pytest:raises⟩(⟨m:Bad⟩):\n")


@pytest.mark.parametrize(
    ("message", "most", "pattern"),
    [
        ("Cannot add non-node object 1. It is not a subclass of 'Node'.", 55, '"Cannot add non-node object 1"'),
        ("AssEvent does not belong to any AssEventList", 35, '"AssEvent does not belong"'),
        ("Can't multiply Multiplier(Bound(2), Bound(2)) and this", 36, '"Can\'t multiply"'),
        ("Only Gregorian calendars are supported here", 33, '"Only Gregorian calendars"'),
        ("a value (of 3) is not allowed (4 is", 32, r'r"a value \(of 3\) is not allowed"'),
        ("without_any_space_at_all", 10, '"without_an"'),
        ("'{0}': unsupported side value", 60, '"unsupported side value"'),
        ("one of these: dict_keys(['a', 'b'])", 60, '"one of these"'),
        ("Invalid bounds: Bound(11), Bound(2)", 60, '"Invalid bounds"'),
        ("Symbol Charclass((('b', 'b'),)) missing from map[1]", 60, r'r"missing from map\[1\]"'),
        ("Can't subtract Mult(~Charclass((('a', 'a'),)), Mult", 60, '"Can\'t subtract"'),
        (
            "Expecting 1 at maximum, but found 2. (Node('/d'), Node('/e'))",
            60,
            '"Expecting 1 at maximum, but found 2"',
        ),
        ("iter(v, w): v must be callable", 60, r'r"iter\(v, w\): v must be callable"'),
        ("Foo() takes no arguments", 60, r'r"Foo\(\) takes no arguments"'),
        ("Bound(11)", 60, r'r"Bound\(11\)"'),
        ("('Options go into a section!', <Document>)", 60, '"Options go into a section!"'),
    ],
)
def test_a_message_is_looked_for_without_what_nobody_means_and_cut_where_nothing_is_wanted(message, most, pattern):
    assert body.pattern(message, most) == pattern


@pytest.mark.parametrize(
    ("message", "pattern"),
    [
        ("'the queue is empty'", '"the queue is empty"'),
        ("\"there's no flag 'x'\"", "\"there's no flag 'x'\""),
        ("'key'", "\"'key'\""),
        ("['an open course has places']", '"an open course has places"'),
        ("['key']", "r\"\\['key'\\]\""),
        ("Thread <_MainThread(MainThread, started 140)> holds no read lock", '"holds no read lock"'),
        ("<Lock 3>", '"<Lock 3>"'),
        ("Document '<class 'bool'>' does not support indexing", '"does not support indexing"'),
        ("expected <total>, got 3", '"expected <total>, got 3"'),
        ("('Invalid section heading', '[signatures')", '"Invalid section heading"'),
        ("('a', 'b')", "r\"\\('a', 'b'\\)\""),
        ("{'': 'Invalid time'}", '"Invalid time"'),
        ("{'a': 'Invalid time', 'b': 1}", "r\"\\{'a': 'Invalid time', 'b': 1\\}\""),
        ("{'': '\"12:00\" is not a time'}", "'\"12:00\" is not a time'"),
        ("'12' of \"now\" is not a datetime object", '"is not a datetime object"'),
        ("'a' is \"b\"", repr("'a' is \"b\"")),
        ("\"'color'\"", '"color"'),
    ],
)
def test_a_message_is_matched_without_quotes_around_it_and_without_how_an_object_shows_itself(message, pattern):
    assert body.pattern(message) == pattern


def test_that_two_things_are_equal_is_asserted_as_such_even_where_the_line_is_long(fakes):
    action = "hash(⟨shop.cart:Cart⟩(1)) == hash(⟨shop.cart:Cart⟩(1))"
    seen = Observation(subject="result", value="True", expression="{result}", form="is")
    made = body.write(fakes.finding(seen, action=action), "function", apart=True)
    assert made.lines == (f"assert {action}",)
