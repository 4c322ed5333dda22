from __future__ import annotations

import pytest

from pytest_enrich import gaps, source

SHOP = '''\
"""A shop."""
import os
from decimal import (
    Decimal as D,
    ROUND_UP,
)

try:
    import rich
except ImportError:
    rich = None


class Cart:
    """What someone wants to buy."""

    def __init__(self, items):
        self.items = items

    @property
    def total(self) -> D:
        return sum(self.items)

    @total.setter
    def total(self, value):
        raise AttributeError("no")

    @classmethod
    def empty(cls):
        return cls([])

    @staticmethod
    def parse(text: "str", /, sep: str = "-", *rest, strict=False, **more):
        """Split a text."""
        if strict:
            raise ValueError(
                text
            )
        return text.split(sep)

    @cached_property
    def first(self):
        return self.items[0]

    @DictProperty("items")
    def last(self):
        return self.items[-1]


@contextmanager
def opened(path):
    def inner(x):
        return x
    yield inner


async def fetch(url) -> bytes:
    async for part in url:
        yield part
'''


def test_one_target_a_function_in_the_order_of_the_gaps(locate):
    some = locate(
        SHOP,
        ("fetch", "async for part in url:"),
        ("Cart.parse", "if strict:"),
        ("fetch", "yield part"),
        ("", "rich = None"),
    )
    assert [(one.qualname, len(one.gaps)) for one in some] == [("fetch", 2), ("Cart.parse", 1), ("", 1)]


@pytest.mark.parametrize(
    ("qualname", "words", "kind"),
    [
        ("", "rich = None", "module"),
        ("Cart", "class Cart:", "class"),
        ("Cart.__init__", "self.items = items", "method"),
        ("Cart.total", "return sum(self.items)", "property"),
        ("Cart.total", 'raise AttributeError("no")', "setter"),
        ("Cart.first", "return self.items[0]", "property"),
        ("Cart.last", "return self.items[-1]", "property"),
        ("Cart.empty", "return cls([])", "classmethod"),
        ("Cart.parse", "if strict:", "staticmethod"),
        ("opened", "yield inner", "function"),
        ("opened.inner", "return x", "nested"),
    ],
)
def test_decorators_tell_what_a_function_is(target, qualname, words, kind):
    found = target(SHOP, (qualname, words))
    assert (found.qualname, found.kind) == (qualname, kind)


def test_parameters_are_as_declared(target):
    found = target(SHOP, ("Cart.parse", "if strict:")).parameters
    assert [(one.name, one.kind, one.annotation, one.default) for one in found] == [
        ("text", "positional only", "'str'", None),
        ("sep", "positional", "str", "'-'"),
        ("rest", "variadic", None, None),
        ("strict", "keyword only", None, "False"),
        ("more", "keywords", None, None),
    ]


@pytest.mark.parametrize(
    ("qualname", "words", "names"),
    [
        ("Cart.__init__", "self.items = items", ["items"]),
        ("Cart.empty", "return cls([])", []),
        ("Cart.total", 'raise AttributeError("no")', ["value"]),
        ("opened.inner", "return x", ["x"]),
    ],
)
def test_the_bound_receiver_is_no_parameter(target, qualname, words, names):
    assert [one.name for one in target(SHOP, (qualname, words)).parameters] == names


def test_a_target_says_what_its_function_is(target):
    found = target(SHOP, ("Cart.parse", "if strict:"))
    assert found.source.splitlines()[:2] == [
        "@staticmethod",
        'def parse(text: "str", /, sep: str = "-", *rest, strict=False, **more):',
    ]
    assert SHOP.splitlines()[found.first_line - 1] == "    @staticmethod"
    assert found.docstring == "Split a text."
    assert found.digest == gaps.tokens_digest(found.source)


def test_statements_and_raises_are_of_the_whole_file(target):
    found = target(SHOP, ("fetch", "yield part"))
    rows = SHOP.splitlines()
    first = rows.index("            raise ValueError(") + 1
    assert found.raise_lines == (rows.index('        raise AttributeError("no")') + 1, first)
    assert {pair for pair in found.statements if pair[1] == first} == {(first + more, first) for more in range(3)}


def test_the_docstring_of_a_class_describes_its_constructor(target):
    assert target(SHOP, ("Cart.__init__", "self.items = items")).docstring == "What someone wants to buy."


@pytest.mark.parametrize("text", ["def f(:\n", "\x00"])
def test_a_text_that_is_not_python_has_no_targets(text):
    file = gaps.FileCoverage(path="m.py", statements=(1,), missing_lines=(1,))
    assert source.locate(file, text, [], source.Suite()) == ()


def test_deeply_nested_code_is_described(target):
    chain = "".join(f"    elif x == {n}:\n        return {n}\n" for n in range(1000))
    calls = "x" + ".a()" * 300
    text = f"def f(x):\n    if x:\n        raise x\n{chain}    else:\n        raise {calls}\n"
    found = target(text, ("f", "elif x == 999:"))
    assert len(found.conditions[0]) == 1000


def test_test_files_with_deeply_nested_code_are_read(target):
    chain = "".join(f"elif x == {n}:\n    def test_{n}(): pass\n" for n in range(1000))
    suite = source.Suite(texts={"tests/test_x.py": f"if x:\n    pass\n{chain}"})
    contexts = {2: ("tests/test_x.py::test_999",)}
    found = target("def f(x):\n    return x\n", ("f", "return x"), suite=suite, contexts=contexts)
    assert found.placement.anchor == "test_999"


def test_a_digest_ignores_comments(target):
    one = target("def f(x):\n    return x\n", ("f", "return x"))
    other = target("# first\ndef f( x ):  # here\n\n    return x\n", ("f", "return x"))
    assert one.digest == other.digest
