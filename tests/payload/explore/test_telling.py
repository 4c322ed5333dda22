"""Of the calls that reach the same, the one whose test says most about it."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Argument, Call, Entry, Parameter

SCALE = """
    class Scale:
        def __init__(self, unit: str = "m"):
            self.unit = unit
            self._factor = self._of(unit)

        def _of(self, unit):
            if unit == "k" + "m":
                return 1000  # here
            return 1

        def size(self, number: int) -> int:
            return number * self._factor
    """
UNIT = Parameter(name="unit", kind="positional", default="'m'", annotation="str")
NUMBER = Parameter(name="number", kind="positional", annotation="int")
MAKER = Entry(qualname="Scale.__init__", kind="method", parameters=(UNIT,))
METHOD = Entry(qualname="Scale.size", kind="method", parameters=(NUMBER,))


@pytest.fixture
def look(explore):
    """Explore for the branch into the line that ends in `# here`."""

    def look(text: str, *given: object, **changes: object):
        line = next(at for at, line in enumerate(text.strip().splitlines(), 1) if line.endswith("# here"))
        return explore(text, *given, branches=((line - 1, line),), lines=(), **changes)

    return look


def call(qualname: str, receiver: str | None = None, **arguments: str) -> Call:
    given = tuple(Argument(name=name, value=value) for name, value in arguments.items())
    return Call(qualname=qualname, arguments=given, receiver=receiver)


def test_what_an_object_does_says_more_than_the_new_object(look):
    seen = Call(
        qualname="Scale.size", arguments=(Argument(name="number", value="7"),), receiver="⟨sample:Scale⟩('m')"
    )
    method = Entry(qualname="Scale.size", kind="method", parameters=(NUMBER,), calls=(seen,))
    (found,) = look(SCALE, "Scale.__init__", "method", entries=(MAKER, method)).findings
    assert found.call.qualname == "Scale.size"
    assert found.observations[0].value.endswith("000")


def test_a_new_object_is_better_than_nothing(look):
    (found,) = look(SCALE, "Scale.__init__", "method", entries=(MAKER,)).findings
    assert found.action == "⟨sample:Scale⟩('km')"


PATTERN = """
    import re

    class Pattern:
        def __init__(self, kind: str):
            self.kind = kind
            self._pattern = re.compile(self._of(kind))

        def _of(self, kind):
            if kind == "e" + "xp":
                return "[0-9]e[0-9]"  # here
            return "[0-9]"

    def prepare(kind: str):
        return Pattern(kind)

    def read(kind: str, text: str):
        found = prepare(kind)._pattern.fullmatch(text)
        return float(found.group()) if found else None
    """
KIND, TEXT = (Parameter(name=name, kind="positional", annotation="str") for name in ("kind", "text"))
PREPARE = Entry(qualname="prepare", kind="function", parameters=(KIND,))


def test_what_a_function_makes_of_an_object_says_more_than_that_it_makes_one(look):
    seen = (call("read", kind="'dec'", text="'7'"),)
    read = Entry(qualname="read", kind="function", parameters=(KIND, TEXT), calls=seen)
    (found,) = look(PATTERN, "prepare", entries=(PREPARE, read), executions=3000).findings
    assert found.call.qualname == "read"
    assert float(found.observations[0].value) >= 0


def test_that_a_function_makes_an_object_is_better_than_nothing(look):
    (found,) = look(PATTERN, "prepare", entries=(PREPARE,)).findings
    assert found.action == "⟨sample:prepare⟩('exp')"


def test_an_exception_from_elsewhere_says_less_than_a_result(look):
    text = """
        def read(kind: str, text: str) -> int:
            base = 10
            if kind == "bi" + "nary":
                base = 2  # here
            if not text.isdigit():
                raise ValueError("no digits")
            return int(text[:3], base) + 1
        """
    seen = (call("read", kind="'dec'", text="'x'"), call("read", kind="'dec'", text="'11'"))
    (found,) = look(text, "read", calls=seen).findings
    assert found.observations[0].subject == "result"


def test_a_text_is_changed_where_it_counts(look):
    text = """
        def part(text: str) -> str:
            return text.split(":")[2]

        def read(text: str) -> str:
            if part(text) == "pumper" + "nickel":
                return "bread"  # here
            return "none"
        """
    (found,) = look(text, "read", calls=(call("read", text="'dog:dog:dog'"),)).findings
    assert found.observations[0].value == "'bread'"


def test_a_condition_behind_many_others_is_seen(look):
    text = """
        def read(text: str) -> str:
            for at in range(500):
                if at > 1000:
                    return "never"
            if text[3:] == "pumper" + "nickel"[1:] + "!":
                return "bread"  # here
            return "none"
        """
    (found,) = look(text, "read", calls=(call("read", text="'dog dog'"),)).findings
    assert found.observations[0].value == "'bread'"


def test_before_a_given_call_comes_a_smaller_one_of_which_there_is_the_same_to_say(explore):
    text = "def largest(values: list[int], start: int = 0) -> int:\n    return max([start, *values])  # here\n"
    given = call("largest", values="sorted([1, 1, 1])", start="0")
    actions = [one.action for one in explore(text, "largest", only=(given,)).findings]
    assert actions == ["⟨sample:largest⟩([1])", "⟨sample:largest⟩(sorted([1, 1, 1]), start=0)"]


def test_calls_that_are_given_are_looked_at_as_they_are(explore):
    text = "def double(number: int) -> int:\n    return number * 2  # here\n"
    found = explore(text, "double", only=(call("double", number="1234"),)).findings[-1]
    assert (found.action, found.observations[0].value) == ("⟨sample:double⟩(1234)", "2468")


def test_of_given_calls_those_that_reach_nothing_are_looked_at_too(explore):
    text = "def double(number: int) -> int:\n    if number:\n        return 2  # here\n    return 0\n"
    (found,) = explore(text, "double", only=(call("double", number="0"),)).findings
    assert (found.reached, found.observations[0].value) == ((), "0")


def test_of_given_calls_those_that_end_by_accident_are_left_out(explore):
    text = "def half(number: int) -> float:\n    return 1 / number  # here\n"
    assert explore(text, "half", only=(call("half", number="0"),)).findings == ()


def test_calls_that_a_test_may_be_made_of_are_there_as_data(explore):
    text = "def double(number: int) -> int:\n    if number > 5:\n        return number * 2  # here\n    return 0\n"
    seen = tuple(call("double", number=str(number)) for number in (3, 70, 80))
    explored = explore(text, "double", calls=seen)
    offered = {one.call.arguments[0].value for one in explored.corpus if one.call is not None}
    assert offered & {"70", "80"}
    assert "3" in offered  # it does not reach the line, and may still tell a mutant of it


SHOP = """
    class Shop:
        def __init__(self, closed: bool = False):
            self.closed, self._goods = closed, []

        def add(self, name: str):
            self._goods.append(name)
            return self

        def find(self, name: str) -> list:
            if self.closed:
                return []  # here
            return [good for good in self._goods if name in good]
    """


def test_among_the_calls_are_those_of_tests_with_the_options_of_the_one_found(explore):
    shown = call("Shop.find", "⟨sample:Shop⟩().add('tea')", name="'tea'")
    explored = explore(SHOP, "Shop.find", "method", calls=(shown,))
    receivers = {one.call.receiver for one in explored.corpus if one.call is not None}
    assert "⟨sample:Shop⟩(closed=True).add('tea')" in receivers


BASKET = """
    class Basket:
        def __init__(self, count: int):
            self.goods, self.label = [object()] * count, "a" * 200

        def __len__(self):
            return len(self.goods)

        def __iter__(self):
            return iter(self.goods)

        def __contains__(self, good):
            return good in self.goods

    def fill(count: int):
        if count > 2:
            return Basket(count)  # here
        return None
    """


LOADED = """
    class Parser:
        def __init__(self):
            self._seen = {}

    class Strict(Parser):
        pass

    class Document:
        def __init__(self, strict: bool = False):
            self.parser = Strict() if strict else Parser()

    def load(strict: bool):
        if strict:
            return Document(strict)  # here
        return None
    """


def test_of_an_object_in_a_field_of_which_nothing_can_be_told_the_class_is_told(explore):
    (found,) = explore(LOADED, "load").findings
    (seen,) = found.observations
    assert (seen.expression, seen.value, seen.form) == ("{result}.parser", "⟨sample:Strict⟩", "instance")


def test_of_a_container_of_the_project_s_the_length_is_told(explore):
    (found,) = explore(BASKET, "fill").findings
    assert (found.observations[0].expression, found.observations[0].value) == ("len({result})", "3")


def test_a_large_negative_number_becomes_a_small_one_and_not_0(explore):
    text = "def cut(items: list, start: int) -> list:\n    return items[start:]  # here\n"
    given = call("cut", items="['a']", start="-10332")
    actions = [one.action for one in explore(text, "cut", only=(given,)).findings]
    assert actions == ["⟨sample:cut⟩(['a'], -2)", "⟨sample:cut⟩(['a'], -10332)"]


def test_an_argument_is_passed_where_its_value_matters(explore):
    text = """
        class Span:
            def __init__(self, days: int = 0, months: int = 0):
                self.days, self.months = days, months

            def total(self, start: int | None = None) -> int:
                if start is None:
                    raise ValueError("start required")
                return self.days + self.months * start  # here
        """
    seen = call("Span.total", receiver="⟨sample:Span⟩(days=3)")
    explored = explore(text, "Span.total", "method", calls=(seen,))
    assert "months=" in explored.findings[0].call.receiver


def test_a_number_is_none_that_the_result_is_by_chance(explore):
    text = """
        def size(value: object) -> int:
            return 1  # here
        """
    (found,) = explore(text, "size", calls=(call("size", value="1"),)).findings
    assert [one.value for one in found.call.arguments] != ["1"]


def test_to_show_that_something_is_refused_nobody_passes_none(explore):
    text = """
        def validate(options: dict) -> dict:
            width = options.get("width", 1)
            if not isinstance(width, int):
                raise ValueError(f"invalid width: {width}")  # here
            return options
        """
    known = (call("validate", options=value) for value in ("{'width': None}", "{'width': 'a'}"))
    found = explore(text, "validate", calls=tuple(replace(one, refused=True) for one in known)).findings
    assert found[0].call.arguments[0].value not in {"{'width': None}", "{}"}


def test_a_call_that_is_only_to_be_looked_at_brings_its_steps(explore):
    text = """
        class Cart:
            def __init__(self):
                self.total = 0

            def add(self, price):
                self.total += price

            def discount(self):
                return self.total // 10  # here
        """
    add = call("Cart.add", price="50")
    given = replace(call("Cart.discount"), receiver="⟨sample:Cart⟩()", setup=(add,))
    (found,) = explore(text, "Cart.discount", "method", only=(given,)).findings
    assert found.lines == ("cart = ⟨sample:Cart⟩()", "cart.add(50)")
    assert found.observations[0].value == "5"


def test_an_argument_without_which_there_is_the_same_to_say_is_doubtful(look):
    text = """
        def total(prices: list, fast: bool = False) -> int:
            if fast:
                return sum(prices)  # here
            return sum([*prices])
        """
    seen = call("total", prices="[3, 4]")
    (finding,) = look(text, "total", calls=(seen,)).findings
    assert finding.doubt == 2
    other = text.replace("sum(prices)", "-sum(prices)")
    (finding,) = look(other, "total", calls=(seen,)).findings
    assert finding.doubt == 0


def test_a_value_that_others_could_take_the_place_of_is_doubtful(look):
    text = """
        import datetime

        def length(days: int, until: datetime.date = None) -> int:
            if until is not None:
                return (until - (until - datetime.timedelta(days=days))).days  # here
            return 0
        """
    day = Parameter(name="days", kind="positional", annotation="int")
    until = Parameter(name="until", kind="positional", default="None")
    seen = (call("length", days="3", until="⟨datetime:date⟩(2024, 2, 29)"),)
    given = Entry(qualname="length", kind="function", parameters=(day, until), calls=seen)
    (finding,) = look(text, "length", entries=(given,)).findings
    assert finding.doubt >= 2


def test_a_private_kind_of_tuple_is_not_looked_into_and_a_named_one_by_its_names(look):
    text = """
        import typing

        class Key(tuple):
            __hash__ = object.__hash__

        class Part(typing.NamedTuple):
            size: int
            made: object

        def key(size: int):
            if size > 3:
                return KIND  # here
            return 0
        """
    seen = call("key", size="2")
    assert look(text.replace("KIND", "Key([size, object()])"), "key", calls=(seen,)).findings == ()
    (finding,) = look(text.replace("KIND", "Part(size, object())"), "key", calls=(seen,)).findings
    assert [one.expression for one in finding.observations] == ["{result}.size"]


def test_of_objects_in_a_list_their_fields_are_asked(look):
    text = """
        class Node:
            def __init__(self, name):
                self.name = name
                self.marks = {object()}

        def nodes(size: int):
            if size > 3:
                return [Node("root" * size)]  # here
            return []
        """
    (finding,) = look(text, "nodes", calls=(call("nodes", size="2"),)).findings
    assert [one.expression for one in finding.observations] == ["{result}[0].name"]


@pytest.mark.parametrize(("kind", "told"), [("tuple", []), ("list", ["{result}[1]"])])
def test_of_a_tuple_with_something_private_nothing_is_pinned(look, kind, told):
    source = f"""
        class _Mark:
            pass

        _MARK = _Mark()

        def key(number: int):
            if number > 3:
                return {kind}([_MARK, number])  # here
            return ()
        """
    found = look(source, "key", calls=(call("key", number="2"),)).findings
    assert [one.expression for finding in found for one in finding.observations] == told


@pytest.mark.parametrize(
    ("declared", "doubt"), [("set | list | None", 2), ("list | None", 0), ("object", 0), ("'no'", 0)]
)
def test_that_a_type_is_refused_which_the_annotation_allows_is_doubtful(look, declared, doubt):
    text = f"""
        def load(only: {declared} = None) -> int:
            if isinstance(only, set):
                raise TypeError("only is a sequence")  # here
            return 3
        """
    (finding,) = look(text, "load", calls=(call("load", only="{'a'}"),)).findings
    assert (finding.observations[0].subject, finding.doubt) == ("raises", doubt)


def test_a_negative_number_that_is_taken_comes_after_others_where_tests_pass_those(look):
    text = """
        def part(text: str, *bounds: int) -> str:
            start = bounds[0] if bounds else 0
            if len(bounds) > 1:
                return text[start : bounds[1]] + "."  # here
            return text[start:]
        """
    described = (
        Parameter(name="text", kind="positional", annotation="str"),
        Parameter(name="bounds", kind="variadic", annotation="int"),
    )
    seen = Call(qualname="part", arguments=(Argument(name="text", value="'abcdef'"), Argument(name="", value="3")))
    (found,) = look(
        text, "part", entries=(replace(PREPARE, qualname="part", parameters=described, calls=(seen,)),)
    ).findings
    assert "-" not in found.action


def test_a_text_of_few_signs_is_preferred_to_a_shorter_one_of_many(look):
    text = """
        def form(text: str, width: int) -> list:
            if width < 0:
                raise ValueError("width must not be negative")  # here
            return text.split()
        """
    seen = (call("form", text="'--A;--B;'", width="3"), call("form", text="'select one, two'", width="3"))
    (found,) = look(text, "form", calls=seen).findings
    assert found.call.arguments[0].value == "'select one, two'"


LENGTHS = """
    def distance(one, other):
        if one is None:
            raise TypeError("one of them is missing")
        if one == other:
            return 0.0
        if len(one) == 0:
            return len(other)  # here
        return sum(a != b for a, b in zip(one, other))
    """


def test_where_tests_pass_texts_an_empty_one_is_preferred_to_an_empty_list(explore):
    (found,) = explore(LENGTHS, "distance", calls=(call("distance", one="'kitten'", other="'mitten'"),)).findings
    assert found.action == "⟨sample:distance⟩('', 'mitten')"


PASSED_ON = """
    class Refused(Exception):
        pass

    def load(value, kind):
        try:
            return kind(value)
        except Exception as error:
            raise Refused(str(error))  # here
    """


def test_what_the_interpreter_said_is_no_message_that_a_test_looks_for(explore):
    seen = call("load", value="'3'", kind="⟨builtins:int⟩")
    (found,) = explore(PASSED_ON, "load", calls=(seen,)).findings
    assert [(one.value, one.message) for one in found.observations] == [("⟨sample:Refused⟩", "")]


ADDRESS = """
    class Address:
        def __init__(self, text: str = ""):
            self.text = text

        def host(self):
            return self.text + "/"  # here
    """


def test_an_object_that_tests_fill_shows_more_than_one_made_from_nothing(explore):
    empty = call("Address.host", "⟨sample:Address⟩()")
    filled = call("Address.text", "⟨sample:Address⟩('example.org/a')")
    (found,) = explore(ADDRESS, "Address.host", "method", calls=(empty,), constructors=(filled,)).findings
    assert found.observations[0].value == "'example.org/a/'"


READ = """
    class Once:
        def __init__(self, getter):
            self.getter = getter

        def __get__(self, made, kind=None):
            return self if made is None else self.getter(made)

    class Order:
        def __init__(self, count: int):
            self.count = count

        @Once
        def total(self):
            if self.count > 3:
                return self.count * 9  # here
            return self.count * 10
    """


def test_what_is_read_by_a_descriptor_of_the_project_is_no_call(explore):
    (found,) = explore(READ, "Order.total", "method").findings
    assert re.fullmatch(r"⟨sample:Order⟩\(\d+\)\.total|order\.total", found.action)


MADE = """
    import os

    def made(path: str):
        size = os.stat(__file__)
        return size.st_ctime  # here
    """


def test_the_time_by_the_clock_is_nothing_to_state(explore):
    assert not explore(MADE, "made").findings


def test_a_text_with_a_none_in_it_that_nobody_passed_is_nothing_to_state(explore):
    text = """
        def greeting(name: str, title: str | None = None) -> str:
            if name:
                return f"Dear {title} {name}"  # here
            return ""
        """
    found = explore(text, "greeting").findings
    assert [one for one in found if "None" in one.observations[0].value] == []
    assert any("title" in one.action for one in found)


@pytest.mark.parametrize("outdated", [True, False])
def test_what_says_that_it_is_to_go_is_doubtful_where_that_is_not_looked_at(explore, outdated):
    text = f"""
        import warnings

        def doubled(size: int):
            if size > 10:
                {"warnings.warn('use twice', DeprecationWarning)" if outdated else "size = int(size)"}
                if size > 20:
                    return 2 * size  # here
            return size
        """
    (finding,) = explore(text, "doubled").findings
    assert finding.observations[0].subject == "result"
    assert finding.doubt == 1 + outdated  # 90 nobody wrote


HEADERS = """
    class Header:
        def __init__(self, path: str, version: str | None):
            self.path = path
            self.version = version

    def header(text: str) -> Header:
        path, _, version = text.partition(" ")
        if not version:
            return Header(path, None)  # here
        return Header(path, version)
    """


def test_beside_what_is_there_it_is_told_what_is_not(explore):
    (found,) = explore(HEADERS, "header").findings
    assert [(one.expression, one.value) for one in found.observations][1:] == [("{result}.version", "None")]


def test_an_object_into_which_something_is_put_from_outside_is_doubtful(explore):
    text = """
        class Tray:
            def __init__(self):
                self.spoons = []

            def count(self) -> int:
                if self.spoons:
                    return len(self.spoons) + 7  # here
                return 0
        """
    (finding,) = explore(text, "Tray.count", "method").findings
    assert finding.lines == ("tray = ⟨sample:Tray⟩()", "tray.spoons = [2]")
    assert finding.doubt == 1
