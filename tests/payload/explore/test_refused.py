"""What is refused: a test of it shows the way to the refusal, by what people pass by mistake."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Argument, Call

CHECK = """
    def check(options):
        compact = options.get("compact", False)
        if options.get("columns", False):
            options["first"] = True  # goes well
        if compact not in (True, False):
            raise ValueError("compact requires a boolean value")
        return options
    """


def test_what_ended_well_on_the_way_to_a_refusal_has_a_test_of_its_own(explore):
    given = Call(qualname="check", arguments=(Argument(name="options", value="{'columns': True}"),))
    wanted = {"branches": ((3, 4), (5, 6)), "lines": (4, 6), "constants": ("'compact'", "'columns'")}
    found = explore(CHECK, "check", calls=(given,), **wanted).findings
    reached = {finding.observations[0].subject: finding.reached for finding in found}
    assert reached == {"raises": (6,), "result": (4,)}


NESTED = """
    def check(names, strict):
        if strict:
            for name in names:
                if not name:
                    raise ValueError("a name is empty")
        return names
    """


def test_the_blocks_round_a_refusal_belong_to_it(explore):
    given = Call(
        qualname="check",
        arguments=(Argument(name="names", value="['a', '']"), Argument(name="strict", value="True")),
    )
    wanted = {"branches": ((2, 3), (3, 4), (4, 5)), "lines": (3, 4, 5)}
    reached = [finding.branches for finding in explore(NESTED, "check", calls=(given,), **wanted).findings]
    assert ((2, 3), (3, 4), (4, 5)) in reached


@pytest.mark.parametrize(
    ("passed", "action"),
    [("['a']", "⟨sample:check⟩('abc')"), ("3", "⟨sample:check⟩(2)")],
    ids=["a list", "a number"],
)
def test_a_text_is_passed_by_mistake_rather_than_a_number_or_nothing(explore, passed, action):
    text = """
        def check(names):
            if not isinstance(names, list | tuple):
                raise TypeError("names must be a list")  # here
            return names
        """
    given = Call(qualname="check", arguments=(Argument(name="names", value=passed),))
    found = explore(text, "check", calls=(given,), branches=((2, 3),), lines=(3,)).findings
    assert found[0].action in {action, "⟨sample:check⟩(3)"}


def test_what_the_code_asks_the_class_of_is_refused_by_whatever_exception_it_raises(explore):
    text = """
        def convert(item: dict):
            if isinstance(item, dict):
                return len(item)
            raise ValueError("only mappings can be converted")  # here
        """
    given = Call(qualname="convert", arguments=(Argument(name="item", value="{'a': 1}"),))
    found = explore(text, "convert", calls=(given,), branches=((2, 4),), lines=(4,)).findings
    assert [finding.action for finding in found] == ["⟨sample:convert⟩('abc')"]


def test_what_is_refused_gives_nothing_that_could_be_used(explore):
    text = """
        class Shelf:
            def __init__(self, names: list[str] | None = None):
                if isinstance(names, str):
                    raise TypeError("names must be a list")  # here
                self.names = names

            def __call__(self, name):
                return name in (self.names or ())
        """
    given = Call(qualname="Shelf.__init__", receiver="⟨sample:Shelf⟩()", then=(("'a'",),))
    found = explore(text, "Shelf.__init__", kind="method", calls=(given,), branches=((3, 4),), lines=(4,)).findings
    assert [finding.action for finding in found] == ["⟨sample:Shelf⟩('abc')"]


def test_what_has_to_be_callable_is_refused_where_it_is_not(explore):
    text = """
        from collections.abc import Callable

        def watch(name: str, on_enter: Callable[[str], None] | None = None) -> str:
            if on_enter is not None:
                if not callable(on_enter):
                    raise ValueError("on_enter must be callable")  # here
            return name
        """
    given = Call(qualname="watch", arguments=(Argument(name="name", value="'up'"),))
    found = explore(text, "watch", calls=(given,), branches=((5, 6),), lines=(6,)).findings
    assert [finding.action for finding in found] == ["⟨sample:watch⟩('up', on_enter='abc')"]


def test_what_the_code_raises_of_a_class_that_it_does_not_ask_for_is_no_refusal(explore):
    text = """
        def convert(item):
            if hasattr(item, "keys"):
                return len(item)
            raise ValueError("only mappings can be converted")  # here
        """
    given = Call(qualname="convert", arguments=(Argument(name="item", value="{'a': 1}"),))
    assert explore(text, "convert", calls=(given,), branches=((2, 4),), lines=(4,)).findings == ()


def test_a_function_that_comes_back_is_the_same_one(explore):
    text = """
        import asyncio

        def sync(function):
            if asyncio.iscoroutinefunction(function):
                return function  # here
            return lambda: function
        """
    given = Call(qualname="sync", arguments=(Argument(name="function", value="⟨asyncio:sleep⟩"),))
    (found,) = explore(text, "sync", calls=(given,), branches=((4, 5),), lines=(5,)).findings
    assert found.observations[0].form == "is"


def test_an_object_that_cannot_be_made_is_not_asked_for_anything(explore):
    text = """
        class Limits:
            def __init__(self, low=0, high=9):
                self.low, self.high = low, high
                self.check()

            def check(self):
                if self.low > self.high:
                    raise ValueError("low must be lower than high")  # here

            def width(self):
                self.check()
                return self.high - self.low
        """
    found = explore(text, "Limits.width", kind="method", branches=((7, 8),), lines=(8,)).findings
    assert found == ()


@pytest.mark.parametrize(
    ("said", "actions"),
    [
        ('"most must be an int or None"', ["⟨sample:limit⟩('abc')"]),
        ('f"most is {most!r}, and must be an int or None"', ["⟨sample:limit⟩('abc')"]),
        ('f"{least} to {most}"', ["⟨sample:limit⟩('abc', least='abc')"]),
    ],
)
def test_a_message_may_say_that_none_is_allowed(explore, said, actions):
    """One that shows a None that nobody passed says that something was not filled in."""
    text = f"""
        def limit(most: int | None, least=None):
            if most is not None and not isinstance(most, int):
                raise TypeError({said})  # here
            return most
        """
    given = Call(qualname="limit", arguments=(Argument(name="most", value="3"),))
    found = explore(text, "limit", calls=(given,), branches=((2, 3),), lines=(3,)).findings
    assert [finding.action for finding in found] == actions


SPAN = """
    class Span:
        def __init__(self, least, most):
            self.least, self.most = least, most

        def __and__(self, other):
            if isinstance(other, Span):
                return Span(max(self.least, other.least), min(self.most, other.most))
            return NotImplemented  # here
    """


def test_what_an_operator_leaves_to_the_other_side_is_refused_by_python(explore):
    given = (Argument(name="other", value="⟨sample:Span⟩(1, 3)"),)
    known = Call(qualname="Span.__and__", receiver="⟨sample:Span⟩(0, 2)", arguments=given)
    (found,) = explore(SPAN, "Span.__and__", kind="method", calls=(known,), branches=((6, 8),)).findings
    assert found.action == "span & 'abc'"
    assert [(one.subject, one.value) for one in found.observations] == [("raises", "⟨builtins:TypeError⟩")]


def test_another_mistake_with_an_operand_is_an_accident(explore):
    text = SPAN.replace("return NotImplemented", "return self.least & other")
    given = (Argument(name="other", value="⟨sample:Span⟩(1, 3)"),)
    known = Call(qualname="Span.__and__", receiver="⟨sample:Span⟩(0, 2)", arguments=given)
    found = explore(text, "Span.__and__", kind="method", calls=(known,), branches=((6, 8),)).findings
    assert not any(one.observations[0].subject == "raises" for one in found)


def test_a_refusal_is_no_test_of_what_was_done_in_a_block_before(explore):
    """The call that ends well says that it warns; what is refused later was so before."""
    text = """
        import warnings

        class Atom:
            def __init__(self, low: int):
                self.low = low

            def overlaps(self, other, adjacent=False, permissive: bool | None = None):
                if permissive is not None:
                    adjacent = permissive
                    warnings.warn("permissive is deprecated", DeprecationWarning)  # here
                if not isinstance(other, Atom):
                    raise TypeError("only atoms are supported")
                return self.low == other.low and not adjacent
        """
    given = [
        Call(
            qualname="Atom.overlaps", receiver="⟨sample:Atom⟩(1)", arguments=(Argument(name="other", value=value),)
        )
        for value in ("1", "⟨sample:Atom⟩(1)", "⟨sample:Atom⟩(2)")
    ]
    findings = explore(text, "Atom.overlaps", "method", calls=tuple(given)).findings
    assert findings
    assert "raises" not in {seen.subject for one in findings for seen in one.observations}


def test_a_refusal_is_one_of_what_was_done_before_where_nothing_else_comes_there(explore):
    text = """
        def take(sizes: list):
            if len(sizes) > 3:
                sizes = sizes[:3]  # here
            raise ValueError("nothing can be taken")
        """
    given = Call(qualname="take", arguments=(Argument(name="sizes", value="[1, 2]"),))
    (found,) = explore(text, "take", calls=(given,)).findings
    assert [one.subject for one in found.observations] == ["raises"]


def test_what_the_standard_library_says_is_stated_nowhere(explore):
    text = """
        import ipaddress

        def host(text: str) -> object:
            \"\"\"Raises ValueError for what is no address.\"\"\"
            try:
                return ipaddress.ip_address(text)
            except ValueError:
                raise  # here
        """
    (finding,) = explore(text, "host").findings
    assert (finding.observations[0].subject, finding.observations[0].message) == ("raises", "")


DOMAIN = """
    def domain(name: str) -> str:
        if "." not in name:
            raise ValueError(f"not a domain: {name}")  # here
        return name.lower()
    """


def test_a_text_that_is_refused_is_a_plain_word_rather_than_one_that_means_something_elsewhere(explore):
    (found,) = explore(
        DOMAIN, "domain", branches=((2, 3),), lines=(3,), written=("'::1'", "'Content-Type'")
    ).findings
    assert found.action == "⟨sample:domain⟩('abc')"


def test_what_tests_pass_is_refused_before_a_plain_word(explore):
    given = Call(qualname="domain", arguments=(Argument(name="name", value="'localhost'"),))
    (found,) = explore(
        DOMAIN, "domain", branches=((2, 3),), lines=(3,), calls=(given,), written=("'::1'",)
    ).findings
    assert found.action == "⟨sample:domain⟩('localhost')"


def test_a_text_in_a_dictionary_that_is_refused_is_a_plain_word(explore):
    text = """
        def check(options):
            compact = options.get("compact", False)
            if options.get("columns") == 3:
                return {}
            if compact not in (True, False):
                raise ValueError("compact requires a boolean value")  # here
            return options
        """
    given = Call(qualname="check", arguments=(Argument(name="options", value="{'columns': True}"),))
    wanted = {"branches": ((5, 6),), "lines": (6,), "constants": ("'compact'", "'columns'"), "calls": (given,)}
    (found,) = explore(text, "check", **wanted).findings
    assert found.action == "⟨sample:check⟩({'compact': 'abc'})"


@pytest.mark.parametrize(
    ("check", "action"),
    [
        ("isinstance(part, int)", "⟨sample:total⟩(['abc'])"),
        ("part is not None", "⟨sample:total⟩([None])"),
    ],
)
def test_a_collection_has_a_part_of_a_wrong_type_where_its_parts_are_checked(explore, check, action):
    text = f"""
        def total(parts: list[int]) -> int:
            if not isinstance(parts, list):
                raise TypeError("parts must be a list")
            for part in parts:
                if not ({check}):
                    raise TypeError("each part must be a number")  # here
            return sum(parts)
        """
    given = Call(qualname="total", arguments=(Argument(name="parts", value="[1, 2]"),))
    (finding,) = explore(text, "total", calls=(given,)).findings
    assert finding.action == action


@pytest.mark.parametrize(("checked", "wrong"), [("key", "{'abc': "), ("price", ": 'abc'}")])
def test_a_dictionary_has_a_key_or_a_value_of_a_wrong_type(explore, checked, wrong):
    text = f"""
        def priced(prices: dict[int, float]) -> float:
            if not isinstance(prices, dict):
                raise TypeError("prices must be a dictionary")
            for key, price in prices.items():
                if not isinstance({checked}, int | float):
                    raise TypeError("wrong {checked}")  # here
            return sum(prices.values())
        """
    given = Call(qualname="priced", arguments=(Argument(name="prices", value="{1: 2.5}"),))
    (finding,) = explore(text, "priced", calls=(given,)).findings
    assert wrong in finding.action
