"""Files of the checkout in tests: by the folder that the test file names, or from `__file__`."""

from __future__ import annotations

import pytest

from pytest_enrich.data import Call, Finding, Observation
from pytest_enrich.writing import places

ROOT = "/home/me/shop"
PATH = "tests/test_shop.py"


def relative(template: str, text: str = "") -> str:
    return places.relative(template, ROOT, PATH, text)


@pytest.mark.parametrize(
    ("assigned", "expected"),
    [
        ("HERE = Path(__file__).parent", "HERE / 'data/a.csv'"),
        ("DATA = Path(__file__).resolve().parent / 'data'", "DATA / 'a.csv'"),
        ("DATA = Path(__file__).parent.joinpath('data')", "DATA / 'a.csv'"),
        ("DATA = Path(__file__).parents[1] / 'tests' / 'data'", "DATA / 'a.csv'"),
        ("DATA = Path(os.path.dirname(__file__), 'data')", "DATA / 'a.csv'"),
        ("DATA: Path = Path(__file__).with_suffix('')", "⟨pathlib:Path⟩(__file__).parent / 'data/a.csv'"),
        ("DATA = os.path.join(os.path.dirname(__file__), 'data')", "⟨pathlib:Path⟩(DATA, 'a.csv')"),
        ("HERE = Path(__file__).parent\nDATA = HERE / 'data'", "DATA / 'a.csv'"),
        (
            "DATA = Path(__file__).parent / 'data'\nDATA = find_data()",
            "⟨pathlib:Path⟩(__file__).parent / 'data/a.csv'",
        ),
        ("DATA = os.getcwd()", "⟨pathlib:Path⟩(__file__).parent / 'data/a.csv'"),
        ("", "⟨pathlib:Path⟩(__file__).parent / 'data/a.csv'"),
    ],
)
def test_path_is_found_from_the_folder_that_the_file_names(assigned: str, expected: str) -> None:
    assert relative("load(⟨pathlib:Path⟩('/home/me/shop/tests/data/a.csv'))", assigned) == f"load({expected})"


@pytest.mark.parametrize(
    ("assigned", "expected"),
    [
        (
            "DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')",
            "⟨os.path:join⟩(DATA, 'a.csv')",
        ),
        ("DATA = os.path.dirname(__file__) + '/data'\nload(DATA + '/b.csv')", "DATA + '/a.csv'"),
        ("DATA = str(Path(__file__).parent / 'data')", "⟨os.path:join⟩(DATA, 'a.csv')"),
        ("DATA = Path(__file__).parent / 'data'", "str(DATA / 'a.csv')"),
        ("", "str(⟨pathlib:Path⟩(__file__).parent / 'data/a.csv')"),
    ],
)
def test_text_stays_a_text(assigned: str, expected: str) -> None:
    assert relative("load('/home/me/shop/tests/data/a.csv')", assigned) == f"load({expected})"


def test_file_beside_the_test_file_is_named_with_it() -> None:
    assert relative("⟨pathlib:Path⟩('/home/me/shop/tests/.env')") == "⟨pathlib:Path⟩(__file__).with_name('.env')"


def test_file_elsewhere_in_the_checkout_is_found_from_a_folder_above() -> None:
    written = relative("⟨pathlib:Path⟩('/home/me/shop/examples/a.csv')")
    assert written == "⟨pathlib:Path⟩(__file__).parents[1] / 'examples/a.csv'"


@pytest.mark.parametrize(("folder", "code"), [("tests", "parent"), ("examples", "parents[1] / 'examples'")])
def test_folder_without_a_name_is_found_from_the_test_file(folder: str, code: str) -> None:
    assert relative(f"⟨pathlib:Path⟩('/home/me/shop/{folder}')") == f"⟨pathlib:Path⟩(__file__).{code}"


def test_folder_that_has_a_name_is_that_name() -> None:
    assert (
        relative("⟨pathlib:Path⟩('/home/me/shop/tests/data')", "DATA = Path(__file__).parent / 'data'") == "DATA"
    )


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
    placed = places.placed(finding, ROOT, PATH, "DATA = Path(__file__).parent / 'data'")
    assert (placed.lines, placed.action) == (("path = DATA / 'a.csv'",), "⟨shop:load⟩(DATA / 'a.csv')")
    assert placed.observations[0].value == "DATA / 'a.csv'"
    assert (placed.reached, placed.branches) == ((3,), ((2, 3),))
