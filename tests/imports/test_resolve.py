import pytest

from pytest_enrich import imports

INTWORD = (("humanize.number:intword", "humanize:intword"),)


def written(template, text="", aliases=()):
    resolved = imports.resolve(template, imports.read(text), aliases)
    return resolved.code, resolved.imports


@pytest.mark.parametrize(
    ("text", "template", "code"),
    [
        ("from shop.cart import parse", "⟨shop.cart:parse⟩('a')", "parse('a')"),
        ("from shop.cart import parse as p", "⟨shop.cart:parse⟩", "p"),
        ("import shop.cart", "⟨shop.cart:parse⟩", "shop.cart.parse"),
        ("from shop import cart", "⟨shop.cart:parse⟩", "cart.parse"),
        ("import shop.cart as c", "⟨shop.cart:parse⟩", "c.parse"),
        ("import datetime as dt", "⟨datetime:date⟩(2024, 2, 29)", "dt.date(2024, 2, 29)"),
        ("from shop import Color", "⟨shop:Color.RED⟩", "Color.RED"),
        ("import datetime", "⟨datetime:datetime.max⟩", "datetime.datetime.max"),
        ("import shop.cart\nfrom shop.cart import parse", "⟨shop.cart:parse⟩", "parse"),
        ("import shop", "⟨shop:⟩", "shop"),
    ],
)
def test_what_the_file_has_already_is_used(text, template, code):
    assert written(template, text) == (code, ())


def test_an_alias_counts_where_the_file_has_it():
    assert written("⟨humanize.number:intword⟩(1)", "import humanize", INTWORD) == ("humanize.intword(1)", ())
    assert written("⟨humanize.number:intword⟩", "from humanize import intword", INTWORD) == ("intword", ())


def test_a_function_with_the_name_of_its_module_is_not_the_module():
    aliases, text = (("slug.slug:slug", "slug:slug"),), "from slug import slug"

    assert written("⟨slug.slug:slug⟩('A')", text, aliases) == ("slug('A')", ())
    assert written("⟨slug.slug:cut⟩('A')", text, aliases) == ("cut('A')", ("from slug.slug import cut",))


def test_another_function_with_the_name_of_a_module_hides_it():
    aliases = (("slug:slug", "slug:slug"),)

    assert written("⟨slug.slug:cut⟩('A')", "from slug import slug", aliases)[1] == ("from slug.slug import cut",)


def test_its_own_module_comes_before_an_alias():
    text = "import humanize\nfrom humanize import number"

    assert written("⟨humanize.number:intword⟩", text, INTWORD) == ("number.intword", ())


def test_a_new_import_takes_the_shorter_name_of_the_same_object():
    expected = ("intword(1)", ("from humanize import intword",))

    assert written("⟨humanize.number:intword⟩(1)", "", INTWORD) == expected


def test_a_new_import_stays_with_the_module_that_the_file_imports_from():
    text = "from humanize.number import ordinal"

    assert written("⟨humanize.number:intword⟩", text, INTWORD)[1] == ("from humanize.number import intword",)


@pytest.mark.parametrize(
    ("template", "code", "statement"),
    [
        ("⟨shop.cart:parse⟩", "parse", "from shop.cart import parse"),
        ("⟨decimal:Decimal⟩('1')", "Decimal('1')", "from decimal import Decimal"),
        ("⟨shop:Color.RED⟩", "Color.RED", "from shop import Color"),
        ("⟨pytest:raises⟩", "pytest.raises", "import pytest"),
        ("⟨math:inf⟩", "math.inf", "import math"),
        ("⟨os.path:join⟩", "os.path.join", "import os.path"),
        ("⟨shop:⟩", "shop", "import shop"),
    ],
)
def test_a_new_import_is_written_as_people_do(template, code, statement):
    assert written(template) == (code, (statement,))


@pytest.mark.parametrize(
    ("text", "template", "code", "statement"),
    [
        ("class Order: ...", "⟨shop.m:Order⟩", "shop.m.Order", "import shop.m"),
        ("class Order: ...\nshop = 1", "⟨shop.m:Order⟩", "m_Order", "from shop.m import Order as m_Order"),
        ("import shop.x\nOrder = 1", "⟨shop.m:Order⟩", "shop.m.Order", "import shop.m"),
        ("import other as shop\nOrder = 1", "⟨shop.m:Order⟩", "m_Order", "from shop.m import Order as m_Order"),
        ("re = m_Order = 1\nfrom x import Order", "⟨re:sub⟩", "sub", "from re import sub"),
        ("a = m = m_ = 1", "⟨m:a⟩", "m_a", "from m import a as m_a"),
        ("a = m = m_a = 1", "⟨m:a⟩", "m_a_", "from m import a as m_a_"),
        ("shop = 1", "⟨shop:⟩", "shop_", "import shop as shop_"),
    ],
)
def test_a_new_import_never_takes_a_name_that_the_file_binds(text, template, code, statement):
    assert written(template, text) == (code, (statement,))


def test_a_new_import_hides_no_builtin_from_the_other_tests():
    assert written("⟨shop.errors:TimeoutError⟩") == ("shop.errors.TimeoutError", ("import shop.errors",))


@pytest.mark.parametrize("name", ["TestResult", "test_connection"])
def test_a_new_import_gives_pytest_nothing_to_collect(name):
    assert written(f"⟨shop:{name}⟩") == (f"shop.{name}", ("import shop",))
    assert written(f"⟨shop:{name}⟩", "shop = 1")[0] == f"shop_{name}"


def test_builtins_need_no_import_unless_they_are_hidden():
    assert written("⟨builtins:ValueError⟩") == ("ValueError", ())
    assert written("⟨builtins:open⟩", "from shop import open") == ("builtins.open", ("import builtins",))


def test_names_of_one_template_agree():
    code, statements = written("⟨shop:Cart⟩(⟨shop:Cart⟩, ⟨stock:Cart⟩, ⟨pytest:raises⟩, ⟨pytest:fail⟩)")

    assert code == "Cart(Cart, stock.Cart, pytest.raises, pytest.fail)"
    assert statements == ("from shop import Cart", "import stock", "import pytest")


def test_several_templates_agree_and_import_once():
    templates = ["⟨shop:Cart⟩()", "⟨stock:Cart⟩()", "⟨shop:Cart⟩.x", "1"]

    resolved = imports.resolve_all(templates, imports.read(""))

    assert resolved.codes == ("Cart()", "stock.Cart()", "Cart.x", "1")
    assert resolved.imports == ("from shop import Cart", "import stock")
    assert resolved.bindings.taken == {"Cart", "stock"}


def test_a_test_s_own_variable_hides_the_file_s_import():
    bindings = imports.reserve(imports.read("from shop import cart\n"), ["cart"])

    assert imports.resolve("⟨shop.cart:parse⟩", bindings).code == "parse"


def test_strings_and_braces_of_a_template_stay():
    assert written("f'{x!r}' + \"a:b\" + 'ä'") == ("f'{x!r}' + \"a:b\" + 'ä'", ())


@pytest.mark.parametrize(
    "name",
    [
        "shop:f.<locals>.C",
        "shop:a b",
        "os;import evil:x",
        "shop:x\nimport evil",
        ":x",
        "a..b:c",
        "shop:class",
        "sh op:",
    ],
)
def test_what_is_no_name_is_never_written(name):
    with pytest.raises(ValueError, match="no name that can be imported"):
        written(f"⟨{name}⟩")
