from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import hashlib
import http
import math
import pathlib
import re
import sys
import uuid
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.payload.express import compilable, evaluate, express, named, spoken
from pytest_enrich.payload.express.code import UnmadeError


class Kind(enum.Enum):
    BOOK = 1


class Vault:
    def __init__(self, code):
        self._code = code


def whole(value):
    """A value and all of its parts, with their types: 1, 1.0 and True are equal, -0.0 and 0.0 too."""
    if isinstance(value, dict):
        return type(value), [(whole(key), whole(part)) for key, part in value.items()]
    if isinstance(value, set | frozenset):
        return type(value), sorted(map(repr, map(whole, value)))
    if isinstance(value, complex):  # Python itself writes no sign of a zero in it
        return complex, value + 0
    if isinstance(value, list | tuple | collections.deque):
        return type(value), [whole(part) for part in value]
    return type(value), repr(value)


floats = st.floats(allow_nan=False)
hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**23), 10**23)
    | floats
    | st.text(max_size=8)
    | st.binary(max_size=8),
    lambda inner: st.tuples(inner, inner) | st.tuples(inner) | st.frozensets(inner, max_size=3),
    max_leaves=4,
)
literal = st.recursive(
    hashable
    | st.complex_numbers(allow_nan=False, allow_infinity=False)
    | st.just(...)
    | st.binary(max_size=4).map(bytearray),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(hashable, inner, max_size=3)
        | st.sets(hashable, max_size=3)
        | st.lists(inner, max_size=3).map(collections.deque)
    ),
    max_leaves=5,
)
moments = (
    st.datetimes().map(lambda moment: moment.replace(fold=0))
    | st.datetimes(timezones=st.just(dt.timezone.utc)).map(lambda moment: moment.replace(fold=0))
    | st.dates()
    | st.times().map(lambda time: time.replace(fold=0))
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.uuids()
    | st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
    | st.integers(0, 9).map(range)
    | st.integers(0, 9).map(slice)
)


@given(literal)
def test_what_a_literal_is_expressed_as_gives_it_again(value):
    text = express(value)
    if text is not None:
        assert whole(evaluate(text)) == whole(value)


@given(moments)
def test_what_a_date_or_number_is_expressed_as_gives_it_again(value):
    text = express(value)
    assert text is not None
    assert whole(evaluate(text)) == whole(value)


@given(st.lists(st.integers(-99, 99) | st.text(max_size=6), max_size=8))
def test_every_short_literal_has_a_template(value):
    assert express(value) is not None


@given(literal)
def test_a_template_is_one_line_and_short(value):
    text = express(value)
    assert text is None or ("\n" not in text and len(text) <= 400)


@given(st.text(alphabet="⟨⟩:ab'\\\n"))
def test_brackets_in_a_text_are_never_taken_for_a_name(text):
    template = express(text)
    assert template is not None
    assert "⟨" not in template
    assert evaluate(template) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((1,), "(1,)"),
        ((), "()"),
        (set(), "set()"),
        (frozenset(), "frozenset()"),
        ({3, 1}, "{1, 3}"),
        ({None, "a"}, "{'a', None}"),
        (float("inf"), "float('inf')"),
        ("tab\t", r"'tab\t'"),
        ("é", "'é'"),
        (dt.time(12, 30, 5, 6), "⟨datetime:time⟩(12, 30, 5, 6)"),
        (re.IGNORECASE, "⟨re:RegexFlag.IGNORECASE⟩"),
        (dt.timedelta(), "⟨datetime:timedelta⟩()"),
        (dt.timedelta(days=1, seconds=3601), "⟨datetime:timedelta⟩(days=1, hours=1, seconds=1)"),
        (decimal.Decimal("1.50"), "⟨decimal:Decimal⟩('1.50')"),
        (fractions.Fraction(1, 3), "⟨fractions:Fraction⟩('1/3')"),
        (uuid.UUID(int=1), "⟨uuid:UUID⟩('00000000-0000-0000-0000-000000000001')"),
        (re.compile("a+"), "⟨re:compile⟩('a+')"),
        (pathlib.Path("a/b"), "⟨pathlib:Path⟩('a/b')"),
        (pathlib.PureWindowsPath("a"), "⟨pathlib:PureWindowsPath⟩('a')"),
        (pathlib.PurePosixPath("a"), "⟨pathlib:PurePath⟩('a')"),
        (collections.deque([1], maxlen=3), "⟨collections:deque⟩([1], maxlen=3)"),
        (collections.Counter("aab"), "⟨collections:Counter⟩({'a': 2, 'b': 1})"),
        (collections.OrderedDict(a=1), "⟨collections:OrderedDict⟩({'a': 1})"),
        (int, "⟨builtins:int⟩"),
        (len, "⟨builtins:len⟩"),
        (ValueError, "⟨builtins:ValueError⟩"),
        (decimal.Decimal, "⟨decimal:Decimal⟩"),
        (http.HTTPStatus.OK, "⟨http:HTTPStatus.OK⟩"),
    ],
)
def test_a_value_is_written_as_a_person_would(value, text):
    assert express(value) == text


def test_a_nan_is_written_and_is_still_none():
    assert math.isnan(evaluate(express(float("nan"))))


@pytest.mark.parametrize(
    "value",
    [
        object(),
        lambda: Vault(1),
        Vault(1),
        10**24,
        "x" * 401,
        re.compile("a", re.IGNORECASE),
        dt.datetime.now(dt.timezone.utc).replace(microsecond=1, tzinfo=None),
        dt.datetime.now(dt.timezone.utc).replace(microsecond=1),
        dt.datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
        [object()],
        {"a": object()},
        {1, 2, Vault},
        "at 0x7f0011223344",
        "/tmp/x",
        iter([1]),
        pytest,
        collections.defaultdict(list),
        [[[[[[[[1]]]]]]]],
        Kind.BOOK,
        re.IGNORECASE | re.MULTILINE,
        dt.time(1, fold=1),
    ],
)
def test_what_cannot_be_written_briefly_and_faithfully_has_no_template(value):
    assert express(value) is None


def test_a_set_with_a_part_that_has_no_template_has_none():
    assert express({Vault(1), None}) is None


def test_a_list_that_holds_itself_has_no_template():
    value: list[object] = []
    value.append(value)
    assert express(value) is None


def test_a_hostile_object_has_no_template():
    class Hostile:
        def __eq__(self, other):
            raise RuntimeError

        def __hash__(self):
            return 1

        def __getattribute__(self, name):
            raise RuntimeError

    assert express(Hostile()) is None


def test_an_object_that_is_known_is_written_as_the_call_that_made_it():
    vault = Vault(1)
    assert express([vault], lambda value: "⟨x:make⟩()" if value is vault else None) == "[⟨x:make⟩()]"


def test_names_of_tests_and_private_names_are_no_templates():
    assert named(Kind) is None
    assert named(collections._count_elements) is None


def test_a_local_class_has_no_name():
    class Local:
        pass

    assert named(Local) is None


@given(st.binary(max_size=4))
def test_a_view_of_bytes_is_one_of_bytes_that_nobody_can_change(content):
    assert evaluate(express(memoryview(content))) == memoryview(content)
    assert express(memoryview(bytearray(content))) is None


def test_what_is_written_in_c_is_known_by_the_name_of_the_module_that_people_import():
    assert named(hashlib.sha256) == "⟨hashlib:sha256⟩"
    assert named(collections.deque) == "⟨collections:deque⟩"


def test_a_name_that_does_not_exist_is_a_lookup_error():
    with pytest.raises(LookupError):
        compilable("⟨collections:Nothing⟩()")


def test_each_name_becomes_one_variable():
    source, namespace = compilable("⟨datetime:date⟩(2024, 1, 1) - ⟨datetime:date⟩(2023, 1, 1)")
    assert source == "_datetime__date(2024, 1, 1) - _datetime__date(2023, 1, 1)"
    assert namespace == {"_datetime__date": dt.date}


@dataclasses.dataclass
class _Hidden:
    number: int


class Ellipsoid:
    EARTH: Ellipsoid


Ellipsoid.EARTH = Ellipsoid()
Ellipsoid.__module__ = "shapes.ellipsoid"  # nothing of a test file has a name elsewhere


def test_an_object_that_its_class_keeps_is_written_by_its_name_there(monkeypatch):
    monkeypatch.setitem(sys.modules, "shapes.ellipsoid", SimpleNamespace(Ellipsoid=Ellipsoid))
    assert express(Ellipsoid.EARTH) == "⟨shapes.ellipsoid:Ellipsoid.EARTH⟩"
    assert express(Ellipsoid()) is None


def test_what_stands_for_something_is_written_by_its_name():
    assert express(dataclasses.MISSING) == "⟨dataclasses:MISSING⟩"
    assert evaluate("⟨dataclasses:MISSING⟩") is dataclasses.MISSING


def test_an_instance_of_a_private_class_has_no_template():
    assert express(_Hidden(1)) is None


class Rebuilt(msgspec.Struct):
    path: str
    size: int = 0


def test_an_object_of_a_test_module_is_left_to_that_file():
    assert express(Rebuilt("a")) is None


def test_an_object_that_answers_to_any_name_is_given_up_soon():
    class Endless(tuple):
        __slots__ = ()
        asked = 0

        def __getattr__(self, name):
            Endless.asked += 1
            return Endless((*self, name, name))

        def __eq__(self, other):
            return tuple.__eq__(self, other)

        __hash__ = tuple.__hash__

    assert express(Endless(("a", "b", "c", "d"))) is None
    assert Endless.asked < 2000


def test_a_long_list_of_short_values_is_still_written():
    assert express(list(range(100))) == repr(list(range(100)))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyError("no such flag"), "no such flag"),
        (KeyError("flag"), "'flag'"),
        (KeyError("no flag", 3), "('no flag', 3)"),
        (KeyError("it's \n broken"), repr("it's \n broken")),
        (ValueError("no such flag"), "no such flag"),
    ],
)
def test_the_sentence_of_a_key_error_is_said_without_quotes(error, said):
    assert spoken(error) == said


def test_of_a_group_of_exceptions_it_is_not_said_how_many_there_are():
    class BaseExceptionGroup(Exception):  # noqa: N818 - as Python 3.11 has one
        message = "nothing fits"

        def __str__(self):
            return "nothing fits (2 sub-exceptions)"

    assert spoken(BaseExceptionGroup()) == "nothing fits"


def test_what_an_object_raises_that_refuses_to_be_made_is_an_exception():
    with pytest.raises(UnmadeError, match="Failed"):
        evaluate("⟨pytest:fail⟩('made by its parent alone')")
    with pytest.raises(ZeroDivisionError):
        evaluate("1 / 0")
