import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.pytest_hooks import arguments

pytestmark = pytest.mark.usefixtures("plugins")


@pytest.fixture
def for_child(pytester):
    def read(*args):
        found = list(arguments.for_child(pytester.parseconfig("-p", "no:asyncio", *args)))
        start = found.index("addopts=") + 1
        return found[start:][2:]  # less our own -p no:asyncio

    return read


@pytest.mark.parametrize(
    "args",
    [
        ["-p", "no:randomly"],
        ["-o", "xfail_strict=true"],
        ["--import-mode=importlib"],
        ["-W", "error"],
        ["-Werror", "--strict-markers"],
        ["--runxfail", "--doctest-modules"],
        ["--hypothesis-seed", "7"],
    ],
)
def test_what_changes_how_tests_run_is_kept(for_child, args):
    assert for_child(*args) == args


@pytest.mark.parametrize(
    "args",
    [
        ["-x"],
        ["-vxs"],
        ["-q", "-ra", "--tb=short", "--color", "no", "--durations", "3"],
        ["-k", "word", "-kword", "-m", "not slow"],
        ["--lf", "--ff", "--nf", "--sw", "--co"],
        ["-n", "2", "-n2", "--dist=load", "--maxprocesses", "2"],
        ["--enrich-max", "3"],
        ["--junitxml=out.xml", "--log-file", "log.txt", "--basetemp=tmp", "--pdb"],
        ["--ignore", "docs", "--deselect=tests/test_a.py::test_a"],
        ["tests", "tests/test_a.py::test_a"],
        ["-o", "addopts=-x", "--override-ini=addopts=-x", "-oaddopts=-x"],
    ],
)
def test_what_chooses_stops_or_shows_is_left_out(for_child, args):
    assert for_child(*args) == []


def test_coverage_is_left_out_with_its_value_in_the_next_word():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cov", nargs="?", dest="cov_source")
    words = arguments.split(["--cov", "src", "--cov", "-x", "tests"], parser._option_string_actions)
    assert [(word.destination, word.texts) for word in words] == [
        ("cov_source", ("--cov", "src")),
        ("cov_source", ("--cov",)),
        ("", ("-x",)),
        ("file_or_dir", ("tests",)),
    ]


def test_options_of_the_project_are_kept_with_their_values(for_child, write):
    write(
        "conftest.py",
        """
        def pytest_addoption(parser):
            parser.addoption("--database")
            parser.addoption("--slow", action="store_true")
        """,
    )
    assert for_child("--database", "sqlite", "--slow", "-x") == ["--database", "sqlite", "--slow"]


def test_addopts_and_its_variable_are_folded_in_and_switched_off(pytester, write, monkeypatch):
    write("pytest.ini", "[pytest]\naddopts = -n2 --strict-markers\n")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--runxfail -x")
    found = list(arguments.for_child(pytester.parseconfig("--import-mode=importlib")))
    assert found[found.index("addopts=") :] == [
        "addopts=",
        "--strict-markers",
        "--runxfail",
        "--import-mode=importlib",
    ]


def test_the_place_is_given_absolute(pytester, write, monkeypatch):
    write("setup/pytest.ini", "[pytest]\n")
    monkeypatch.chdir(pytester.path / "setup")
    config = pytester.parseconfig("-c", "pytest.ini", "--rootdir", "..")
    assert list(arguments.for_child(config)) == [
        "-c", str(pytester.path / "setup/pytest.ini"), f"--rootdir={pytester.path}", "-o", "addopts=",
    ]  # fmt: skip


def test_paths_in_options_are_those_from_rootdir(pytester, for_child, monkeypatch):
    pytester.makepyprojecttoml("[tool.pytest.ini_options]")
    pytester.mkdir("tests")
    monkeypatch.chdir(pytester.path / "tests")
    assert for_child("--confcutdir=.")[-2:] == ["--confcutdir", "tests"]


def test_a_pytest_with_these_arguments_understands_them(pytester, write):
    write("pytest.ini", "[pytest]\naddopts = -n2 --cov --strict-markers -k nothing\nmarkers = slow\n")
    write("conftest.py", "def pytest_addoption(parser):\n    parser.addoption('--database')\n")
    write("test_a.py", "def test_a(request):\n    assert request.config.option.database == 'sqlite'\n")
    config = pytester.parseconfig("-p", "no:xdist", "-o", "addopts=", "--database", "sqlite")
    child = pytester.runpytest_subprocess(*arguments.for_child(config), "test_a.py")
    child.assert_outcomes(passed=1)


PARSER = argparse.ArgumentParser()
PARSER.add_argument("-k", dest="keyword")
PARSER.add_argument("-v", action="count", dest="verbose")
PARSER.add_argument("--pair", nargs=2, dest="pair")
PARSER.add_argument("--maybe", nargs="?", dest="maybe")
OPTIONS = PARSER._option_string_actions
WORDS = st.sampled_from(["-k", "-kx", "-v", "--pair", "a", "b/c.py::d", "--maybe", "--maybe=x", "--what", "-"])


@given(st.lists(WORDS))
def test_no_word_is_lost_and_their_order_is_kept(args):
    assert [text for word in arguments.split(args, OPTIONS) for text in word.texts] == args


def test_flags_that_are_written_together_are_told_apart():
    words = [(word.destination, word.texts) for word in arguments.split(["-vvkx"], OPTIONS)]
    assert words == [("verbose", ("-v",)), ("verbose", ("-v",)), ("keyword", ("-kx",))]


def test_after_two_dashes_there_are_paths_only():
    words = arguments.split(["-v", "--", "-k", "a"], OPTIONS)
    assert [word.destination for word in words] == ["verbose", "file_or_dir", "file_or_dir"]


@pytest.fixture
def as_said(pytester):
    def read(*args, cwd=None):
        pytester.makefile(".ini", other="[pytest]\n")
        pytester.makeini("[pytest]\naddopts = -ra --maxfail=3\n")
        if cwd:
            pytester.mkdir(cwd)
        return arguments.as_said(pytester.parseconfig(*args))

    return read


@pytest.mark.parametrize(
    ("args", "kept"),
    [
        (["-o", "addopts=", "-x", "-q", "tests/test_a.py"], ("-o", "addopts=")),
        (["--import-mode=importlib", "--rootdir=.", "-k", "a"], ("--import-mode=importlib",)),
        (["-c", "other.ini", "--cov=src", "--enrich-max=3"], ("-c", "other.ini")),
        (["--config-file=./other.ini"], ("--config-file", "other.ini")),
        (["-m", "not slow", "-p", "no:randomly"], ("-m", "not slow", "-p", "no:randomly")),
        (["-mnot slow"], ("-mnot slow",)),
        (["-m", "slow", "--junitxml=x.xml"], ()),
        ([], ()),
    ],
)
def test_what_was_said_on_how_tests_run_is_kept_for_later(as_said, args, kept):
    words = [word for word in as_said(*args) if word not in {"-p", "no:asyncio"} or word in kept]
    assert tuple(words) == kept
