"""Tests go into test files of the project, and nowhere else."""

import pytest
from msgspec.structs import replace

from pytest_enrich.errors import RefusedError
from pytest_enrich.store import targets
from pytest_enrich.store.seal import options_of


def config(rootdir, text):
    (rootdir / "pyproject.toml").write_text(f"[tool.pytest.ini_options]\n{text}\n")


@pytest.mark.parametrize("path", ["tests/test_cart.py", "test_new.py", "tests/unit/cart_test.py", "new/test_x.py"])
def test_a_test_file_may_be_there_or_not(rootdir, path):
    assert targets.fault(rootdir, path) == ""


@pytest.mark.parametrize(
    "path",
    ["conftest.py", "tests/conftest.py", "setup.py", "src/shop/cart.py", "tests/cart.py", "../test_x.py",
     "/tmp/test_x.py", "-p/test_x.py", "@x/test_x.py", ".git/test_x.py", "lib/site-packages/test_x.py",
     "tests/test_x.txt", "tests/__pycache__/test_x.py", "enrich-suggestions/test_x.py", "env/lib/test_x.py"],
)  # fmt: skip
def test_everything_else_is_refused(rootdir, path):
    (rootdir / "enrich-suggestions" / "pending").mkdir(parents=True)
    (rootdir / "env").mkdir()
    (rootdir / "env" / "pyvenv.cfg").write_text("")
    with pytest.raises(RefusedError, match="Nothing was written"):
        targets.refuse(rootdir, path)


def test_a_link_that_looks_like_a_test_file_is_asked_where_it_leads(rootdir):
    (rootdir / "setup.py").write_text("")
    (rootdir / "tests" / "test_link.py").symlink_to("../setup.py")
    (rootdir / "tests" / "test_fine.py").symlink_to("test_cart.py")
    assert targets.fault(rootdir, "tests/test_link.py") != ""
    assert targets.fault(rootdir, "tests/test_fine.py") == ""


@pytest.mark.parametrize("patterns", ['"check_*.py"', '["check_*.py", "spec/*.py"]', '"spec_*.py check_*.py"'])
def test_the_projects_own_patterns_count(rootdir, patterns):
    config(rootdir, f"python_files = {patterns}")
    assert targets.fault(rootdir, "tests/check_cart.py") == ""
    assert targets.fault(rootdir, "tests/test_cart.py") == "is no test file by python_files"


def test_where_any_file_may_have_tests_it_has_to_have_some(rootdir):
    config(rootdir, 'python_files = "*.py"')
    assert targets.fault(rootdir, "tests/test_cart.py") == ""
    assert targets.fault(rootdir, "src/shop/cart.py") == "has no tests, so that it may be anything"
    assert targets.fault(rootdir, "random.py") == "has no tests, so that it may be anything"
    (rootdir / "tests/test_empty.py").write_text("import pytest\n")
    assert targets.fault(rootdir, "tests/test_empty.py") == ""
    assert targets.fault(rootdir, "tests/conftest.py") == "is no test file by python_files"


@pytest.mark.parametrize("name", ["__main__.py", "__init__.py"])
def test_what_python_files_has_the_whole_name_of_holds_tests(rootdir, name):
    (rootdir / "tests" / name).write_text("from .base import *\n\n\ndef test_a(): ...\n")
    config(rootdir, 'python_files = "*.py"')
    assert targets.fault(rootdir, f"tests/{name}") == "is no test file by python_files"
    config(rootdir, f'python_files = "{name}"')
    assert not targets.fault(rootdir, f"tests/{name}")


def test_a_conftest_file_holds_none_whatever_python_files_has(rootdir):
    (rootdir / "tests/conftest.py").write_text("def test_a(): ...\n")
    config(rootdir, 'python_files = "conftest.py"')
    assert targets.fault(rootdir, "tests/conftest.py") == "is no test file by python_files"


@pytest.mark.parametrize(
    "words", [("-o", "python_files=check_*.py"), ("--override-ini=python_files=check_*.py",), ("-c", "other.ini")]
)
def test_what_the_command_line_said_counts_before_the_file(rootdir, words):
    (rootdir / "other.ini").write_text("[pytest]\npython_files = check_*.py\n")
    assert targets.fault(rootdir, "tests/check_cart.py", words) == ""
    assert targets.fault(rootdir, "tests/test_cart.py", words) != ""


def test_a_configuration_that_cannot_be_read_leaves_pytests_own_patterns(rootdir):
    (rootdir / "pyproject.toml").write_text("[")
    assert (targets.fault(rootdir, "test_x.py"), targets.fault(rootdir, "x.py") != "") == ("", True)


def test_of_a_stranger_only_harmless_options_count(rootdir, make_suggestion):
    one = make_suggestion()
    words = ("-p", "evil", "-pevil", "-p", "no:cov", "-c", "evil.ini", "--rootdir=/", "-o", "addopts=", "-o",
             "addopts=-p evil", "-o", "python_files=*.py", "--import-mode=importlib", "evil.py")  # fmt: skip
    found = options_of(rootdir, replace(one, made=replace(one.made, options=words)))
    assert found.words == ("-p", "no:cov", "-o", "addopts=")
    assert {"-p evil", "-pevil", "-c evil.ini", "--rootdir=/", "-o addopts=-p evil"} <= {*found.left_out}


@pytest.mark.parametrize(
    ("path", "text", "why"),
    [
        ("test/test.py", "class Test: ...\n", ""),
        ("tests/signing.py", "def test_sign(): ...\n", ""),
        ("tests/signing.py", "def sign(): ...\n", "is no test file by python_files"),
        ("src/signing.py", "def test_sign(): ...\n", "is no test file by python_files"),
    ],
)
def test_a_file_of_tests_among_tests_is_one_whatever_its_name_is(rootdir, path, text, why):
    (rootdir / path).parent.mkdir(exist_ok=True)
    (rootdir / path).write_text(text)
    assert targets.fault(rootdir, path) == why
