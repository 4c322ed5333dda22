"""Exploring real modules in the real sandbox."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Argument, Call, Explore, Observation
from pytest_enrich.payload.explore.contract import not_installed
from pytest_enrich.sandboxes.process import ProcessSandbox


def said(explored):
    """The one finding's program, and what is stated about it."""
    (finding,) = explored.findings
    seen = [(one.subject, one.expression, one.value, one.form) for one in finding.observations]
    return "\n".join([*finding.lines, finding.action]), finding.consume, seen


def test_a_function_is_called_so_that_the_line_runs(explore):
    explored = explore(
        """
        def discount(total: int) -> int:
            if total < 0:
                return -1  # here
            return total
        """,
        "discount",
    )
    program, consume, seen = said(explored)
    assert program.startswith("⟨sample:discount⟩(-")
    assert (consume, seen) == ("", [("result", "{result}", "-1", "equal")])
    assert explored.findings[0].reached == (3,)
    assert 0 < explored.executions <= 400


def test_a_branch_is_wanted_too(explore):
    text = """
        def positive(total: int) -> bool:
            if total > 10:
                total = 0
            return total == 0
        """
    (finding,) = explore(text, "positive", branches=((2, 4),)).findings
    assert finding.branches == ((2, 4),)
    assert finding.observations[0].form == "is"


def test_a_constant_of_the_source_opens_the_way(explore):
    text = """
        def command(word):
            if word == "flabbergast":
                return "yes"  # here
            return "no"
        """
    assert said(explore(text, "command", constants=("'flabbergast'",)))[2][0][2] == "'yes'"


def test_a_coroutine_is_awaited(explore):
    text = """
        import asyncio

        async def double(number: int) -> int:
            await asyncio.sleep(0)
            return number * 2  # here
        """
    _, consume, seen = said(explore(text, "double"))
    assert consume == "await"
    assert seen[0][0] == "result"


def test_a_generator_is_listed(explore):
    text = """
        def letters(text: str):
            for letter in text:
                yield letter.upper()  # here
        """
    _, consume, seen = said(explore(text, "letters"))
    assert consume == "list"
    assert seen[0][2].startswith("[")


def test_an_endless_generator_is_no_finding(explore):
    text = """
        def numbers(start: int):
            while True:
                yield start  # here
        """
    explored = explore(text, "numbers", executions=50)
    assert explored.findings == ()
    assert "too long" in explored.dropped


CART = """
    class Cart:
        def __init__(self, limit: int = 3):
            self.limit = limit
            self.items = []

        def add(self, name: str) -> int:
            self.items.append(name)
            return len(self.items)  # add

        @classmethod
        def of(cls, limit: int):
            return cls(limit)  # of

        @staticmethod
        def rate(number: int) -> int:
            return number + 1  # rate

        @property
        def size(self) -> int:
            return len(self.items)  # size

        def __contains__(self, name: str) -> bool:
            return name in self.items  # __contains__

        def __delitem__(self, key: int) -> None:
            self.items = [key]  # __delitem__
    """


@pytest.mark.parametrize(
    ("name", "kind", "start"),
    [
        ("add", "method", "cart.add("),
        ("of", "classmethod", "⟨sample:Cart⟩.of("),
        ("rate", "staticmethod", "⟨sample:Cart⟩.rate("),
        ("size", "property", "cart.size"),
    ],
)
def test_each_kind_of_method_is_reached(explore, name, kind, start):
    program, _, seen = said(explore(CART.replace(f"# {name}\n", "# here\n"), f"Cart.{name}", kind))
    assert program.splitlines()[-1].startswith(start)
    assert seen


def test_a_special_method_is_reached_by_its_operator(explore):
    program, _, seen = said(explore(CART.replace("# __contains__\n", "# here\n"), "Cart.__contains__", "method"))
    assert program.endswith(" in cart")
    assert seen[0][3] == "is"


def test_what_a_statement_changes_is_stated(explore):
    explored = explore(CART.replace("# __delitem__\n", "# here\n"), "Cart.__delitem__", "method")
    program, _, seen = said(explored)
    assert "\ndel cart[" in program
    assert not explored.findings[0].expression
    assert ("state", "cart.items") in [(subject, expression) for subject, expression, *_ in seen]


def test_an_exception_that_the_code_raises_is_a_contract(explore):
    text = """
        def ship(weight: int) -> int:
            if weight < 0:
                raise ValueError("no weight is negative")  # here
            return weight
        """
    (finding,) = explore(text, "ship").findings
    (seen,) = finding.observations
    assert seen == Observation(
        subject="raises", value="⟨builtins:ValueError⟩", message="no weight is negative", form="equal"
    )


def test_an_exception_that_happens_is_an_accident(explore):
    text = """
        def third(text: str) -> str:
            short = len(text) < 3
            if short:
                return text[3]  # here
            return text
        """
    explored = explore(text, "third")
    assert explored.findings == ()
    assert explored.dropped["accident"] > 0


@pytest.mark.parametrize("condition", ["sys.version_info < (9, 9)", "sys.platform == 'linux'"])
def test_what_is_raised_on_this_machine_alone_is_none(explore, condition):
    text = f"""
        import sys

        def send(weight: int) -> str:
            if weight > 100:
                if {condition}:
                    # Only there.
                    raise ValueError("too heavy here")
                return "heavy"  # here
            return "light"
        """
    assert explore(text, "send", branches=((4, 5),)).findings == ()


def test_an_assertion_of_several_lines_that_fails_is_no_accident_where_tests_expect_one(explore):
    text = """
        def third(text: str) -> str:
            if text:
                assert (
                    text.isdigit()
                ), "no number"
                return text  # here
            return ""

        def fourth(text: str) -> str:
            return third(text)  # here
        """
    explored = explore(text, "fourth", expected=("AssertionError",), lines=(10,), branches=((2, 3),))
    assert "accident" not in explored.dropped


def test_an_option_of_an_object_that_is_none_gets_what_it_is_compared_with(explore):
    text = """
        class Line:
            def __init__(self, id=None, date=None, memo=None, kind=None):
                self.id = id
                self.date = date
                self.kind = kind
                self.memo = memo

            def check(self) -> None:
                assert self.id
                assert self.date
                if self.kind == "DEBT":
                    self.check_debt()
                elif self.kind == "INCOME":
                    self.check_income()
                else:
                    raise ValueError("no kind")

            def check_debt(self):
                if self.memo:
                    raise ValueError("debt")

            def check_income(self):
                raise ValueError("income")
        """
    call = Call(qualname="Line.check", receiver="⟨sample:Line⟩('id', 3)", arguments=())
    explored = explore(text, "Line.check", "method", calls=(call,), branches=((11, 12), (13, 14)))
    made = sorted(found.call.receiver or "" for found in explored.findings)
    assert [re.findall(r"kind='(\w+)'", one) for one in made] == [["INCOME"], ["DEBT"]]


def test_what_is_not_implemented_is_no_accident_where_tests_expect_that(explore):
    text = """
        def third(text: str) -> str:
            if len(text) < 3:
                raise NotImplementedError("short text")  # here
            return text[2]
        """
    (found,) = explore(text, "third", expected=("NotImplementedError",)).findings
    assert [one.message for one in found.observations] == ["short text"]
    assert not explore(text, "third").findings


def test_an_accident_that_the_docstring_names_is_a_contract(explore):
    text = '''
        def third(text: str) -> str:
            """The third letter.

            Raises:
                IndexError: There is none.
            """
            if len(text) < 3:
                return text[2]  # here
            return text
        '''
    assert said(explore(text, "third"))[2][0][:3] == ("raises", "{result}", "⟨builtins:IndexError⟩")


def test_an_assertion_of_the_code_is_no_contract(explore):
    text = """
        def half(number: int) -> int:
            assert number % 2 == 0  # here
            return number // 2
        """
    explored = explore(text, "half", branches=((2, -1),), lines=())
    assert explored.findings == ()


def test_an_exception_class_of_the_project_is_named(explore):
    text = """
        class Refused(Exception):
            pass

        def ask(number: int) -> int:
            raise Refused(f"{number}")  # here
        """
    assert said(explore(text, "ask"))[2][0][2] == "⟨sample:Refused⟩"


@pytest.mark.parametrize(
    "effect",
    [
        "open('made.txt', 'w').close()",
        "__import__('os').remove(__file__)",
        "__import__('subprocess').run(['true'])",
        "__import__('socket').create_connection(('192.0.2.1', 9), 1)",
        "__import__('os').kill(__import__('os').getpid(), 9)",
    ],
)
def test_what_has_an_effect_outside_is_refused(explore, place, effect):
    text = f"""
        def work(number: int) -> int:
            try:
                {effect}
            except BaseException:
                pass
            return number  # here
        """
    before = len(list(place.root.iterdir()))
    explored = explore(text, "work", executions=20)
    assert explored.findings == ()
    assert not (place.root / "made.txt").exists()
    assert len(list(place.root.iterdir())) == before + 1  # the module itself


@pytest.mark.parametrize(
    "value",
    [
        "__import__('time').time()",
        "__import__('datetime').date.today().isoformat()",
        "__import__('random').random()",
        "__import__('os').urandom(4)",
        "__import__('os').getpid()",
        "__import__('sys').argv[0]",
    ],
)
def test_what_differs_each_time_is_no_finding(explore, value):
    text = f"""
        def work(number: int) -> str:
            return f"{{number}} {{{value}}}"  # here
        """
    explored = explore(text, "work", executions=20)
    assert explored.findings == ()
    assert explored.dropped == {"not the same each time": 1}


@pytest.mark.parametrize("read", ["sys.argv[1:]", "sys.argv", "sys.argv[-1]"])
def test_what_goes_by_the_command_line_is_no_finding(explore, read):
    text = f"""
        import sys

        def work(words: list[str] | None = None) -> int:
            given = {read} if words is None else words
            return 2 if list(given) else 3  # here
        """
    explored = explore(text, "work", executions=60)
    assert explored.findings
    assert not any(one.action.endswith(("()", "(None)")) for one in explored.findings if not one.lines)


def test_a_result_in_set_order_is_written_in_one_order(explore):
    text = """
        def words(text: str) -> set:
            return {"pen", "ink", "cap"}  # here
        """
    assert said(explore(text, "words"))[2][0][2] == "{'cap', 'ink', 'pen'}"


def test_a_call_that_hangs_is_left(explore):
    text = """
        import time

        def wait(number: int) -> int:
            if number < 0:
                while True:
                    pass
            return number  # here
        """
    explored = explore(text, "wait", executions=30, seconds=5.0)
    assert len(explored.findings) == 1


def test_code_that_catches_everything_cannot_hang_the_search(explore):
    text = """
        def stubborn(number: int) -> int:
            while True:  # here
                try:
                    number += 1
                except BaseException:
                    pass
        """
    explored = explore(text, "stubborn", executions=3, seconds=2.0)
    assert explored.findings == ()


def test_a_hint_for_type_checkers_alone_is_understood(explore):
    text = """
        from __future__ import annotations
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from decimal import Decimal

        def cents(amount: Decimal) -> str:
            if amount.is_signed():
                return "debt"  # here
            return "fine"
        """
    program, _, seen = said(explore(text, "cents"))
    assert "⟨decimal:Decimal⟩('-" in program
    assert seen[0][2] == "'debt'"


@pytest.mark.parametrize(
    "leaving", ["os._exit(0)", "os._exit(3)", "os.abort()", "sys.exit(3)", "ctypes.string_at(0)"]
)
def test_leaving_the_process_ends_the_search_and_no_more(explore, leaving):
    text = f"""
        import ctypes, os, sys

        def leave(number: int) -> int:
            {leaving}
            return number  # here
        """
    assert explore(text, "leave", executions=20).findings == ()


def test_a_huge_result_is_not_written_out(explore):
    text = """
        def many(number: int) -> list:
            return list(range(10_000))  # here
        """
    answer = explore(text, "many", executions=20)
    assert not answer.findings
    assert answer.dropped["nothing to observe"]


def test_a_result_too_large_for_the_memory_ends_the_call(explore):
    text = """
        def many(number: int) -> bytes:
            if number > 5:
                return b"x" * (1 << 40)  # here
            return b""
        """
    assert explore(text, "many", executions=50).findings == ()


def test_what_is_printed_and_warned_of_is_no_matter(explore):
    text = """
        import sys, warnings

        def noisy(number: int) -> int:
            print("\\udcff" * 10, file=sys.stderr, flush=True)
            warnings.warn("old", DeprecationWarning)
            return number  # here
        """
    assert len(explore(text, "noisy", executions=20).findings) == 1


def test_the_same_seed_finds_the_same(explore):
    text = """
        def pick(first: int, second: str = "a") -> str:
            if first > 1000 and second:
                return second * 2  # here
            return ""
        """
    once, again, other = (explore(text, "pick", seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert other.findings


def test_a_call_seen_in_a_test_is_where_it_begins(explore):
    text = """
        def parse(text):
            head, _, tail = text.partition("~~")
            if tail.endswith("!") and len(head) > 3:
                return head  # here
            return ""
        """
    call = Call(qualname="parse", arguments=(Argument(name="text", value="'order~~now!'"),))
    assert explore(text, "parse").findings == ()
    assert "~~" in said(explore(text, "parse", calls=(call,)))[0]


def test_a_class_at_a_shorter_path_is_told(explore, place):
    package = place.root / "pack"
    package.mkdir()
    (package / "__init__.py").write_text("from pack.deep import work\n", encoding="utf-8")
    (package / "deep.py").write_text("def work(number: int) -> int:\n    return number\n", encoding="utf-8")
    explored = explore("def work(number: int): ...\n", "work", path="pack/deep.py", module="pack.deep", lines=(2,))
    assert explored.aliases == (("pack.deep:work", "pack:work"),)


def test_an_entry_that_is_gone_is_left_out(explore):
    explored = explore("def work(a): ...\nif __name__ != 'x':\n    del work\n", "work", lines=(1,))
    assert explored.findings == ()


def test_nothing_is_looked_for_when_nothing_is_wanted(explore):
    explored = explore("def work(number: int) -> int:\n    return number\n", "work")
    assert (explored.findings, explored.executions <= 1) == ((), True)


def test_a_call_that_goes_on_and_on_is_ended_on_every_machine_alike(explore):
    text = """
        def spin(number: int) -> int:
            while True:
                number += 1  # here
        """
    answer = explore(text, "spin", executions=3, seconds=300.0)
    assert (answer.executions, answer.dropped) == (3, {"too long": 3})


def test_what_tests_passed_to_be_refused_tells_no_type(explore):
    text = """
        def double(value):
            if value > 1:
                return value * 2  # here
            return value
        """
    refused = Call(qualname="double", arguments=(Argument(name="value", value="'wrong'"),), refused=True)
    usual = Call(qualname="double", arguments=(Argument(name="value", value="1"),))
    (finding,) = explore(text, "double", calls=(refused, usual)).findings
    assert finding.call.arguments[0].value.isdigit()


def test_a_wrong_type_is_passed_where_the_code_itself_refuses_it(explore):
    text = """
        def apply(function, value):
            if not callable(function):
                raise TypeError("function must be callable")  # here
            return function(value)
        """
    (finding,) = explore(text, "apply").findings
    assert finding.observations[0].message == "function must be callable"


@pytest.mark.parametrize(
    ("refusal", "findings"), [("raise TypeError('no')  # here", 1), ("return 1 + ''  # here", 0)]
)
def test_a_wrong_type_is_passed_against_a_hint_only_where_the_code_refuses_it(explore, refusal, findings):
    text = f"""
        from collections.abc import Callable

        def apply(function: Callable[[int], int]) -> int:
            if not callable(function):
                {refusal}
            return function(1)
        """
    assert len(explore(text, "apply").findings) == findings


@pytest.mark.parametrize("given", [(), (("text", "'a'"), ("key", "'b'"))])
def test_a_wrong_type_is_passed_for_what_the_first_call_does_not_give(explore, given):
    text = """
        from typing import Optional

        def label(text: str, key: Optional[str] = None) -> str:
            if key is not None:
                if not isinstance(key, str):
                    raise TypeError("key must be a text")  # here
            return f"{text} {key}"
        """
    first = Call(qualname="label", arguments=(Argument(name="text", value="'a'"),))
    later = Call(qualname="label", arguments=tuple(Argument(name=name, value=value) for name, value in given))
    (finding,) = explore(text, "label", calls=(first, later) if given else (first,)).findings
    assert finding.observations[0].message == "key must be a text"


def test_an_object_is_made_by_what_its_methods_do_with_what_it_keeps(explore):
    text = """
        class Timed:
            def __init__(self, ttu):
                self.ttu = ttu

            def expires(self, key: str) -> bool:
                return self.ttu(key) is None  # here
        """
    (finding,) = explore(text, "Timed.expires", "method").findings
    assert finding.lines[0].startswith(("timed = ⟨sample:Timed⟩(⟨", "timed = ⟨sample:Timed⟩(lambda"))


def test_objects_with_the_same_content_have_the_same_hash(explore):
    text = """
        class Point:
            def __init__(self, x: int) -> None:
                self.x = x

            def __eq__(self, other: object) -> bool:
                return isinstance(other, Point) and self.x == other.x

            def __hash__(self) -> int:
                return hash(self.x)  # here
        """
    (finding,) = explore(text, "Point.__hash__", "method").findings
    assert finding.action.startswith("hash(⟨sample:Point⟩(")
    assert finding.observations[0].value == "True"


def test_what_tests_do_to_such_objects_is_done_before(explore):
    text = """
        class Stack:
            def __init__(self) -> None:
                self.held = []

            def push(self, item: int) -> None:
                self.held.append(item)

            def pop(self) -> int:
                if self.held:
                    return self.held.pop()  # here
                return -1
        """
    push = Call(qualname="Stack.push", arguments=(Argument(name="item", value="7"),), receiver="⟨sample:Stack⟩()")
    (finding,) = explore(text, "Stack.pop", "method", neighbours=(push,)).findings
    made, pushed = finding.lines
    assert (made, pushed[:11], finding.action) == ("stack = ⟨sample:Stack⟩()", "stack.push(", "stack.pop()")


def test_a_flag_is_given_no_text_that_another_function_takes_by_its_name(explore):
    text = """
        class Url:
            def __init__(self, host: str):
                self.host = host

            def normal(self, host=True):
                if host:
                    return self.host.lower()
                return self.host  # here
        """
    made = Call(qualname="Url", arguments=(Argument(name="host", value="'Example.com'"),))
    (finding,) = explore(text, "Url.normal", "method", neighbours=(made,)).findings
    assert "host=False" in finding.action


def test_known_calls_that_take_long_do_not_keep_a_search_from_ending(explore):
    text = "import time\n\ndef wait(number: int):\n    time.sleep(0.2)\n    return number  # here\n"
    known = tuple(Call(qualname="wait", arguments=(Argument(name="number", value=str(one)),)) for one in range(80))
    explored = explore(text, "wait", calls=known, seconds=2.0)
    assert explored.findings
    assert explored.executions < len(known)


def test_of_a_new_object_the_field_is_stated_first_that_the_old_one_has_otherwise(explore):
    text = """
        class Page:
            def __init__(self, scheme: str, host: str, port: int, path: str):
                self.scheme, self.host, self.port, self.path = scheme, host, port, path
                self.opened = lambda: None

            def below(self, name: str) -> "Page":
                return Page(self.scheme, self.host, self.port, self.path + "/" + name)  # here
        """
    made = "⟨sample:Page⟩('http', 'localhost', 8080, 'a')"
    seen = Call(qualname="Page.below", arguments=(Argument(name="name", value="'b'"),), receiver=made)
    (finding,) = explore(text, "Page.below", "method", calls=(seen,)).findings
    assert finding.observations[0].expression == "{result}.path"


def test_of_a_tuple_with_something_that_has_no_source_the_rest_is_stated(explore):
    text = """
        def peek(items: list[int]):
            rest = iter(items)
            if len(items) > 1:
                return next(rest), rest  # here
            return None, rest
        """
    (finding,) = explore(text, "peek").findings
    assert [one.expression for one in finding.observations] == ["{result}[0]"]


def test_a_call_that_says_more_is_preferred_to_the_first_one(explore):
    text = """
        def without(items: list[int], limit: int) -> list[int]:
            return [one for one in items if one > limit]  # here
        """
    (finding,) = explore(text, "without").findings
    assert finding.observations[0].value != "[]"


def test_an_operator_takes_what_tests_pass_to_the_others_of_its_class(explore):
    text = """
        class Price:
            def __init__(self, cents=0):
                self.cents = cents

            def __add__(self, other):
                return Price(self.cents + int(other[0]))

            def __sub__(self, other):
                number, unit = other
                if unit == "c":
                    return number  # here
                return None
        """
    own, added = (
        Call(
            qualname=f"Price.{name}",
            arguments=(Argument(name="other", value=value),),
            receiver="⟨sample:Price⟩(3)",
        )
        for name, value in (("__sub__", "(1, 'd')"), ("__add__", "(12, 'c')"))
    )
    found = explore(text, "Price.__sub__", "method", calls=(own,), neighbours=(added,), executions=60)
    (finding,) = found.findings
    assert finding.action == "price - (12, 'c')"


def test_what_an_operator_was_only_seen_to_refuse_is_not_passed_to_it(explore):
    text = """
        class Sum:
            def __init__(self, value: int) -> None:
                self.value = value

            def __add__(self, other):
                if self.value > 3:
                    raise ValueError("full")  # here
                return Sum(self.value + other.value)
        """
    refused = Call(
        qualname="Sum.__add__",
        arguments=(Argument(name="other", value="'wrong'"),),
        receiver="⟨sample:Sum⟩(1)",
        refused=True,
    )
    (finding,) = explore(text, "Sum.__add__", "method", calls=(refused,)).findings
    assert "'wrong'" not in finding.action


READING = """
    def read(text: str) -> int:
        if "T" not in text:
            raise ValueError("no time in it")  # here
        return len(text)
    """


def test_what_people_wrote_is_not_cut_short(explore):
    seen = Call(qualname="read", arguments=(Argument(name="text", value="'2019-01-01T12:00'"),))
    (finding,) = explore(READING, "read", calls=(seen,), written=("'key'", "'2019-01-01'")).findings
    assert finding.action == "⟨sample:read⟩('2019-01-01')"


def test_where_no_test_passes_anything_what_stands_in_tests_is_better_than_what_is_drawn(explore):
    text = """
        def read(text: str) -> int:
            if "T" not in text:
                return len(text)  # here
            return 0
        """
    (finding,) = explore(text, "read", written=("'2019-W01'",)).findings
    assert finding.action == "⟨sample:read⟩('2019-W01')"


def test_two_parameters_do_not_get_the_same_text(explore):
    text = """
        def put(key: str, value: str) -> str:
            if len(key) > 2:
                return f"{key}={value}"  # here
            return ""
        """
    (finding,) = explore(text, "put", written=("'colour'", "'blue'")).findings
    assert finding.action == "⟨sample:put⟩('abc', 'blue')"


def test_a_step_that_takes_the_branch_and_is_looked_at_by_nobody_is_left_out(explore):
    text = """
        class Span:
            def end(self, start=None, stop=None):
                if start is None and stop is None:
                    raise ValueError("start or stop")  # here
                if stop is not None:
                    return stop  # here
                return start  # here
        """
    ended = Call(qualname="Span.end", arguments=(Argument(name="stop", value="3"),), receiver="⟨sample:Span⟩()")
    twice = replace(ended, arguments=(), setup=(replace(ended, receiver=None),))
    found = explore(text, "Span.end", "method", calls=(ended, twice))
    assert {tuple(finding.lines[1:]) for finding in found.findings} == {()}


def test_behind_a_call_comes_one_that_does_something_else_on_the_same_way(explore):
    text = """
        def same(left: int, right: int) -> bool:
            if left < 0:
                return False
            return left == right # here
        """
    first, spare = explore(text, "same", spares=True).findings
    assert (first.spare, spare.spare) == (False, True)
    assert first.reached == spare.reached == (4,)
    assert {first.observations[0].value, spare.observations[0].value} == {"False", "True"}


def test_a_call_that_can_do_only_one_thing_has_no_spare(explore):
    text = """
        def size(x: int) -> str:
            if x > 10:
                return "large" # here
            return "small"
        """
    (only,) = explore(text, "size", spares=True).findings
    assert not only.spare


def test_the_parts_of_a_condition_are_made_to_hold_one_after_the_other(explore):
    explored = explore(
        """
        from typing import Any

        class Missing: ...

        MARK = Missing()

        def order(item: str, *, size: str = "", default: Any = MARK, urgent: bool = False, a: int = 1) -> str:
            if size == "quite large" and default is not MARK and urgent is True:
                raise ValueError("that cannot be")  # here
            return item
        """,
        "order",
        branches=((8, 9),),
        executions=90,
    )
    (finding,) = explored.findings
    assert {"size", "default", "urgent"} <= {one.name for one in finding.call.arguments}


def test_of_an_object_with_many_fields_those_that_the_call_names_are_stated(explore):
    text = """
        class Field:
            def __init__(self, *, title: str = "t", falsy: tuple | None = None):
                self.alpha, self.beta, self.gamma = 1, 2, 3
                self.messages = {f"message number {n}": "a text that fills a line" for n in range(3)}
                self.falsy = ()
                if falsy:
                    self.falsy = (*falsy, 1)  # here
        """
    (finding,) = explore(text, "Field.__init__", "method").findings
    assert finding.observations[0].expression == "{result}.falsy"
    assert "{result}.messages" not in [one.expression for one in finding.observations]


def test_of_an_object_with_many_fields_those_are_stated_that_the_reached_lines_name(explore):
    text = """
        class Session:
            def __init__(self, name: str, *, secure: bool = False):
                self.name, self.size, self.path, self.flags = name, 2, "/", "plain"
                if secure:
                    self.flags += "; secure"  # here
        """
    (finding,) = explore(text, "Session.__init__", "method").findings
    assert (finding.observations[0].expression, finding.observations[0].value) == (
        "{result}.flags",
        "'plain; secure'",
    )


def test_an_exception_that_the_code_lets_go_on_is_a_contract(explore):
    text = """
        def item(index: int, items: list[int], default: int = -1) -> int:
            try:
                return items[index]
            except IndexError:
                if default == -1:
                    raise  # here
                return default
        """
    (finding,) = explore(text, "item").findings
    assert finding.observations[0].value == "⟨builtins:IndexError⟩"
    assert finding.observations[0].message == ""  # Python's words, which are others in another version


def test_a_key_that_is_not_there_is_named(explore):
    text = """
        def price(prices: dict[str, int], default: int = -1) -> int:
            try:
                return prices["pear"]
            except KeyError:
                if default == -1:
                    raise  # here
                return default
        """
    (finding,) = explore(text, "price").findings
    assert finding.observations[0].message == "'pear'"


def test_what_an_object_lacks_that_stands_for_another_one_is_no_contract(explore):
    text = """
        import io

        def send(out, text: str, wait: bool = False) -> None:
            try:
                if wait:
                    out.settimeout(1)  # here
                out.write(text)
            except Exception:
                out.seek(0)
                raise
        """
    given = (Argument(name="out", value="⟨io:StringIO⟩()"), Argument(name="text", value="'a'"))
    explored = explore(text, "send", calls=(Call(qualname="send", arguments=given),))
    assert explored.findings == ()
    assert "accident" in explored.dropped


def test_an_object_is_compared_with_something_else(explore):
    text = """
        class Money:
            def __init__(self, cents: int) -> None:
                self.cents = cents

            def __eq__(self, other: object) -> bool:
                if not isinstance(other, Money):
                    return NotImplemented  # here
                return self.cents == other.cents
        """
    program, _, seen = said(explore(text, "Money.__eq__", "method"))
    assert program.endswith((" == 2", "== 'abc'"))
    assert seen == [("result", "{result}", "False", "is")]


def test_of_a_mapping_that_fills_more_than_a_line_what_is_in_it_is_stated(explore):
    text = """
        def specification(text: str) -> dict[str, object]:
            width, fill, precision, alignment, grouping = "", None, None, "", ""
            if text.startswith("-"):
                text, fill = text[1:], "-"  # here
            return locals()
        """
    (finding,) = explore(text, "specification").findings
    assert ("{result}['fill']", "'-'") in [(one.expression, one.value) for one in finding.observations]


def test_of_a_mapping_what_the_call_speaks_of_is_stated_first(explore):
    text = """
        def options(*, timeout: int) -> dict[str, int]:
            found = {"cache_size_of_all": 10000, "pool_size_of_all": 7, "database_size": 3, "timeout": 9}
            if timeout > 5:
                found["timeout"] = timeout * 2  # here
            return found
        """
    finding, *_ = explore(text, "options").findings
    assert finding.observations[0].expression == "{result}['timeout']"


@pytest.mark.parametrize(
    "hint", ["exc: Exception", "error: BaseException", "err: ValueError", "error: Exception | None", "err"]
)
def test_where_an_exception_is_wanted_one_of_python_is_passed(explore, hint):
    name = hint.partition(":")[0]
    text = f"""
        def status({hint}) -> int:
            if isinstance({name}, ValueError):
                return 400  # here
            return 500
        """
    (finding, *_) = explore(text, "status").findings
    assert finding.call.arguments[0].value == "⟨builtins:ValueError⟩('abc')"


@pytest.mark.parametrize("hint", ["args: argparse.Namespace", "args"])
def test_a_command_gets_the_options_that_it_reads(explore, hint):
    text = f"""
        import argparse


        def run({hint}) -> str:
            if args.verbose and args.count == 17:
                return f"{{args.name}}: {{args.count}}"  # here
            return args.name
        """
    (finding, *_) = explore(text, "run", branches=((5, 6),), lines=()).findings
    given = finding.call.arguments[0].value
    assert given.startswith("⟨argparse:Namespace⟩(")
    assert "count=17" in given


def test_where_a_log_record_is_wanted_one_is_made(explore):
    text = """
        import logging


        def is_bad(record: logging.LogRecord) -> bool:
            if record.levelno > 30:
                return True  # here
            return False
        """
    (finding, *_) = explore(text, "is_bad").findings
    assert finding.call.arguments[0].value.startswith("⟨logging:makeLogRecord⟩({")


@pytest.mark.parametrize(
    ("kind", "parameter"),
    [("RuleEngine", "engine"), ("RuleEngine", "rule_engine"), ("Engine", "old_engine"), ("RuleEngine", "_engine")],
)
def test_a_parameter_that_is_called_as_a_class_is_may_be_of_that(explore, kind, parameter):
    text = f"""
        class {kind}:
            def __init__(self, *rules: str):
                self._rules = rules

            def size(self) -> int:
                return len(self._rules)


        def report({parameter}) -> str:
            size = {parameter}.size()
            return f"{{size}} rules"  # here
        """
    (finding, *_) = explore(text, "report").findings
    assert f"{kind}⟩(" in finding.call.arguments[0].value


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("*engines", "sizes = [engine.size() for engine in engines]"),
        ("engines", "sizes = [engine.size() for engine in engines]"),
        ("*given", "sizes = [one.size() + one.weight for one in given]"),
        ("given", "sizes = []\n    for one in given:\n        sizes.append(one.size() + one.weight)"),
    ],
)
def test_of_what_is_gone_through_each_is_as_it_is_called_or_used(explore, head, body):
    text = (
        "class Engine:\n    weight = 2\n\n    def size(self):\n        return 3\n\n\n"
        f"def report({head}):\n    {body}\n    return sizes if sizes else None  # here\n"
    )
    explored = explore(text, "report")
    assert any("⟨sample:Engine⟩(" in one.action for one in explored.findings), explored


@pytest.mark.parametrize(("parameter", "is_one"), [("engine", True), ("old_engine", True), ("gine", False)])
def test_the_class_may_be_in_another_part_of_the_package(explore, place, parameter, is_one):
    package = place.root / "rules"
    (package / "making").mkdir(parents=True, exist_ok=True)
    (package / "using").mkdir(exist_ok=True)
    for name in ("", "making", "using"):
        (package / name / "__init__.py").touch()
    (package / "making" / "engine.py").write_text(
        "class Engine:\n    def size(self):\n        return 3\n", "utf-8"
    )
    report = f"def report({parameter}) -> str:\n    return f'{{{parameter}.size()}} rules'\n"
    text = f"import rules.making.engine\n\n\n{report}"
    (package / "using" / f"{parameter}.py").write_text(text, encoding="utf-8")
    where = {"path": f"rules/using/{parameter}.py", "module": f"rules.using.{parameter}"}
    explored = explore(f"def report({parameter}): ...\n", "report", lines=(5,), **where)
    assert any("⟨rules.making.engine:Engine⟩(" in one.action for one in explored.findings) == is_one


def test_what_a_name_always_means_it_means_beside_a_class_that_is_called_so(explore):
    text = """
        class FieldName:
            pass


        def label(name, loud: bool):
            if loud:
                return f"{name}!"  # here
            return f"{name}?"
        """
    (finding, *_) = explore(text, "label").findings
    assert finding.call.arguments[0].value.startswith("'")


def test_a_word_from_elsewhere_or_the_name_of_something_distracts_more_than_a_text_that_says_nothing(explore):
    text = """
        def label(key: str) -> str:
            if not key:
                return ""
            return key.upper()  # here
        """
    (found,) = explore(text, "label", written=("'.env'", "'a.b'", "'--all'", "'home'", "'Content-Type'")).findings
    assert found.call.arguments[0].value == "'abc'"


def test_what_is_gone_through_is_a_list_rather_than_a_text(explore):
    text = """
        def protocols(names):
            for name in names:
                if name not in ("json", "xml"):
                    raise ValueError(f"no protocol {name}")  # here
            return names
        """
    (found,) = explore(text, "protocols").findings
    assert found.call.arguments[0].value in {"['abc']", "['unknown']"}


def test_words_that_a_parameter_is_compared_with_are_preferred_for_it(explore):
    text = """
        def save(target: str, mode: str) -> bool:
            if not target:
                return True  # here
            if mode.lower() == "force" or mode in ("skip", "check"):
                return False
            return target.isupper()
        """
    (found,) = explore(text, "save", written=("'home'",)).findings
    assert [argument.value for argument in found.call.arguments] == ["''", "'force'"]


def test_a_plain_literal_is_preferred_to_an_object_that_was_drawn(explore):
    text = """
        class Pairs:
            def __init__(self, size: int = 1) -> None:
                self.size = size

            def __iter__(self):
                return iter([("a", 1)] * self.size)

        def table(pairs: "Pairs | list[tuple[str, int]]" = ()) -> dict[str, int]:
            if pairs:
                return dict(pairs)  # here
            return {}
        """
    assert "Pairs" not in explore(text, "table").findings[0].action


@pytest.mark.parametrize(
    ("hint", "action"),
    [("Iterable[Awaitable[int]]", "await one"), ("list[Callable[[], Awaitable[int]]]", "await one()")],
)
def test_what_is_to_be_awaited_is_passed(explore, hint, action):
    text = f"""
        from collections.abc import Awaitable, Callable, Iterable

        async def total(parts: {hint}) -> int:
            found = 0
            for one in parts:
                found += {action}  # here
            return found
        """
    (finding,) = explore(text, "total").findings
    assert (finding.consume, finding.observations[0].value) == ("await", "2")


def test_keywords_are_those_that_tests_give_or_that_the_function_looks_up(explore):
    text = """
        def show(text: str, **options: object) -> str:
            if options.get("first") and options.get("width") == 14:
                if not options.get("plain", True):
                    return "yes"  # here
            return text
        """
    calls = [
        Call(qualname="show", arguments=(Argument(name="text", value="'a'"), Argument(name=name, value=value)))
        for name, value in (("first", "True"), ("width", "14"))
    ]
    explored = explore(text, "show", calls=tuple(calls), constants=("'plain'",), executions=2000)
    given = {one.name: one.value for one in explored.findings[0].call.arguments}
    assert {"first": "True", "width": "14", "plain": "False"}.items() <= given.items()


def test_options_that_are_handed_on_are_those_of_who_takes_them_in_the_end(explore):
    text = """
        class Options:
            def __init__(self, *, ratio: float = 1.0, blocks: "tuple[int, int] | None" = None):
                self.ratio, self.blocks = ratio, blocks

        class Matcher:
            def __init__(self, text: str, **options):
                self.options = Options(**options)
                self._check()

            def _check(self):
                if self.options.blocks is not None and self.options.blocks[0] < 1:
                    raise ValueError("blocks must be positive")  # here

        def match(text, **options):
            return Matcher(text, **options)
        """
    (finding,) = explore(text, "match", executions=1000).findings
    assert [argument.name for argument in finding.call.arguments] == ["text", "blocks"]


def test_an_object_of_another_library_is_made_as_a_test_of_the_file_makes_it(explore):
    text = """
        from iniconfig import IniConfig

        def titles(config: IniConfig):
            found = [section.name for section in config]
            if len(found) == 2:
                return found  # here
            return []
        """
    made = "⟨iniconfig:IniConfig⟩('a.ini', '[one]\\n[two]')"
    (finding,) = explore(text, "titles", written=(made,), executions=300).findings
    assert made in finding.action
    assert finding.observations[0].value == "['one', 'two']"


def test_objects_and_exceptions_that_say_nothing_of_themselves_are_no_trouble(explore):
    text = """
        class Text:
            __slots__ = ()

            def __str__(self):
                return b"no text"

        class Refused(Exception):
            def __str__(self):
                raise RuntimeError("no words")

        def made(size: int):
            if size > 40:
                raise Refused(size)  # here
            if size > 20:
                return Text()
            return size
        """
    (finding,) = explore(text, "made").findings
    assert [(one.value, one.message) for one in finding.observations] == [("⟨sample:Refused⟩", "")]


def test_a_keyword_that_no_test_gives_gets_what_the_others_get(explore):
    text = """
        def moved(day: int, **to: int) -> int:
            for name, value in to.items():
                if name == "weeks":
                    day += 7 * value  # here
                if name == "days":
                    day += value
            return day
        """
    given = (Argument(name="day", value="1"), Argument(name="days", value="2"))
    explored = explore(
        text, "moved", calls=(Call(qualname="moved", arguments=given),), constants=("'weeks'", "'days'")
    )
    passed = {one.name: one.value for one in explored.findings[0].call.arguments}
    assert passed["weeks"] not in {"True", "False"}


def test_of_an_exception_that_is_given_it_is_stated_which_and_not_what_it_was_passed(explore):
    text = """
        class Invalid(Exception):
            def __init__(self, value, strict):
                self.value, self.strict, self.reason = value, strict, "too long"

        def checked(value: str, strict: bool = True):
            if len(value) > 2:
                return Invalid(value, strict)  # here
            return True
        """
    (finding,) = explore(text, "checked").findings
    assert [(one.expression, one.value, one.form) for one in finding.observations] == [
        ("{result}", "⟨sample:Invalid⟩", "instance"),
        ("{result}.reason", "'too long'", "equal"),
    ]


UNKNOWN = """
    import copy

    class Unknown(Exception):
        def __init__(self, code: int):
            self.code = code
            super().__init__("unknown code: %d" % code)  # made

        def __reduce__(self):
            return Unknown, (self.code,)  # copied
    """


@pytest.mark.parametrize(
    ("of", "method", "shown"),
    [
        ("made", "__init__", [("str({result})", "equal")]),
        ("copied", "__reduce__", [("{result}", "instance"), ("str({result})", "equal")]),
    ],
)
def test_of_an_exception_it_is_stated_what_it_says_and_which_it_is_unless_the_call_says_so(
    explore, of, method, shown
):
    (finding, *_) = explore(UNKNOWN.replace(f"# {of}", "# here"), f"Unknown.{method}", "method").findings
    assert [(one.expression, one.form) for one in finding.observations] == shown


def test_a_member_of_an_enumeration_is_passed_by_its_name_and_not_as_its_number(explore):
    text = """
        import enum
        from typing import Union

        class Way(enum.IntEnum):
            PLAIN = 0
            BACK = 4
            LOUD = 8

        def go(way: Union[Way, int]):
            if way & Way.LOUD:
                return "loud"  # here
            return "plain"
        """
    program, *_ = said(explore(text, "go"))
    assert program == "⟨sample:go⟩(⟨sample:Way.LOUD⟩)"


def test_calls_at_the_limit_of_a_condition_are_among_those_that_tell_mutants_apart(explore):
    text = """
        class Label:
            def __init__(self, text):
                self.text = text

            def short(self):
                if len(self.text) > 20:
                    return self.text[:17] + "..."  # here
                return self.text
        """
    call = Call(qualname="Label.short", receiver="⟨sample:Label⟩('a label as long as that')", arguments=())
    explored = explore(text, "Label.short", "method", calls=(call,), branches=((6, 7),))
    setups = {line for program in explored.corpus for line in program.lines}
    lengths = {len(line) - len("label = ⟨sample:Label⟩('')") for line in setups}
    assert {20, 21} <= lengths


def test_a_module_of_another_platform_is_said_to_be_one_that_cannot_be_imported(tmp_path):
    (tmp_path / "elsewhere.py").write_text("import sys\n\nassert sys.platform == 'amiga'\n", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n", encoding="utf-8")
    place = {"path": "elsewhere.py", "module": "elsewhere", "lines": (3,)}
    failed = ProcessSandbox(tmp_path).execute(
        Explore(**place, entries=(), branches=(), executions=1, seconds=1), timeout=30
    )
    assert failed.reason == "refused"
    assert failed.detail.splitlines()[0] == "AssertionError (when elsewhere was imported)"


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "GeneratorExit", "asyncio.CancelledError"])
def test_what_interrupts_or_cancels_does_not_end_the_search(explore, error):
    text = f"""
        import asyncio

        class Gate:
            def __init__(self, height: int) -> None:
                if height < 0:
                    raise {error}
                self.height = height

            def jump(self, far: int) -> str:
                if far < self.height:
                    raise {error}
                if far > 100:
                    return "far"  # here
                return "near"
        """
    explored = explore(text, "Gate.jump", "method")
    assert [one.observations[0].value for one in explored.findings] == ["'far'"]
    assert "search ended early" not in explored.dropped


@pytest.mark.parametrize(
    ("hint", "action", "seen"),
    [
        ("list[int]", "given.append(number)", "given"),
        ("Sink", "given.parts.append(number)", "given.parts"),
        ("io.StringIO", "given.write(str(number))", "given.getvalue()"),
    ],
)
def test_of_a_function_that_gives_nothing_it_is_said_what_it_makes_of_its_arguments(explore, hint, action, seen):
    text = f"""
        import io

        class Sink:
            def __init__(self):
                self.parts = []

        def put(given: {hint}, number: int) -> None:
            if number > 3:
                {action}  # here
        """
    (finding,) = explore(text, "put").findings
    assert finding.lines[0].startswith("given = ")
    assert (finding.observations[0].subject, finding.observations[0].expression) == ("state", seen)


@pytest.mark.parametrize(
    ("action", "seen"),
    [("print(*lines, sep='\\n')", "capsys.readouterr().out"), ("out.writelines(lines)", "out.getvalue()")],
)
def test_of_what_is_too_much_to_read_a_line_is_said(explore, action, seen):
    text = f"""
        import io

        def put(out: io.StringIO, name: str) -> None:
            lines = [f"{{number}} bottles of {{name}}\\n" for number in range(40)]
            if name:
                {action}  # here
        """
    (finding,) = explore(text, "put").findings
    (observed,) = finding.observations
    assert (observed.subject, observed.value, observed.form) == ("state", "True", "is")
    assert re.fullmatch(rf"'\d+ bottles of [^']+' in {re.escape(seen)}", observed.expression)


def test_of_a_function_that_only_prints_it_is_said_what(explore):
    text = """
        def greet(name: str) -> None:
            if name:
                print("Hello,", name)  # here
        """
    (finding,) = explore(text, "greet").findings
    (seen,) = finding.observations
    assert (seen.subject, seen.expression) == ("state", "capsys.readouterr().out")
    assert seen.value.startswith("'Hello, ")


@pytest.mark.parametrize(
    ("action", "seen"),
    [("sys.stdout.buffer.write(name.encode())", "capsys.readouterr().out"), ("sys.stdout.close()", None)],
)
def test_what_is_printed_goes_where_pytest_lets_it_go(explore, action, seen):
    text = f"""
        import sys

        def greet(name: str) -> None:
            if name:
                {action}  # here
        """
    found = explore(text, "greet").findings
    assert [one.observations[0].expression for one in found] == ([seen] if seen else [])


def test_what_a_function_prints_beside_what_it_gives_is_not_looked_at(explore):
    text = """
        def size(name: str) -> int:
            print(name)
            return len(name)  # here
        """
    (finding,) = explore(text, "size").findings
    assert [seen.expression for seen in finding.observations] == ["{result}"]


def test_what_only_the_scene_printed_is_not_said(explore):
    text = """
        class Log:
            def __init__(self, name: str):
                print(name)
                self.size = len(name)

            def close(self) -> None:
                if self.size > 1:
                    self.size = 0  # here
        """
    explored = explore(text, "Log.close", "method")
    assert not any("capsys" in seen.expression for one in explored.findings for seen in one.observations)


@pytest.mark.parametrize(
    ("action", "seen"),
    [
        ("log.warning('no %s', name)", "['no {}']"),
        ("log.info('%s', name)", None),
        ("log.error('at %s', object())", None),
        ("log.error('%d', name)", None),
        ("for _ in range(3): log.error('no')", None),
    ],
)
def test_of_a_function_that_only_logs_a_warning_it_is_said_what(explore, action, seen):
    text = f"""
        import logging
        log = logging.getLogger("shop")

        def load(name: str) -> None:
            if name:
                {action}  # here
        """
    explored = explore(text, "load")
    found = [(one.expression, one.value) for each in explored.findings for one in each.observations]
    expected = (
        [("caplog.messages", seen.format(explored.findings[0].call.arguments[0].value[1:-1]))] if seen else []
    )
    assert found == expected


@pytest.mark.parametrize(("module", "is_found"), [("'gone'", False), ("name", True)])
def test_what_is_not_installed_here_is_expected_nowhere(explore, module, is_found):
    text = f"""
        def load(name: str):
            if len(name) > 3:
                raise ImportError("needs " + {module})  # here
            return name
        """
    assert bool(explore(text, "load").findings) is is_found


@pytest.mark.parametrize(
    "raising",
    [
        "try:\n            import gone\n        except ImportError:\n            raise OSError('no')  # here",
        "raise RuntimeError('lxml is not installed')  # here",
        "raise RuntimeError('needs: pip install lxml')  # here",
    ],
)
def test_nor_is_what_another_exception_says_of_it(explore, raising):
    text = f"""
def load(name: str):
    if len(name) > 3:
        {raising}
    return name
"""
    assert explore(text, "load").findings == ()


@pytest.mark.parametrize(
    ("line", "is_missing"),
    [("setattr('shop.cart.HAS_LXML', False)", False), ("setattr('sys.argv', ['prog', 'a'])", True)],
)
def test_only_a_test_that_switches_the_package_off_may_expect_that_it_is_missing(line, is_missing):
    error = ImportError("lxml is not installed")
    assert not_installed(error, f"monkeypatch.{line}\nload('a.xml')") is is_missing


@pytest.mark.parametrize("asking", ["os.read(number, 1)", "termios.tcgetattr(number)", "os.ttyname(number)"])
def test_nor_is_what_a_number_stands_for_as_an_open_file(explore, asking):
    text = f"""
        import os, termios

        def ask(number: int):
            if number < 20:
                return None
            try:
                return {asking}
            except (OSError, termios.error):
                raise  # here
        """
    assert explore(text, "ask").findings == ()


def test_nor_is_the_version_of_the_project(explore):
    text = """
        __version__ = "1.4.2"

        def label(short: bool = False) -> str:
            if short:
                return "v" + __version__  # here
            return "shop"
        """
    assert explore(text, "label").findings == ()


def test_which_program_was_started_is_not_said(explore):
    text = """
        import sys

        def outermost(size: int) -> str:
            if size > 3:
                frame = sys._getframe()
                while frame.f_back is not None:
                    frame = frame.f_back
                return frame.f_globals["__name__"]  # here
            return ""
        """
    assert explore(text, "outermost").findings == ()


def test_a_mapping_that_cannot_be_gone_through_ends_no_search(explore):
    text = """
        from collections.abc import Mapping

        class Broken(Mapping):
            def __getitem__(self, key):
                raise KeyError(key)

            def __iter__(self):
                yield "c"

            def __len__(self):
                return 1

            def size(self, more: int):
                if more > 3:
                    return None  # here
                return more
        """
    assert explore(text, "Broken.size", "method").findings


def test_an_exception_from_what_is_passed_is_none_of_the_call(explore):
    text = """
        class Item:
            def __init__(self, weight: int = 1):
                if weight < 1:
                    raise ValueError("too light")  # here
                self.weight = weight

        def load(item: Item):
            return item.weight
        """
    made = Call(qualname="load", arguments=(Argument(name="item", value="⟨sample:Item⟩(weight=0)"),))
    assert not explore(text, "load", calls=(made,)).findings


def test_what_no_test_passes_is_what_a_test_passes_with_a_sign_less(explore):
    seen = Call(qualname="read", arguments=(Argument(name="text", value="'2019-01-01T12'"),))
    text = READING.replace('"T" not in text', '"T" not in text and len(text) > 11')
    (finding,) = explore(text, "read", calls=(seen,), written=("'key'",)).findings
    assert finding.action == "⟨sample:read⟩('2019-01-0112')"


def test_what_tests_pass_to_a_parameter_of_the_same_type_comes_first(explore):
    text = """
        import datetime

        def days(start: datetime.date | None = None, end: datetime.date | None = None) -> int:
            if start is not None and end is not None:
                raise ValueError("only one of both")  # here
            return 1
        """
    value = "⟨datetime:date⟩(2008, 2, 29)"
    seen = Call(qualname="days", arguments=(Argument(name="start", value=value),))
    (finding,) = explore(text, "days", calls=(seen,)).findings
    assert finding.action == f"⟨sample:days⟩(start={value}, end={value})"


@pytest.mark.parametrize("base", ["object", "type(sys)"])
def test_of_a_module_that_something_stands_for_the_module_itself_is_explored(explore, base):
    text = f"""
        import sys

        class Deprecating({base}):
            def __init__(self, module):
                self.__dict__["_module"] = module

            def __getattr__(self, name):
                return getattr(self._module, name)

        def size(text: str) -> int:
            if text.startswith("#"):
                return 7  # here
            return len(text)

        sys.modules[__name__] = Deprecating(sys.modules[__name__])
        """
    (found,) = explore(text, "size").findings
    assert found.observations[0].value == "7"


@pytest.mark.parametrize("kind", ["Number", "Integral"])
def test_an_abstract_number_is_one_that_python_has(explore, kind):
    text = f"""
        import numbers

        def size(other):
            if isinstance(other, numbers.{kind}):
                return other + 7  # here
            return len(other)
        """
    (found,) = explore(text, "size").findings
    assert found.call.arguments[0].value.isdigit()


def test_an_attribute_that_is_not_there_is_asked_for_as_people_do(explore):
    text = """
        class Box:
            def __init__(self, names: list):
                self._names = [*names]

            def __getattr__(self, name: str) -> int:
                if name.startswith("_") or name in self._names:
                    return 3
                raise AttributeError(f"no {name} here")  # here
        """
    made = Call(qualname="Box", receiver="⟨sample:Box⟩(['a'])")
    (found,) = explore(text, "Box.__getattr__", "method", constructors=(made,)).findings
    assert re.fullmatch(r"box\.[a-z]\w*", found.action)


BREAKER = """
    import datetime

    class Breaker:
        def __init__(self, threshold=5, name=None):
            self.threshold = threshold
            self.name = name
            self.failures = 0
            self.opened = datetime.datetime.now()

        @property
        def count(self):
            return self.failures  # here

        @property
        def left(self):
            return self.threshold - self.failures  # here
    """


@pytest.mark.parametrize(
    ("qualname", "receiver"),
    [("Breaker.count", "⟨sample:Breaker⟩()"), ("Breaker.left", "⟨sample:Breaker⟩(threshold=3)")],
)
def test_an_object_of_the_tests_has_no_more_options_than_what_it_gives_needs(explore, qualname, receiver):
    seen = Call(qualname=qualname, receiver="⟨sample:Breaker⟩(threshold=3, name='calls')")
    (finding,) = explore(BREAKER, qualname, "property", calls=(seen,)).findings
    assert finding.call.receiver == receiver


def test_what_nothing_tells_of_is_none_beside_what_is_known(explore):
    text = """
        def total(prices: list[int], ledger, factor: int = 1) -> int:
            if not prices:
                return -1  # here
            return ledger.book(prices) * factor
        """
    (found,) = explore(text, "total").findings
    assert [(name.name, name.value) for name in found.call.arguments] == [("prices", "[]"), ("ledger", "None")]


def test_a_text_that_two_arguments_have_in_common_is_a_plain_word_in_both(explore):
    text = """
        def size(params: dict, path: str) -> int:
            if len(path) > 2 and path + "." in params:
                return 7  # here
            return len(params)
        """
    names = Argument(name="params", value="{'_ /1-.': 1}"), Argument(name="path", value="'_ /1-'")
    start = Call(qualname="size", arguments=names)
    (found,) = explore(text, "size", starts=(start,)).findings
    params, path = (argument.value for argument in found.call.arguments)
    assert path == "'abc'"
    assert params.startswith("{'abc.'")


def test_what_takes_too_long_only_once_is_searched(explore):
    text = """
        TABLE = {}

        def _table():
            if not TABLE:
                for number in range(200_000):
                    TABLE[number] = str(number)
            return TABLE

        def word(number: int) -> str:
            if number not in _table():
                return "unknown"  # here
            return _table()[number]
        """
    (found,) = explore(text, "word").findings
    assert found.observations[0].value == "'unknown'"
