from __future__ import annotations

import ast
import sys
import time

import pytest

from pytest_enrich.data import Argument, Hole, Sighting
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox

SIZE = """
    def size(text):
        if not text:
            raise ValueError(f"nothing in {text!r}")
        if text == "xl":
            return 10  # here
        return len(text)
    """
ROWS = """
    import pytest

    from sample import size


    @pytest.mark.parametrize(("text", "expected"), [("a", 1), ("abc", 3)])
    def test_size(text, expected):
        assert size(text) == expected
    """


def rows_pattern(tests, **changes):
    hole = Hole(name="text", values=('"a"', '"abc"'))
    point = tests.point("assert size(text) == expected", "size(text)")
    return tests.pattern("test_size", hole, points=(point,), argnames=("text", "expected"), **changes)


def test_a_row_that_reaches_the_gap_is_found_with_what_was_seen(vary, written):
    tests = written(ROWS)
    answer = vary(SIZE, tests, rows_pattern(tests), constants=("'xl'",))
    (variant,) = answer.variants
    assert variant.values == ((0, "'xl'"),)
    assert variant.seen == (Sighting(point=0, value="10"),)
    assert (variant.reached, variant.raised, answer.unusable) == ((5,), "", {})


def test_the_same_seed_and_executions_give_the_same_answer(vary, written):
    tests = written(ROWS)
    first, second = (vary(SIZE, tests, rows_pattern(tests), seed=3) for _ in range(2))
    assert first == second


def test_a_long_text_stays_that_of_the_author_with_a_change_in_it(vary, written):
    source = """
        def kind(text):
            if "from" in text and "do" in text.split():
                return 2  # here
            return 1
        """
    tests = written("""
        from sample import kind


        def test_kind():
            assert kind("select all from them for update") == 1
        """)
    text = "'select all from them for update'"
    point = tests.point("assert kind('select all from them for update') == 1", f"kind({text})")
    pattern = tests.pattern("test_kind", tests.literal(text), points=(point,))
    answer = vary(source, tests, pattern, constants=("'do'",), executions=3000)
    (variant,) = answer.variants
    own = "select all from them for update"
    assert variant.values[0][1] in {f"'do {own}'", f"'{own} do'"}


def test_what_leaves_the_working_directory_is_no_variant(vary, written):
    source = """
        import os

        def find(name):
            if name == "up":
                os.chdir("..")
                return 1  # here
            return 2
        """
    tests = written("""
        from sample import find


        def test_find():
            assert find("ab") == 2
        """)
    pattern = tests.pattern("test_find", tests.literal("'ab'"))
    answer = vary(source, tests, pattern, constants=("'up'",))
    assert (answer.variants, answer.dropped) == ((), {"side effect": 1})


@pytest.mark.skipif(sys.version_info < (3, 11), reason="before 3.11, tracebacks tell the line alone")
def test_what_raises_is_found_with_the_expression_that_was_being_evaluated(vary, written):
    source = SIZE.replace("        if not text:", "        if text is None or not text:").replace(
        'raise ValueError(f"nothing in {text!r}")', 'raise ValueError(f"nothing in {text!r}")  # here'
    )
    tests = written("""
        from sample import size


        def test_size():
            assert abs(size("ab")) == 2
        """)
    pattern = tests.pattern("test_size", tests.literal("'ab'"))
    (variant,) = vary(source, tests, pattern, lines=(3,)).variants
    line = tests.line("test_size") + 1
    assert variant.place == (line, len("    assert abs("), line, len('    assert abs(size("ab")'))


def test_a_row_that_raises_is_found_with_its_line_and_message(vary, written):
    source = SIZE.replace("        if not text:", "        if text is None or not text:").replace(
        'raise ValueError(f"nothing in {text!r}")', 'raise ValueError(f"nothing in {text!r}")  # here'
    )
    tests = written(ROWS)
    (variant,) = vary(source, tests, rows_pattern(tests), lines=(3,)).variants
    assert (variant.raised, variant.message) == ("⟨builtins:ValueError⟩", "nothing in ''")
    assert (variant.values, variant.line, variant.seen) == (((0, "''"),), tests.line("test_size") + 1, ())


def test_values_are_of_the_types_that_rows_have(vary, written):
    source = """
        def size(text):
            if not isinstance(text, str):
                return 0  # here
            return len(text)
        """
    tests = written(ROWS)
    answer = vary(source, tests, rows_pattern(tests), constants=("0", "b'abc'", "None"))
    assert answer.variants == ()
    assert answer.executions > 10


KIND = """
    def size(text, unit=1):
        if not isinstance(text, str):
            return 0 * unit  # here
        return len(text)
    """


def test_what_a_call_needs_is_tried_whatever_the_rows_have(vary, written):
    tests = written(ROWS)
    calls = ((Argument(name="text", value="'abcd'"),), (Argument(name="unit", value="7"),))
    answer = vary(KIND, tests, rows_pattern(tests), offered=calls, executions=50)
    (variant,) = answer.variants
    assert (variant.values, variant.seen) == (((0, "7"),), (Sighting(point=0, value="0"),))
    assert answer.executions < 10


def test_what_a_call_needs_in_several_places_is_tried_together(vary, written):
    source = """
        def size(text, unit):
            if unit == 7 and text == "xl":
                return 10  # here
            return len(text)
        """
    tests = written("""
        import pytest

        from sample import size


        @pytest.mark.parametrize(("unit", "text"), [(1, "a"), (2, "abc")])
        def test_size(unit, text):
            assert size(text, unit) > 0
        """)
    holes = (Hole(name="unit", values=("1", "2")), Hole(name="text", values=('"a"', '"abc"')))
    call = (Argument(name="text", value="'xl'"), Argument(name="unit", value="7"))
    answer = vary(source, tests, tests.pattern("test_size", *holes, argnames=("unit", "text")), offered=(call,))
    assert [one.values for one in answer.variants] == [((0, "7"), (1, "'xl'"))]


SHOP = """
    class Shop:
        def __init__(self, name, mode="plain"):
            self.name, self.mode = name, mode


    def opened(words):
        shop = Shop(words[0], "rich" if "--rich" in words[1:] else "plain")
        if shop.mode == "rich":
            return "rich"  # here
        return shop.name


    def sign(shop):
        if shop.mode == "rich":
            return "gold"  # here
        return "wood"
    """


def test_a_call_gets_a_keyword_that_it_did_not_pass(vary, written):
    tests = written("""
        from sample import Shop, sign


        def test_sign(tmp_path):
            shop = Shop(tmp_path.name)
            assert sign(shop) == "wood"
        """)
    added = Hole(span=tests.span("Shop"), values=("...",), adds="mode", offers=("'a'", "'rich'"))
    point = tests.point("assert sign(shop) == 'wood'", "sign(shop)")
    answer = vary(SHOP, tests, tests.pattern("test_sign", added, points=(point,)))
    assert [(one.values, one.seen) for one in answer.variants] == [
        (((0, "'rich'"),), (Sighting(point=0, value="'gold'"),))
    ]


def test_a_dictionary_gets_a_key_that_it_lacked(vary, written):
    source = """
        def total(order):
            if order.get("coupon") == "half":
                return order["price"] / 2  # here
            return order["price"]
        """
    tests = written("""
        from sample import total


        def test_total():
            assert total({"price": 8}) == 8
        """)
    place = tests.span("{'price': 8}")
    held = Hole(span=place, values=('{"price": 8}',))
    added = Hole(span=place, values=("{}",), adds="**", offers=("{'coupon': 1}", "{'coupon': 'half'}"))
    point = tests.point("assert total({'price': 8}) == 8", "total({'price': 8})")
    answer = vary(source, tests, tests.pattern("test_total", held, added, points=(point,)))
    assert [(one.values, one.seen[0].value) for one in answer.variants] == [(((1, "{'coupon': 'half'}"),), "4.0")]


def test_a_key_that_is_refused_says_that_it_is_unknown(vary, written):
    source = """
        def total(order):
            for key in order:
                if key not in ("price", "coupon"):
                    raise ValueError(f"unknown key {key}")  # here
            return order["price"]
        """
    tests = written("""
        from sample import total


        def test_total():
            assert total({"price": 8, "coupon": 1}) == 8
        """)
    value = "{'price': 8, 'coupon': 1}"
    point = tests.point(f"assert total({value}) == 8", f"total({value})")
    pattern = tests.pattern("test_total", tests.literal(value), points=(point,))
    (variant,) = vary(source, tests, pattern, executions=3000).variants
    assert "'unknown'" in variant.values[0][1]
    assert variant.message == "unknown key unknown"


def test_what_rows_are_offered_is_tried_whatever_they_hold(vary, written):
    tests = written("""
        import pytest

        from sample import opened


        @pytest.mark.parametrize("words", [["a"], ["b", "--poor"]])
        def test_opened(words):
            assert opened(words)
        """)
    hole = Hole(name="words", values=('["a"]', '["b", "--poor"]'), offers=("['a', '--rich']",))
    answer = vary(SHOP, tests, tests.pattern("test_opened", hole, argnames=("words",)))
    assert [[ast.literal_eval(value)[1:] for _, value in one.values] for one in answer.variants] == [[["--rich"]]]


def test_what_runs_in_another_thread_is_seen(vary, written):
    source = """
        def size(text):
            if text == "xl":
                return 10  # here
            return len(text)
        """
    tests = written("""
        from concurrent.futures import ThreadPoolExecutor

        from sample import size


        def test_size():
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(size, "ab").result() == 2
        """)
    point = tests.point("assert pool.submit(size, 'ab').result() == 2", "pool.submit(size, 'ab').result()")
    pattern = tests.pattern("test_size", tests.literal("'ab'"), points=(point,))
    answer = vary(source, tests, pattern, constants=("'xl'",))
    assert [one.reached for one in answer.variants] == [(3,)]


def test_a_decision_on_the_way_leads_to_what_comes_after_it(vary, written):
    source = """
        def level(number):
            if number * 7 == 86_415:
                if number:
                    return "high"  # here
            return "low"
        """
    tests = written("""
        from sample import level


        def test_level():
            assert level(12) == "low"
        """)
    point = tests.point("assert level(12) == 'low'", "level(12)")
    pattern = tests.pattern("test_level", tests.literal("12"), points=(point,))
    answer = vary(source, tests, pattern, branches=((3, 4),), way=(2, 3), executions=300)
    assert [one.values for one in answer.variants] == [((0, "12345"),)]


def test_a_test_that_never_comes_near_is_given_up_early(vary, written):
    source = """
        def other(text):
            if text == "xl":
                return 10  # here


        def size(text):
            return len(text)
        """
    tests = written(ROWS)
    far = vary(source, tests, rows_pattern(tests), branches=((2, 3),), executions=2000)
    assert (far.variants, far.executions < 500) == ((), True)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("number * 3 == 86_412", "28804"),
        ("number - 4_000 > 86_400 * 7 and number % 2", "608801"),
        ("str(number).startswith('7' + '3')", None),
    ],
)
def test_what_is_compared_leads_to_the_value(vary, written, condition, expected):
    source = f"""
        def level(number):
            if {condition}:
                return "high"  # here
            return "low"
        """
    tests = written("""
        from sample import level


        def test_level():
            assert level(12) == "low"
        """)
    point = tests.point("assert level(12) == 'low'", "level(12)")
    pattern = tests.pattern("test_level", tests.literal("12"), points=(point,))
    answer = vary(source, tests, pattern, branches=((2, 3),), executions=2000)
    (variant,) = answer.variants
    assert variant.seen == (Sighting(point=0, value="'high'"),)
    assert expected is None or variant.values == ((0, expected),)


def test_fixtures_and_files_come_along(vary, written):
    source = """
        def first(path):
            line = path.read_text().partition("\\n")[0]
            if line.startswith("#"):
                return line[1:].strip()  # here
            return line
        """
    tests = written("""
        import pytest

        from sample import first


        @pytest.fixture
        def write(tmp_path):
            def write(text):
                assert not list(tmp_path.iterdir())
                (tmp_path / "a.txt").write_text(text)
                return tmp_path / "a.txt"
            return write


        def test_first(write):
            path = write("plain")
            assert first(path) == "plain"
        """)
    point = tests.point("assert first(path) == 'plain'", "first(path)")
    pattern = tests.pattern("test_first", tests.literal("'plain'"), points=(point,))
    (variant,) = vary(source, tests, pattern, constants=("'#'",)).variants
    assert variant.values[0][1].startswith("'#")
    assert variant.seen[0].value.startswith("'")


def test_methods_of_test_cases_are_varied_with_their_set_up(vary, written):
    source = """
        def size(text):
            if text == "xl":
                return 10  # here
            return len(text)
        """
    tests = written("""
        import unittest

        from sample import size


        class TestSize(unittest.TestCase):
            def setUp(self):
                self.made = [1]

            def test_size(self):
                self.assertEqual(size("four") + self.made.pop(), 5)
                self.assertEqual(size("abc"), 3)
        """)
    first = tests.point("self.assertEqual(size('four') + self.made.pop(), 5)", "size('four') + self.made.pop()")
    pattern = tests.pattern("TestSize.test_size", tests.literal("'four'"), points=(first,))
    (variant,) = vary(source, tests, pattern, constants=("'xl'",)).variants
    assert (variant.values, variant.seen) == (((0, "'xl'"),), (Sighting(point=0, value="11"),))


def test_coroutines_are_run_by_the_plugin_that_runs_them(vary, written):
    source = """
        async def size(text):
            if text == "xl":
                return 10  # here
            return len(text)
        """
    conftest = """
        import asyncio
        import inspect

        import pytest


        @pytest.hookimpl(tryfirst=True)
        def pytest_pyfunc_call(pyfuncitem):
            if inspect.iscoroutinefunction(pyfuncitem.obj):
                asyncio.run(pyfuncitem.obj())
                return True
        """
    tests = written("""
        from sample import size


        async def test_size():
            assert await size("abc") == 3
        """)
    point = tests.point("assert await size('abc') == 3", "await size('abc')")
    pattern = tests.pattern("test_size", tests.literal("'abc'"), points=(point,))
    (variant,) = vary(source, tests, pattern, constants=("'xl'",), more={"conftest.py": conftest}).variants
    assert (variant.values, variant.seen) == (((0, "'xl'"),), (Sighting(point=0, value="10"),))


def test_a_test_that_fails_as_it_is_is_not_varied(vary, written):
    tests = written(ROWS.replace("== expected", "== expected + 1"))
    hole = Hole(name="text", values=('"a"', '"abc"'))
    answer = vary(SIZE, tests, tests.pattern("test_size", hole, argnames=("text", "expected")))
    assert (answer.variants, answer.unusable) == ((), {0: "fails its own assertions"})


def test_what_differs_from_day_to_day_is_not_shown(vary, written):
    source = """
        import datetime


        def age(year):
            if year == 1970:
                return datetime.date.today().year - year  # here
            return 0
        """
    tests = written("""
        from sample import age


        def test_age():
            assert age(1) == 0
        """)
    point = tests.point("assert age(1) == 0", "age(1)")
    pattern = tests.pattern("test_age", tests.literal("1", after=4), points=(point,))
    answer = vary(source, tests, pattern, constants=("1970",))
    assert answer.variants == ()
    assert answer.dropped["not the same each time"] == 1


def test_a_row_that_skips_does_not_end_the_others(vary, written):
    tests = written(
        ROWS.replace(
            "        assert", "        if len(text) == 1:\n            pytest.skip('short')\n        assert"
        )
    )
    (variant,) = vary(SIZE, tests, rows_pattern(tests), constants=("'xl'", "'a'")).variants
    assert (variant.row, variant.values) == (1, ((0, "'xl'"),))


def test_slow_runs_end_with_the_time_of_the_job(vary, written):
    source = """
        import time


        def size(text):
            time.sleep(0.1)
            if text == "xl" and not text:
                return 10  # here
            return len(text)
        """
    tests = written(ROWS)
    started = time.monotonic()
    vary(source, tests, rows_pattern(tests), branches=((6, 7),), seconds=0.5)
    assert time.monotonic() - started < 9, "a batch of them alone would take ten seconds"


def test_of_slow_rows_only_some_are_run_so_that_there_is_time_for_others(vary, written):
    source = """
        import time


        def size(text):
            time.sleep(0.2)
            if text == "xl":
                return 10  # here
            return len(text)
        """
    texts = [f'"{"a" * length}"' for length in range(1, 21)]
    cases = ", ".join(f"({text}, {len(text) - 2})" for text in texts)
    tests = written(ROWS.replace('[("a", 1), ("abc", 3)]', f"[{cases}]"))
    hole = Hole(name="text", values=tuple(texts))
    point = tests.point("assert size(text) == expected", "size(text)")
    pattern = tests.pattern("test_size", hole, points=(point,), argnames=("text", "expected"))
    answer = vary(source, tests, pattern, branches=((6, 7),), constants=("'xl'",), seconds=3.0)
    assert [variant.values for variant in answer.variants] == [((0, "'xl'"),)]


def test_a_few_runs_that_do_not_end_take_no_more_than_their_time(vary, written):
    source = """
        def size(text):
            while text != "abc":
                pass
            if text == "xl":
                return 10  # here
            return len(text)
        """
    tests = written("""
        from sample import size


        def test_size():
            assert size("abc") == 3
        """)
    point = tests.point("assert size('abc') == 3", "size('abc')")
    answer = vary(
        source, tests, tests.pattern("test_size", tests.literal("'abc'"), points=(point,)), executions=101
    )
    assert (answer.variants, answer.executions) == ((), 101)


def test_a_process_that_forks_says_the_same_as_a_fresh_one(vary, written):
    """The value comes from what is compared: functions that were imported before the fork are watched, too."""
    source = """
        def level(number):
            if number * 3 == 86_412:
                return "high"  # here
            return "low"
        """
    tests = written("""
        from sample import level


        def test_level():
            assert level(12) == "low"
        """)
    point = tests.point("assert level(12) == 'low'", "level(12)")
    pattern = tests.pattern("test_level", tests.literal("12"), points=(point,))
    job = {"branches": ((2, 3),), "executions": 500}
    fresh, forked = (
        vary(source, tests, pattern, place=place, **job) for place in (lambda one: one, ForkserverSandbox)
    )
    assert fresh.variants[0].values == ((0, "28804"),)
    assert forked == fresh


def test_behind_a_variant_comes_one_that_comes_to_something_else(vary, written):
    source = """
        def size(text):
            if text[:2] == "0o":
                return int(text, 8)  # here
            return len(text)
        """
    tests = written(ROWS)
    constants = ("'0o17'", "'0o1'", "'0o'")
    first, spare = vary(source, tests, rows_pattern(tests), spares=True, constants=constants).variants
    assert (first.spare, spare.spare) == (False, True)
    assert first.seen[0].value != spare.seen[0].value
    assert first.reached == spare.reached


TWO = """
    import pytest

    from sample import size


    @pytest.mark.parametrize("text", ["a", "abc"])
    def test_size_is_a_number(text):
        assert isinstance(size(text), int)


    @pytest.mark.parametrize(("text", "expected"), [("a", 1), ("abc", 3)])
    def test_size(text, expected):
        assert size(text) == expected
    """


def two_patterns(tests):
    hole = Hole(name="text", values=('"a"', '"abc"'))
    point = tests.point("assert isinstance(size(text), int)", "isinstance(size(text), int)", "truth")
    first = tests.pattern("test_size_is_a_number", hole, points=(point,), argnames=("text",))
    return first, rows_pattern(tests)


def test_where_a_test_sees_only_what_it_saw_in_its_rows_another_one_is_preferred(vary, written):
    tests = written(TWO)
    first, *spares = vary(SIZE, tests, *two_patterns(tests), constants=("'xl'",), spares=True).variants
    assert (first.pattern, first.values) == (1, ((0, "'xl'"),))
    assert [(one.pattern, one.spare) for one in spares] == [(0, True)]


def test_members_of_an_enumeration_are_tried_by_the_names_that_rows_have(vary, written):
    source = """
        import enum

        class Way(enum.IntEnum):
            PLAIN = 1
            BACK = 2
            LOUD = 4

        def size(way):
            if way is Way.LOUD:
                return 3  # here
            return 0
        """
    tests = written("""
        import pytest

        from sample import Way, size


        @pytest.mark.parametrize(("way", "expected"), [(Way.PLAIN, 0), (Way.BACK, 0)])
        def test_size(way, expected):
            assert size(way) == expected
        """)
    hole = Hole(name="way", values=("Way.PLAIN", "Way.BACK"))
    point = tests.point("assert size(way) == expected", "size(way)")
    pattern = tests.pattern("test_size", hole, points=(point,), argnames=("way", "expected"))
    (variant,) = vary(source, tests, pattern).variants
    assert variant.values == ((0, "Way.LOUD"),)


ASKED = """
    class Nothing:
        pass


    NOTHING = Nothing()


    def size(text):
        if text is NOTHING:
            return 0  # here
        if not isinstance(text, str):
            raise TypeError("no text")  # here
        return len(text)
    """
ASKED_BRANCHES = ((9, 10), (11, 12))


def test_what_code_asks_for_fits_a_test_beside_whatever_its_type(vary, written):
    tests = written("""
        from sample import size


        def test_size():
            assert size("abc") == 3
        """)
    point = tests.point("assert size('abc') == 3", "size('abc')")
    pattern = tests.pattern("test_size", tests.literal("'abc'"), points=(point,))
    answer = vary(ASKED, tests, pattern, branches=ASKED_BRANCHES)
    assert {variant.values[0][1] for variant in answer.variants} == {"⟨sample:NOTHING⟩", "2"}


def test_a_row_keeps_the_type_of_the_other_rows(vary, written):
    tests = written(ROWS)
    assert vary(ASKED, tests, rows_pattern(tests), branches=ASKED_BRANCHES).variants == ()


@pytest.mark.parametrize("base", ["", "unittest.TestCase"])
def test_tests_of_several_classes_are_varied_in_one_go(vary, written, base):
    source = """
        def size(text):
            if text == "xl":
                return 10  # here
            return len(text)
        """
    tests = written(f"""
        import unittest

        from sample import size


        class TestShort({base}):
            @classmethod
            def setup_class(cls):
                cls.own = 1

            def test_short(self):
                assert size("abc") > 1


        class TestLong({base}):
            def test_long(self):
                assert size("abcd") == 4
        """)
    patterns = (
        tests.pattern("TestShort.test_short", tests.literal("1", after=tests.line("test_short"))),
        tests.pattern(
            "TestLong.test_long",
            tests.literal("'abcd'"),
            points=(tests.point("assert size('abcd') == 4", "size('abcd')"),),
        ),
    )
    answer = vary(source, tests, *patterns, constants=("'xl'",))
    assert answer.unusable == {}
    assert [(variant.pattern, variant.values) for variant in answer.variants] == [(1, ((0, "'xl'"),))]


def test_each_run_finds_the_folder_of_the_test_as_the_first_one_did(vary, written):
    source = """
        def stored(folder, size):
            if len([*folder.parent.iterdir()]) > 4:
                return "many"  # here
            return size
        """
    tests = written("""
        from sample import stored


        def test_stored(tmp_path):
            assert stored(tmp_path, 35) == 35
        """)
    point = tests.point("assert stored(tmp_path, 35) == 35", "stored(tmp_path, 35)")
    hole = Hole(span=tests.span("35"), values=("35",))
    assert vary(source, tests, tests.pattern("test_stored", hole, points=(point,))).variants == ()
