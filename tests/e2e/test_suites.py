"""Suites that have no test yet, that never import a module, or that are red in places."""

from __future__ import annotations

import json
import sys

import pytest

from pytest_enrich.sandboxes import isolation
from tests.e2e.conftest import CART, TESTS

pytestmark = pytest.mark.slow

ENRICH = ("pytest", "--enrich", "--enrich-budget=600x", "--enrich-max=0", "-p", "no:cacheprovider")
ONE = (*ENRICH, "--enrich-max=1", "--enrich-budget=5m", "--enrich-workers=1")
"""The first test that is found is enough to see that, and where, a suite is worked on."""
NEW = """\
def parity(number: int) -> str:
    if number % 2:
        return "odd"
    return "even"
"""
RED = "def test_red():\n    assert 0\n"
INI = "[pytest]\npythonpath = src\n"
PACKAGE = {"pytest.ini": INI, "src/shop/__init__.py": "", "src/shop/cart.py": CART}
GREEN = {**PACKAGE, "tests/test_cart.py": TESTS}


def targets(project):
    """The functions that suggestions are for, each with the test file, new or not."""
    read = (json.loads((path / "suggestion.json").read_text("utf-8")) for path in project.pending().values())
    return sorted({(one["gap"]["qualname"], one["target"]["path"], one["target"]["new_file"]) for one in read})


def accepted(project):
    """Whether the suite is green once everything is accepted."""
    done = project.run("pytest_enrich", "accept", *project.pending())
    assert done.status == 0, done.text
    ended = project.run("pytest", "-p", "no:cacheprovider")
    assert ended.status == 0, ended.text
    return ended.text


def as_a_script(_name, *words):
    """`pytest`, which leaves the project's folder where it is: `python -m pytest` puts it where imports look."""
    program = "import sys; sys.path.remove(''); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    return [sys.executable, "-c", program, "-ppytest_enrich.plugin", "-ppytest_cov", *words]


LAYOUTS = {
    "an empty folder and python_files": (
        {**PACKAGE, "test/README": "", "pytest.ini": f"{INI}python_files = check_*.py\n"},
        "test/check_cart.py",
    ),
    "a file without tests": ({**PACKAGE, "tests/test_cart.py": "import shop.cart\n"}, "tests/test_cart.py"),
    "a module": (
        {"cart.py": CART, "noxfile.py": CART, "setup.py": "raise SystemExit(3)\n", "conftest.py": ""},
        "tests/test_cart.py",
    ),
}


@pytest.mark.parametrize(("files", "path"), LAYOUTS.values(), ids=LAYOUTS)
def test_a_suite_without_tests_gets_its_first_ones_where_they_belong(small, files, path):
    project = small(files)
    ended = project.run(*ONE)
    assert ended.status == 5, ended.text
    assert [(where, is_new) for _, where, is_new in targets(project)] == [(path, path not in files)], ended.text
    assert " passed" in accepted(project)


def test_without_tests_what_cannot_be_imported_is_told_with_the_way_out(small, monkeypatch):
    project = small({"pyproject.toml": "", "shop/__init__.py": "", "shop/cart.py": CART})
    monkeypatch.setattr(project, "command", as_a_script)
    ended = project.run(*ENRICH)
    assert ended.status == 5, ended.text
    told = " ".join(ended.text.split())
    assert "note: shop was left out: tests cannot import it; install the project (pip install -e .), or" in told
    assert 'pythonpath = ["."]' in told
    assert not project.pending()


def test_a_module_that_no_test_imports_gets_a_test_file_of_its_own(small):
    project = small({**GREEN, "src/shop/new.py": NEW, "src/shop/__main__.py": NEW})
    ended = project.run(*ONE, "--enrich-only=src/shop/new.py", "-n2", "-p", "xdist")
    assert ended.status == 0, ended.text
    assert targets(project) == [("parity", "tests/test_new.py", True)], ended.text
    assert "tests/test_new.py" in accepted(project)


def test_of_a_partial_run_modules_that_no_test_imports_are_no_matter(small):
    project = small({**GREEN, "src/shop/new.py": NEW})
    ended = project.run(*ENRICH, "--enrich-list", "-k", "half")
    assert ended.status == 0, ended.text
    assert "shop/cart.py::discount" in ended.text
    assert "parity" not in ended.text


def test_of_a_red_suite_what_is_green_is_worked_on_and_what_is_left_out_is_said(small):
    red = "from shop.new import parity\n\n\ndef test_parity():\n    assert parity(1) == 'even'\n"
    project = small({**GREEN, "src/shop/new.py": NEW, "tests/test_new.py": red})
    ended = project.run(*ENRICH, "-n2", "-p", "xdist")
    assert ended.status == 1, ended.text
    assert targets(project) == [(name, "tests/test_cart.py", False) for name in ("discount", "half")], ended.text
    note = "not all is green, so these were left out: tests/test_new.py (1 test failed)"
    assert f"note: {note}" in " ".join(ended.text.split())
    run = json.loads((project.root / "enrich-suggestions/run.json").read_text("utf-8"))
    assert note in run["notes"]
    assert run["gaps"]["left out"] == 1


def test_beside_a_test_that_fails_a_file_is_worked_on_and_what_fails_is_said(small):
    project = small({**PACKAGE, "tests/test_cart.py": f"{TESTS}\n\n{RED}"})
    ended = project.run(*ONE)
    assert ended.status == 1, ended.text
    assert "not all is green, so these were left out: tests/test_cart.py::test_red" in ended.text
    assert targets(project) == [("discount", "tests/test_cart.py", False)], ended.text
    done = project.run("pytest_enrich", "accept", *project.pending())
    assert done.status == 0, done.text
    after = project.run("pytest", "-p", "no:cacheprovider", "-q")
    assert after.text.splitlines()[-1].startswith("1 failed, 3 passed"), after.text


def test_a_test_file_that_is_green_again_is_worked_on(small):
    project = small(
        {**PACKAGE, "tests/test_cart.py": f"{TESTS}\n\nassert 0\n", "tests/test_other.py": "def test(): pass\n"}
    )
    first = project.run(*ENRICH, "--continue-on-collection-errors")
    assert first.status == 1, first.text
    assert not project.pending()
    (project.root / "tests/test_cart.py").write_text(TESTS)
    ended = project.run(*ONE)
    assert project.pending(), ended.text


CLASSES = """\
import unittest

from shop.cart import discount


class ZeroTests(unittest.TestCase):
    def test_nothing(self):
        self.assertEqual(discount(0), 0)


class LargeTests(unittest.TestCase):
    def test_much(self):
        self.assertEqual(discount(10), 10)
"""


def test_where_all_classes_are_about_something_else_a_test_gets_a_class_of_its_own(small):
    project = small({**PACKAGE, "tests/test_cart.py": CLASSES})
    ended = project.run(*ONE, "--enrich-with=search", "--enrich-only=src/shop/cart.py::half")
    assert [name for name, *_ in targets(project)] == ["half"], ended.text
    assert " passed" in accepted(project)
    written = (project.root / "tests/test_cart.py").read_text("utf-8")
    assert "\n\n\nclass HalfTests(unittest.TestCase):\n    def test_" in written


SAVING = {
    "pytest.ini": INI,
    "src/shop/__init__.py": "",
    "src/shop/report.py": """\
import json


def save(path: str, totals: dict[str, int]) -> None:
    with open(path, "w", encoding="utf-8") as file:
        if not totals:
            file.write("nothing was sold")
        else:
            json.dump(totals, file)
""",
    "tests/test_report.py": """\
from pathlib import Path

from shop.report import save


def test_save():
    path = Path(__file__).parent / "report.txt"
    save(str(path), {"pen": 3})
    assert path.read_text(encoding="utf-8") == '{"pen": 3}'
""",
}


def test_tests_that_write_in_the_project_are_varied_where_that_leaves_no_trace(small):
    project = small(SAVING)
    report = project.root / "tests" / "report.txt"
    ended = project.run(*ONE)
    assert report.read_text(encoding="utf-8") == '{"pen": 3}'
    if isolation.choose("auto", project.root).bwrap:
        assert targets(project) == [("save", "tests/test_report.py", False)], ended.text
        accepted(project)
        assert "nothing was sold" in (project.root / "tests" / "test_report.py").read_text(encoding="utf-8")
    else:
        assert "test_save does not pass inside the sandbox" in " ".join(ended.text.split())
        assert not project.pending()
