"""What happens to those who do not ask for anything."""

import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.usefixtures("plugins")

MODULES = """
import sys

def pytest_unconfigure():
    with open("modules.txt", "w") as file:
        file.write("\\n".join(sorted(sys.modules)))
"""


def without_times(result):
    lines = result.outlines
    return [re.sub(r"in [\d.]+s", "in Ns", re.sub(r", enrich-[^,]*|enrich-[^,]*, ", "", line)) for line in lines]


def test_a_plain_session_is_the_same_with_and_without_us(shop, write):
    write("conftest.py", MODULES)
    with_us = shop.runpytest_subprocess()
    modules = set((shop.path / "modules.txt").read_text().splitlines())
    without_us = shop.runpytest_subprocess("-p", "no:enrich")
    assert modules - set((shop.path / "modules.txt").read_text().splitlines()) <= {
        "pytest_enrich",
        "pytest_enrich.plugin",
    }
    assert without_times(with_us) == without_times(without_us)


def test_importing_the_plugin_imports_nothing_else():
    code = "import sys, pytest; b = set(sys.modules); import pytest_enrich.plugin; print(*set(sys.modules) - b)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert set(found) == {"pytest_enrich", "pytest_enrich.plugin"}


def test_it_can_be_switched_off(shop):
    result = shop.runpytest_subprocess("-p", "no:enrich", "--enrich")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["*unrecognized arguments: --enrich*"])


def test_it_is_inert_in_a_pytest_that_a_run_has_started(shop, monkeypatch):
    monkeypatch.setenv("PYTEST_ENRICH", "1")
    result = shop.runpytest_subprocess("--enrich", "--enrich-max=many")
    assert result.ret == 0
    result.stdout.no_fnmatch_line("enrich:*")
    result.stdout.no_fnmatch_line("FAKE*")


def test_suggestions_are_no_part_of_a_suite_that_takes_every_file(shop, write):
    write("enrich-suggestions/pending/x-1/suggestion_x_1.py", "def test_suggested():\n    pass\n")
    result = shop.runpytest_inprocess("-o", "python_files=*.py")
    result.assert_outcomes(passed=2)


def test_a_suggestion_that_is_named_is_run(shop, write):
    path = write("enrich-suggestions/pending/x-1/suggestion_x_1.py", "def test_suggested():\n    pass\n")
    shop.runpytest_inprocess(str(path)).assert_outcomes(passed=1)
