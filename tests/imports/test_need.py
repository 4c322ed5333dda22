from pytest_enrich import imports


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
