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
        "x = [taken := 1 for _ in ()]",
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
