import os
import subprocess
import sys

import pytest

from pytest_enrich import cli
from pytest_enrich.commands import doctor
from pytest_enrich.errors import EnrichError, RefusedError, StoreError, UsageError


def fails_with(monkeypatch, tmp_path, error):
    def raising(_store):
        raise error

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(doctor, "_checks", raising)
    return cli.main(["doctor"])


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("no"), 2),
        (RefusedError("no"), 3),
        (StoreError("no"), 3),
        (EnrichError("no"), 3),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(), 0),
        (RuntimeError("a defect"), 3),
    ],
)
def test_every_error_has_its_status(monkeypatch, tmp_path, error, status):
    assert fails_with(monkeypatch, tmp_path, error) == status


def test_a_defect_is_written_down_and_not_thrown(monkeypatch, tmp_path, capsys):
    fails_with(monkeypatch, tmp_path, RuntimeError("a defect"))
    told = capsys.readouterr().err
    crash = tmp_path / "enrich-suggestions" / ".cache" / "crash.txt"
    assert f"internal error, details in {crash}" in told
    assert "RuntimeError: a defect" in crash.read_text()


def test_a_defect_that_cannot_be_written_down_is_told_whole(monkeypatch, tmp_path, capsys):
    (tmp_path / "enrich-suggestions").write_text("a file where a folder should be")
    assert fails_with(monkeypatch, tmp_path, RuntimeError("a defect")) == 3
    told = capsys.readouterr().err
    assert "RuntimeError: a defect" in told
    assert "the details are above" in told


def test_help_and_version_are_answers(capsys):
    assert (cli.main(["--help"]), cli.main(["--version"]), cli.main(["list", "--help"])) == (0, 0, 0)
    assert "pytest-enrich" in capsys.readouterr().out


def test_a_current_folder_that_is_gone_is_told_and_no_traceback(monkeypatch, tmp_path, capsys):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert cli.main(["list"]) == 2
    assert capsys.readouterr().err.startswith("pytest-enrich: the current folder is gone\n")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("verb", cli._VERBS)
def test_every_verb_has_a_command(verb, capsys):
    assert cli.main([verb, "--help"]) == 0
    assert f"pytest-enrich {verb}" in capsys.readouterr().out


def test_the_module_runs_as_a_program(tmp_path):
    words = [sys.executable, "-m", "pytest_enrich", "list"]
    done = subprocess.run(words, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Nothing is pending.\nNext:  pytest --enrich\n")


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    words = f"{sys.executable} -m pytest_enrich --help | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], cwd=tmp_path, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_alphabet_does_not_end_a_command(tmp_path):
    (tmp_path / ".enrich-rejected").write_text("sk\u0142ad.py file generated 2026-11-25 -\n", encoding="utf-8")
    words = [sys.executable, "-m", "pytest_enrich", "list", "--rejected"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(words, cwd=tmp_path, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert r"sk\u0142ad.py" in done.stdout


def test_starting_the_command_loads_nothing_heavy():
    heavy = "{'libcst', 'coverage', 'hypothesis', 'rich', 'pytest', 'msgspec'}"
    program = f"import sys, pytest_enrich.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("verb", ["list", "show", "reject", "doctor"])
def test_reading_verbs_do_not_load_libcst(verb):
    asked = f"from pytest_enrich import cli; cli.main(['{verb}', '--help'])"
    program = f"import sys; {asked}; print('libcst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_a_run_is_ready_without_what_takes_half_a_second_of_its_start():
    program = "import sys, pytest_enrich.session; print('libcst.matchers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "False\n"
