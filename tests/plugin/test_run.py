import os
import signal
import subprocess
import sys
import time

import pytest

SAID = "FAKE *"


def test_it_comes_after_the_last_line_of_pytest_and_leaves_success_alone(shop, given):
    settings = given(result := shop.runpytest_subprocess("--enrich"))["settings"]
    result.stdout.fnmatch_lines(["*= 2 passed in *", "*= enrich =*", SAID])
    assert result.ret == 0
    assert (settings["test_files"], settings["passed"], settings["partial"]) == (["tests/test_cart.py"], 2, [])


def test_the_header_says_who_thinks_for_how_long_and_how_much(shop):
    result = shop.runpytest_subprocess("--enrich", "--enrich-budget=90s", "--enrich-max=1", "--enrich-shard=2/4")
    result.stdout.fnmatch_lines(["enrich: rows,search, 90s budget, 1 suggestion, shard 2/4"])


@pytest.fixture
def inside(write):
    """The tests are where pytest is configured."""
    write("tests/pytest.ini", "[pytest]\npythonpath = ../src\n")
    write("pyproject.toml", "")


@pytest.mark.usefixtures("inside")
def test_where_pytest_takes_the_tests_for_the_project_all_of_it_is_looked_at(shop):
    result = shop.runpytest_subprocess("--enrich", "--enrich-model=none", "tests")
    result.stdout.fnmatch_lines(["configfile: tests?pytest.ini", "search *shop.cart.parse* kept 1, *"])
    result.stdout.no_fnmatch_line("*pytest's rootdir*")
    assert (shop.path / "enrich-suggestions" / "pending").is_dir()


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("args", [["--rootdir=tests"], ["-p", "xdist", "-n2"]], ids=["said", "xdist"])
def test_where_a_folder_stays_the_project_the_header_says_so(shop, args):
    pytest.importorskip("xdist")
    lines = shop.runpytest_subprocess("--enrich", "tests", *args).outlines
    assert "enrich: only code below tests, pytest's rootdir, is looked at (for all: --rootdir=.)" in lines


@pytest.mark.parametrize(("folder", "root"), [("cart", "cart"), ("cart/tests", "cart"), ("tests", ".")])
def test_the_project_is_the_nearest_folder_that_has_what_projects_have(shop, write, folder, root):
    write("pyproject.toml", "")
    write("cart/pyproject.toml", "[tool.pytest.ini_options]\n")
    write(f"{folder}/pytest.ini", "[pytest]\n")
    write(f"{folder}/pyproject.toml", "[tool.pytest.ini_options]\n")
    write(f"{folder}/test_new.py", "def test_new():\n    pass\n")
    result = shop.runpytest_subprocess("--enrich", "--enrich-list", f"{folder}/test_new.py")
    assert f"rootdir: {(shop.path / root).resolve()}" in result.outlines
    result.stdout.no_fnmatch_line("*pytest's rootdir*")


def test_it_works_quietly(shop):
    result = shop.runpytest_subprocess("--enrich", "-q", "--no-header", "--no-summary")
    result.stdout.fnmatch_lines(["2 passed in *", "*= enrich =*", SAID])


def test_the_controller_alone_works_when_xdist_spreads_the_tests(shop, given):
    pytest.importorskip("xdist")
    said = given(result := shop.runpytest_subprocess("--enrich", "-p", "xdist", "-n2"))
    assert said["missing"]["src/shop/cart.py"] == [4]
    assert {"tests/test_cart.py::test_upper|run", "tests/test_cart.py::test_other|run"} <= set(said["contexts"])
    assert said["settings"]["test_files"] == ["tests/test_cart.py"]
    assert result.ret == 0


RED = "def test_red():\n    assert False\n"
XDIST = pytest.mark.parametrize("xdist", [(), ("-p", "xdist", "-n2")], ids=["alone", "xdist"])


@XDIST
def test_of_a_red_suite_the_green_files_are_worked_on(shop, write, given, xdist):
    write("tests/test_red.py", RED)
    settings = given(result := shop.runpytest_subprocess("--enrich", *xdist))["settings"]
    assert settings["test_files"] == ["tests/test_cart.py"]
    assert settings["red"] == {"tests/test_red.py": "1 test failed"}
    assert result.ret == 1


def test_tests_and_their_errors_are_counted_once_each(shop, write, given):
    write(
        "tests/test_red.py",
        """
        import pytest

        @pytest.fixture
        def broken():
            yield
            raise ValueError

        def test_red(broken):
            assert False

        def test_torn_down_badly(broken):
            pass
        """,
    )
    red = given(shop.runpytest_subprocess("--enrich"))["settings"]["red"]
    assert red == {"tests/test_red.py": "2 tests failed"}


def test_without_a_green_file_nothing_is_done(shop, write):
    write("tests/test_cart.py", RED)
    result = shop.runpytest_subprocess("--enrich")
    assert result.outlines[-1] == ("enrich: not run, no file has a test that passes: tests/test_cart.py")
    assert result.ret == 1


@XDIST
def test_a_file_is_worked_on_beside_the_test_in_it_that_fails(shop, write, given, xdist):
    write("tests/test_cart.py", f"def test_green():\n    pass\n\n\n{RED}")
    settings = given(shop.runpytest_subprocess("--enrich", *xdist))["settings"]
    assert settings["test_files"] == ["tests/test_cart.py"]
    assert settings["red"] == {}
    assert settings["failed"] == ["tests/test_cart.py::test_red"]


def test_a_file_is_green_without_the_test_that_fails(shop, write, given):
    write("tests/test_cart.py", f"def test_green():\n    pass\n\n\n{RED}")
    result = shop.runpytest_subprocess("--enrich", "--deselect=tests/test_cart.py::test_red")
    assert given(result)["settings"]["test_files"] == ["tests/test_cart.py"]


@pytest.mark.parametrize(("option", "xdist"), [("-x", ()), ("--sw", ()), ("--maxfail=2", ("-p", "xdist", "-n2"))])
def test_where_the_tests_stopped_early_nothing_is_known_of_the_rest(shop, write, option, xdist):
    write("tests/test_red.py", f"{RED}\n\ndef test_next():\n    assert 0\n")
    result = shop.runpytest_subprocess("--enrich", *xdist, option)
    assert [line for line in result.outlines if line.startswith("enrich: not")] == [
        f"enrich: not run, the tests stopped at a failure ({option}); without it, what is green is worked on"
    ]
    result.stdout.no_fnmatch_line(SAID)


def test_a_limit_of_failures_that_was_not_reached_stops_nothing(shop, write, given):
    write("tests/test_red.py", RED)
    settings = given(shop.runpytest_subprocess("--enrich", "--maxfail=2"))["settings"]
    assert (settings["partial"], list(settings["red"])) == ([], ["tests/test_red.py"])


def test_a_doctest_that_fails_leaves_no_file_of_tests_out(shop, write, given):
    write("src/shop/text.py", '"""\n>>> 1 + 1\n3\n"""\n')
    result = shop.runpytest_subprocess("--enrich", "--doctest-modules", "src", "tests")
    settings = given(result)["settings"]
    assert (settings["test_files"], settings["red"]) == (["tests/test_cart.py"], {})
    assert result.ret == 1


def test_a_file_that_cannot_be_imported_interrupts_and_the_command_that_goes_on_is_said(shop, write):
    write("tests/test_red.py", "import nowhere_to_be_found\n")
    result = shop.runpytest_subprocess("--enrich")
    assert result.outlines[-1] == (
        "enrich: not run, could not be collected: tests/test_red.py. To work on what the others leave open:  "
        "pytest --enrich --continue-on-collection-errors"
    )
    assert result.ret == 2


def test_a_file_that_cannot_be_imported_is_left_out_where_pytest_goes_on(shop, write, given):
    write("tests/test_red.py", "import nowhere_to_be_found\n")
    result = shop.runpytest_subprocess("--enrich", "--continue-on-collection-errors", "-p", "xdist", "-n2")
    settings = given(result)["settings"]
    assert settings["test_files"] == ["tests/test_cart.py"]
    assert settings["red"] == {"tests/test_red.py": "could not be collected"}
    assert result.ret == 1


def test_a_suite_that_leaves_early_with_success_was_interrupted(shop, write):
    write("tests/test_leave.py", "import pytest\n\ndef test_leave():\n    pytest.exit('enough', returncode=0)\n")
    result = shop.runpytest_subprocess("--enrich")
    assert "enrich: not run, the tests were interrupted" in result.outlines
    assert result.ret == 0


def test_collecting_alone_gets_one_line(shop):
    result = shop.runpytest_subprocess("--enrich", "--co")
    assert result.outlines[-1] == "enrich: nothing ran, nothing to do"
    result.stdout.no_fnmatch_line("*overage*")
    assert result.ret == 0


@XDIST
def test_a_suite_without_tests_is_worked_on_and_keeps_its_status(shop, given, xdist):
    (shop.path / "tests/test_cart.py").unlink()
    said = given(result := shop.runpytest_subprocess("--enrich", *xdist))
    assert (said["settings"]["test_files"], said["settings"]["passed"]) == ([], 0)
    assert (said["settings"]["testpaths"], said["settings"]["partial"]) == ([], [])
    result.stdout.no_fnmatch_line("*CoverageWarning*")
    assert result.ret == 5


def test_a_suite_without_tests_does_not_run_twice_for_the_sake_of_its_coverage(shop, given):
    (shop.path / "tests/test_cart.py").unlink()
    result = shop.runpytest_subprocess("--enrich", "--cov=src", "--cov-report=", "--cov-fail-under=90")
    assert not given(result)["contexts"]
    result.stdout.no_fnmatch_line("*once more*")


@pytest.mark.parametrize("args", [("-k", "nothing"), ("-m", "nothing", "-p", "xdist", "-n2"), ("tests/sub",)])
def test_a_selection_that_selects_nothing_is_the_users(shop, write, args):
    write("tests/sub/helpers.py", "")
    result = shop.runpytest_subprocess("--enrich", *args)
    assert result.outlines[-1] == f"enrich: nothing to do, no test was selected ({args[0]})"
    assert result.ret == 5


def test_what_addopts_deselects_is_no_suite_without_tests(shop, write):
    write("pytest.ini", "[pytest]\naddopts = -m nothing\n")
    result = shop.runpytest_subprocess("--enrich")
    assert result.outlines[-1].startswith("enrich: nothing to do, ")
    assert result.ret == 5


def test_help_is_help(pytester):
    result = pytester.runpytest_subprocess("--enrich", "--help")
    result.stdout.fnmatch_lines(["*--enrich-budget=TIME*", "*enrich_budget (string):*"])
    result.stdout.no_fnmatch_line("*--enrich-run*")
    assert result.ret == 0


@pytest.mark.parametrize(
    ("args", "part"),
    [
        (["-k", "upper"], "-k"),
        (
            ["-x", "--lf", "--deselect", "tests/test_cart.py::test_other", "tests/test_cart.py"],
            "--lf, --deselect, tests/test_cart.py",
        ),
    ],
)
def test_a_part_of_the_suite_is_called_one(shop, given, args, part):
    result = shop.runpytest_subprocess("--enrich", *args)
    line = f"enrich: coverage is of a partial run ({part}): only files those tests touch are considered"
    assert line in result.outlines
    assert given(result)["settings"]["partial"] == part.split(", ")


@pytest.mark.parametrize("args", [["-x", "tests"], ["."]])
def test_the_whole_suite_is_not_called_a_part(shop, given, args):
    assert given(shop.runpytest_subprocess("--enrich", *args))["settings"]["partial"] == []


def test_a_deselected_file_is_a_test_file_all_the_same(shop, write, given):
    write("tests/test_text.py", "def test_nothing():\n    pass\n")
    settings = given(shop.runpytest_subprocess("--enrich", "-k", "upper"))["settings"]
    assert settings["test_files"] == ["tests/test_cart.py", "tests/test_text.py"]


def test_our_defect_is_written_down_and_changes_nothing(shop, monkeypatch):
    monkeypatch.setenv("FAKE", "crash")
    result = shop.runpytest_subprocess("--enrich")
    assert result.outlines[-1] == (
        "enrich: internal error, details in enrich-suggestions/.cache/crash.txt; your test result is not affected"
    )
    assert "ZeroDivisionError" in (shop.path / "enrich-suggestions/.cache/crash.txt").read_text()
    assert (shop.path / "enrich-suggestions/.gitignore").read_text().splitlines()[-1] == "*"
    result.stderr.no_fnmatch_line("*Traceback*")
    assert result.ret == 0


def test_our_defect_is_said_when_it_cannot_be_written_down(shop, write, monkeypatch):
    monkeypatch.setenv("FAKE", "crash")
    write("enrich-suggestions/important.txt", "not ours")
    result = shop.runpytest_subprocess("--enrich")
    assert "internal error, ZeroDivisionError: division by zero (there is nowhere to write" in result.outlines[-1]
    assert [path.name for path in (shop.path / "enrich-suggestions").iterdir()] == ["important.txt"]
    assert result.ret == 0


def test_what_a_user_can_cause_is_said_in_full(shop, monkeypatch):
    monkeypatch.setenv("FAKE", "error")
    result = shop.runpytest_subprocess("--enrich")
    assert result.outlines[-1] == "enrich: the disk is full"
    assert result.ret == 0


def test_leaving_python_is_no_way_out(shop, monkeypatch):
    monkeypatch.setenv("FAKE", "exit")
    result = shop.runpytest_subprocess("--enrich")
    assert "internal error" in result.outlines[-1]
    assert result.ret == 0


def test_an_interrupt_ends_the_run_with_the_exit_status_of_the_tests(shop, write, monkeypatch):
    monkeypatch.setenv("FAKE", "interrupt")
    write("tests/test_red.py", RED)
    result = shop.runpytest_subprocess("--enrich")
    assert result.outlines[-1] == "enrich: stopped; what was finished is kept, your test result is not affected"
    assert result.ret == 1


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
@pytest.mark.usefixtures("usual_signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_being_told_to_stop_ends_the_run_with_the_exit_status_of_the_tests(shop, monkeypatch, name):
    monkeypatch.setenv("FAKE", "hang")
    command = [sys.executable, "-m", "pytest", "--enrich"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=shop.path, text=True) as process:
        for line in process.stdout:
            if line.startswith("tty"):
                break
        time.sleep(0.2)
        process.send_signal(getattr(signal, name))
        rest = process.stdout.read()
        assert process.wait(timeout=20) == 0
    assert rest.splitlines()[-1].startswith("enrich: stopped;")


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
@pytest.mark.usefixtures("usual_signals")
def test_a_hangup_that_is_to_be_ignored_is(shop, monkeypatch):
    monkeypatch.setenv("FAKE", "hang")
    command = ["nohup", sys.executable, "-m", "pytest", "--enrich"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=shop.path, text=True) as process:
        for line in process.stdout:
            if line.startswith("tty"):
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_a_session_that_says_nothing_leaves_nothing_behind(shop, given):
    shop.runpytest_subprocess()
    before = tree(shop.path)
    assert not given(shop.runpytest_subprocess("--enrich"))["folder"]
    assert tree(shop.path) == before


def tree(top):
    return {path for path in top.rglob("*") if not path.name.startswith("runpytest-")}


def test_filters_that_make_warnings_errors_judge_the_suite_alone(shop, write):
    write(
        "pytest.ini",
        """
        [pytest]
        filterwarnings =
            error
            ignore:.*asyncio_default_fixture_loop_scope
        """,
    )
    write("tests/conftest.py", "")
    session = (shop.path / "conftest.py").read_text()
    session = session.replace("def run(", "import warnings\n\ndef run(", 1)
    session = session.replace('section("enrich")', 'section("enrich"); warnings.warn("old")', 1)
    write("conftest.py", session)
    result = shop.runpytest_subprocess("--enrich", "--strict-config")
    result.stdout.fnmatch_lines(["*2 passed in*", SAID])
    assert result.ret == 0


def test_it_is_silent_without_a_terminal(shop):
    result = shop.runpytest_subprocess("--enrich", "-p", "no:terminal")
    assert (result.ret, result.stdout.str()) == (0, "")
