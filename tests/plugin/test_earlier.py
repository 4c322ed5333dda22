"""`--enrich-from`: coverage of an earlier run. Data is made by coverage.py itself, as if other machines had."""

import contextlib
import gc
import sqlite3
import subprocess
import sys
import warnings

import coverage
import pytest

from pytest_enrich import gaps, measurement
from pytest_enrich.errors import UsageError

CART = "src/shop/cart.py"
UPPER = [(-1, 2), (2, 3), (3, 5), (5, -2)]


def close(made):
    """Close its database, where the release of coverage knows how."""
    if hasattr(made, "close"):
        made.close(force=True)


@pytest.fixture
def data(shop):
    """Write a data file: for each test the arcs of the files that it ran."""

    def data(name, tests, *, lines=False):
        made = coverage.CoverageData(basename=str(shop.path / name))
        made.erase()
        for test, files in tests.items():
            made.set_context(test)
            if lines:
                made.add_lines({path: {end for _, end in arcs if end > 0} for path, arcs in files.items()})
            else:
                made.add_arcs(files)
        made.write()
        close(made)
        return shop.path / name

    return data


@pytest.fixture
def load(shop, tmp_path):
    """What is made of a file in the project's folder, or why nothing is."""

    def load(name):
        folder = tmp_path / f"private-{name}"
        folder.mkdir(exist_ok=True)
        try:
            cov = measurement.load_earlier(shop.path / name, folder, shop.path, ".coveragerc")
        except UsageError as error:
            with warnings.catch_warnings():  # coverage leaves the database open that it cannot read
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()
            return str(error)
        tests = measurement.test_files(cov, shop.path)
        found = [(file.path, file.missing_lines) for file in gaps.read(cov, shop.path, tests).files]
        close(cov.get_data())
        return tests, found

    return load


FOUND = (("tests/test_cart.py",), [(CART, (4,))])


def test_data_of_another_machine_is_read_with_the_paths_of_the_configuration(data, load, write):
    there = "/home/runner/work/shop/src/shop/cart.py"
    data("ci", {"": {there: [(-1, 2)]}, "tests/test_cart.py::test_upper|run": {there: UPPER}})
    told = load("ci")
    assert told.startswith("none of its files is below ")
    mapping = told.splitlines()[-2:]
    assert mapping == ["  [tool.coverage.paths]", '  source = ["src", "/home/runner/work/shop/src"]']
    write("pyproject.toml", "\n".join(line.strip() for line in mapping))
    assert load("ci") == FOUND


def test_relative_files_need_no_mapping(data, load):
    data("ci", {"tests/test_cart.py::test_upper|run": {CART: UPPER}})
    assert load("ci") == FOUND


def test_data_combined_of_several_jobs_has_the_tests_of_all(shop, data, load, write):
    write("pyproject.toml", '[tool.coverage.paths]\nsource = ["src", "*/src"]\n')
    write("tests/test_more.py", "def test_empty(): pass\n")
    one = data(".coverage.1", {"tests/test_cart.py::test_upper|run": {"/a/src/shop/cart.py": UPPER}})
    empty = [(-1, 2), (2, 3), (3, 4), (4, -2)]
    two = data(".coverage.2", {"tests/test_more.py::test_empty|run": {"/b/src/shop/cart.py": empty}})
    subprocess.run(
        [sys.executable, "-m", "coverage", "combine", "--keep", "--data-file=all", one, two],
        cwd=shop.path,
        check=True,
        capture_output=True,
    )
    assert load("all") == (("tests/test_cart.py", "tests/test_more.py"), [(CART, ())])
    assert one.exists()


def test_what_cannot_be_used_is_said(data, load, write):
    test = "tests/test_cart.py::test_upper|run"
    write("text", "no coverage data")
    data("lines", {test: {CART: UPPER}}, lines=True)
    data("contextless", {"": {CART: UPPER}})
    data("foreign", {"tests.test_cart.test_upper": {CART: UPPER}})
    again = "Measure so:  pytest --cov --cov-branch --cov-context=test"
    assert load("nowhere") == f"there is no such file\n{again}"
    assert load("text").startswith("coverage cannot read it: ")
    assert load("lines") == f"it has lines only, no branches\n{again}"
    assert load("contextless") == load("foreign") == f"it does not say which test ran what\n{again}"


def test_what_is_no_coverage_in_its_tables_is_said(data, load):
    file = data("ci", {"tests/test_cart.py::test_upper|run": {CART: UPPER}})
    with contextlib.closing(sqlite3.connect(file)) as tables, tables:
        tables.execute("update arc set fromno = 'one'")
    assert "its branches are no numbers of lines" in load("ci")


def test_names_of_tests_that_are_no_text_are_said(data, load):
    file = data("ci", {"tests/test_cart.py::test_upper|run": {CART: UPPER}})
    with contextlib.closing(sqlite3.connect(file)) as tables, tables:
        tables.execute("update context set context = cast(X'747374ff' as text)")
    assert "coverage cannot read it" in load("ci")


def test_a_file_of_which_a_part_is_gone_is_said(data, load):
    file = data("ci", {"tests/test_cart.py::test_upper|run": {CART: UPPER}})
    whole = file.read_bytes()
    page = len(whole) // 2
    file.write_bytes(whole[:page] + bytes(byte ^ 0x80 for byte in whole[page:]))
    assert "coverage cannot read it" in load("ci")


def test_a_run_uses_it_and_measures_nothing_itself(shop, data, given):
    file = data("ci", {"tests/test_cart.py::test_upper|run": {CART: UPPER}})
    before = file.read_bytes()
    result = shop.runpytest_subprocess("--enrich", "--enrich-from=ci", "-p", "no:pytest_cov", "-k", "upper")
    said = given(result)
    result.stdout.fnmatch_lines(["enrich: coverage of an earlier run, ci"])
    assert said["contexts"] == ["tests/test_cart.py::test_upper|run"]
    assert (said["settings"]["earlier"], said["settings"]["partial"]) == ("ci", [])
    assert said["settings"]["test_files"] == ["tests/test_cart.py"]
    assert (file.read_bytes(), list(shop.path.glob(".coverage*"))) == (before, [])


def test_a_file_that_is_not_there_is_refused_before_the_tests_run(shop):
    result = shop.runpytest_subprocess("--enrich", "--enrich-from=nowhere")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: --enrich-from=nowhere: there is no such file", "       Measure so: *"])
