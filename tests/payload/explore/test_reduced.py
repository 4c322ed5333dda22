"""What a found call is made of in the end."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Argument, Call
from pytest_enrich.payload.engine.probe import Note
from pytest_enrich.payload.explore import reduction


@pytest.mark.parametrize(
    ("condition", "number"),
    [
        *[("age < 14", "13"), ("age <= 14", "14"), ("age > 64", "65"), ("age >= 65", "65"), ("age == 65", "65")],
        ("age >= 36000000000000", "36000000000000"),
    ],
)
def test_a_number_is_found_right_beside_the_limit_that_it_is_compared_with(explore, condition, number):
    text = f"""
        def fee(age: int) -> str:
            if {condition}:
                return "free"
            return "full"
        """
    (found,) = explore(text, "fee", branches=((2, 3),), lines=(), executions=2000).findings
    assert found.action == f"⟨sample:fee⟩({number})"


def test_a_number_of_an_object_is_found_there_as_well(explore):
    text = """
        class Member:
            def __init__(self, age: int) -> None:
                self.age = age

            def fee(self) -> str:
                if self.age < 14:
                    return "free"
                return "full"
        """
    (found,) = explore(text, "Member.fee", branches=((6, 7),), lines=(), executions=2000).findings
    assert found.action == "⟨sample:Member.fee⟩(⟨sample:Member⟩(13))"


def test_what_a_test_passes_stays_as_it_is(explore):
    text = """
        def fee(age: int) -> str:
            if age < 14:
                return "free"
            return "full"
        """
    known = Call(qualname="fee", arguments=(Argument(name="age", value="6"),))
    (found,) = explore(text, "fee", branches=((2, 3),), lines=(), executions=2000, calls=(known,)).findings
    assert found.action == "⟨sample:fee⟩(6)"


def test_an_object_of_tests_that_fills_lines_is_found_with_little_in_it(explore):
    text = """
        class Row:
            def __init__(self, codes):
                if any(code % 91 != 7 for code in codes):
                    raise ValueError("no such code")
                self.codes = codes

            def total(self):
                if len(self.codes) > 1:
                    return sum(self.codes)
                return 0
        """
    known = Call(qualname="Row.total", receiver=f"⟨sample:Row⟩({[*range(7, 5000, 91)]})")
    (found,) = explore(
        text, "Row.total", kind="method", branches=((8, 9),), lines=(), executions=2, calls=(known,)
    ).findings
    assert len(found.call.receiver) < 60


MACHINE = """
    class Machine:
        def __init__(self):
            self.states = []

        def copy(self):
            return type(self)()

        def start(self, state):
            if state not in self.states:
                raise ValueError(f"no state {state}")
            return state

    class NestedMachine(Machine):
        pass
    """


@pytest.mark.parametrize("made", ["⟨sample:Machine⟩().copy()", "⟨sample:NestedMachine⟩()"])
def test_an_object_made_from_nothing_is_made_in_the_shortest_way_that_tests_show(explore, made):
    known = tuple(
        Call(qualname="Machine.start", receiver=one, arguments=(Argument(name="state", value="'up'"),))
        for one in (made, "⟨sample:Machine⟩()")
    )
    found = explore(
        MACHINE, "Machine.start", kind="method", branches=((9, 10),), lines=(), executions=1, calls=known
    )
    assert [one.call.receiver for one in found.findings] == ["⟨sample:Machine⟩()"]


@pytest.mark.parametrize(
    ("name", "receiver"), [("Cache", "⟨sample:Cache⟩(0)"), ("BaseCache", "⟨sample:OldestCache⟩(0)")]
)
def test_an_object_is_of_the_class_that_has_the_method_unless_that_is_a_base(explore, name, receiver):
    text = f"""
        class {name}:
            def __init__(self, size):
                self.size = size
                self.held = {{}}

            def fill(self, key):
                if len(self.held) >= self.size:
                    raise ValueError("value too large")
                self.held[key] = key

        class OldestCache({name}):
            pass
        """
    filled = f"{name}.fill"
    given = (Argument(name="key", value="'up'"),)
    made = Call(qualname=filled, receiver="⟨sample:OldestCache⟩(0)", arguments=given)
    (found,) = explore(
        text, filled, kind="method", branches=((7, 8),), lines=(), executions=1, calls=(made,)
    ).findings
    assert found.call.receiver == receiver


def test_a_letter_that_stands_elsewhere_is_no_more_usual_than_another(explore):
    text = """
        def has_url(line: str) -> bool:
            if "://" in line:
                return True
            return False
        """
    (found,) = explore(text, "has_url", branches=((2, 4),), lines=(), executions=300, written=("'w'",)).findings
    assert found.action != "⟨sample:has_url⟩('w')"


def test_a_number_of_many_digits_is_made_plain_even_where_a_test_passes_it(explore):
    text = """
        def area(radius: float) -> float:
            if radius > 1:
                return radius * 2
            return 0.0
        """
    known = Call(qualname="area", arguments=(Argument(name="radius", value="97.71235919463922"),))
    (found,) = explore(text, "area", branches=((2, 3),), lines=(), executions=300, calls=(known,)).findings
    assert len(found.action) < len("⟨sample:area⟩(97.712)")


def test_what_looks_like_the_name_of_something_else_is_passed_for_no_text(explore):
    text = """
        def build(code: str) -> int:
            if not code.isdigit():
                raise ValueError("a code has digits only")
            return int(code)
        """
    (found,) = explore(
        text, "build", branches=((2, 3),), lines=(), executions=300, written=("'self.upc'",)
    ).findings
    assert found.action == "⟨sample:build⟩('abc')"


def test_what_a_proxy_stood_for_may_be_gone_before_it_is_looked_at(explore):
    text = """
        import weakref

        class Link:
            pass

        def same(number: int) -> str:
            first = Link()
            held = weakref.proxy(first)
            other = Link()
            if held == other or number > 3:
                return "many"
            return "few"
        """
    (found,) = explore(text, "same", branches=((10, 11),), lines=(), executions=300).findings
    assert found.action == "⟨sample:same⟩(4)"


def test_what_is_made_a_path_of_is_no_word_that_stands_elsewhere(explore):
    text = """
        from pathlib import Path

        def show(path: str) -> str:
            if not Path(path).exists():
                raise FileNotFoundError(f"no wheel {path}")
            return path
        """
    (found,) = explore(text, "show", branches=((4, 5),), lines=(), executions=300, written=("'Author'",)).findings
    assert found.action == "⟨sample:show⟩(str(path))"


def test_what_is_none_of_several_texts_says_so(explore):
    text = """
        def skip(days=None, replace=False):
            if days is not None:
                if not isinstance(days, (list, set)):
                    days = [days]
                for day in days:
                    if day not in ["Monday", "Tuesday"]:
                        raise ValueError(f"Invalid day {day}")  # here
            return days
        """
    known = Call(qualname="skip", arguments=(Argument(name="days", value="'Monday'"),))
    (finding, *_) = explore(text, "skip", calls=(known,)).findings
    assert finding.observations[0].message == "Invalid day unknown"


MODES = """
    def opened(name: str, mode: str = "w") -> str:
        if "w" not in mode and "a" not in mode:
            raise ValueError(f"Must write or append, not {mode!r}")  # here
        return "written"
    """


def test_a_text_that_nobody_writes_and_that_is_refused_says_so(explore):
    (finding, *_) = explore(MODES, "opened", written=("'to be kept'",), constants=("'BC'",)).findings
    assert finding.observations[0].message == "Must write or append, not 'other'"


def test_a_text_that_is_nearly_what_tests_pass_is_refused_as_it_is(explore):
    text = """
        def discount(code: str) -> int:
            kind, dash, rest = code.partition("-")
            if not dash:
                raise ValueError(f"unknown code {code}")  # here
            return int(rest)
        """
    known = Call(qualname="discount", arguments=(Argument(name="code", value="'PCT-10'"),))
    (finding, *_) = explore(text, "discount", calls=(known,)).findings
    assert finding.observations[0].message == "unknown code PCT10"


@pytest.mark.parametrize(
    "said",
    [
        "unknown format string {form!r}",
        "format {form!r} does not match any",
        "the clock has no format {form!r}",
        "no format found like {form!r}",
        "format {form!r} is not registered",
    ],
)
def test_what_the_message_calls_unknown_says_so(explore, said):
    text = f"""
        def shown(minutes: int, form: str) -> str:
            if form == "%Z":
                return f"{{minutes}}Z"
            if form == "%h":
                return str(minutes // 60)
            raise ValueError(f"{said}")  # here
        """
    known = Call(qualname="shown", arguments=(_given("minutes", "30"), _given("form", "'%Z'")))
    (finding, *_) = explore(text, "shown", calls=(known,), written=("'23Z'",)).findings
    assert finding.observations[0].message == said.format(form="unknown")


def _given(name, value):
    return Argument(name=name, value=value)


def test_a_text_that_tests_pass_is_refused_as_it_is(explore):
    given = (Argument(name="name", value="'x.txt'"), Argument(name="mode", value="'+B'"))
    known = Call(qualname="opened", arguments=given)
    (finding, *_) = explore(MODES, "opened", calls=(known,)).findings
    assert finding.observations[0].message == "Must write or append, not '+B'"


@pytest.mark.parametrize(
    ("compared", "found"),
    [
        ([("in", False, ["Monday", "Tuesday"])], [False]),
        ([("in", 2, {"Monday": 1})], [2]),
        ([("==", "word", None), ("in", "word", ["Monday", "Tuesday"])], ["word"]),
        ([("==", "Monday", 0.5), ("==", 0.5, "Tuesday")], [0.5]),
        ([("==", "a", "word"), ("==", "b", "word")], ["word"]),
        ([("==", "a", "word")], []),
        ([("in", "word", ["a", "word"])], []),
        ([("in", "two words", ["a", "b"])], []),
        ([("in", "", ["Monday", "Tuesday", None])], [""]),
        ([("in", 3, ["Monday", 1])], []),
        ([("==", 3, "a"), ("==", 3, 4)], []),
        ([("in", 4, [])], []),
        ([("in", 6, "ab"), ("<", 5, "a"), ("==", None, "a")], []),
        ([("==", 7, "unknown")], []),
    ],
)
def test_what_is_none_of_the_texts_that_it_is_compared_with_is_out_of_place(compared, found):
    assert reduction.out_of_place([Note(1, *one) for one in compared]) == found


def test_a_word_that_tests_pass_for_another_option_is_refused_as_an_unknown_one(explore):
    text = """
        def check(options: dict) -> dict:
            if options.get("case") not in (None, "upper", "lower"):
                raise ValueError("invalid value for case")  # here
            return options
        """
    given = (Argument(name="options", value="{'case': 'upper', 'output': 'sql'}"),)
    (finding, *_) = explore(text, "check", calls=(Call(qualname="check", arguments=given),)).findings
    assert finding.action == "⟨sample:check⟩({'case': 'unknown'})"


@pytest.mark.parametrize(
    ("template", "value", "found"),
    [
        ("''", "", ["'unknown'"]),
        ("{'case': '', 'strip': True}", "", ["{'case': 'unknown', 'strip': True}"]),
        ("'a/b.txt'", "", []),
        ("{'case': 'upper'}", "upper", ["{'case': 'unknown'}"]),
        ("'upper'", "", []),
    ],
)
def test_an_unknown_text_takes_the_place_of_a_value_and_nothing_is_added_to_other_texts(template, value, found):
    assert [*reduction.with_unknown(template, value)] == found


def test_an_iterable_that_is_made_from_nothing_is_an_empty_list(explore):
    text = """
        class Chain:
            def __init__(self, *parts):
                self.parts = parts

            def __iter__(self):
                return iter(self.parts)

        def largest(values):
            found = list(values)
            if not found:
                raise ValueError("no values to compare")  # here
            return max(found)
        """
    known = tuple(
        Call(qualname="largest", arguments=(Argument(name="values", value=value),))
        for value in ("[3, 4]", "⟨sample:Chain⟩()")
    )
    (finding, *_) = explore(text, "largest", calls=known).findings
    assert finding.action == "⟨sample:largest⟩([])"


def test_nothing_is_of_the_kind_that_tests_pass(explore):
    text = """
        def parse(text):
            if not text:
                return "nothing"
            return text.strip()
        """
    calls = tuple(
        Call(qualname="parse", arguments=(Argument(name="text", value=value),)) for value in ("'a '", "' b'")
    )
    (found,) = explore(text, "parse", branches=((2, 3),), lines=(), executions=300, calls=calls).findings
    assert found.call.arguments[0].value == "''"


def test_nothing_is_of_the_kind_that_an_annotation_tells(explore):
    text = """
        def parse(text: str):
            if not text:
                raise ValueError("the text is missing")
            if not isinstance(text, str):
                raise TypeError("no text")
            return text.strip()
        """
    calls = (Call(qualname="parse", arguments=(Argument(name="text", value="'Torino'"),)),)
    (found,) = explore(text, "parse", branches=((2, 3),), lines=(), executions=4, calls=calls).findings
    assert found.call.arguments[0].value == "''"


def test_what_is_refused_needs_nothing_in_it(explore):
    text = """
        class Port:
            def __init__(self, size: int = 8, is_open: bool = False):
                self.size, self.is_open = size, is_open

        def read(port: Port) -> int:
            if not port.is_open:
                raise ValueError("the port is closed")
            return port.size
        """
    given = Argument(name="port", value="⟨sample:Port⟩(7, is_open=True)")
    (found,) = explore(
        text,
        "read",
        branches=((6, 7),),
        lines=(),
        executions=300,
        calls=(Call(qualname="read", arguments=(given,)),),
    ).findings
    assert found.call.arguments[0].value == "⟨sample:Port⟩()"


def test_what_an_object_was_given_goes_where_there_is_the_same_to_say_without(explore):
    text = """
        class Stream:
            def __init__(self, *, sized: bool = False):
                self.sized, self._parts = sized, []

            def add(self, size: int):
                self._parts.append(size)

            def total(self):
                return sum(self._parts)  # here
        """
    made = tuple(Call(qualname="Stream", receiver=f"⟨sample:Stream⟩({sized})") for sized in ("", "sized=True"))
    (finding,) = explore(text, "Stream.total", "method", constructors=made).findings
    assert finding.lines[0] == "stream = ⟨sample:Stream⟩()"


def test_what_is_called_an_address_is_one(explore):
    text = """
        class Reader:
            def __init__(self, url: str) -> None:
                self._url, self.is_closed = url, False

            def read(self, size: int) -> bytes:
                if size == 0:
                    return b""
                raise OSError("away")

        def fetched(url: str, size: int) -> str:
            if size < 0:
                raise ValueError("size must not be negative")
            return url[:size]
        """
    (read,) = explore(text, "Reader.read", "method", branches=((6, 7),), lines=(), executions=2000).findings
    assert read.lines == ("reader = ⟨sample:Reader⟩('https://example.com')",)
    (fetched,) = explore(text, "fetched", branches=((11, 12),), lines=(), executions=2000).findings
    assert fetched.action == "⟨sample:fetched⟩('https://example.com', -1)"


def test_in_the_place_of_bytes_that_tests_pass_and_nobody_can_read_come_some_that_anybody_can(explore):
    text = """
        def stamp(data: bytes) -> int:
            if len(data) != 6:
                raise ValueError("a stamp has exactly 6 bytes")
            return data[0]
        """
    known = Call(qualname="stamp", arguments=(Argument(name="data", value=repr(b"\x01\xa21'\xabnzK\xfd\xe5")),))
    (found,) = explore(text, "stamp", branches=((2, 3),), lines=(), executions=2000, calls=(known,)).findings
    assert found.action == "⟨sample:stamp⟩(b'abc')"
