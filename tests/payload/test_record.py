from __future__ import annotations

from pytest_enrich.data import Record
from pytest_enrich.sandboxes.process import ProcessSandbox

CART = """
    import dataclasses
    import functools
    from enum import Enum


    class Kind(Enum):
        BOOK = 1


    @dataclasses.dataclass
    class Line:
        name: str
        price: int = 0
        notes: list = dataclasses.field(default_factory=list)


    class Store:
        def __init__(self):
            self.lines = []

        def __setitem__(self, key, value):
            self.lines.append((key, value))

        @property
        def size(self):
            return len(self.lines)


    class Cart(Store):
        def __init__(self, owner, /, limit=3, *, kind=Kind.BOOK):
            super().__init__()
            self.owner = owner

        def add(self, line, *more):
            self.lines += [line, *more]
            self._check()

        def _check(self):
            return self.total()

        def total(self):
            return len(self.lines)

        @classmethod
        def of(cls, owner):
            return cls(owner)

        @staticmethod
        def rate(amount):
            return amount * 2

        @property
        def first(self):
            return self.lines[0]


    def counted(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return function(*args, **kwargs)
        return wrapper


    @counted
    def price(amount, currency="EUR", *rest, exact=False, **more):
        return amount


    def change(items):
        items.clear()


    def numbers(n):
        for i in range(n):
            yield i
            n = i


    async def later(n):
        return n


    class Plain:
        def go(self):
            return 1
    """


def shown(call) -> str:
    arguments = ", ".join(f"{a.name}={a.value}" if a.name else a.value for a in call.arguments)
    receiver = f"{call.receiver}." if call.receiver else ""
    setup = "".join(f"[{shown(step)}]" for step in call.setup)
    return f"{setup}{receiver}{call.qualname}({arguments})"


def test_arguments_are_named_and_those_left_at_their_default_are_left_out(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            from shop.cart import price

            def test_a():
                price(1)
                price(2, "USD")
                price(3, "USD", 4, 5, exact=True, deep=6)
                price(7, exact=True)
            """,
    )

    recorded = record(root, "price")

    assert [shown(call) for call in recorded.calls] == [
        "price(amount=1)",
        "price(amount=2, currency='USD')",
        "price(amount=3, currency='USD', 4, 5, exact=True, deep=6)",
        "price(amount=7, exact=True)",
    ]
    assert {call.nodeid for call in recorded.calls} == {"tests/test_cart.py::test_a"}
    assert [(o.nodeid, o.result) for o in recorded.outcomes] == [("tests/test_cart.py::test_a", "passed")]


def test_a_test_that_replaces_what_the_watch_uses_passes_and_the_others_are_watched(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            import json
            from shop.cart import price

            def test_a(monkeypatch):
                monkeypatch.setattr(json, "dumps", lambda _value: undefined)
                assert price(1) == 1

            def test_b():
                assert price(2) == 2
            """,
    )

    recorded = record(root, "price")

    assert [shown(call) for call in recorded.calls] == ["price(amount=2)"]
    assert [outcome.result for outcome in recorded.outcomes] == ["passed", "passed"]


def test_arguments_are_noted_as_they_were_when_the_call_was_made(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="from shop.cart import change\ndef test_a():\n    change([1, 2])\n",
    )

    assert [shown(call) for call in record(root, "change").calls] == ["change(items=[1, 2])"]


def test_a_receiver_is_shown_by_the_call_that_made_it_and_by_what_was_done_to_it(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            from shop.cart import Cart, Line

            def test_a():
                cart = Cart("ann", limit=9)
                cart.add(Line("pen", 3), Line("ink"))
                cart["x"] = 1
                assert cart.size == 3
                cart.total()
            """,
    )

    recorded = record(root, "Cart.total", "Cart.add")

    made = "⟨shop.cart:Cart⟩('ann', limit=9)"
    add = "Cart.add(line=⟨shop.cart:Line⟩('pen', price=3), ⟨shop.cart:Line⟩('ink'))"
    assert [shown(call) for call in recorded.calls] == [
        f"{made}.Cart.total()",
        f"[{add}][Cart.__setitem__(key='x', value=1)]{made}.Cart.total()",
        f"{made}.{add}",
    ]


def test_objects_are_listed_with_the_calls_that_made_them(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            from shop.cart import Cart, Kind, Line, Store

            SHARED = Line("shared", price=7)

            def test_a():
                Cart.of("bob"), Cart("ann", 5), Store(), Line("ink"), Line("ink")
            """,
    )

    constructors = record(root).constructors

    assert sorted((call.qualname, call.receiver) for call in constructors) == [
        ("Cart", "⟨shop.cart:Cart⟩('ann', limit=5)"),
        ("Cart", "⟨shop.cart:Cart⟩('bob')"),
        ("Line", "⟨shop.cart:Line⟩('ink')"),
        ("Line", "⟨shop.cart:Line⟩('shared', price=7)"),
        ("Store", "⟨shop.cart:Store⟩()"),
    ]


PARSER = """
    class Parser:
        def __init__(self, run):
            self._run = run

        def parse(self, text):
            return self._read(text)

        def _read(self, text):
            return self._run(text)

        @classmethod
        def of(cls, word):
            return cls(lambda text: text == word)

    def word(expected):
        return Parser(lambda text: text == expected)

    def either(expected):
        return _made(expected)

    def _made(expected):
        return word(expected)
    """


FORMS = """
    class Form:
        pass

    class All(Form):
        def __init__(self, *forms):
            self._forms = forms

    class Range(Form):
        def __init__(self, least):
            self._least = least

    def positive():
        return Range(1)
    """


def test_objects_of_installed_classes_are_shown_by_the_calls_that_made_them_in_the_test(project, record):
    root = project(
        src__shop__cart=CART,
        site_packages__forms=FORMS,
        tests__test_cart="""
            import pathlib, sys

            sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "site-packages"))

            from unittest.mock import Mock

            from forms import All, Range, positive
            from shop.cart import price

            def test_a():
                least = Range(2)
                price(All(least, Range(3)))
                price(positive())
                price(Mock(side_effect=ValueError))
            """,
    )
    (root / "site_packages").rename(root / "site-packages")

    recorded = record(root, "price")

    assert [shown(call) for call in recorded.calls] == [
        "price(amount=⟨forms:All⟩(⟨forms:Range⟩(2), ⟨forms:Range⟩(3)))"
    ]
    assert recorded.constructors == ()


def test_an_object_that_nobody_can_write_is_shown_by_the_call_that_gave_it_to_the_test(project, record):
    root = project(
        src__shop__cart=PARSER,
        tests__test_cart="""
            from shop import cart as words

            def test_a():
                words.word("a").parse("b")
                words.either("c").parse("d")
                words.Parser.of("e").parse("f")
            """,
    )
    every = ("Parser.parse", "Parser._read", "Parser.of", "word", "either", "_made")

    recorded = record(root, *every)

    assert [shown(call) for call in recorded.calls if call.receiver] == [
        "⟨shop.cart:word⟩('a').Parser.parse(text='b')",
        "⟨shop.cart:either⟩('c').Parser.parse(text='d')",
        "⟨shop.cart:Parser.of⟩('e').Parser.parse(text='f')",
        "⟨shop.cart:word⟩('a').Parser._read(text='b')",
        "⟨shop.cart:either⟩('c').Parser._read(text='d')",
        "⟨shop.cart:Parser.of⟩('e').Parser._read(text='f')",
    ]
    assert {call.receiver for call in recorded.constructors} >= {
        "⟨shop.cart:word⟩('a')",
        "⟨shop.cart:either⟩('c')",
        "⟨shop.cart:Parser.of⟩('e')",
    }


MONEY = """
    class Money:
        def __init__(self, amount):
            self.amount = amount

        @property
        def half(self):
            return Money(self.amount / 2)

    class Purse:
        def __init__(self):
            self.held = []

        def put(self, money):
            self.held.append(money)

        def last(self):
            return self.held[-1]
    """


def test_no_call_is_written_that_would_not_give_the_object(project, record):
    root = project(
        src__shop__cart=MONEY,
        tests__test_cart="""
            from shop.cart import Money, Purse

            def test_a():
                Money(8).half
                purse = Purse()
                purse.put(Money(3))
                assert purse.last().amount == 3
            """,
    )

    recorded = record(root, "Money.half", "Purse.put", "Purse.last")

    assert {call.receiver for call in recorded.constructors} == {
        "⟨shop.cart:Money⟩(8)",
        "⟨shop.cart:Money⟩(4.0)",
        "⟨shop.cart:Money⟩(3)",
        "⟨shop.cart:Purse⟩()",
    }


def test_what_a_property_gives_that_no_test_can_make_is_read_from_there(project, record):
    root = project(
        src__shop__cart="""
            class _Side:
                def __init__(self, queue):
                    self.queue = queue

                def size(self):
                    return len(self.queue.held)

            class Queue:
                def __init__(self, *held):
                    self.held = held

                @property
                def left(self):
                    return _Side(self)
            """,
        tests__test_cart="""
            from shop.cart import Queue

            def test_a():
                side = Queue(1, 2).left
                assert side.size() == 2
            """,
    )

    recorded = record(root, "_Side.size", "Queue.left")

    assert "⟨shop.cart:Queue⟩(1, 2).left" in {call.receiver for call in recorded.constructors}
    assert "⟨shop.cart:Queue⟩(1, 2).left._Side.size()" in map(shown, recorded.calls)


def test_of_a_call_with_a_stand_in_what_can_be_written_is_noted_in_part(project, record):
    root = project(
        src__shop__cart="""
            def price(node, amount, exact=False):
                return amount

            class Till:
                def total(self, node, amount):
                    return amount
            """,
        tests__test_cart="""
            from shop.cart import Till, price

            class Node:
                pass

            def test_a():
                price(Node(), 7, exact=True)
                Till().total(Node(), 8)
                price(Node(), Node())
            """,
    )

    recorded = record(root, "price", "Till.total")

    assert [(shown(call), call.receiver) for call in recorded.calls] == [
        ("price(amount=7, exact=True)", ""),
        ("Till.total(amount=8)", ""),
    ]


def test_a_call_that_raised_is_marked_and_one_that_an_operator_was_not_for_is_left_out(project, record):
    root = project(
        src__shop__cart="""
            class Sum:
                def __init__(self, value):
                    self.value = value

                def __add__(self, other):
                    return Sum(self.value + other.value) if isinstance(other, Sum) else NotImplemented

            def price(number):
                if number < 0:
                    raise ValueError("negative")
                return None
            """,
        tests__test_cart="""
            import pytest
            from shop.cart import Sum, price

            def test_a():
                assert (Sum(1) + Sum(2)).value == 3
                with pytest.raises(TypeError):
                    Sum(1) + "a"
                price(1)
                with pytest.raises(ValueError):
                    price(-1)
            """,
    )

    recorded = record(root, "Sum.__add__", "price")

    assert [(call.arguments[0].value, call.refused) for call in recorded.calls] == [
        ("⟨shop.cart:Sum⟩(2)", False),
        ("1", False),
        ("-1", True),
    ]


def test_kinds_of_functions(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            import asyncio
            from shop.cart import Cart, Plain, later, numbers

            def test_a():
                Cart.of("ann"), Cart.rate(3), Cart("bob").first if False else None
                cart = Cart("eve")
                cart.add(1)
                assert cart.first == 1
                assert list(numbers(3)) == [0]  or True
                asyncio.run(later(4))
                Plain().go()
            """,
    )

    recorded = record(root, "Cart.of", "Cart.rate", "Cart.first", "numbers", "later", "Plain.go")

    assert [shown(call) for call in recorded.calls] == [
        "Cart.of(owner='ann')",
        "Cart.rate(amount=3)",
        "[Cart.add(line=1)]⟨shop.cart:Cart⟩('eve').Cart.first()",
        "numbers(n=3)",
        "later(n=4)",
        "⟨shop.cart:Plain⟩().Plain.go()",
    ]


def test_calls_in_threads_are_seen(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            import threading
            from shop.cart import price

            def test_a():
                thread = threading.Thread(target=price, args=(5,))
                thread.start()
                thread.join()
            """,
    )

    assert [shown(call) for call in record(root, "price").calls] == ["price(amount=5)"]


def test_what_has_no_source_is_left_out_and_the_same_call_is_noted_once_up_to_the_limit(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            from shop.cart import price

            def test_a():
                price(object())
                for n in [1, 1, 2, 2, 3, 4]:
                    price(n)
            """,
    )

    assert [shown(call) for call in record(root, "price", limit=3).calls] == [
        "price(amount=1)",
        "price(amount=2)",
        "price(amount=3)",
    ]


def test_only_the_tests_asked_for_are_run_and_missing_ones_are_errors(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="from shop.cart import price\ndef test_a(): price(1)\ndef test_b(): price(2); assert 0\n",
    )

    recorded = record(
        root, "price", tests=("tests/test_cart.py::test_b", "tests/test_cart.py::test_c", "tests/gone.py")
    )

    assert [shown(call) for call in recorded.calls] == ["price(amount=2)"]
    assert {outcome.nodeid.rpartition("/")[2]: outcome.result for outcome in recorded.outcomes} == {
        "test_cart.py::test_b": "failed",
        "test_cart.py::test_c": "error",
        "gone.py": "error",
    }


def test_a_profiler_in_a_test_is_not_in_the_way_of_the_next(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            import sys
            from shop.cart import price

            def test_a():
                sys.setprofile(None)

            def test_b():
                price(2)
            """,
    )

    assert [shown(call) for call in record(root, "price").calls] == ["price(amount=2)"]


def test_a_test_that_does_a_great_deal_is_watched_only_at_first(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            from shop.cart import price

            def test_a():
                price(1)
                for _ in range(500_000):
                    len("")
                price(2)

            def test_b():
                price(3)
            """,
    )

    assert [shown(call) for call in record(root, "price").calls] == ["price(amount=1)", "price(amount=3)"]


def test_of_many_such_tests_only_some_are_watched(project, record):
    tests = "\n".join(
        f"def test_{number:02}():\n    price({number})\n    for _ in range(210_000):\n        len('')\n"
        for number in range(18)
    )
    root = project(src__shop__cart=CART, tests__test_cart=f"from shop.cart import price\n\n{tests}")

    seen = [shown(call) for call in record(root, "price").calls]
    assert seen[0] == "price(amount=0)"
    assert 4 < len(seen) < 18


def test_the_parameters_of_such_a_test_share_what_is_seen_of_it(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            import pytest
            from shop.cart import price

            @pytest.mark.parametrize("amount", range(18))
            def test_a(amount):
                price(amount)
                for _ in range(210_000):
                    len("")
                price(-amount)

            def test_b():
                for _ in range(150_000):
                    len("")
                price(99)
            """,
    )

    seen = [shown(call) for call in record(root, "price").calls]
    assert seen == [*(f"price(amount={number})" for number in range(18)), "price(amount=99)"]


def test_of_hundreds_of_parameters_some_are_taken_evenly(project, record):
    root = project(
        src__shop__cart=CART,
        tests__test_cart="""
            import pytest
            from shop.cart import price

            @pytest.mark.parametrize("amount", range(150))
            def test_a(amount):
                price(amount)

            def test_b():
                price(-1)
            """,
    )

    found = record(root, "price")
    amounts = [int(call.arguments[0].value) for call in found.calls[:60]]
    assert amounts == [-(-150 * number // 60) for number in range(60)]
    assert len(found.outcomes) == 61


def test_tests_are_not_slowed_down_where_only_their_ends_are_asked_for(project):
    root = project(tests__test_cart="import sys\n\ndef test_alone():\n    assert sys.getprofile() is None\n")
    job = Record(tests=("tests/test_cart.py",), path="", module="", qualnames=())
    answer = ProcessSandbox(root).execute(job, timeout=30).answer
    assert [one.result for one in answer.outcomes] == ["passed"]
    assert (answer.calls, answer.constructors) == ((), ())
