from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import coverage
import pytest

from pytest_enrich import gaps
from pytest_enrich.data.code import ran_by

FILES = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": """\
def total(items, rate=(
    1
)):
    if not items:
        return 0
    return sum(
        items
    ) * rate[0]


def never():
    return 1  # pragma: no cover
""",
    "src/shop/omitted.py": "x = 1\n",
    "src/shop/gone.py": "x = 1\n",
    "src/shop/broken.py": "x = 1\n",
    "src/shop/latin.py": "# -*- coding: latin-1 -*-\nname = '\xe9'\n",
    "src/shop/unused.py": "def f():\n    return 1\n",
    "src/shop/_vendor/__init__.py": "",
    "src/shop/_vendor/copied.py": "def g():\n    return 1\n",
    "src/conftest.py": "",
    "src/tests/__init__.py": "",
    "src/tests/base.py": "x = 1\n",
    "src/test_inside.py": "def test_nothing():\n    pass\n",
    "tests/test_cart.py": """\
import pytest
from shop import broken, cart, gone, latin, omitted

@pytest.fixture
def ready():
    return cart.total([], (1,))

@pytest.mark.parametrize("n", [1, 2, 3], ids=["1", "a|b", "x" * 5000])
def test_total(n):
    assert cart.total([n], (1,)) == n

def test_fixture(ready):
    assert ready == 0
""",
    "pyproject.toml": """\
[tool.coverage.run]
branch = true
context = 'nightly'
source = ['src']
omit = ['*/omitted.py']
""",
}
COMMAND = (
    "-m pytest -q -p no:cacheprovider -p no:enrich -p no:randomly --cov --cov-context=test --cov-report= tests src"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project whose suite has run, and in which files were deleted and spoilt since."""
    root = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="latin-1")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    env = {**kept, "PYTHONPATH": str(root / "src"), "COVERAGE_CORE": "ctrace"}
    done = subprocess.run(
        [sys.executable, *COMMAND.split()], cwd=root, env=env, capture_output=True, text=True, check=False
    )
    assert "5 passed" in done.stdout, done.stdout + done.stderr
    (root / "src/shop/gone.py").unlink()
    (root / "src/shop/broken.py").write_text("def (:\n")
    return root


@pytest.fixture
def cov(project, monkeypatch) -> coverage.Coverage:
    monkeypatch.chdir(project)
    found = coverage.Coverage(data_file=str(project / ".coverage"))
    found.load()
    yield found
    data = found.get_data()
    getattr(data, "close", data._reset)()  # releases before 7.9 have no other way


def by_path(measured: gaps.Measured) -> dict[str, gaps.FileCoverage]:
    return {file.path: file for file in measured.files}


def test_sources_are_read_and_tests_and_omitted_files_are_not(cov, project):
    own = ["src/test_inside.py", "tests/test_cart.py", "src/tests/sub/test_cart.py"]
    measured = gaps.read(cov, project, tests=own)
    names = ["__init__", "cart", "latin", "unused"]
    assert [file.path for file in measured.files] == [f"src/shop/{name}.py" for name in names]


def test_files_that_cannot_be_read_are_named_with_the_reason(cov, project):
    (broken, why), gone = gaps.read(cov, project).skipped
    assert broken == "src/shop/broken.py"
    assert "cannot be parsed" in why
    assert "\n" not in why
    assert gone == ("src/shop/gone.py", "it is gone")


def test_lines_and_branches_have_coverages_numbers(cov, project):
    cart = by_path(gaps.read(cov, project))["src/shop/cart.py"]
    assert cart.statements == (1, 4, 5, 6, 11)
    assert cart.missing_lines == ()
    assert cart.branches == ((4, 5), (4, 6))
    assert cart.missing_branches == ()


def test_a_file_never_imported_is_missing_as_a_whole(cov, project):
    unused = by_path(gaps.read(cov, project))["src/shop/unused.py"]
    assert unused.missing_lines == (1, 2)
    assert unused.contexts == {}


def test_contexts_are_node_ids_that_can_be_asked_for_by_the_first_line_of_a_statement(cov, project):
    cart = by_path(gaps.read(cov, project))["src/shop/cart.py"]
    total = ("tests/test_cart.py::test_total[1]", "tests/test_cart.py::test_total[a|b]")
    assert cart.contexts == {
        4: ("tests/test_cart.py::test_fixture", *total),
        5: ("tests/test_cart.py::test_fixture",),
        6: total,
    }


def test_percentages_are_what_coverage_reports(cov, project):
    measured = gaps.read(cov, project)
    assert measured.line_percent == pytest.approx(100 * 8 / 10)
    assert measured.branch_percent == 100.0


def test_nothing_measured_is_nothing_missed():
    assert gaps.Measured(files=()).line_percent == 100.0


@pytest.mark.parametrize(
    ("include", "exclude", "left"),
    [
        (("src/shop/c*.py",), (), ["cart"]),
        ((), ("latin.py", "src/shop/__init__.py"), ["cart", "unused"]),
        (("src",), ("unused.py",), ["__init__", "cart", "latin"]),
        (("tests/*",), (), []),
        (("src/shop/_vendor",), (), ["_vendor/__init__", "_vendor/copied"]),
    ],
)
def test_globs_choose_the_sources(cov, project, include, exclude, left):
    measured = gaps.read(cov, project, ["src/test_inside.py", "src/tests/test_x.py"], include, exclude)
    assert [file.path for file in measured.files] == [f"src/shop/{name}.py" for name in left]


def test_files_outside_rootdir_are_not_read(cov, project):
    assert gaps.read(cov, project / "tests").files == ()


def test_the_reports_own_omit_is_honoured(cov, project):
    cov.set_option("report:omit", ["*/cart.py"])
    assert "src/shop/cart.py" not in by_path(gaps.read(cov, project))


def test_gaps_of_a_real_run_are_found(cov, project):
    file = by_path(gaps.read(cov, project))["src/shop/unused.py"]
    found = gaps.find(file.path, FILES["src/shop/unused.py"], file)
    assert [(gap.qualname, gap.outcome, gap.lines) for gap in found] == [
        ("", "entered", (1,)),
        ("f", "entered", (2,)),
    ]


@pytest.mark.parametrize(
    ("context", "test"),
    [
        ("nightly|tests/test_cart.py::test_upper[a|b]|run", "tests/test_cart.py::test_upper[a|b]"),
        ("tests/test_cart.py::test_upper[a|b::c]|setup", "tests/test_cart.py::test_upper[a|b::c]"),
        ("tests/cart.yaml::upper|run", "tests/cart.yaml::upper"),
        ("nightly|tests/cart.yaml::upper|teardown", "tests/cart.yaml::upper"),
        ("nightly", ""),
        ("", ""),
    ],
)
def test_a_context_that_coverage_gives_to_all_is_no_part_of_a_tests_name(context, test):
    assert ran_by(context) == test
