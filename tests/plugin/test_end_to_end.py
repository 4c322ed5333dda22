"""The plugin with the session that users get."""

import hashlib
import json
import re
import sys

import pytest

pytestmark = pytest.mark.usefixtures("plugins")


@pytest.fixture
def real(shop):
    (shop.path / "conftest.py").unlink()
    return shop


def content(top):
    """What is in the project's files, less what Python and pytest themselves leave behind."""
    passed_over = ("__pycache__", ".pytest_cache", "enrich-suggestions")
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in top.rglob("*")
        if path.is_file() and not path.relative_to(top).parts[0].startswith("runpytest-")
        if not {*path.parts} & {*passed_over} and path.name not in {"stdout", "stderr"}
    }


def test_a_gap_becomes_a_suggestion_that_runs_and_nothing_else_changes(real):
    before = content(real.path)
    result = real.runpytest_subprocess("--enrich", "--enrich-budget=60s")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*= 2 passed in *", "*= enrich =*", "coverage  75% of lines, 50% of branches"])
    assert content(real.path) == before
    (folder,) = (real.path / "enrich-suggestions/pending").iterdir()
    assert re.search(rf"^  {folder.name} ", result.stdout.str(), re.MULTILINE)
    told = json.loads((folder / "suggestion.json").read_text())
    assert (told["grade"], told["proof"]["mutants"]["note"]) == ("strong", "")
    result.stdout.fnmatch_lines(["Report: enrich-suggestions/report.html"])
    assert f'<article id="{folder.name}"' in (real.path / "enrich-suggestions/report.html").read_text("utf-8")
    single = real.runpytest_subprocess(f"--enrich-run={folder.name}", "-v")
    single.assert_outcomes(passed=1)
    single.stdout.fnmatch_lines([f"tests/suggestion_{folder.name.replace('-', '_')}.py::test_* PASSED*"])


def test_what_a_run_was_told_about_its_tests_its_accept_knows(real):
    real.makeini("[pytest]\naddopts = --no-such-option\n")
    assert real.runpytest_subprocess("--enrich").ret != 0
    result = real.runpytest_subprocess("--enrich", "--enrich-budget=60s", "-o", "addopts=")
    assert result.ret == 0
    (folder,) = (real.path / "enrich-suggestions/pending").iterdir()
    accepted = real.run(sys.executable, "-m", "pytest_enrich", "accept", folder.name)
    assert accepted.ret == 0
    accepted.stdout.fnmatch_lines(["added to tests/test_*"])
    assert "proving" not in accepted.stderr.str()  # this machine has made it


def test_the_list_names_the_gap_and_writes_nothing(real):
    result = real.runpytest_subprocess("--enrich", "--enrich-list", "-n2")
    result.stdout.fnmatch_lines(["src/shop/cart.py::parse *", "*true *if not text:*cart-*"])
    assert not (real.path / "enrich-suggestions").exists()
    assert result.ret == 0


def test_what_pytest_imports_for_its_own_settings_is_no_gap(real, write):
    write(
        "src/shop/odd.py",
        "import re\n\nclass Odd(Warning):\n    level = 1\n\n    def text(self):\n        return 1\n",
    )
    write("pytest.ini", "[pytest]\npythonpath = src\naddopts = --cov=src\nfilterwarnings = ignore::shop.odd.Odd\n")
    result = real.runpytest_subprocess("--enrich", "--enrich-list", "--cov-branch", "--cov-context=test", "-n2")
    result.stdout.fnmatch_lines(["gaps      2, *", "src/shop/odd.py::Odd.text *"])
    result.stdout.no_fnmatch_line("*<module>*")


def test_nothing_is_suggested_for_what_is_covered(real, write):
    write(
        "tests/test_empty.py",
        """
        import pytest
        from shop.cart import parse

        def test_empty():
            with pytest.raises(ValueError):
                parse("")
        """,
    )
    result = real.runpytest_subprocess("--enrich")
    result.stdout.fnmatch_lines(["coverage  100% of lines, 100% of branches", "Nothing to suggest.*"])
    assert not (real.path / "enrich-suggestions").exists()
