import sqlite3
import subprocess
import sys

import pytest

ONCE_MORE = "enrich: your coverage lacks branches or a context per test: running the tests once more for these, *"


def coverage_file(pytester):
    return pytester.path / ".coverage"


def contexts(path):
    with sqlite3.connect(path) as connection:
        names = [name for (name,) in connection.execute("select context from context")]
    connection.close()
    return names


def test_a_project_without_any_configuration_is_measured_with_branches_and_contexts(shop, given):
    said = given(shop.runpytest_subprocess("--enrich"))
    below = {path: lines for path, lines in said["missing"].items() if not path.startswith(("/", "conftest"))}
    assert below == {"src/shop/cart.py": [4], "src/shop/__init__.py": [], "tests/test_cart.py": []}
    assert not [path for path in said["missing"] if "site-packages" in path]
    assert said["branches"]
    assert "tests/test_cart.py::test_upper|run" in said["contexts"]


def test_the_coverage_file_of_the_user_is_not_touched(shop, given):
    coverage_file(shop).write_bytes(b"theirs")
    given(shop.runpytest_subprocess("--enrich", "-p", "xdist", "-n2"))
    assert coverage_file(shop).read_bytes() == b"theirs"
    assert [path.name for path in shop.path.glob(".coverage*")] == [".coverage"]


def test_the_environment_is_put_back_before_the_run(shop, given, monkeypatch):
    monkeypatch.setenv("COVERAGE_FILE", "elsewhere")
    said = given(shop.runpytest_subprocess("--enrich"))
    assert said["environment"] == {"COVERAGE_FILE": "elsewhere", "COVERAGE_CORE": None}


def test_a_threshold_in_the_configuration_does_not_make_the_run_red(shop, write):
    write(".coveragerc", "[report]\nfail_under = 100\n")
    write("pytest.ini", "[pytest]\naddopts = --cov-fail-under=100 --cov-report=html\n")
    result = shop.runpytest_subprocess("--enrich")
    assert result.ret == 0
    assert not (shop.path / "htmlcov").exists()
    result.stdout.no_fnmatch_line("*overage failure*")


def test_what_the_configuration_leaves_out_stays_out(shop, write, given):
    write(".coveragerc", "[run]\nsource = shop\nomit = */__init__.py\n")
    assert given(shop.runpytest_subprocess("--enrich"))["missing"] == {"src/shop/cart.py": [4]}


PATHS = "[run]\nparallel = true\nsource = shop\n\n[paths]\nsource =\n    .tox/*/site-packages\n    src\n"


def test_paths_that_coverage_refuses_are_no_obstacle(shop, write, given):
    write(".coveragerc", PATHS)
    result = shop.runpytest_subprocess("--enrich", "-p", "xdist", "-n2")
    assert given(result)["missing"]["src/shop/cart.py"] == [4]
    assert result.ret == 0


def test_paths_that_coverage_refuses_are_no_obstacle_to_the_second_run(shop, write, given):
    write(".coveragerc", PATHS)
    result = shop.run(sys.executable, "-m", "coverage", "run", "--source=src", "-m", "pytest", "--enrich")
    assert given(result)["missing"]["src/shop/cart.py"] == [4]
    result.stdout.fnmatch_lines([ONCE_MORE])


def test_paths_that_coverage_takes_are_kept(shop, write, given):
    write(
        ".coveragerc",
        """
        [run]
        source = shop

        [paths]
        source =
            src
            */lib
        """,
    )
    (shop.path / "src").rename(shop.path / "lib")
    (shop.path / "src/shop").mkdir(parents=True)
    for path in (shop.path / "lib/shop").glob("*.py"):
        (shop.path / "src/shop" / path.name).write_bytes(path.read_bytes())
    said = given(shop.runpytest_subprocess("--enrich", "-o", "pythonpath=lib"))
    assert said["missing"]["src/shop/cart.py"] == [4]


def test_coverage_as_we_need_it_is_read_where_it_is(shop, given):
    result = shop.runpytest_subprocess("--enrich", "--cov=shop", "--cov-branch", "--cov-context=test")
    said = given(result)
    result.stdout.no_fnmatch_line(ONCE_MORE)
    result.stdout.fnmatch_lines(["src/shop/cart.py *"])
    assert said["missing"]["src/shop/cart.py"] == [4]
    assert coverage_file(shop).exists()


@pytest.mark.parametrize("extra", [[], ["-p", "xdist", "-n2"]])
def test_the_users_own_coverage_is_left_alone_and_the_tests_are_run_once_more(shop, write, given, extra):
    write(
        "pytest.ini",
        """
        [pytest]
        addopts = --cov=shop --cov-report=term --cov-report=xml --junitxml=results.xml --cov-fail-under=90
        """,
    )
    plain = shop.runpytest_subprocess(*extra)
    results = (shop.path / "results.xml").stat().st_size
    result = shop.runpytest_subprocess("--enrich", *extra)
    said = given(result)
    assert (plain.ret, result.ret) == (1, 1)
    assert [line for line in plain.outlines if "src/shop" in line] == [
        line for line in result.outlines if line.startswith("src/shop")
    ]
    result.stdout.fnmatch_lines(["FAIL Required test coverage *", ONCE_MORE, "FAKE*"])
    assert contexts(coverage_file(shop)) == [""]
    assert said["missing"] == {"src/shop/cart.py": [4], "src/shop/__init__.py": []}
    assert said["branches"]
    assert "tests/test_cart.py::test_upper|run" in said["contexts"]
    assert abs((shop.path / "results.xml").stat().st_size - results) < 20
    assert not (shop.path / "coverage.xml").read_text().count("test_upper")


def test_the_second_run_is_of_the_same_tests(shop, given):
    said = given(shop.runpytest_subprocess("--enrich", "--cov", "-k", "upper", "tests/test_cart.py"))
    assert [name for name in said["contexts"] if name.endswith("|run")] == ["tests/test_cart.py::test_upper|run"]


def test_tests_that_pass_only_once_are_said_to(shop, write):
    write(
        "tests/test_once.py",
        """
        from pathlib import Path

        def test_once():
            Path("marker").touch(exist_ok=False)
        """,
    )
    result = shop.runpytest_subprocess("--enrich", "--cov")
    result.stdout.fnmatch_lines(
        [
            ONCE_MORE,
            "enrich: not run, the tests ended with exit status 1 when they were run once more *",
            "  it said: 1 failed, 2 passed in *",
            "Nothing was written.",
            "Without a second run:  pytest --enrich --cov --cov-branch --cov-context=test",
        ]
    )
    assert result.ret == 0


def test_coverage_that_runs_pytest_is_left_to_finish(shop, given):
    command = [sys.executable, "-m", "coverage", "run", "--source=src", "-m", "pytest", "--enrich"]
    result = shop.run(*command)
    said = given(result)
    result.stdout.fnmatch_lines([ONCE_MORE])
    assert said["missing"] == {"src/shop/cart.py": [4], "src/shop/__init__.py": []}
    assert said["branches"]
    report = [sys.executable, "-m", "coverage", "report", "--include=src/shop/cart.py"]
    outer = subprocess.run(report, cwd=shop.path, capture_output=True, text=True, check=True)
    assert "75%" in outer.stdout


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--no-cov"], "ERROR: --enrich needs coverage; drop --no-cov"),
        (["-p", "no:pytest_cov"], "ERROR: --enrich needs pytest-cov, which is not loaded (*"),
        (
            ["--cov-config=nowhere.ini"],
            "ERROR: --enrich needs coverage, whose configuration is broken: *nowhere.ini*",
        ),
    ],
)
def test_what_cannot_be_measured_is_wrong_use(shop, args, message):
    result = shop.runpytest_subprocess("--enrich", *args)
    result.stderr.fnmatch_lines([message])
    result.stderr.no_fnmatch_line("*Traceback*")
    assert result.ret == 4


@pytest.mark.parametrize("args", [[], ["-p", "xdist", "-n2"]], ids=["one process", "two workers"])
def test_contexts_of_coverage_itself_make_way_for_ours_and_the_rest_counts(shop, write, given, args):
    write(
        ".coveragerc",
        "[run]\ncontext = nightly\ndynamic_context = test_function\nsource = shop\nomit = */__init__.py\n"
        "[report]\nexclude_also =\n    return text.+$\n",
    )
    said = given(shop.runpytest_subprocess("--enrich", *args))
    assert [*said["missing"]] == ["src/shop/cart.py"]
    assert {"tests/test_cart.py::test_upper|run"} <= {*said["contexts"]}
    assert all(name.endswith("|run") for name in filter(None, said["contexts"]))


@pytest.mark.parametrize("args", [[], ["-p", "xdist", "-n2"]], ids=["one process", "two workers"])
def test_a_plugin_of_coverage_that_is_not_installed_is_named_and_left_out(shop, write, given, args):
    write(".coveragerc", "[run]\nplugins = coverage_of_nobody\nsource = shop\nomit = */__init__.py\n")
    result = shop.runpytest_subprocess("--enrich", *args)
    result.stdout.fnmatch_lines(
        ["enrich: measured without coverage_of_nobody, a plugin of coverage that is not installed"]
    )
    assert [*given(result)["missing"]] == ["src/shop/cart.py"]
