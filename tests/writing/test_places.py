"""Files of the checkout in tests are found from the test file."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Call, Finding, Observation
from pytest_enrich.writing import places

ROOT = "/home/me/shop"
PATH = "tests/test_shop.py"


def relative(template: str) -> str:
    return places.relative(template, ROOT, PATH)


def test_path_is_found_from_the_test_file() -> None:
    written = relative("load(⟨pathlib:Path⟩('/home/me/shop/tests/data/a.csv'))")
    assert written == "load(⟨pathlib:Path⟩(__file__).parent / 'data/a.csv')"


def test_text_stays_a_text() -> None:
    written = relative("load('/home/me/shop/tests/data/a.csv')")
    assert written == "load(str(⟨pathlib:Path⟩(__file__).parent / 'data/a.csv'))"


def test_file_beside_the_test_file_is_named_with_it() -> None:
    assert relative("⟨pathlib:Path⟩('/home/me/shop/tests/.env')") == "⟨pathlib:Path⟩(__file__).with_name('.env')"


def test_file_elsewhere_in_the_checkout_is_found_from_a_folder_above() -> None:
    written = relative("⟨pathlib:Path⟩('/home/me/shop/examples/a.csv')")
    assert written == "⟨pathlib:Path⟩(__file__).parents[1] / 'examples/a.csv'"


@pytest.mark.parametrize(("folder", "code"), [("tests", "parent"), ("examples", "parents[1] / 'examples'")])
def test_folder_without_a_name_is_found_from_the_test_file(folder: str, code: str) -> None:
    assert relative(f"⟨pathlib:Path⟩('/home/me/shop/{folder}')") == f"⟨pathlib:Path⟩(__file__).{code}"


def test_part_of_an_expression_keeps_its_brackets() -> None:
    written = relative("⟨pathlib:Path⟩('/home/me/shop/tests/data/a.csv').read_text()")
    assert written == "(⟨pathlib:Path⟩(__file__).parent / 'data/a.csv').read_text()"


@pytest.mark.parametrize(
    "template", ["'see /home/me/shop/tests/a.csv'", "'/home/me/shopping/a.csv'", "'a\\n/home/me/shop'"]
)
def test_what_is_no_path_of_the_checkout_stays(template: str) -> None:
    assert relative(template) == template


def test_whole_finding_is_placed() -> None:
    path = "⟨pathlib:Path⟩('/home/me/shop/tests/data/a.csv')"
    seen = Observation(subject="result", value=path)
    finding = Finding(
        call=Call(qualname="load"),
        lines=(f"path = {path}",),
        action=f"⟨shop:load⟩({path})",
        expression=True,
        consume="",
        observations=(seen,),
        reached=(3,),
        branches=((2, 3),),
    )
    code = "⟨pathlib:Path⟩(__file__).parent / 'data/a.csv'"
    placed = places.placed(finding, ROOT, PATH)
    assert (placed.lines, placed.action) == ((f"path = {code}",), f"⟨shop:load⟩({code})")
    assert placed.observations[0].value == code
    assert (placed.reached, placed.branches) == ((3,), ((2, 3),))
