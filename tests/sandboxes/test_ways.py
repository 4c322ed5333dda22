"""The ways in which a candidate can be run: where, when, in which order, in which kind of process."""

from __future__ import annotations

import importlib.util
import re
import time

import pytest

from pytest_enrich.data import Prove, World

ELSEWHERE = World(
    hash_seed=7, timezone="NPT-5:45", locale="C", home="visitor", days=400, person="visitor", columns=61
)


@pytest.fixture
def run(sandbox, outcomes):
    """The outcomes of such a test file's tests by name."""

    def run(text, **how):
        job = Prove(path="tests/test_new.py", text=text, **how)
        return {name: (one.result, one.detail) for name, one in outcomes(sandbox.execute(job, timeout=60)).items()}

    return run


def passes(found):
    return {result for result, _ in found.values()} == {"passed"}


def test_another_world_has_its_own_names_for_everything(run):
    text = """
import datetime, os, pathlib, shutil, time
def test_hash_seed(): assert os.environ["PYTHONHASHSEED"] == "7"
def test_timezone(): assert (time.timezone, time.localtime(0).tm_min) == (-20700, 45)
def test_locale(): assert (os.environ["LC_ALL"], os.environ["LANG"]) == ("C", "C")
def test_person(): assert {os.environ[name] for name in ("USER", "LOGNAME", "EDITOR", "PAGER")} == {"visitor"}
def test_user():
    import getpass, pwd
    assert pwd.getpwuid(os.getuid()).pw_name == getpass.getuser() == os.getlogin() == "visitor"
    assert pwd.getpwnam("visitor") == pwd.getpwuid(os.getuid())
def test_machine():
    import platform, socket
    assert platform.node() == os.uname().nodename == socket.gethostname() == "visitor"
    assert platform.release() == os.uname().release and platform.python_version().endswith(".99")
def test_terminal(): assert shutil.get_terminal_size().columns == 61
def test_home(): assert pathlib.Path.home().name == "visitor" and not list(pathlib.Path.home().iterdir())
"""
    assert passes(run(text, world=ELSEWHERE))


def test_its_clock_is_ahead(run):
    text = "import time\ndef test_it():\n    now = time.time()\n    assert False, f'<{now}>'\n"
    here, there = (
        float(re.search(r"<(\d+\.\d+)>", run(text, world=world)["test_it"][1])[1])
        for world in (World(), ELSEWHERE)
    )
    assert 400 <= (there - here) / 86400 <= 401


@pytest.mark.usefixtures("plugins")
def test_warnings_as_errors_hold_in_another_world(project, run):
    (project / "pytest.ini").write_text(
        "[pytest]\npythonpath = src\nfilterwarnings = error::pytest.PytestAssertRewriteWarning\n"
    )
    assert passes(run("def test_it(): pass\n", world=ELSEWHERE))


def test_backwards_the_last_test_comes_first(run):
    text = "seen = []\ndef test_a(): assert seen == ['b']\ndef test_b(): seen.append('b')\n"
    assert passes(run(text, backwards=True))
    assert not passes(run(text))


def test_one_more_test_leaves_the_shuffled_order_of_the_others(run):
    text = "".join(f"def test_{number}(): pass\n" for number in range(8))
    plain, more = list(run(text, shuffle=5)), list(run(f"{text}def test_more(): pass\n", shuffle=5))
    assert plain == [name for name in more if name != "test_more"]
    assert plain != sorted(plain)


@pytest.mark.usefixtures("plugins")
def test_what_plugins_try_to_write_when_they_are_set_up_is_not_the_tests_doing(project, run):
    (project / "writing.py").write_text(
        """
def pytest_sessionstart(session):
    try:
        (session.config.rootpath / ".benchmarks").mkdir()
    except OSError:
        pass  # nothing is stored, then
"""
    )
    (project / "pytest.ini").write_text("[pytest]\npythonpath = src .\naddopts = -p writing\n")
    assert passes(run("def test_it(): pass\n", fresh=True))


def test_a_fresh_process_has_nothing_of_other_jobs(run):
    text = "import sys\ndef test_it(): assert '_enrich_payload.zygote' not in sys.modules\n"
    assert passes(run(text, fresh=True))


@pytest.mark.skipif(importlib.util.find_spec("xdist") is None, reason="pytest-xdist is not installed")
@pytest.mark.parametrize("sandbox", ["process"], indirect=True)  # it is always a fresh process
@pytest.mark.usefixtures("plugins")
class TestWithWorkers:
    def test_the_tests_of_the_text_run_in_several_processes(self, run):
        text = """
import os, pytest
@pytest.mark.parametrize("number", range(8))
def test_it(number): assert 0, f"<{os.environ['PYTEST_XDIST_WORKER']}>"
"""
        found = run(text, workers=2)
        assert len(found) == 8
        assert {re.search(r"<gw\d>", detail)[0] for _, detail in found.values()} == {"<gw0>", "<gw1>"}

    def test_conftest_files_and_existing_modules_are_there(self, run):
        assert passes(
            run("from shop.cart import price\ndef test_it(cart): assert cart.add('x') == 1\n", workers=2)
        )

    def test_only_what_was_asked_for_is_run(self, run):
        text = "def test_a(): pass\ndef test_b(): assert 0\n"
        assert run(text, workers=2, tests=("tests/test_new.py::test_a",)) == {"test_a": ("passed", "")}

    def test_a_test_that_is_not_there_is_an_error(self, run):
        found = run("def test_a(): pass\n", workers=2, tests=("tests/test_new.py::test_b",))
        assert {result for result, _ in found.values()} == {"error"}

    def test_a_file_that_cannot_be_imported_is_an_error_that_says_why(self, run):
        ((result, detail),) = run("import nowhere_at_all\n", workers=2).values()
        assert result == "error"
        assert "nowhere_at_all" in detail

    def test_its_workers_keep_to_the_scratch_directory(self, project, run):
        text = f"import pathlib\ndef test_it(): pathlib.Path({str(project)!r}, 'x').write_text('x')\n"
        assert run(text, workers=2)["test_it"][0] == "failed"
        assert not (project / "x").exists()

    def test_its_workers_live_in_the_jobs_world(self, run):
        text = "import datetime\ndef test_it(): assert datetime.date.today().year > {}\n"
        assert passes(run(text.format(time.localtime().tm_year), workers=2, world=ELSEWHERE))


def test_where_xdist_is_switched_off_workers_are_refused(project, sandbox, failed):
    (project / "pytest.ini").write_text("[pytest]\npythonpath = src\naddopts = -p no:xdist\n")
    execution = sandbox.execute(
        Prove(path="tests/test_new.py", text="def test_it(): pass\n", workers=2), timeout=20
    )
    assert failed(execution).reason == "refused"


@pytest.mark.parametrize("sandbox", ["process+landlock+seccomp"], indirect=True)
def test_where_no_program_may_be_started_workers_are_refused(sandbox, failed):
    execution = sandbox.execute(
        Prove(path="tests/test_new.py", text="def test_it(): pass\n", workers=2), timeout=20
    )
    assert failed(execution).reason == "refused"


@pytest.mark.parametrize("sandbox", ["process+bwrap+landlock+seccomp"], indirect=True)
def test_where_nobody_else_is_in_reach_tests_have_terminals_of_their_own(run):
    text = """
import os, pty
def test_it():
    child, terminal = pty.fork()
    if not child:
        os.write(1, b"hello"), os._exit(0)
    assert os.read(terminal, 5) == b"hello"
"""
    assert passes(run(text))
