from __future__ import annotations

import coverage
import pytest
from msgspec.structs import replace

from pytest_enrich.data import CoveragePart
from pytest_enrich.session import scope, summary
from pytest_enrich.session.summary import render_gaps


def gaps(found):
    return [(gap.qualname, gap.outcome, gap.text) for gap in found.open]


def test_all_gaps_are_found_those_that_tests_come_near_to_first(settings, store, measured):
    found = scope.find(settings, measured(), store)
    assert gaps(found) == [
        ("parse_sku", "true", "if not sep:"),
        ("discount", "true", "if total < 0:"),
        ("Cart.size", "entered", "def size(self):"),
    ]
    assert (found.counts, found.known, found.notes) == ({}, (), ())
    assert set(found.texts) >= {"src/shop/cart.py"}


@pytest.mark.parametrize(
    ("only", "names"),
    [
        ((), {"parse_sku", "discount", "Cart.size"}),
        (("src/shop/cart.py",), {"parse_sku", "discount", "Cart.size"}),
        (("src/shop/cart.py::discount",), {"discount"}),
        (("src/shop/cart.py::Cart",), {"Cart.size"}),
        (("src/shop/cart.py::Cart.size", "src/shop/cart.py::parse_sku"), {"Cart.size", "parse_sku"}),
        (("src/shop/cart.py::disc",), set()),
        (("src/shop/other.py",), set()),
        (("cart.py",), set()),
    ],
)
def test_a_run_can_be_limited(settings, store, measured, only, names):
    found = scope.find(replace(settings, only=only), measured(), store)
    assert {gap.qualname for gap in found.open} == names


def test_what_a_team_turned_down_is_not_worked_on(settings, store, measured):
    first, *_ = scope.find(settings, measured(), store).open
    line = f"{first.id}  gap  wrong  2026-11-24  src/shop/cart.py:3  no\n"
    (settings.rootdir / ".enrich-rejected").write_text(line, encoding="utf-8")
    found = scope.find(settings, measured(), store)
    assert first.id not in {gap.id for gap in found.open}
    assert found.counts == {"turned down": 1}
    assert len(found.ranked) == 3


@pytest.mark.parametrize(
    "content", [b"def broken(:\n", b"x = '\xff'\n", b"# -*- coding: nonsense -*-\n", b"\x00\n"]
)
def test_a_source_that_cannot_be_read_is_left_out_and_named(settings, store, measured, content):
    cov = measured()
    (settings.rootdir / "src/shop/cart.py").write_bytes(content)
    found = scope.find(settings, cov, store)
    assert found.open == ()
    (note,) = found.notes
    assert note.startswith("src/shop/cart.py was left out: ")
    assert "\n" not in note


def test_a_source_that_is_gone_is_left_out_and_named(settings, store, measured):
    cov = measured()
    (settings.rootdir / "src/shop/cart.py").unlink()
    found = scope.find(settings, cov, store)
    assert (found.open, found.notes) == ((), ("src/shop/cart.py was left out: it is gone",))


def test_a_source_in_another_encoding_is_read_as_it_says(settings):
    path = settings.rootdir / "latin.py"
    path.write_bytes("# coding: latin-1\r\nname = '\xfc'\r\n".encode("latin-1"))
    assert scope.read(path) == "# coding: latin-1\nname = '\xfc'\n"


def test_the_list_names_each_gap_under_its_function(settings, store, measured):
    found = scope.find(settings, measured(), store)
    text = render_gaps(found.ranked)
    assert text.startswith("gaps      3, in the order in which they would be worked on\n\n")
    for gap in found.open:
        assert f"{gap.line:>5}  {gap.outcome:<9} {gap.text}  [{gap.id}]" in text
    assert text.count("src/shop/cart.py::") == 3


def test_an_empty_list_says_so():
    assert render_gaps(()) == "No gaps: nothing to list."


def test_a_run_that_only_looked_sums_up(settings, store, measured):
    found = scope.find(settings, measured(), store)
    made = summary.of_nothing(settings, found, 0.0)
    assert (made.gaps, made.tests, made.files, made.directory) == ({"not tried": 3}, 2, 1, "enrich-suggestions")
    assert isinstance(made.coverage, CoveragePart)
    assert 0 < made.coverage.lines < 100
    assert {"python", "pytest", "coverage", "pytest-enrich"} <= set(made.versions)
    assert made.commit is None


def test_a_folder_elsewhere_is_shown_in_full(settings, store, measured, tmp_path):
    elsewhere = replace(settings, directory=tmp_path / "elsewhere")
    assert summary.of_nothing(elsewhere, scope.find(settings, measured(), store), 0.0).directory == str(
        tmp_path / "elsewhere"
    )


def test_modules_that_no_test_imports_count_where_the_whole_suite_was_measured(settings, store, measured, rootdir):
    (rootdir / "src/shop/new.py").write_text("def f():\n    return 1\n")
    names = {gap.path for gap in scope.find(settings, measured(), store).open}
    assert "src/shop/new.py" in names
    for limited in (replace(settings, partial=("-k",)), replace(settings, earlier="coverage")):
        assert {gap.path for gap in scope.find(limited, measured(), store).open} == {"src/shop/cart.py"}


def test_red_files_are_no_sources_and_told_in_one_line(settings, store, measured):
    red = {f"tests/test_{number}.py": "1 test failed" for number in range(12)}
    (note,) = scope.find(replace(settings, red=red), measured(), store).notes
    assert note.startswith(
        "not all is green, so these were left out: tests/test_0.py (1 test failed), tests/test_1"
    )
    assert note.endswith(" and 2 more")


def test_tests_that_fail_are_told_in_the_same_line(settings, store, measured):
    changed = replace(settings, red={"tests/test_0.py": "1 test failed"}, failed=("tests/test_1.py::test_red",))
    (note,) = scope.find(changed, measured(), store).notes
    assert note == (
        "not all is green, so these were left out: tests/test_0.py (1 test failed), tests/test_1.py::test_red"
    )


def test_that_there_is_nothing_to_work_on_is_said(settings, store, rootdir):
    (rootdir / "src/shop/cart.py").unlink()
    nothing = coverage.Coverage(data_file=None, branch=True, config_file=False)
    found = scope.find(replace(settings, exclude=("src/*",)), nothing, store)
    (note,) = found.notes
    assert note.startswith("no source files were found: say where they are, as source under [tool.coverage.run], ")
