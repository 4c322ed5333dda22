from __future__ import annotations

import pytest

from pytest_enrich.data import Item, Placement
from pytest_enrich.source import Suite
from pytest_enrich.source.placement import Shelf, new_file
from pytest_enrich.source.test_file import Subject

TEXT = "class Cart:\n    def f(self, x):\n        if x:\n            return 1\n        return 2\n"
PLACE = ("Cart.f", "if x:")
BODY = "    def test_b(self): pass\n"


def suite(texts: dict[str, str], items: tuple[Item, ...] = ()) -> Suite:
    return Suite(files=tuple(texts), texts=texts, items=items)


def item(nodeid: str, style: str = "function", fixtures: tuple[str, ...] = ()) -> Item:
    path, *owner, name = nodeid.split("::")
    return Item(
        nodeid=nodeid,
        path=path,
        owner=".".join(owner) or None,
        name=name,
        style=style,
        fixtures=fixtures,
    )


@pytest.fixture
def place(target):
    def placed(texts: dict[str, str], contexts: dict[int, tuple[str, ...]], *items: Item) -> Placement:
        return target(TEXT, PLACE, suite=suite(texts, items), contexts=contexts).placement

    return placed


def test_a_test_goes_after_the_one_that_runs_most_of_the_function(place):
    texts = {"tests/test_shop.py": "def test_a(): pass\ndef test_b(): pass\n"}
    near = ("tests/test_shop.py::test_b[1-x::y]",)
    contexts = {3: ("tests/test_shop.py::test_a", *near), 5: near}
    assert place(texts, contexts) == Placement(path="tests/test_shop.py", anchor="test_b")


@pytest.mark.parametrize(
    ("base", "style"), [("", "method"), ("(unittest.TestCase)", "unittest"), ("(Base)", "unittest")]
)
def test_a_test_beside_a_method_is_written_as_one(place, base, style):
    texts = {"tests/test_x.py": f"class Base(TestCase): pass\nclass TestA{base}:\n{BODY}"}
    expected = Placement(path="tests/test_x.py", owner="TestA", anchor="test_b", style=style)
    assert place(texts, {3: ("tests/test_x.py::TestA::test_b",)}) == expected


def test_pytest_knows_better_which_style_a_class_has(place):
    texts = {"tests/test_x.py": f"from base import Base\nclass TestA(Base):\n{BODY}"}
    found = place(
        texts, {3: ("tests/test_x.py::TestA::test_b",)}, item("tests/test_x.py::TestA::test_b", "unittest")
    )
    assert found.style == "unittest"


def test_after_the_last_test_that_is_written_in_the_class_when_the_nearest_is_inherited(place):
    texts = {
        "tests/test_x.py": f"class TestA(Mixin):\n    def test_a(self): pass\n{BODY}    def help(self): pass\n"
    }
    found = place(texts, {3: ("tests/test_x.py::TestA::test_inherited",)})
    assert (found.owner, found.anchor) == ("TestA", "test_b")


def test_at_the_end_of_a_class_that_inherits_all_its_tests(place):
    texts = {"tests/test_x.py": "class TestA(Mixin):\n    x = 1\n"}
    found = place(texts, {3: ("tests/test_x.py::TestA::test_inherited",)})
    assert (found.owner, found.anchor, found.style) == ("TestA", None, "method")


def test_outside_a_class_that_is_not_written_in_the_file(place):
    texts = {"tests/test_x.py": "TestA = make()\ndef test_c(): pass\n"}
    found = place(texts, {3: ("tests/test_x.py::TestA::test_b",)})
    assert (found.owner, found.anchor, found.style) == (None, "test_c", "function")


def test_a_test_file_named_after_the_module_or_the_class_is_preferred(place):
    texts = {
        "tests/test_all.py": "def test_a(): pass\n",
        "tests/test_cart.py": "def test_b(): pass\ndef test_c(): pass\n",
    }
    far = {3: ("tests/test_all.py::test_a",), 5: ("tests/test_all.py::test_a",)}
    assert place(texts, far) == Placement(path="tests/test_cart.py")
    near = {**far, 3: ("tests/test_all.py::test_a", "tests/test_cart.py::test_b")}
    assert place(texts, near) == Placement(path="tests/test_cart.py", anchor="test_b")


def test_a_file_that_measures_how_long_something_takes_is_no_place_where_there_is_another(place):
    text = "from shop.cart import Cart\ndef test_a(): pass\n"
    texts = dict.fromkeys(("tests/test_bench.py", "tests/test_everything_else.py"), text)
    near = {"tests/test_bench.py::test_a": (3, 5), "tests/test_everything_else.py::test_a": (3,)}
    contexts = {at: tuple(test for test, lines in near.items() if at in lines) for at in (3, 5)}
    assert place(texts, contexts).path == "tests/test_everything_else.py"


def test_of_files_that_run_it_the_one_whose_name_speaks_of_little_else_is_preferred(place):
    texts = {
        "tests/test_thread_safe_cleanup.py": "def test_a(): pass\n",
        "tests/test_sizes.py": "from shop.cart import Cart\ndef test_b(): pass\n",
    }
    often = "tests/test_thread_safe_cleanup.py::test_a"
    found = place(texts, {3: (often, "tests/test_sizes.py::test_b"), 5: (often,)})
    assert found == Placement(path="tests/test_sizes.py", anchor="test_b")


@pytest.mark.parametrize(
    ("text", "owner", "style"),
    [
        (f"class TestOther:\n{BODY}", None, "function"),
        (f"class TestOther(TestCase):\n{BODY}", "TestOther", "unittest"),
        (f"class TestCart:\n{BODY}class TestOther:\n{BODY}", "TestCart", "method"),
        (
            f"class TestAll(TestCase):\n{BODY}    def test_c(self): pass\nclass TestLast(TestCase):\n{BODY}",
            "TestAll",
            "unittest",
        ),
        (f"class TestShop(TestCase):\n{BODY}class TestLast(TestCase):\n{BODY}", "TestShop", "unittest"),
        (f"def test_a(): pass\nclass CartTests(TestCase):\n{BODY}", "CartTests", "unittest"),
    ],
)
def test_at_the_end_of_the_modules_test_file_when_no_test_runs_it(place, text, owner, style):
    assert place({"tests/test_cart.py": text}, {}) == Placement(
        path="tests/test_cart.py", owner=owner, style=style
    )


@pytest.mark.parametrize(
    ("others", "owner", "base"),
    [
        (
            "class TestRow(unittest.TestCase):\n{0}class TestBox(unittest.TestCase):\n{0}",
            "TestCart",
            "unittest.TestCase",
        ),
        (
            "class RowTests(Base):\n{0}class BoxTests(TestCase):\n{0}class Base(TestCase): pass\n",
            "CartTests",
            "TestCase",
        ),
        (
            "class TestRow(TestCase):\n{0}class TestBox(TestCase):\n{0}def TestCart(): pass\n",
            "TestCart_2",
            "TestCase",
        ),
        ("class TestRow(Mixin, TestCase):\n{0}class TestBox(Mixin, TestCase):\n{0}", "TestCart", "TestCase"),
    ],
)
def test_in_a_class_of_its_own_where_all_are_about_something_else(place, others, owner, base):
    assert place({"tests/test_cart.py": others.format(BODY)}, {}) == Placement(
        path="tests/test_cart.py", owner=owner, style="unittest", base=base
    )


def test_in_a_class_of_its_own_where_neither_the_file_nor_its_only_class_is_about_it(place):
    running = "tests/test_parcels.py::ParcelTests::test_b"
    text = f"from shop.cart import Cart\nclass ParcelTests(TestCase):\n{BODY}"
    found = place({"tests/test_parcels.py": text}, {3: (running,)})
    assert found == Placement(path="tests/test_parcels.py", owner="CartTests", style="unittest", base="TestCase")


def test_in_a_new_file_when_there_is_none(place):
    assert place({}, {}) == Placement(path="tests/test_cart.py", new_file=True)


def test_tests_of_a_new_file_are_annotated_where_most_others_are(place):
    text = "def test_a() -> None: ...\nasync def test_b(x: int) -> None: ...\ndef test_c(): ...\n"
    texts = {"tests/test_box.py": text}
    assert place(texts, {}) == Placement(path="tests/test_cart.py", new_file=True, typed=True)


def test_a_default_in_parentheses_hides_no_annotation(place):
    texts = {"tests/test_box.py": "def test_a(\n    x=(1, 2),\n) -> None: ...\n"}
    assert place(texts, {}) == Placement(path="tests/test_cart.py", new_file=True, typed=True)


@pytest.mark.parametrize(
    ("path", "files", "new"),
    [
        (
            "src/shop/cart.py",
            ["tests/unit/test_a.py", "tests/unit/test_b.py", "tests/test_c.py"],
            "tests/unit/test_cart.py",
        ),
        (
            "src/shop/api/v1.py",
            ["tests/api/test_a.py", "tests/test_b.py", "tests/test_c.py"],
            "tests/api/test_v1.py",
        ),
        ("src/shop/cart.py", ["tests/a_test.py", "tests/b_test.py", "tests/conftest.py"], "tests/cart_test.py"),
        ("shop/__init__.py", ["test_a.py"], "test_shop.py"),
        ("shop/_cart.py", ["conftest.py"], "tests/test_cart.py"),
    ],
)
def test_a_new_file_stands_where_those_of_its_siblings_do(path, files, new):
    assert new_file(path, Suite(files=tuple(files))) == new


@pytest.mark.parametrize(
    ("known", "new"),
    [
        ({"folders": ("test",)}, "test/test_cart.py"),
        ({"folders": ("src/shop/tests", "tests")}, "src/shop/tests/test_cart.py"),
        ({"folders": (".",)}, "test_cart.py"),
        ({"patterns": ("test_*.py",)}, "tests/test_cart.py"),
        ({"patterns": ("*_test.py",)}, "tests/cart_test.py"),
        ({"patterns": ("check_*.py",)}, "tests/check_cart.py"),
        ({"patterns": ("tests.py", "test_*.py")}, "tests/test_cart.py"),
        ({"patterns": ("tests.py",)}, "tests/tests.py"),
    ],
)
def test_the_first_file_of_tests_is_one_that_pytest_collects(known, new):
    assert new_file("src/shop/cart.py", Suite(**known)) == new


def test_a_test_by_another_naming_rule_is_an_anchor_too(place):
    texts = {"tests/test_x.py": "def check_a(): pass\ndef test_b(): pass\n"}
    assert place(texts, {3: ("tests/test_x.py::check_a",)}).anchor == "check_a"


def test_a_doctest_is_no_place_for_a_test(place):
    texts = {"tests/test_x.py": "def test_b(): pass\n"}
    near = {
        3: ("shop/cart.py::shop.cart.Cart.f",),
        4: ("shop/cart.py::shop.cart.Cart.f", "tests/test_x.py::test_b"),
    }
    assert place(texts, near) == Placement(path="tests/test_x.py", anchor="test_b")


def test_a_file_whose_text_is_unknown_or_broken_is_no_place_beside_a_test(place):
    assert place({}, {3: ("tests/test_x.py::test_a",)}).new_file
    assert place({"tests/test_x.py": "def ("}, {3: ("tests/test_x.py::test_a",)}).anchor is None


def test_fixtures_are_those_of_the_test_beside(target):
    items = (
        item("tests/test_x.py::TestA::test_b", fixtures=("db", "tmp_path")),
        item("tests/test_x.py::test_b", fixtures=("tmp_path",)),
    )
    texts = {"tests/test_x.py": f"def test_b(): pass\nclass TestA:\n{BODY}"}
    beside = target(TEXT, PLACE, suite=suite(texts, items), contexts={3: ("tests/test_x.py::TestA::test_b",)})
    assert beside.fixtures == ("db", "tmp_path")
    new = target(TEXT, PLACE, suite=suite(texts, items))
    assert (new.placement.path, new.fixtures) == ("tests/test_cart.py", ("tmp_path",))


URL = """\
class Url:
    def parse(self, x):
        if x:
            return 1
        return 2


class Header:
    def parse(self, x):
        if not x:
            return 1
        return 2


def parse(x):
    if x > 1:
        return 1
    return 2
"""
URL_PARSE, HEADER_PARSE, PARSE = ("Url.parse", "if x:"), ("Header.parse", "if not x:"), ("parse", "if x > 1:")
IMPORTS = "from net.web import Header, Url, parse\n"
TESTED = "    def test_parse(self): assert Url().parse(0)\n"


@pytest.fixture
def put(target):
    def placed(where: tuple[str, str], texts: dict[str, str], contexts: dict[int, tuple[str, ...]]) -> Placement:
        return target(URL, where, suite=suite(texts), contexts=contexts, path="net/web.py").placement

    return placed


def test_a_file_with_the_name_of_a_method_is_no_place_for_its_tests(put):
    texts = {
        "tests/test_parse.py": "from net.text import parse\ndef test_b(): assert parse(1)\n",
        "tests/test_pages.py": f"{IMPORTS}def test_a(): assert Url().parse(0)\n",
    }
    contexts = {3: ("tests/test_pages.py::test_a",)}
    assert put(URL_PARSE, texts, contexts) == Placement(path="tests/test_pages.py", anchor="test_a")


def test_of_two_classes_with_one_method_each_has_its_own_file(put):
    texts = {
        "tests/test_url.py": f"{IMPORTS}def test_parse(): assert Url().parse(0)\n",
        "tests/test_header.py": f"{IMPORTS}def test_parse(): assert Header().parse(0)\n",
    }
    both = ("tests/test_url.py::test_parse", "tests/test_header.py::test_parse")
    contexts = {3: both[:1], 5: both[:1], 10: both, 12: both[:1]}
    assert put(HEADER_PARSE, texts, contexts).path == "tests/test_header.py"
    assert put(URL_PARSE, texts, contexts).path == "tests/test_url.py"


def test_of_two_classes_in_one_file_each_has_its_own_class_of_tests(put):
    text = f"{IMPORTS}class TestUrl:\n{TESTED}class TestHeader:\n    def test_empty(self): assert Header()\n"
    contexts = {10: ("tests/test_web.py::TestUrl::test_parse",)}
    found = put(HEADER_PARSE, {"tests/test_web.py": text}, contexts)
    assert (found.owner, found.anchor, found.style) == ("TestHeader", None, "method")


def test_a_class_of_tests_with_the_name_of_a_method_is_about_another_function(put):
    text = f"{IMPORTS}class TestParse:\n    def test_a(self): assert parse(0)\n"
    assert put(PARSE, {"tests/test_web.py": text}, {}).owner == "TestParse"
    assert put(URL_PARSE, {"tests/test_web.py": text}, {}).owner is None


def test_underscores_in_the_name_of_a_file_make_no_difference(target):
    text = TEXT.replace("Cart", "ShopCart")
    found = target(text, ("ShopCart.f", "if x:"), suite=suite({"tests/test_shop_cart.py": ""}), path="shop/all.py")
    assert found.placement.path == "tests/test_shop_cart.py"


def test_beside_the_test_that_names_the_function_rather_than_one_that_runs_more_of_it(put):
    text = f"{IMPORTS}def test_page(): assert page()\ndef test_parse(): assert parse(1)\n"
    contexts = {
        17: ("tests/test_a.py::test_page",),
        18: ("tests/test_a.py::test_page", "tests/test_a.py::test_parse"),
    }
    assert put(PARSE, {"tests/test_a.py": text}, contexts).anchor == "test_parse"


def test_in_a_class_that_is_about_nothing_else_rather_than_in_that_of_the_nearest_test(put):
    method = "class {}:\n    def {}(self): assert parse(1)\n".format
    classes = method("TestParseUnbound", "test_a") + method("TestParse", "test_b")
    first, second = (f"tests/test_a.py::{name}" for name in ("TestParseUnbound::test_a", "TestParse::test_b"))
    found = put(PARSE, {"tests/test_a.py": f"{IMPORTS}{classes}"}, {17: (first, second), 18: (first,)})
    assert (found.owner, found.anchor) == ("TestParse", "test_b")


def test_a_class_about_something_else_is_no_place_for_what_none_of_its_tests_names(put):
    classes = "class TestPages:\n    def test_a(self): assert page('')\n"
    texts = {"tests/test_a.py": f"from net.pages import page\n{classes}"}
    found = put(PARSE, texts, {17: ("tests/test_a.py::TestPages::test_a",)})
    assert (found.owner, found.anchor, found.style) == (None, None, "function")


def test_in_the_file_that_imports_the_function_rather_than_in_one_that_runs_more_of_it(put):
    texts = {
        "tests/test_pages.py": "from net.pages import parse\ndef test_page(): assert parse('')\n",
        "tests/test_numbers.py": "import net.web\ndef test_one(): assert net.web.parse(1)\n",
    }
    page = "tests/test_pages.py::test_page"
    contexts = {17: (page,), 18: (page, "tests/test_numbers.py::test_one")}
    assert put(PARSE, texts, contexts) == Placement(path="tests/test_numbers.py", anchor="test_one")


def test_in_the_file_where_most_tests_name_the_function(put):
    text = "from net.web import parse\ndef test_{}(): assert parse(1)\n".format
    texts = {
        "tests/test_blocks.py": text("blocked"),
        "tests/test_encoding.py": text("one") + "def test_two(): assert parse(2)\n",
    }
    blocked, one, two = "test_blocks.py::test_blocked", "test_encoding.py::test_one", "test_encoding.py::test_two"
    contexts = {17: (f"tests/{blocked}",), 18: (f"tests/{blocked}", f"tests/{one}", f"tests/{two}")}
    assert put(PARSE, texts, contexts).path == "tests/test_encoding.py"


def test_what_only_tests_about_something_else_run_gets_a_file_of_its_own(put):
    texts = {
        "tests/test_pages.py": "from net.pages import page\ndef test_page(): assert page('')\n",
        "tests/test_other.py": "from net.pages import page\ndef test_other(): assert page\n",
    }
    contexts = {17: ("tests/test_pages.py::test_page",)}
    assert put(PARSE, texts, contexts) == Placement(path="tests/test_web.py", new_file=True)


def test_a_helper_is_tested_where_its_caller_is(target):
    text = "def _parse(x):\n    if x:\n        return 1\n    return 2\n"
    texts = {"tests/test_pages.py": "from net.pages import page\ndef test_page(): assert page('')\n"}
    contexts = {4: ("tests/test_pages.py::test_page",)}
    found = target(text, ("_parse", "if x:"), suite=suite(texts), contexts=contexts, path="net/web.py").placement
    assert found == Placement(path="tests/test_pages.py", anchor="test_page")


def test_a_file_named_after_another_module_of_that_name_is_no_place(put):
    texts = {
        "tests/test_web.py": "from net.ui.web import show\ndef test_show(): assert show()\n",
        "tests/test_pages.py": f"{IMPORTS}def test_a(): assert parse(0)\n",
    }
    contexts = {17: ("tests/test_pages.py::test_a",)}
    assert put(PARSE, texts, contexts).path == "tests/test_pages.py"
    touched = {**contexts, 3: ("tests/test_web.py::test_show",)}
    assert put(PARSE, texts, touched).path == "tests/test_web.py"


def test_the_file_of_a_class_comes_before_that_of_its_module(put):
    texts = {f"tests/test_{name}.py": f"{IMPORTS}def test_{name}(): assert Header\n" for name in ("web", "header")}
    web, header = "tests/test_web.py::test_web", "tests/test_header.py::test_header"
    contexts = {3: (web,), 9: (header,), 10: (web,)}
    assert put(HEADER_PARSE, texts, contexts).path == "tests/test_header.py"
    assert put(URL_PARSE, texts, contexts).path == "tests/test_web.py"
    assert put(HEADER_PARSE, texts, {3: (web,), 10: (web,)}).path == "tests/test_web.py"


@pytest.mark.parametrize(("file", "is_chosen"), [("test_lru", True), ("test_cache", True), ("test_ttl", False)])
def test_a_file_that_bears_half_of_a_class_name_is_about_it(target, file, is_chosen):
    text = TEXT.replace("Cart", "LRUCache")
    texts = {f"tests/{file}.py": "from shop import LRUCache\n", "tests/test_x.py": "def test_a(): pass\n"}
    near = {3: ("tests/test_x.py::test_a",)}
    found = target(text, ("LRUCache.f", "if x:"), suite=suite(texts), contexts=near, path="shop/all.py")
    assert (found.placement.path == f"tests/{file}.py") is is_chosen


@pytest.mark.parametrize(
    ("file", "is_chosen"),
    [("test_datetime", True), ("test_isodatetimes", True), ("test_date", False), ("test_time", False)],
)
def test_a_file_that_bears_most_of_the_modules_name_is_about_it_if_it_imports_from_it(target, file, is_chosen):
    def placed(imports: str) -> str:
        texts = {
            f"tests/{file}.py": imports,
            "tests/test_pickle.py": "from iso import f\ndef test_p(): assert f(1)\n",
        }
        near = {2: ("tests/test_pickle.py::test_p",)}
        text = "def f(x):\n    if x:\n        return 1\n"
        found = target(text, ("f", "if x:"), suite=suite(texts), contexts=near, path="iso/isodatetime.py")
        return found.placement.path

    assert (placed("from iso import f\n") == f"tests/{file}.py") is is_chosen
    assert placed("from iso import g\n") == "tests/test_pickle.py"


def test_a_test_of_an_operator_goes_beside_one_that_uses_it(target):
    text = "class Cart:\n    def __le__(self, x):\n        if x:\n            return 1\n        return 2\n"
    tests = (
        "class TestThreads:\n    def test_a(self):\n        run(Cart(1))\n"
        "class TestOrder:\n    def test_b(self):\n        assert Cart(1) <= Cart(2)\n"
    )
    near = ("tests/test_shop.py::TestThreads::test_a", "tests/test_shop.py::TestOrder::test_b")
    shop = suite({"tests/test_shop.py": tests})
    found = target(text, ("Cart.__le__", "if x:"), suite=shop, contexts={3: near, 5: near[:1]}).placement
    assert (found.owner, found.anchor) == ("TestOrder", "test_b")


def test_a_test_of_an_operator_is_not_put_into_a_class_about_something_else_that_uses_it_on_other_objects(target):
    text = "class Cart:\n    def __eq__(self, other):\n        if other:\n            return 1\n        return 2\n"
    nested = "class TestNested:\n    def test_a(self):\n        assert run() == 1\n"
    tests = f"from shop.cart import Cart\n{nested}"
    shop = suite({"tests/test_fields.py": tests})
    near = ("tests/test_fields.py::TestNested::test_a",)
    found = target(text, ("Cart.__eq__", "if other:"), suite=shop, contexts={3: near, 5: near}).placement
    assert (found.path, found.owner) == ("tests/test_fields.py", None)


def test_of_what_no_test_runs_it_goes_where_tests_are_called_alike(target):
    method = "    def sum_all(self, x):\n        if x:\n            return 1\n"
    text = f"class Cart:\n{method}    def f(self):\n        return 2\n"
    files = {
        "tests/test_a.py": "def test_everything(): Cart().f()\n",
        "tests/test_b.py": "def test_sum_of_a_cart(): Cart().f()\n",
    }
    contexts = {6: ("tests/test_a.py::test_everything", "tests/test_b.py::test_sum_of_a_cart")}
    assert (
        target(text, ("Cart.sum_all", "if x:"), suite=suite(files), contexts=contexts).placement.path
        == "tests/test_b.py"
    )


def test_of_what_no_test_runs_it_is_not_put_into_a_class_about_something_else(target):
    method = "    def pop(self, x):\n        if x:\n            return 1\n"
    text = f"class Cart:\n{method}    def f(self):\n        return 2\n"
    nested = "class TestNested:\n    def test_a(self): Cart().f()\n"
    files = {"tests/test_fields.py": f"from shop.cart import Cart\n{nested}"}
    contexts = {6: ("tests/test_fields.py::TestNested::test_a",)}
    found = target(text, ("Cart.pop", "if x:"), suite=suite(files), contexts=contexts).placement
    assert (found.path, found.owner) == ("tests/test_fields.py", None)


def test_a_file_may_be_named_after_several_of_a_class():
    texts = {
        "tests/test_versions.py": "from soup.__meta__ import Version\n\n\nclass TestVersion: ...\n",
        "tests/test_level4/test_meta.py": "from soup import util\n\n\ndef test_meta(): ...\n",
    }
    subject = Subject(path="soup/__meta__.py", module="soup.__meta__", qualname="Version.__new__")
    found = Shelf(suite(texts)).place(subject, ())
    assert (found.path, found.owner) == ("tests/test_versions.py", "TestVersion")
