import pytest

from pytest_enrich import imports
from pytest_enrich.errors import RefusedError


def test_each_form_of_import_says_what_its_name_means():
    text = "import shop.cart\nimport datetime as dt\nfrom shop import orders as o, stock\n"

    bindings = imports.read(text)

    assert bindings.modules == {"shop": ("shop",), "shop.cart": ("shop.cart",), "dt": ("datetime",)}
    assert bindings.objects == {"o": ("shop:orders",), "stock": ("shop:stock",)}
    assert bindings.taken == {"shop", "dt", "o", "stock"}


def test_two_submodules_share_their_package_name():
    bindings = imports.read("import shop.cart\nimport shop.stock\n")

    assert set(bindings.modules) == {"shop", "shop.cart", "shop.stock"}


def test_a_name_that_is_bound_again_no_longer_means_its_import():
    bindings = imports.read("from shop import parse\nparse = wrap(parse)\n")

    assert bindings.objects == {}
    assert bindings.taken == {"parse"}


def test_an_import_under_a_condition_means_each_of_its_alternatives():
    text = "try:\n    from zoneinfo import ZoneInfo\nexcept ImportError:\n    from backports import ZoneInfo\n"

    assert imports.read(text).objects == {"ZoneInfo": ("zoneinfo:ZoneInfo", "backports:ZoneInfo")}


def test_a_fallback_value_keeps_the_import():
    bindings = imports.read("try:\n    import tomllib\nexcept ImportError:\n    tomllib = None\n")

    assert bindings.modules == {"tomllib": ("tomllib",)}


def test_an_import_for_type_checkers_binds_nothing():
    bindings = imports.read("if TYPE_CHECKING:\n    from shop import Order\nelse:\n    Order = object\n")

    assert bindings.objects == {}
    assert bindings.taken == {"Order"}


@pytest.mark.parametrize(
    "text",
    [
        "def taken(): ...",
        "async def taken(): ...",
        "class taken: ...",
        "taken: int = 1",
        "first, (taken, *rest) = 1, (2,)",
        "for taken in (): ...",
        "with open('x') as taken: ...",
        "while (taken := f()): ...",
        "match x:\n    case {'a': [*taken]}: ...",
        "match x:\n    case {**taken}: ...",
        "match x:\n    case int() as taken: ...",
        "try: ...\nexcept E as taken: ...",
        "if x:\n    with y:\n        taken = 1",
        "def f():\n    global taken\n    taken = 1",
        "import taken.sub",
    ],
)
def test_every_way_to_bind_a_name_is_seen(text):
    assert "taken" in imports.read(text).taken


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    free = 1",
        "x = [free for free in ()]",
        "lambda free: 1",
        "class A:\n    free = 1",
        "free.x = 1",
    ],
)
def test_names_of_inner_scopes_are_free(text):
    assert "free" not in imports.read(text).taken


def test_relative_imports_are_resolved_against_the_package():
    text = "from . import helpers\nfrom .fakes import Clock\nfrom ..shop import cart\nfrom ....far import x\n"

    objects = imports.read(text, "tests.unit").objects

    assert objects["helpers"] == ("tests.unit:helpers",)
    assert objects["Clock"] == ("tests.unit.fakes:Clock",)
    assert objects["cart"] == ("tests.shop:cart",)
    assert objects["x"] == ("....far:x",)


def test_a_file_that_is_not_python_is_refused_by_name_with_what_to_do():
    with pytest.raises(RefusedError) as caught:
        imports.read("def test(:\n", path="tests/test_a.py")

    lines = str(caught.value).splitlines()
    assert lines[0].startswith("tests/test_a.py cannot be parsed (line 1): ")
    assert lines[1:] == ["Nothing was changed in it.", "See the error:  python -m py_compile tests/test_a.py"]


@pytest.mark.parametrize(
    "text",
    [
        "print 'x'",
        "x = " + "-" * 3000 + "1",
        "x = " + "+".join(["1"] * 5000),
        "x = '\0'",
        "(" * 500,
        "<<<<<<< HEAD\na = 1\n=======\n",
    ],
)
def test_whatever_cannot_be_parsed_is_refused(text):
    with pytest.raises(RefusedError):
        imports.read(text)


def test_doubtful_escapes_are_none_of_our_business():
    assert imports.read("x = '\\d'\n").taken == {"x"}


def test_a_byte_order_mark_is_no_name():
    assert imports.read("\ufeffimport os\n").modules == {"os": ("os",)}


@pytest.mark.parametrize("text", ["def f(:", "a\0b", "(" * 500])
def test_the_tree_of_what_is_no_python_is_none(text):
    assert imports.parsed(text) is None
    assert imports.only_statement(text) is None


def test_two_statements_are_not_one():
    assert imports.only_statement("\ufeffa = 1\n").targets[0].id == "a"
    assert imports.only_statement("a = 1\nb = 2\n") is None
    assert imports.only_statement("") is None


INTWORD = (("humanize.number:intword", "humanize:intword"),)


def written(template, text="", aliases=()):
    resolved = imports.resolve([template], imports.read(text), aliases)
    return *resolved.codes, resolved.imports


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
        ("a = m = m_a = 1", "⟨m:a⟩", "m_a_2", "from m import a as m_a_2"),
        ("shop = 1", "⟨shop:⟩", "shop_2", "import shop as shop_2"),
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

    resolved = imports.resolve(templates, imports.read(""))

    assert resolved.codes == ("Cart()", "stock.Cart()", "Cart.x", "1")
    assert resolved.imports == ("from shop import Cart", "import stock")
    assert resolved.bindings.taken == {"Cart", "stock"}


def test_a_test_s_own_variable_hides_the_file_s_import():
    bindings = imports.reserve(imports.read("from shop import cart\n"), ["cart"])

    assert imports.resolve(["⟨shop.cart:parse⟩"], bindings).codes == ("parse",)


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


def needs(code, text):
    return imports.needs(code, imports.read(text, "tests"))


def test_the_imports_that_a_test_uses_are_needed_and_no_others():
    text = "import os\nimport datetime as dt\nfrom shop.cart import parse as p, total\nimport shop.stock\n"
    code = "def test():\n    assert p(dt.date(1, 1, 1)) == shop.stock.x\n"

    assert needs(code, text).imports == (
        "import datetime as dt",
        "from shop.cart import parse as p",
        "import shop.stock",
    )
    assert needs(code, text).missing == ()


def test_decorators_defaults_and_inner_functions_need_their_names():
    code = (
        "@a.mark(b)\ndef test(x=c):\n    def inner():\n        return [d(i) for i in x]\n    y = 1\n    return y\n"
    )

    assert needs(code, "from m import a, b, c, d").missing == ()
    assert len(needs(code, "from m import a, b, c, d").imports) == 4


def test_what_no_import_gives_is_missing():
    text = "from stars import *\nHELPER = 1\n"

    assert needs("def test():\n    assert HELPER == other + len('a')\n", text).missing == ("HELPER", "other")


def test_a_builtin_that_the_file_replaces_is_missing():
    assert needs("def test():\n    open('x')\n", "def open(x): ...\n").missing == ("open",)


def test_relative_imports_are_needed_by_their_whole_name():
    assert needs("def test():\n    Clock()\n", "from .fakes import Clock\n").imports == (
        "from tests.fakes import Clock",
    )


def test_a_relative_import_of_an_unknown_package_is_missing():
    needed = imports.needs("def test():\n    Clock()\n", imports.read("from .fakes import Clock\n"))

    assert needed.missing == ("Clock",)


def test_an_import_that_depends_on_a_condition_is_missing():
    text = "try:\n    from a import x\nexcept ImportError:\n    from b import x\n"

    assert needs("def test():\n    x()\n", text).missing == ("x",)
