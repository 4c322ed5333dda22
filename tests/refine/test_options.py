from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich import refine
from pytest_enrich.data import Oracle, Origin


def least(candidate, needed):
    """The body of the smallest test in which all that is needed still stands."""
    smaller = refine.reduce(candidate, lambda one: all(text in one.code for text in needed))
    return [line.strip() for line in smaller.code.splitlines()[1:]]


@pytest.mark.parametrize(
    ("line", "needed", "left"),
    [
        ("Cache(maxsize=-1, choice=min, getsizeof=len)", "maxsize=-1", "Cache(maxsize=-1)"),
        ("Cache(-1, choice=min)", "-1", "Cache(-1)"),
        ("Cache(choice=min, maxsize=-1)", "maxsize=-1", "Cache(maxsize=-1)"),
        ("Cache(-1, **options)", "-1", "Cache(-1, **options)"),
        ("Cache(-1, strict=True)", "-1", "Cache(-1, strict=True)"),
    ],
)
def test_an_option_goes_that_the_proof_does_not_need(test_of, line, needed, left):
    test = test_of(f"def test_strict():\n    with pytest.raises(ValueError, match='a'):\n        {line}\n")
    assert least(test, ["match='a'", needed]) == ["with pytest.raises(ValueError, match='a'):", left]


def test_an_import_goes_with_the_option_that_needed_it(test_of):
    test = replace(
        test_of("def test_a():\n    assert load(1, by=Decimal)\n"), imports=("from decimal import Decimal",)
    )
    assert refine.reduce(test, lambda _one: True).imports == ()


def test_of_inputs_that_are_as_small_as_can_be_nothing_is_tried(test_of):
    test = replace(
        test_of("def test_a():\n    assert load(1, by=2)\n"), origin=Origin(proposer="search", reduced=True)
    )
    asked = []
    refine.reduce(test, asked.append)
    assert asked == []


def test_of_several_calls_the_first_one_stays_since_the_name_is_of_it(test_of):
    several = refine.parts(test_of("def test_a():\n    assert load(1) == 2\n    assert load(2) == 3\n"))
    assert [*map(len, (several.completed((0,)), several.completed((1,))))] == [1, 2]


def test_of_several_things_that_are_said_of_one_call_any_may_go(test_of):
    several = refine.parts(
        test_of("def test_a():\n    got = load(1)\n    assert got.a == 2\n    assert got.b == 3\n")
    )
    assert several.completed((1,)) == (1,)


def test_the_first_of_several_options_goes_too(test_of):
    test = test_of(
        "def test_negative_ttl(cache):\n    cache.configure(stats=True, ttl=-2)\n    assert cache.ttl is None\n"
    )
    assert least(test, ["ttl=-2", "assert"])[0] == "cache.configure(ttl=-2)"


def test_of_what_a_function_in_the_test_gives_an_option_goes_that_another_case_needed(test_of):
    test = test_of(
        """
        def test_store():
            def answer(request):
                return Response(401, headers={"Location": "/shelves/B2"})

            with pytest.raises(DepotError, match="the key is not known"):
                depot(answer, wait=0).store("P-1", size=500)
        """
    )
    test = replace(test, origin=Origin(proposer="rows", reduced=True))
    assert least(test, ["401", ".store("])[1:] == [
        "return Response(401)",
        "",
        'with pytest.raises(DepotError, match="the key is not known"):',
        'depot(answer, wait=0).store("P-1", size=500)',
    ]


WRITING = """
    def test_encode_without_packet():
        header = SectionHeader(
            endianness="<",
            options={
                "os": "python",
                "application": "pcapng",
            },
        )
        schema = [Option(1, "spam"), Option(2, "eggs"), Option(3, "bacon")]
        names = {"a", "b"}
        with pytest.raises(ValueError, match="Packet invalid"):
            write(header, schema, names, found=[1, 2, 3], text=f"{[1, 2]}")
"""


@pytest.mark.parametrize(
    ("needed", "left"),
    [
        ('options= "eggs" names', ["header = SectionHeader(options={})", 'schema = [Option(2, "eggs")]']),
        (
            '"application" schema names',
            ['header = SectionHeader(options={"application": "pcapng"})', "schema = []"],
        ),
        ("Header( schema names", ['header = SectionHeader(endianness="<")', "schema = []", 'names = {"a"}']),
    ],
)
def test_of_what_is_set_up_goes_what_the_proof_does_not_need(test_of, needed, left):
    lines = least(
        test_of(WRITING), [*needed.split(), "write(header, schema, names", "Option"][: len(needed.split()) + 1]
    )
    assert lines[: len(left)] == left


def test_an_element_with_lines_of_its_own_goes_with_them_where_the_rest_fits_in_no_line(test_of):
    entries = "".join(f'        "a_name_of_some_length_{at}": "a value of some length {at}",\n' for at in range(4))
    raising = "    with pytest.raises(ValueError):\n        read()\n"
    test = test_of(f"def test_a():\n    write(\n        {{\n{entries}        }}\n    )\n{raising}")
    assert least(test, ["length_0", "length_1", "length_3", "read"]) == [
        *["write(", "{"],
        *(f'"a_name_of_some_length_{at}": "a value of some length {at}",' for at in (0, 1, 3)),
        *["}", ")", "with pytest.raises(ValueError):", "read()"],
    ]


def test_of_what_is_expected_nothing_goes(test_of):
    test = test_of("def test_a():\n    assert load(1) == [1, 2]\n")
    assert least(test, ["assert"]) == ["assert load(1) == [1, 2]"]


def test_where_something_is_given_what_is_set_up_stays_as_it_is(test_of):
    test = test_of("def test_a():\n    cart = Cart([1, 2])\n    cart.add(3)\n    assert cart.total() == 4\n")
    assert least(test, ["cart.add", "assert"])[0] == "cart = Cart([1, 2])"


@pytest.mark.parametrize(
    ("head", "left"),
    [
        ("def test_a(cart, tmp_path):", "def test_a(cart):"),
        ("async def test_a(self, path: Path, cart: Cart) -> None:", "async def test_a(self, cart: Cart) -> None:"),
        ("def test_a(\n    cart,\n    path,\n):", "def test_a(cart):"),
        ("def test_a(self, cart):", "def test_a(self, cart):"),
        ("def test_a(cart, size=len(SIZES)):", "def test_a(cart, size=len(SIZES)):"),
        (
            "@patch('shop.send')\ndef test_a(self, send, cart):",
            "@patch('shop.send')\ndef test_a(self, send, cart):",
        ),
    ],
)
def test_an_argument_goes_that_nobody_reads_and_the_proof_does_not_need(test_of, head, left):
    test = test_of(f"{head}\n    assert cart.total() == 3\n")
    test = replace(test, oracle=(Oracle(line=head.count("\n") + 2, what="3", source="observed"),))
    smaller = refine.reduce(test, lambda _one: True)
    assert smaller.code == f"{left}\n    assert cart.total() == 3\n"
    assert smaller.oracle[0].line == left.count("\n") + 2


def test_a_fixture_stays_that_the_proof_needs_although_nobody_reads_it(test_of):
    test = test_of("def test_a(database, cart):\n    assert cart.total() == 3\n")
    smaller = refine.reduce(test, lambda one: "database" in one.code)
    assert smaller.code == test.code
