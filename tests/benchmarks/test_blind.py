"""Blind reads: what a reader gets to see, and what becomes of the decisions."""

from __future__ import annotations

import json

import blind
import pytest
from projects import Project

FULL = (
    """\
import pytest


class TestCart:
    @pytest.mark.parametrize("price", [1, 2])
    def test_add(self, price):
        assert Cart().add(price)


def test_total():
    assert total([]) == 0


def test_long():
"""
    + "    assert total([1]) == 1\n" * 14
)
LISTING = """\
tools = []
seed = 1
fraction = 0.5

[projects.shop]
version = "1"
sha256 = "0"
source = ["shop"]
tests = ["tests"]
"""
ACCEPTED = """\
class TestCart:
    def test_add_nothing(self):
        assert Cart().add(0) == (
            1,
        )
"""


@pytest.fixture
def folder(tmp_path):
    """What `recovery.py` leaves of a project with three deleted tests and two suggestions, one of them a row."""
    place = tmp_path / "bench"
    removed = ["TestCart::test_add", "test_total", "test_long"]
    files = {
        "shop/laid-out.json": json.dumps(
            {
                "sha256": "0",
                "seed": 1,
                "fraction": 0.5,
                "removed": [f"tests/test_cart.py::{name}" for name in removed],
            }
        ),
        "shop/full/tests/test_cart.py": FULL,
        "shop/full/shop/cart.py": "class Cart: ...\n",
        "shop/full/shop/tests/test_more.py": FULL,
        "runs/1/settings.json": '{"budget": "9x", "seed": 0}',
        "runs/1/shop/recovery.json": "{}",
        "runs/1/shop/checkout/tests/test_cart.py": ACCEPTED,
        "projects.toml": LISTING,
    }
    code = "def test_add_nothing(self):\n    assert Cart().add(0) == (1,)\n"
    for ident, kind in (("cart-aaaaaaaa", "test"), ("cart-bbbbbbbb", "row")):
        target, test = (
            {"path": "tests/test_cart.py", "owner": "TestCart"},
            {"names": ["test_add_nothing"], "code": code},
        )
        made = json.dumps({"id": ident, "kind": kind, "target": target, "test": test})
        files[f"runs/1/shop/checkout/enrich-suggestions/decided/{ident}/suggestion.json"] = made
    for path, text in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    return place


@pytest.fixture
def sheet(folder, tmp_path):
    """The folder of a sheet."""
    out = tmp_path / "sheet"
    blind.main(["sheet", str(folder), "--out", str(out), "--list", str(folder / "projects.toml")])
    return out


@pytest.fixture
def key(sheet):
    return {int(number): read for number, read in json.loads((sheet / "key.json").read_text()).items()}


@pytest.fixture
def fold(sheet, capsys):
    def fold(entries, name="result.json"):
        (sheet / "reader" / name).write_text(json.dumps(entries))
        capsys.readouterr()
        blind.main(["fold", str(sheet)])
        return capsys.readouterr().out

    return fold


def decided(number, **changes):
    marks = {"name": 2, "inputs": 3, "one": 4, "intent": 4, "help": 5}
    return {"n": number, "decision": "A", "edit": "", "guess": "H", "confidence": 60, **marks, **changes}


def number_of(key, origin):
    return next(number for number, read in key.items() if read["origin"] == origin)


def test_suggested_and_deleted_tests_are_on_the_sheet_without_rows_and_long_ones(key):
    assert {(read["origin"], read["id"]) for read in key.values()} == {
        ("ours", "cart-aaaaaaaa"),
        ("human", "tests/test_cart.py::TestCart::test_add"),
        ("human", "tests/test_cart.py::test_total"),
    }


def suggestion(ident, code, at):
    target, test = blind._Place(path="t.py", owner=None), blind._Test(names=(), code=f"def {code}\n")
    return blind.Suggestion(id=ident, kind="test", target=target, test=test, made=blind._Made(at=at))


def test_what_a_run_with_few_places_shows_is_drawn_from():
    plain = [
        suggestion(f"p{at}", f"test_sum_of_parts(): assert f('ab') == {at}", str(at)) for at in (5, 3, 4, 1, 2)
    ]
    struck = [suggestion("s0", "test_f(): assert f('', None) == 1", "0")]
    assert [one.id for one in blind.first([*struck, *plain], 10)] == ["p1", "p2", "p3", "p4", "p5"]
    assert [one.id for one in blind.first([*struck, *plain[:1]], 10)] == ["p5"]
    assert [one.id for one in blind.first(struck, 10)] == ["s0"]
    assert [one.id for one in blind.first(plain, 2)] == ["p1", "p2"]


def test_a_test_is_shown_as_it_stands_in_its_file_with_its_decorators_and_its_class(sheet):
    text = (sheet / "reader" / "read.md").read_text()

    assert '@pytest.mark.parametrize("price", [1, 2])\ndef test_add(self, price):\n    assert Cart()' in text
    assert "def test_add_nothing(self):\n    assert Cart().add(0) == (\n        1,\n    )\n" in text
    assert text.count("shop, into `tests/test_cart.py`, class `TestCart`") == 2


def test_a_method_with_a_text_at_the_margin_is_shown_without_the_indentation_of_its_class(folder, tmp_path):
    code = (
        'class TestCart:\n    def test_add_nothing(self):\n        assert render() == """\\\nempty\n  cart\n"""\n'
    )
    (folder / "runs/1/shop/checkout/tests/test_cart.py").write_text(code)
    blind.main(["sheet", str(folder), "--out", str(tmp_path), "--list", str(folder / "projects.toml")])

    shown = 'def test_add_nothing(self):\n    assert render() == """\\\nempty\n  cart\n"""\n'
    assert f"\n{shown}" in (tmp_path / "reader" / "read.md").read_text()


def test_what_was_not_accepted_is_shown_as_it_was_suggested(folder, tmp_path):
    (folder / "runs/1/shop/checkout/tests/test_cart.py").write_text("")
    blind.main(["sheet", str(folder), "--out", str(tmp_path), "--list", str(folder / "projects.toml")])

    assert "assert Cart().add(0) == (1,)" in (tmp_path / "reader" / "read.md").read_text()


def test_the_reader_gets_the_sources_and_neither_tests_nor_the_key(sheet):
    reader = sheet / "reader"

    found = {file.relative_to(reader).as_posix() for file in reader.rglob("*") if file.is_file()}
    assert found == {"read.md", "sheet.md", "shop/shop/cart.py"}
    assert "cart-aaaaaaaa" not in (reader / "read.md").read_text()


def test_a_test_file_among_the_sources_is_not_shown(tmp_path):
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    (checkout / "trie.py").write_text("")
    (checkout / "checks.py").write_text("")
    project = Project(version="1", sha256="", source=(".",), tests=("checks.py",))
    blind.copy_sources(checkout, project, tmp_path / "reader")
    assert [file.name for file in (tmp_path / "reader").iterdir()] == ["trie.py"]


def test_the_same_seed_draws_the_same_tests(folder, tmp_path):
    def text(seed):
        words = ["--each", "1", "--seed", seed, "--list", str(folder / "projects.toml")]
        blind.main(["sheet", str(folder), "--out", str(tmp_path / "again"), *words])
        return (tmp_path / "again" / "reader" / "read.md").read_text()

    assert text("3") == text("3")
    assert len({text(str(seed)) for seed in range(9)}) > 1


def test_decisions_are_counted_for_ours_and_for_human_tests(fold, key):
    at = number_of(key, "ours")
    entries = [decided(number) for number in key if number != at]
    said = fold([*entries, decided(at, decision="E", edit="name: the branch", guess="T", name=1)])

    assert "| suggestions (1) | 0 % (0 of 1) | 1 | 0 | 100 % | 1.0 | 3.0 | 4.0 | 4.0 | 5.0 |" in said
    assert "| written by people (2) | 100 % (2 of 2) | 0 | 0 | 0 % | 2.0 | 3.0 | 4.0 | 4.0 | 5.0 |" in said
    assert "Told apart: 100 % (3 of 3)." in said
    assert "| shop | 0 of 1 | 2 of 2 |" in said
    assert f"- {at}, shop, cart-aaaaaaaa: edit: name: the branch" in said


def test_several_readers_of_a_sheet_count_together(fold, key):
    entries = [decided(number) for number in key]
    fold(entries, "result-1.json")
    said = fold([{**entry, "decision": "R"} for entry in entries], "result-2.json")

    assert "Readers: 2." in said
    assert "| suggestions (2) | 50 % (1 of 2) | 0 | 1 |" in said


def test_what_nobody_read_is_told_and_the_table_is_kept(fold, key, sheet):
    said = fold([decided(number_of(key, "human"))])

    assert "Not read: 2." in said
    assert "| suggestions (0) | - (none) | 0 | 0 | - | - |" in said
    assert (sheet / "blind.md").read_text().strip() in said


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        ([decided(99)], "of no test, or more than once: 99"),
        ([decided(1), decided(1)], "of no test, or more than once: 1"),
        ([decided(1, decision="maybe")], "result.json: Invalid"),
        ([decided(1, name=6)], "result.json: Expected `int` <= 5"),
        ({}, "result.json: Expected `array`"),
    ],
)
def test_a_result_that_is_not_what_the_sheet_asks_for_ends_the_program(fold, entries, complaint):
    with pytest.raises(SystemExit, match=complaint):
        fold(entries)


def test_a_sheet_that_nobody_read_is_said(sheet):
    with pytest.raises(SystemExit, match=r"has no result\.json"):
        blind.main(["fold", str(sheet)])


def test_what_a_reader_decided_is_not_thrown_away(fold, key, sheet, folder):
    fold([decided(number) for number in key])

    with pytest.raises(SystemExit, match="this sheet was read"):
        blind.main(["sheet", str(folder), "--out", str(sheet), "--list", str(folder / "projects.toml")])
