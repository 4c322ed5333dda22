"""Conditions that no drawn value meets by chance."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import MutableSequence
from string import Template

import pytest

from pytest_enrich.data import Argument, Call
from pytest_enrich.payload.engine.probe import Note
from pytest_enrich.payload.engine.solve import Written, proposals, replacements


@pytest.mark.parametrize(
    ("hint", "condition"),
    [
        ("int", "value == 86_413"),
        ("int", "value * 3 == 86_412"),
        ("int", "value * value + 3 * value == 1_003_000 + 0"),
        ("int", "86_400 * 7 - 5 < value <= 86_400 * 7 - 3"),
        ("str", "value.startswith('0x' + 'QQ')"),
        ("str", "len(value) == 17 + 4"),
        ("str", "len(value) > 12 and value[0] == 'k' + ''"),
        ("str", "value.upper() == 'pumpernickel'.upper()"),
        ("str", "value in ''.join(['flab', 'ber']) + 'gast' and len(value) > 9"),
        ("str", "PATTERN.match(value)"),
        ("bytes", "value.startswith(b'0x' + b'QQ')"),
        ("bytes", "value.lower() == b'Pumper'.lower() + b'nickel'"),
        ("bytes", "b'flab'.swapcase() in value"),
        ("str", "value.encode() == b'flab' + b'ber'"),
        ("bytes", "value.decode('latin-1') == 'flab' + 'ber'"),
        ("str", "re.fullmatch('k' + r'-[0-9]{3}', value)"),
        ("str", "int(value or 0, 16 - 6) == 4_711 + 1 if value.isdigit() else False"),
        ("list", "len(value) == 4 + 5"),
        ("str", "len(value) > 1_000 * 100"),
        ("bytes", "len(value) + len(b'12345') >= 4_096 * 2"),
        ("list", "len(value) > 512 * 2"),
        ("object", "isinstance(value, Decimal)"),
        ("int", "round(value / 305) == 200 + 13"),
        ("float", "not math.isfinite(value)"),
        ("str", "value.isdigit() is False and math.isinf(float(value))"),
        ("object", "not isinstance(value, (list, str)) and sum(value) == 3"),
        ("Callable", "inspect.iscoroutinefunction(value)"),
        ("object", "inspect.isclass(value)"),
        ("object", "value is not None and hasattr(value, 'total_seconds')"),
        ("date", "value.month == 6 * 2 and value.day == 30 + 1"),
        ("dict", "'flab' + 'ber' in value"),
        ("object", "isinstance(value, type) and value is Decimal"),
    ],
)
def test_what_is_compared_with_leads_to_the_input(explore, hint, condition):
    text = f"""
        import inspect
        import math
        import re
        from collections.abc import Callable
        from datetime import date
        from decimal import Decimal

        PATTERN = re.compile(r"k[0-9]{{2}}-[a-f]{{3}}$")

        def accept(value: {hint}) -> str:
            if {condition}:
                return "yes"  # here
            return "no"
        """
    first = next(at for at, line in enumerate(text.strip().splitlines(), 1) if line.strip().startswith("if "))
    # What is drawn first is what the guide begins with.
    found = (
        explore(text, "accept", branches=((first, first + 1),), lines=(), executions=4000, seed=seed).findings
        for seed in range(3)
    )
    assert [one.observations[0].value for one in next(filter(None, found), ())] == ["'yes'"]


TITLED = """
    import re

    def sections(text: str) -> list[str]:
        heading = re.search("^(Notes|Errors):$", text, flags=re.M)
        if not heading:
            return []
        lines = text[heading.end():].strip("\\n")
        indent = re.search("^ +", lines)
        if not indent:
            raise ValueError("nothing under a heading")
        return _parts(lines)

    def _parts(lines: str) -> list[str]:
        if ":" in lines:
            return lines.split(":")
        return [lines]
    """


def test_a_text_grows_line_by_line_until_it_comes_to_a_function_further_in(explore):
    explored = explore(TITLED, "sections", branches=((14, 15), (14, 16)), executions=3000)
    assert {branch for one in explored.findings for branch in one.branches} == {(14, 15), (14, 16)}


def test_a_search_begins_with_what_was_found_before(explore):
    start = Call(qualname="sections", arguments=(Argument(name="text", value="'Notes:\\n    one'"),))
    explored = explore(TITLED, "sections", branches=((14, 16),), executions=1, starts=(start,))
    assert [one.branches for one in explored.findings] == [((14, 16),)]


def test_a_default_is_where_a_condition_may_be_met(explore):
    text = """
        def pay(total: int, currency: str = "euro", months: int = 12) -> str:
            if currency == "E" + "UR" and months == 360 * 2:
                return "long"
            return "short"
        """
    explored = explore(text, "pay", branches=((2, 3),), executions=1000)
    assert "'EUR'" in explored.findings[0].action
    assert "720" in explored.findings[0].action


@pytest.mark.parametrize(
    "condition", ["not math.isfinite(number)", "number > 10 ** 400", "number * 10 ** 308 > 2.5"]
)
def test_numbers_that_no_integer_or_float_can_be_end_no_search(explore, condition):
    text = f"""
        import math

        def show(number: int | float, digits: int = 3) -> str:
            if digits != 3 and {condition}:
                return "yes"
            return "no"
        """
    explored = explore(text, "show", branches=((4, 5),), executions=500)
    assert explored.executions > 0
    assert "search ended early" not in explored.dropped


@pytest.mark.parametrize(("default", "member"), [("metre", "Unit[unit.upper()]"), ("m", "Unit(unit)")])
def test_a_member_of_an_enumeration_is_given_by_its_name_or_value(explore, default, member):
    text = f"""
        import enum

        class Unit(enum.Enum):
            METRE = "m"
            PARSEC = "p" + "c"

        def far(number: int, unit: str = "{default}") -> str:
            if {member} == Unit[chr(80) + "ARSEC"]:
                return "yes"
            return "no"
        """
    explored = explore(text, "far", branches=((8, 9),), executions=1000)
    assert [one.observations[0].value for one in explored.findings] == ["'yes'"]


def test_a_receiver_is_changed_until_the_condition_holds(explore):
    text = """
        class Shelf:
            def __init__(self, width: int):
                self.width = width

            def fits(self, books: int) -> bool:
                if self.width - books == 54_321 + 0:
                    return True
                return False
        """
    call = Call(
        qualname="Shelf.fits", receiver="⟨sample:Shelf⟩(3)", arguments=(Argument(name="books", value="2"),)
    )
    explored = explore(text, "Shelf.fits", "method", calls=(call,), branches=((6, 7),), executions=1000)
    assert len(explored.findings) == 1


def test_the_code_is_as_it_was_when_a_finding_is_looked_at(explore):
    text = """
        import inspect

        def count(number: int) -> int:
            if number == 12_345:
                return len(inspect.currentframe().f_code.co_names)  # here
            return 0
        """
    (finding,) = explore(text, "count", branches=((4, 5),), executions=500).findings
    assert finding.observations[0].value == "5"


def test_what_is_no_list_is_an_iterator_where_the_body_goes_over_it(explore):
    text = """
        from itertools import islice

        def nth(n, seq):
            if isinstance(seq, (list, str)):
                return seq[n]
            return next(islice(seq, n, None))
        """
    explored = explore(text, "nth", branches=((4, 6),), executions=1000)
    assert [one.action.partition(", ")[2][:5] for one in explored.findings] == ["iter("]


@pytest.mark.parametrize(
    ("hint", "given", "written"),
    [
        ("str", "'a'", r"\('.' \* \d{3}\)"),
        ("list[int]", "[1]", r"\(\[.+\] \* \d{3}\)"),
        ("str", "'a'.lower()", r"'.' \* \d{3}\)"),
    ],
)
def test_what_is_longer_than_anybody_writes_is_written_as_a_repetition(explore, hint, given, written):
    text = f"""
        def check(value: {hint}) -> str:
            if len(value) > 255:
                raise ValueError("too long")  # here
            return "fine"
        """
    seen = Call(qualname="check", arguments=(Argument(name="value", value=given),))
    (finding,) = explore(text, "check", calls=(seen,), branches=((2, 3),)).findings
    assert re.search(written, finding.action), finding.action


def test_a_repetition_in_an_expression_stands_in_parentheses():
    found = set(replacements("'ab'.lower()", 2, 300))
    assert "('a' * 300).lower()" in found
    assert set(replacements("f('ab', 1)", 2, 300)) >= {"f('a' * 300, 1)"}


def test_in_a_type_only_types_are_exchanged():
    known = "⟨typing:List⟩[⟨builtins:int⟩]"
    assert [*replacements(known, int, str)] == ["⟨typing:List⟩[⟨builtins:str⟩]"]
    assert not [*replacements(known, int, 1)]


def test_what_an_object_is_made_with_is_found_together_with_what_it_is_asked(explore):
    text = """
        class Field:
            def __init__(self, *, title: str = "", limit: int = 3, strict: bool = False) -> None:
                self.title, self.limit, self.strict = title, limit, strict

        class Number(Field):
            def __init__(self, **more) -> None:
                super().__init__(**more)

            def check(self, value: int) -> str:
                if self.limit == 4711 and self.title == "pumpernickel" and value > 0:
                    return "too much"  # here
                return "fine"
        """
    (finding,) = explore(text, "Number.check", "method", branches=((10, 11),), executions=1000).findings
    assert finding.observations[0].value == "'too much'"


@pytest.mark.parametrize(
    ("condition", "call"),
    [
        ("field.limit is not None", "describe(sample.Field(limit="),
        ("isinstance(field, Number) and field.strict", "describe(sample.Number(strict=True)"),
        ("isinstance(field.part, Number)", "describe(sample.Field(part=sample.Number())"),
        ("more.get('limit') is not None", "{'limit': "),
    ],
)
def test_what_objects_and_dicts_that_are_passed_leave_open_is_tried(explore, condition, call):
    text = f"""
        from __future__ import annotations

        class Field:
            def __init__(self, *, limit: int | None = None, part: Field | None = None, strict: bool = False):
                self.limit, self.part, self.strict = limit, part, strict

        class Number(Field):
            pass

        def describe(field: Field, more: dict) -> str:
            if {condition}:
                return "yes"  # here
            return "no"
        """
    (finding,) = explore(text, "describe", branches=((11, 12),), executions=300).findings
    assert call in re.sub(r"⟨(\w+):(\w+)⟩", r"\1.\2", finding.action)


def test_an_object_that_is_equal_to_itself_alone_is_known_by_its_class():
    found = replacements("[⟨string:Template⟩('a'), 2]", Template("b"), Written("'c'"))
    assert "['c', 2]" in found


@pytest.mark.parametrize("key", [["flab"], (["flab"],)])
def test_what_can_be_no_key_is_put_into_no_dictionary(key):
    """A mapping of the project's may be asked for it all the same."""
    note = Note(1, "in", key, {"a": 1})
    made = proposals([note], [(repr(key), lambda text: text), (repr({"a": 1}), lambda text: text)], lambda _: ())
    assert [*made] == ["'a'"]


@pytest.mark.parametrize(
    ("text", "first"),
    [("no coffee", "'no coffee refund'"), ("no coffee: ", "'no coffee: refund'"), ("", "'refund'")],
)
def test_a_word_that_has_to_be_in_a_text_is_a_word_of_its_own_there(text, first):
    note = Note(1, "in", "refund", text)
    assert next(proposals([note], [(repr(text), lambda text: text)], lambda _: ())) == first


def test_a_date_is_tried_a_day_before_and_a_day_after_what_it_is_compared_with():
    since, day = dt.date(2024, 5, 1), dt.date(2024, 5, 20)
    note = Note(1, "<", day, since)
    made = proposals([note], [("⟨datetime:date⟩(2024, 5, 20)", lambda text: text)], lambda _: ())
    assert [*made] == [f"⟨datetime:date⟩(2024, {rest})" for rest in ("5, 1", "5, 2", "4, 30")]


def test_a_date_that_has_no_day_beside_it_is_compared_as_it_is():
    note = Note(1, "<", dt.date(2024, 5, 20), dt.date.max)
    made = proposals([note], [("⟨datetime:date⟩(2024, 5, 20)", lambda text: text)], lambda _: ())
    assert [*made] == ["⟨datetime:date⟩(9999, 12, 31)"]


@pytest.mark.parametrize(("kind", "others"), [(str, ["2", "None", "[]"]), ((str, list), ["2", "None"]), (int, [])])
def test_where_a_value_is_of_a_class_one_of_another_is_proposed(kind, others):
    note = Note(1, "isinstance", "a-b", kind)
    assert list(proposals([note], [("'a-b'", lambda text: text)], lambda _: ())) == others


@pytest.mark.parametrize(
    ("value", "kind", "converted"),
    [
        ("a-b", bytes, ["b'a-b'"]),
        (b"a-b", str, ["'a-b'"]),
        ("a-b", (bytes, list), ["b'a-b'", "['a-b']"]),
        ([1, 2], tuple, ["(1, 2)"]),
        ([[1]], set, []),
        ({"a": 1}, list, []),
    ],
)
def test_where_a_value_of_a_class_is_asked_for_the_same_is_proposed_as_one(value, kind, converted):
    note = Note(1, "isinstance", value, kind)
    assert list(proposals([note], [(repr(value), lambda text: text)], lambda _: ())) == converted


def test_a_dictionary_in_another_gets_the_key_that_is_looked_for():
    note = Note(1, "in", "version", {"a": 1})
    made = proposals([note], [("{'tea': {'a': 1}, 'n': 2}", lambda text: text)], lambda _: ())
    assert list(made) == ["{'tea': {'a': 1, 'version': 1}, 'n': 2}"]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ('{"tea": {"a": 1}}', '{"tea": {"a": 1, "version": 1}}'),
        ('{\n  "tea": {\n    "a": 1\n  }\n}', '{\n  "tea": {\n    "a": 1,\n    "version": 1\n  }\n}'),
        ("{'tea': {'a': 1}}", None),
        ('{"tea": ', None),
    ],
)
def test_what_a_text_holds_as_json_changes_in_the_text(text, changed):
    note = Note(1, "in", "version", {"a": 1})
    made = proposals([note], [(f"load({text!r}, 3)", lambda code: code)], lambda _: ())
    assert list(made) == ([] if changed is None else [f"load({changed!r}, 3)"])


def test_a_text_never_holds_what_json_cannot():
    note = Note(1, "isinstance", 1, bytes)
    made = proposals([note], [(repr('{"a": 1}'), lambda text: text)], lambda _: ["b'x'"])
    assert list(made) == ["''"]


def test_an_object_that_nobody_may_ask_whether_it_is_true_has_no_opposite():
    class Lazy:
        def __bool__(self):
            raise AttributeError("a part of what is made later")

    note = Note(1, "truth", Lazy(), None)
    assert list(proposals([note], [("'a'", lambda text: text)], lambda _: ())) == []


@pytest.mark.parametrize(
    ("hint", "known", "wanted", "becomes"),
    [
        (
            "⟨typing:Tuple⟩[⟨builtins:int⟩, ...]",
            tuple,
            MutableSequence,
            "⟨collections.abc:MutableSequence⟩[⟨builtins:int⟩]",
        ),
        ("⟨builtins:list⟩[⟨builtins:int⟩]", list, list, "⟨collections.abc:Sequence⟩[⟨builtins:int⟩]"),
        ("⟨builtins:list⟩[⟨builtins:int⟩]", list, list, "⟨builtins:dict⟩[⟨builtins:int⟩]"),
    ],
)
def test_a_type_whose_origin_is_compared_becomes_another_one(hint, known, wanted, becomes):
    found = proposals(
        [Note(1, "==", known, wanted)], [(hint, str)], lambda kind: ["⟨builtins:dict⟩"] * (kind is type)
    )
    assert becomes in [*found]


def test_what_is_asked_for_an_attribute_becomes_an_object_that_has_it():
    found = [*proposals([Note(1, "hasattr", 2, "view_many")], [("2", str)], lambda _kind: [])]
    assert found == ["⟨types:SimpleNamespace⟩(view_many=1)"]


LOADED = """
    import json

    def load(text: str):
        data = json.loads(text)
        if "goods" in data:
            return data["goods"]  # here
        return None
    """


def test_a_key_of_what_is_decoded_is_found_where_no_test_passes_any(explore):
    (found,) = explore(LOADED, "load", branches=((5, 6),), lines=()).findings
    assert found.call.arguments[0].value.startswith('\'{"goods":')


NESTED = """
    import json

    def first(text: str):
        data = json.loads(text)
        for name, good in data["goods"].items():
            if good:
                return name  # here
        return None
    """


def test_what_is_asked_for_an_attribute_that_it_lacks_becomes_what_has_it(explore):
    started = Call(qualname="first", arguments=(Argument(name="text", value=repr('{"goods": 2}')),))
    (found,) = explore(NESTED, "first", calls=(started,), branches=((6, 7),), lines=()).findings
    assert re.search(r'"goods": \{".*": ', found.call.arguments[0].value)


def test_where_something_is_looked_for_in_a_number_it_becomes_what_can_hold_it():
    note = Note(1, "in", "version", 1)
    made = proposals([note], [("{'tea': 1}", lambda text: text)], lambda _: ())
    assert list(made) == ["{'tea': ['version']}", "{'tea': {'version': 1}}"]
