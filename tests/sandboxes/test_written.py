"""Tests that write in the project: what they write goes nowhere, and nothing else becomes writable by it."""

from __future__ import annotations

import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Answered, Failed, Prove, Proved, Record, Recorded
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.isolation import Isolation
from pytest_enrich.sandboxes.places import Place

BWRAP = "bwrap+landlock+seccomp"
apart = pytest.mark.parametrize("sandbox", [f"process+{BWRAP}", f"forkserver+{BWRAP}"], indirect=True)
WRITING = """
    import shutil
    from pathlib import Path

    HERE = Path(__file__).parent


    def test_report():
        (HERE / "report.txt").write_text("all is well")
        assert (HERE / "report.txt").read_text() == "all is well"
        assert (HERE / "test_cart.py").read_text()


    def test_folder():
        (HERE / "out").mkdir()
        (HERE / "out" / "a.txt").write_text("a")
        shutil.rmtree(HERE / "out")


    def test_in_the_current_folder():
        Path("log.txt").write_text("a")
        assert Path("src/shop/cart.py").exists()
    """
WRITES = ("log.txt", "tests/out", "tests/report.txt")


def proof(text=WRITING, writes=WRITES):
    return Prove(path="tests/test_new.py", text=textwrap.dedent(text), writes=writes)


def results(outcomes, execution):
    return {name: one.result for name, one in outcomes(execution).items()}


@apart
def test_tests_write_what_they_are_allowed_to_and_nothing_of_it_stays(sandbox, project, outcomes):
    names = ("test_report", "test_folder", "test_in_the_current_folder")
    for _ in range(2):
        assert results(outcomes, sandbox.execute(proof(), timeout=60)) == dict.fromkeys(names, "passed")
    assert not [name for name in WRITES if (project / name).exists()]


@apart
def test_what_the_suite_itself_left_there_is_written_anew(sandbox, project, outcomes):
    (project / "tests" / "report.txt").write_text("of yesterday")
    (project / "tests" / "out").mkdir()
    (project / "tests" / "out" / "b.txt").write_text("of yesterday")
    assert set(results(outcomes, sandbox.execute(proof(), timeout=60)).values()) == {"passed"}
    assert (project / "tests" / "report.txt").read_text() == "of yesterday"
    assert (project / "tests" / "out" / "b.txt").exists()


@pytest.mark.parametrize(
    "sandbox",
    ["process", "forkserver", "process+landlock+seccomp", "forkserver+landlock+seccomp"],
    indirect=True,
)
def test_where_it_would_stay_nothing_is_written_whatever_is_allowed(sandbox, project, outcomes):
    assert set(results(outcomes, sandbox.execute(proof(), timeout=60)).values()) == {"failed"}
    assert not [name for name in WRITES if (project / name).exists()]


@apart
@pytest.mark.parametrize(
    "does",
    [
        "(HERE / 'other.txt').write_text('a')",
        "(HERE / 'test_cart.py').write_text('')",
        "(HERE / 'test_cart.py').unlink()",
        "(HERE.parent / 'src' / 'shop' / 'cart.py').write_text('')",
        "(HERE / 'report.txt').symlink_to(HERE / 'test_cart.py'); (HERE / 'report.txt').write_text('')",
    ],
)
def test_nothing_else_is_written_there(sandbox, project, outcomes, does):
    text = f"from pathlib import Path\nHERE = Path(__file__).parent\ndef test_new():\n    {does}\n"
    before = {path: path.read_text() for path in sorted(project.rglob("*.py"))}
    assert results(outcomes, sandbox.execute(proof(text), timeout=60)) == {"test_new": "failed"}
    assert {path: path.read_text() for path in sorted(project.rglob("*.py"))} == before


@apart
def test_what_goes_past_python_changes_nothing_that_is_there(sandbox, project):
    text = """
        import ctypes
        import os

        libc = ctypes.CDLL(None, use_errno=True)
        HERE = os.path.dirname(__file__).encode()


        def test_new():
            for name in (b"/test_cart.py", b"/conftest.py", b"/../src/shop/cart.py", b"/../pyproject.toml"):
                assert libc.unlink(HERE + name) == -1
                assert libc.open(HERE + name, os.O_WRONLY | os.O_TRUNC) == -1
            # What is new goes with the job.
            assert libc.open(HERE + b"/planted.py", os.O_WRONLY | os.O_CREAT, 0o600) != -1
        """
    before = {path: path.read_text() for path in sorted(project.rglob("*.*")) if path.is_file()}
    execution = sandbox.execute(proof(text), timeout=60)
    assert isinstance(execution, Answered)
    assert isinstance(execution.answer, Proved)
    assert [one.result for one in execution.answer.outcomes] == ["passed"], execution
    assert {path: path.read_text() for path in sorted(project.rglob("*.*")) if path.is_file()} == before


@apart
def test_a_link_beside_what_is_written_leads_where_it_led(sandbox, project, outcomes):
    (project / "tests" / "shop.py").symlink_to("../src/shop/cart.py")
    text = f"{textwrap.dedent(WRITING)}\n\ndef test_link():\n    assert 'Cart' in (HERE / 'shop.py').read_text()\n"
    assert results(outcomes, sandbox.execute(proof(text), timeout=60))["test_link"] == "passed"


@apart
def test_a_secret_stays_hidden_beside_what_is_written(sandbox, project, outcomes):
    # Known as such: the layers were chosen before it came.
    layers = getattr(sandbox, "_fresh", sandbox).layers
    secret = project / "tests" / ".env"
    secret.write_text("TOKEN=1")
    hidden = replace(layers, places=(*layers.places, Place(str(secret), shown=False)))
    place = replace(getattr(sandbox, "_fresh", sandbox), layers=hidden)
    text = """
        from pathlib import Path


        def test_secret():
            try:
                text = (Path(__file__).parent / ".env").read_text()
            except PermissionError:
                text = ""
            assert not text
        """
    assert results(outcomes, place.execute(proof(text), timeout=60)) == {"test_secret": "passed"}


@apart
def test_what_existing_tests_may_not_write_is_told(sandbox, project):
    (project / "tests" / "test_writing.py").write_text(textwrap.dedent(WRITING))
    job = Record(tests=("tests/test_writing.py",), path="", module="", qualnames=())
    execution = sandbox.execute(job, timeout=60)
    assert isinstance(execution, Answered)
    assert isinstance(execution.answer, Recorded)
    denied = {one.nodeid.rpartition("::")[2]: one.denied for one in execution.answer.outcomes}
    assert denied == {
        "test_report": ("tests/report.txt",),
        "test_folder": ("tests/out",),
        "test_in_the_current_folder": ("log.txt",),
    }


@pytest.mark.parametrize("sandbox", ["process", "forkserver"], indirect=True)
def test_a_folder_that_is_there_may_be_asked_for(sandbox, project, outcomes):
    (project / "tests" / "data").mkdir()
    text = """
        import os
        from pathlib import Path


        def test_new():
            os.makedirs(Path(__file__).parent / "data", exist_ok=True)
        """
    job = Prove(path="tests/test_new.py", text=textwrap.dedent(text))
    assert results(outcomes, sandbox.execute(job, timeout=60)) == {"test_new": "passed"}


def test_only_directories_of_the_project_that_are_shown_and_not_large_are_written_in(tmp_path, monkeypatch):
    for name in ("tests/data", "secret", "large"):
        (tmp_path / name).mkdir(parents=True)
    for number in range(3):
        (tmp_path / "large" / str(number)).touch()
    monkeypatch.setattr(isolation, "MOST_ENTRIES", 2)
    walls = Isolation(bwrap="bwrap", places=(Place(str(tmp_path / "secret"), shown=False),))
    writes = ("tests/data/new/a.txt", "secret/a", "large/a", "../elsewhere", ".", "tests/data/b")
    assert walls.written(tmp_path, writes) == [str(tmp_path / "tests" / "data")]
    assert replace(walls, bwrap="").written(tmp_path, writes) == []


@apart
def test_a_job_whose_directories_are_gone_is_done_all_the_same(sandbox):
    execution = sandbox.execute(proof("def test_new():\n    pass\n", ("gone/away/a.txt",)), timeout=60)
    assert not isinstance(execution, Failed), execution


def planting(then=""):
    """A test past the audit hook, which a file beside the tests makes fail."""
    return f"""
        import ctypes
        import os

        HERE = os.path.dirname(__file__)


        def test_new():
            assert sorted(os.listdir(HERE)) == ["conftest.py", "test_cart.py"]
            {then}
        """


@apart
def test_what_one_job_leaves_is_not_there_for_the_next(sandbox, outcomes):
    plants = 'ctypes.CDLL(None).mkdir(os.path.join(HERE, "planted").encode(), 0o700)'
    for then in (plants, "open(os.path.join(HERE, 'report.txt'), 'w').close()", "pass"):
        assert results(outcomes, sandbox.execute(proof(planting(then)), timeout=60)) == {"test_new": "passed"}


@apart
def test_jobs_at_the_same_time_do_not_see_what_others_write(sandbox, outcomes):
    text = """
        import os
        import time
        from pathlib import Path

        REPORT = Path(__file__).parent / "report.txt"


        def test_new():
            assert not REPORT.exists()
            REPORT.write_text(str(os.getpid()))
            time.sleep(0.5)
            assert REPORT.read_text() == str(os.getpid())
        """
    with ThreadPoolExecutor(3) as pool:
        executions = list(pool.map(lambda _: sandbox.execute(proof(text), timeout=60), range(3)))
    assert [results(outcomes, one) for one in executions] == [{"test_new": "passed"}] * 3
