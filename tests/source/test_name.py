from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_enrich import source


@pytest.mark.parametrize(
    ("path", "roots", "packages", "name"),
    [
        ("shop/cart.py", ("",), {"shop"}, "shop.cart"),
        ("src/shop/cart.py", ("src", ""), {"src/shop"}, "shop.cart"),
        ("src/shop/cart.py", (), {"src/shop"}, "shop.cart"),
        ("src/ns/shop/cart.py", ("src",), {"src/ns/shop"}, "ns.shop.cart"),
        ("src/shop/sub/cart.py", ("src/shop", "src"), {"src/shop", "src/shop/sub"}, "shop.sub.cart"),
        ("src/shop/__init__.py", ("src",), {"src/shop"}, "shop"),
        ("shop/__main__.py", ("",), {"shop"}, "shop.__main__"),
        ("cart.py", (), set(), "cart"),
        ("lib/cart.py", (), set(), "cart"),
        ("lib/cart.py", ("",), set(), "lib.cart"),
    ],
)
def test_a_module_is_named_from_the_first_root_that_holds_it(path, roots, packages, name):
    assert source.module_name(path, roots, packages) == name


def test_roots_are_the_entries_of_the_path_in_the_project(tmp_path):
    (tmp_path / "src").mkdir()
    paths = ["", "src", str(tmp_path / "src"), "/usr/lib/python3", str(tmp_path / "venv/lib/site-packages")]
    assert source.roots(tmp_path, paths) == ("src", "")


def test_the_root_from_which_modules_were_imported_comes_before_one_that_pytest_put_there(tmp_path):
    def module(path):
        return SimpleNamespace(__file__=str(tmp_path / path))

    modules = {
        "ns.shop": module("src/ns/shop/__init__.py"),
        "ns.shop.cart": module("src/ns/shop/cart.py"),
        "shop": module("src/ns/shop/__init__.py"),
        "shop.tests.test_cart": module("src/ns/shop/tests/test_cart.py"),
        "shop.tests.test_total": module("src/ns/shop/tests/test_total.py"),
        "built_in": SimpleNamespace(),
    }
    (tmp_path / "src/ns").mkdir(parents=True)
    assert source.roots(tmp_path, ["src/ns", "src"], modules) == ("src", "src/ns")


def test_packages_are_folders_with_an_init(tmp_path):
    (tmp_path / "src/shop/sub").mkdir(parents=True)
    (tmp_path / "src/shop/__init__.py").touch()
    assert source.packages(tmp_path, ["src/shop/sub/cart.py"]) == {"src/shop"}


def test_a_target_has_its_modules_name(target):
    suite = source.Suite(source_roots=("src",), packages=frozenset({"src/shop"}))
    found = target("def f(x):\n    return x\n", ("f", "return x"), suite=suite, path="src/shop/cart.py")
    assert found.module == "shop.cart"
