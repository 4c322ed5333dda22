"""Steps that a test may do without, and tests that do."""

from __future__ import annotations

import ast
import textwrap

import pytest

from pytest_enrich.data import Vary
from pytest_enrich.proposers.rows import steps
from pytest_enrich.writing import syntax
from tests.proposers.rows.conftest import variant


def left_out(body):
    """The first lines of what may be left out of a test with this body."""
    text = "def test_it(client):\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    function = ast.parse(text).body[0]
    return [text.splitlines()[hole.span[0] - 1].strip() for hole in steps.step_holes(function)]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("client.login('ann')\nassert client.name", ["client.login('ann')"]),
        (
            "client.mode = 'a'\nclient.data['b'] = 1\nassert client.ok()",
            ["client.mode = 'a'", "client.data['b'] = 1"],
        ),
        ("name = client.login()\nassert name", []),
        ("print(client)\nassert client", []),
        ("monkeypatch.chdir(tmp_path)\nmocker.patch('a.b')\nassert client.read()", []),
        ("monkeypatch.setenv('HOME', '/')\nassert client.read()", []),
        ("self.mail = mock.patch.object(client, 'mail').start()\nassert client.read()", []),
        ("client.start()\nassert client.read()", ["client.start()"]),
        ("'''What it does.'''\nassert client", []),
        ("self.assertEqual(client.a, 1)\nassert_that(client)", []),
        ("with client as c:\n    c.get('/a')\n    assert c.get('/b')", ["c.get('/a')"]),
        ("with client as c:\n    c.get('/a')\nassert client.ok", []),
        ("with pytest.raises(ValueError):\n    client.a()\n    client.b()", []),
        ("@client.hook\ndef load():\n    return 1\nassert client.run() == 1", ["@client.hook"]),
        ("@client.hook\ndef load():\n    return 1\nassert client.run(load) == 1", []),
        ("def load():\n    return 1\nassert client.run() == 1", []),
        ("for one in client:\n    one.close()\nassert client", []),
    ],
)
def test_a_step_is_what_changes_something_and_binds_nothing(body, found):
    assert left_out(body) == found


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("s = 'a'\nassert f(s)\ns = 'b'\nassert f(s)", 2),
        ("s = 'a'\nassert f(s)\ns += 'b'\nassert f(s)", 4),
        ("s = ['a']\nassert f(s)\ns[0] = 'b'\nassert f(s)", 4),
        ("s = 'a'\nassert f(s)\ns = s + 'b'\nassert f(s)", 4),
    ],
)
def test_what_is_stated_of_a_name_that_is_bound_anew_has_nothing_to_do_with_what_it_was(body, kept):
    statements = ast.parse(body).body
    changed = statements[0].value
    assert len(steps.concerned(statements, [syntax.span(changed)], [], [])) == kept


def test_an_awaited_call_is_a_step_too():
    (function,) = ast.parse("async def test_it(client):\n    await client.login()\n    assert client.name").body
    assert [hole.span[0] for hole in steps.step_holes(function)] == [2]


TEST = """
    from shop.cart import Cart, discount


    def test_discount():
        cart = Cart()
        other = Cart()
        cart.open("ann")
        assert discount(cart) == 3
    """
INSIDE = """
    from shop.cart import Cart, discount


    def test_discount():
        with Cart() as cart:
            cart.open("ann")

            cart.add("tea", 3)
            assert discount(cart) == 3
    """
REGISTERED = """
    from shop.cart import Cart, discount


    def test_discount():
        cart = Cart()

        @cart.on_open
        def greet():
            return "hello"

        cart.open("ann")
        assert discount(cart) == 3
    """
GREETING = [
    "    cart = Cart()",
    "",
    "    @cart.on_open",
    "    def greet():",
    '        return "hello"',
    "",
]


def without(rows, text, begins, **changes):
    """The candidate that does without the step which begins on a line, and what was asked about."""
    _, sandbox = rows(text)
    holes = sandbox.asked(Vary)[0].patterns[0].holes
    at = next(at for at, one in enumerate(holes) if one.adds == "-" and one.span[0] == begins)
    (made, *_), _ = rows(text, variant(**{"values": ((at, "False"),), **changes}))
    return made


@pytest.mark.parametrize(
    ("text", "line", "body"),
    [
        (TEST, 7, ["    cart = Cart()", "    assert discount(cart) == 0"]),
        (
            INSIDE,
            6,
            ["    with Cart() as cart:", '        cart.add("tea", 3)', "        assert discount(cart) == 0"],
        ),
        (REGISTERED, 7, ["    cart = Cart()", "", '    cart.open("ann")', "    assert discount(cart) == 0"]),
        (
            REGISTERED,
            11,
            [
                *GREETING,
                "    assert discount(cart) == 0",
            ],
        ),
    ],
)
def test_the_sibling_does_without_the_step_and_says_what_is_seen_then(rows, text, line, body):
    made = without(rows, text, line, seen=("0",))
    assert [one for one in made.code.splitlines()[1:] if one] == [one for one in body if one]


def test_what_it_raises_then_is_expected(rows):
    raised = {"raised": "⟨builtins:LookupError⟩", "message": "nobody there", "line": 8}
    made = without(rows, TEST, 7, **raised)
    assert made.code.splitlines()[1:] == [
        '    with pytest.raises(LookupError, match="nobody there"):',
        "        discount(Cart())",
    ]


GIVEN = """
    from shop.cart import discount


    def test_discount(cart, log_in, quiet):
        log_in("ann")
        assert discount(cart) == 3
    """


def test_a_fixture_that_only_a_step_needs_goes_with_it(rows):
    made = without(rows, GIVEN, 5, seen=("0",))
    assert made.code.splitlines()[0].endswith("(cart, quiet):")


def test_where_nothing_else_is_seen_the_title_says_which_step_is_missing(rows):
    made = without(rows, TEST.replace("assert discount(cart) == 3", "assert_cheap(discount(cart))"), 7)
    assert 'without cart.open("ann")' in made.title
    assert made.look == 'what the test asserts holds without cart.open("ann"): should it?'
