"""What is the same for all that is written for one target."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Origin, Placement
from pytest_enrich.writing.renderer import Renderer


@pytest.fixture
def renderer(fakes):
    def renderer(*gaps, text=""):
        target = fakes.target(*gaps)
        return Renderer(target=target, text=text, placement=target.placement, origin=Origin(proposer="rows"))

    return renderer


def test_decisions_that_are_taken_come_before_what_is_closed_as_a_whole_and_that_before_the_rest(fakes, renderer):
    part = fakes.gap("cart-aaaaaaaa", lines=(4, 5), branches=())
    whole = fakes.gap("cart-bbbbbbbb", lines=(4,), branches=())
    taken = fakes.gap("cart-cccccccc", lines=(9,), branches=((8, 9),))
    other = fakes.gap("cart-dddddddd", lines=(20,), branches=((19, 20),))
    closed = renderer(part, whole, taken, other).closed((4,), ((8, 9),))
    assert closed == [taken, whole, part]


@pytest.mark.parametrize(
    ("text", "code", "imports"),
    [
        ("from shop.cart import Cart\n", "Cart()", ()),
        ("", "Cart()", ("from shop.cart import Cart",)),
        ("def test_(:\n", "Cart()", ("from shop.cart import Cart",)),
        ("import shop.cart\n", "shop.cart.Cart()", ()),
    ],
)
def test_names_are_what_the_file_calls_them_and_what_is_no_python_is_a_new_file(renderer, text, code, imports):
    resolved = renderer(text=text).resolve(["⟨shop.cart:Cart⟩()"])
    assert (resolved.codes, resolved.imports) == ((code,), imports)


def test_a_name_that_is_local_is_not_taken_for_the_one_that_is_imported(renderer):
    resolved = renderer(text="from shop.cart import Cart\n").resolve(["⟨shop.cart:Cart⟩()"], ["Cart"])
    assert resolved.codes != ("Cart()",)


def test_what_is_no_name_is_rendered_as_nothing(renderer):
    assert renderer().resolve(["⟨shop.cart:not-a-name⟩"]) is None


TYPED = """\
def test_a(tmp_path: Path) -> None: ...


def test_b() -> None: ...


def test_c(): ...
"""


def test_a_test_is_annotated_where_most_of_its_file_are(renderer):
    assert renderer(text=TYPED).define("test_d") == "def test_d() -> None:"
    assert renderer(text=TYPED.replace("_b() -> None", "_b()")).define("test_d") == "def test_d():"
    assert renderer().define("test_d") == "def test_d():"


def test_the_first_test_of_a_file_is_annotated_as_those_of_others(renderer):
    new = Placement(path="tests/test_new.py", new_file=True, typed=True)
    assert replace(renderer(), placement=new).define("test_d") == "def test_d() -> None:"


def test_a_fixture_is_annotated_as_the_file_has_it(renderer):
    found = renderer(text=TYPED).define("test_d", ["tmp_path", "capsys"])
    assert found == "def test_d(tmp_path: Path, capsys) -> None:"


LONG = "check(" + "a" * 100 + ")\n"
BROKEN = "check(\n    " + "a" * 75 + "\n)\n"


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("check(1)\n" * 3, 88),
        ("check(1)\n" * 30, 88),
        ("check(1)\n" * 30 + BROKEN, 79),
        ("check(1)\n" * 30 + LONG, 120),
        ("check(1)\n" * 300 + BROKEN + LONG, 79),
        (f"check({'a' * 78})\n" * 30, 88),
        (f"check({'a' * 130})\n" * 30, 120),
    ],
    ids=[
        "few lines",
        "short ones",
        "broken before that",
        "a longer one",
        "one of many",
        "longer ones",
        "too long ones",
    ],
)
def test_lines_are_as_long_as_nearly_all_of_the_file_are(renderer, text, width):
    assert renderer(text=text).widths == (width - 4, 110)
