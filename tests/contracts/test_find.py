"""Which promises are read, and which leave too much room."""

import pytest

from pytest_enrich import contracts

PATH = "src/shop/cart.py"


def promises(text):
    _, claims = contracts.find(PATH, "shop.cart", text)
    return [(one.promise, one.action, one.expected) for one in claims]


def function(docstring, signature="f(n)", rest="    return n\n"):
    return f'def {signature}:\n    """{docstring}\n    """\n{rest}'


def test_an_example_is_a_promise_with_its_words_and_their_line():
    _, (claim,) = contracts.find(PATH, "shop.cart", function("Twice.\n\n    >>> f(2)\n    4"))
    assert (claim.promise, claim.action, claim.expected) == ("example", "⟨shop.cart:f⟩(2)", "4")
    assert (claim.quote, claim.quote_line) == (">>> f(2)\n4", 4)


def test_an_example_brings_the_statements_that_it_builds_on_and_no_others():
    text = function("It.\n\n    >>> a = [1]\n    >>> b = 2\n    >>> a.append(3)\n    >>> f(a)\n    [1, 3]")
    _, (claim,) = contracts.find(PATH, "shop.cart", text)
    assert claim.setup == ("a = [1]", "a.append(3)")


@pytest.mark.parametrize(
    ("before", "setup"),
    [
        (("a = [1]", "b = [a]", "c = b[0].append(3)"), ("a = [1]", "b = [a]", "c = b[0].append(3)")),
        (("a = [1]", "b = link(a)", "b[0] = 2"), ("a = [1]", "b = link(a)", "b[0] = 2")),
        (("a = [1]", "b = 3", "c = b"), ("a = [1]",)),
        (("f.mode = 2", "a = [1]"), ("f.mode = 2", "a = [1]")),
        (("a = [1]", "f.cache_clear()"), ("a = [1]", "f.cache_clear()")),
        (("a = [1]", "b = 2", "f(b)\n    4"), ("a = [1]",)),
    ],
)
def test_what_may_have_changed_what_an_example_is_given_is_done_before(before, setup):
    said = "\n    ".join(f">>> {one}" for one in (*before, "f(a)\n    [1]"))
    _, claims = contracts.find(
        PATH, "shop.cart", f"def link(a):\n    return a\n\n\n{function('It.' + chr(10) * 2 + '    ' + said)}"
    )
    assert [one.replace("⟨shop.cart:link⟩", "link").replace("⟨shop.cart:f⟩", "f") for one in claims[-1].setup] == [
        *setup
    ]


def test_an_example_that_much_was_done_before_promises_nothing():
    said = "".join(f"    >>> a{at} = put(a)\n" for at in range(7))
    text = function(f"It.\n\n    >>> a = [1]\n{said}    >>> f(a)\n    [1]")
    assert promises(f"def put(a):\n    return a\n\n\n{text}") == []


def test_a_traceback_is_a_promised_exception():
    text = function("It.\n\n    >>> f(-1)\n    Traceback (most recent call last):\n    ValueError: no")
    assert promises(text) == [("raises", "⟨shop.cart:f⟩(-1)", "ValueError")]


@pytest.mark.parametrize(
    "example",
    [
        ">>> f(2)\n    [1, ...]",
        ">>> f(2)  # doctest: +SKIP\n    4",
        ">>> f(2)\n    <object at 0x1>",
        ">>> g(2)\n    4",
        ">>> f(unknown)\n    4",
        ">>> from shop import *\n    >>> f(2)\n    4",
        ">>> f(2) print\n    4",
        ">>> f(2)",
    ],
)
def test_an_example_that_leaves_room_is_none(example):
    assert promises(function(f"It.\n\n    {example}")) == []


@pytest.mark.parametrize(
    "text", ["def f(:", "x = 1", function(">>> f(2)\n    4", "_f(n)"), 'def f():\n    "\\n>>> f()\\n4"']
)
def test_what_cannot_be_read_or_is_private_promises_nothing(text):
    assert promises(text) == []


def test_a_test_that_makes_the_call_of_an_example_is_about_the_promise():
    _, claims = contracts.find(PATH, "shop.cart", function("It.\n\n    >>> f(2)\n    4"))
    assert contracts.contradicted("def test_a():\n    assert f(2) == 3\n", claims) == claims
    assert contracts.contradicted("def test_a():\n    assert f(7) == 3\n", claims) == ()
