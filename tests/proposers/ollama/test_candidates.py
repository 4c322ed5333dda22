"""What becomes of a test that a model wrote: where it stands, and what is added to it."""

from __future__ import annotations

import ast

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Origin, Placement
from pytest_enrich.data.answers import Item
from pytest_enrich.proposers.ollama import reply
from pytest_enrich.proposers.ollama.candidates import Candidates, asked_fixtures, known_names
from pytest_enrich.proposers.ollama.places import Places
from pytest_enrich.source import Suite

SOURCE = "import decimal\nfrom shop.money import Money\n\nclass Cart: ...\ndef discount(total): ...\n"
CART = "from datetime import datetime\nfrom shop.cart import discount\n\nLIMIT = 3\n\ndef test_discount(): ...\n"
CASE = "from unittest import TestCase\n\nclass TestCase1(TestCase):\n    def test_x(self): ...\n"
OTHER = (
    "import shop.tax as tax\nfrom shop.cart import discount\n\nROWS = [1]\n\n"
    "class TestTax:\n    def test_y(self): ...\n\ndef test_z(): ...\n"
)
FILES = {"tests/test_cart.py": CART, "tests/test_case.py": CASE, "tests/test_other.py": OTHER}
ITEMS = (
    ("tests/test_cart.py", None, "test_discount", "function", ("cart", "tmp_path")),
    ("tests/test_case.py", "TestCase1", "test_x", "unittest", ()),
    ("tests/test_other.py", None, "test_z", "function", ("tmp_path",)),
    ("tests/test_other.py", "TestTax", "test_y", "method", ("taxed", "tmp_path")),
)


@pytest.fixture
def places():
    items = tuple(
        Item(
            nodeid="::".join(filter(None, (path, owner, name))), path=path, owner=owner, name=name, style=style,
            fixtures=fixtures,
        )
        for path, owner, name, style, fixtures in ITEMS
    )  # fmt: skip
    suite = Suite(items=items, files=tuple(FILES), texts=FILES)
    return Places(suite, lambda path: FILES.get(path, ""))


@pytest.fixture
def write(fakes, places):
    """The candidates that become of a reply's first test."""

    def write(text, **placed):
        place = Placement(**{"path": "tests/test_cart.py", **placed})
        target = fakes.target(placement=place)
        known = known_names(target, SOURCE, places)
        candidates = Candidates(target=target, known=known, places=places, origin=Origin(proposer="ollama"))
        return list(candidates.of(reply.read(text)[0]))

    return write


def test_it_stands_where_the_targets_tests_do_in_its_own_words(write):
    code = "def test_free(cart: dict) -> None:\n    # none\n    assert discount(cart) == 0\n"
    made = write(code)[0]
    assert (made.name, made.code, made.imports, made.placement.path) == (
        "test_free",
        code,
        (),
        "tests/test_cart.py",
    )


def test_what_the_file_lacks_is_imported(write):
    call = "Cart(Money(decimal.Decimal(1)), timedelta(1), tax)"
    made = write(f"def test_a():\n    with pytest.raises(ValueError):\n        {call}\n")[0]
    assert set(made.imports) == {
        "from shop.cart import Cart",
        "from shop.money import Money",
        "import decimal",
        "import pytest",
        "import shop.tax as tax",
        "from datetime import timedelta",
    }


def test_an_import_of_the_reply_is_added_unless_it_is_there(write):
    text = "from shop.cart import discount\nfrom shop.tax import vat\n\n"
    made = write(text + "def test_a():\n    assert discount(vat(1)) == 1\n")[0]
    assert made.imports == ("from shop.tax import vat",)


def test_a_name_that_means_something_else_in_the_file_is_imported_inside(write):
    made = write("import datetime\n\ndef test_a():\n    assert discount(datetime.date(1, 1, 1))\n")[0]
    assert made.imports == ()
    assert made.code.startswith("def test_a():\n    import datetime\n    assert discount(")


def test_helpers_of_the_reply_stand_inside_behind_the_docstring(write):
    made = write('def low():\n    return 1\n\ndef test_a():\n    """Why."""\n    assert discount(low()) == 1\n')[0]
    assert made.code == (
        'def test_a():\n    """Why."""\n    def low():\n        return 1\n    assert discount(low()) == 1\n'
    )


def test_a_test_on_one_line_is_spread_for_a_helper(write):
    made = write("def low():\n    return 1\n\ndef test_a(): assert discount(low()) == 1\n")[0]
    assert made.code == "def test_a():\n    def low():\n        return 1\n    assert discount(low()) == 1\n"


def test_a_helper_that_the_file_has_is_the_files(write):
    made = write("LIMIT = 4\n\ndef test_a():\n    assert discount(LIMIT) == 1\n")[0]
    assert made.code == "def test_a():\n    assert discount(LIMIT) == 1\n"


def test_a_fixture_of_another_class_takes_it_there(write):
    made = write("def test_a(taxed):\n    assert discount(taxed) == 2\n")[0]
    assert (made.placement.path, made.placement.owner) == ("tests/test_other.py", "TestTax")
    assert made.code.startswith("def test_a(self, taxed):")


def test_names_that_only_another_file_has_take_it_there(write):
    code = '@pytest.mark.parametrize("n", ROWS)\ndef test_a(n):\n    assert discount(n) == 1\n'
    made = write(code)[0]
    assert (made.placement.path, made.placement.owner) == ("tests/test_other.py", None)
    assert made.imports == ("import pytest",)


def test_a_method_of_a_unittest_goes_to_one(write):
    made = write("def test_a(self):\n    self.assertEqual(discount(1), 2)\n")[0]
    assert (made.placement.owner, made.placement.style) == ("TestCase1", "unittest")
    assert made.imports == ("from shop.cart import discount",)


def test_a_unittest_takes_no_fixture_and_no_parameters(write):
    place = {"path": "tests/test_case.py", "owner": "TestCase1", "style": "unittest"}
    code = '@pytest.mark.parametrize("n", [1])\ndef test_a(n):\n    assert discount(n) == 1\n'
    assert write(code, **place)[0].placement == Placement(path="tests/test_case.py")


def test_what_it_says_itself_comes_first(write):
    text = "# into: tests/test_other.py::TestTax\ndef test_a():\n    assert discount(1) == 2\n"
    assert write(text)[0].placement.owner == "TestTax"


def test_it_may_be_tried_at_every_place_where_its_names_are_known(write):
    places = [
        (made.placement.path, made.placement.owner) for made in write("def test_a():\n    assert discount(1)\n")
    ]
    assert places[0] == ("tests/test_cart.py", None)
    assert ("tests/test_other.py", "TestTax") in places


def test_what_is_known_nowhere_is_a_candidate_all_the_same(write):
    (made,) = write("def test_a(unknown):\n    assert invented(1) == 2\n")
    assert made.placement.path == "tests/test_cart.py"


def test_its_name_is_free(write):
    made = write("def test_discount():\n    assert discount(1) == 1\n")[0]
    assert (made.name, made.code.splitlines()[0]) == ("test_discount_2", "def test_discount_2():")


def test_outside_a_class_there_is_no_self(write):
    assert write("def test_a(self):\n    assert discount(1) == 2\n")[0].code.startswith("def test_a():")


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("def t(self, a, *, b, c=1, **d)", ["a", "b"]),
        ("def t(a, b=1)", ["a"]),
        ("@parametrize('a, b', [])\ndef t(a, b, c)", ["c"]),
        ("@parametrize(('a', 'b'), [])\ndef t(a, b, c)", ["c"]),
        ("@given(integers())\ndef t(a)", []),
        ("@mock.patch('x')\n@mock.patch.object(a, 'b')\n@mock.patch('y', 1)\ndef t(x, y, c)", ["c"]),
    ],
)
def test_parameters_that_nothing_passes_are_fixtures(header, asked):
    (function,) = ast.parse(f"{header}: ...").body
    assert asked_fixtures(function) == asked


def test_a_reply_without_a_test_is_judged_like_any_other(fakes, places):
    target = fakes.target()
    candidates = Candidates(target=target, known={}, places=places, origin=Origin(proposer="ollama"))
    assert replace(candidates.unreadable("I cannot."), title="").code == "I cannot."


def test_fixtures_of_the_project_are_found_up_to_the_top():
    texts = {
        "conftest.py": "import pytest\n\n@pytest.fixture\ndef db(): ...\n\n@pytest.fixture\ndef user(): ...\n",
        "tests/conftest.py": "import pytest\n\n@pytest.fixture\ndef user():\n    return 1\n",
    }
    places = Places(Suite(), lambda path: texts.get(path, ""))
    assert list(places.fixtures("tests/test_a.py")) == ["user", "db"]
    assert "return 1" in places.fixtures("tests/test_a.py")["user"]
    assert places.fixtures("tests/test_a.py", ("tests/*",)).keys() == {"db", "user"}
    assert "return 1" not in places.fixtures("tests/test_a.py", ("tests/*",))["user"]
