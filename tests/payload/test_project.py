from __future__ import annotations

import pytest

from pytest_enrich.payload.project import Project


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("src/shop/cart.py", "source"),
        ("shop/testimony.py", "source"),
        ("tests/helper.py", "test"),
        ("src/shop/tests/helper.py", "test"),
        ("test_cart.py", "test"),
        ("shop/cart_test.py", "test"),
        ("conftest.py", "test"),
        (".venv/lib/python3.12/site-packages/pkg/mod.py", ""),
        ("../elsewhere.py", ""),
    ],
)
def test_a_file_is_source_or_test_by_its_name_and_place(tmp_path, name, kind):
    assert Project(str(tmp_path), "shop.cart").kind(str(tmp_path / name)) == kind


def test_generated_code_is_not_the_projects(tmp_path):
    assert Project(str(tmp_path), "shop.cart").kind("<string>") == ""


def test_local_classes_cannot_be_made_by_a_test(tmp_path):
    class Local:
        pass

    assert not Project(str(tmp_path), __name__).owns(Local)
