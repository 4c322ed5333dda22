import subprocess
import sys
from pathlib import Path

import pytest

from pytest_enrich.commands import pytest_run
from pytest_enrich.errors import RefusedError
from pytest_enrich.store.targets import ini_value

FORMAT = """\
import subprocess
import sys
from pathlib import Path
text = sys.stdin.read()
assert sys.argv[1] == "tests/test_cart.py"
if "refuse" in text:
    sys.exit("cannot format this")
sys.stdout.write(text.replace("():\\n", "():  # t\\n"))
"""


@pytest.fixture
def formatting(project):
    """A formatter that wants a comment behind each test's name, and a test file that has them."""
    (project.root / "style.py").write_text(FORMAT)
    config = project.root / "pyproject.toml"
    command = f"{sys.executable} style.py {{filename}}"
    config.write_text(config.read_text() + f"enrich_format_command = '{command}'\n")
    project.tests.write_text(project.tests.read_text().replace("():\n", "():  # t\n"))


@pytest.fixture
def quick(monkeypatch):
    """The file is not run: one test here does that."""
    monkeypatch.setattr(pytest_run, "files", lambda *_: pytest_run.Outcome(0, "all passed"))


@pytest.mark.usefixtures("formatting")
def test_a_file_that_was_formatted_stays_so_and_undo_gives_its_bytes_back(project, no_dash):
    before = project.tests.read_bytes()
    assert project.run("accept", no_dash).status == 0
    assert "def test_no_dash():  # t\n" in project.tests.read_text()
    assert project.run("undo").status == 0
    assert project.tests.read_bytes() == before


@pytest.mark.usefixtures("formatting", "quick")
def test_a_file_that_was_not_formatted_is_left_as_it_is(project, no_dash):
    project.tests.write_text(project.tests.read_text() + "\n\ndef test_mine():\n    assert True\n")
    assert project.run("accept", no_dash).status == 0
    assert "def test_no_dash():\n" in project.tests.read_text()
    assert "def test_mine():\n" in project.tests.read_text()


@pytest.mark.usefixtures("formatting", "quick")
def test_a_formatter_that_fails_is_named_and_the_test_is_in(project, no_dash):
    project.tests.write_text(project.tests.read_text() + "# refuse\n")
    answer = project.run("accept", no_dash)
    assert answer.status == 0
    assert (
        "note: enrich_format_command failed, the test is in the style of its file: cannot format this"
        in answer.out
    )
    assert "def test_no_dash" in project.tests.read_text()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("pytest.toml", '[pytest]\nenrich_x = "a b"\n', "a b"),
        ("pytest.ini", "[pytest]\nenrich_x = a b\n", "a b"),
        ("pyproject.toml", '[tool.pytest]\nenrich_x = "a b"\n', "a b"),
        ("pyproject.toml", '[tool.pytest.ini_options]\nenrich_x = "a b"\n', "a b"),
        ("pyproject.toml", '[tool.other]\nenrich_x = "a b"\n', ""),
        ("tox.ini", "[pytest]\nenrich_x = a %(b)s\n", "a %(b)s"),
        ("setup.cfg", "[tool:pytest]\nenrich_x = a b\n", "a b"),
        ("setup.cfg", "[pytest]\nenrich_x = a b\n", ""),
    ],
)
def test_a_key_is_read_from_the_file_that_configures_pytest(tmp_path, name, content, expected):
    (tmp_path / name).write_text(content)
    assert ini_value(tmp_path, "enrich_x") == expected


def test_the_first_file_that_configures_pytest_counts(tmp_path):
    (tmp_path / "pytest.ini").write_text("")
    (tmp_path / "tox.ini").write_text("[pytest]\nenrich_x = a\n")
    assert ini_value(tmp_path, "enrich_x") == ""


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[tool")
    with pytest.raises(RefusedError, match=r"pyproject.toml cannot be read"):
        ini_value(tmp_path, "enrich_x")


ROWS = """\
import pytest

from shop.cart import discount, parse_sku


@pytest.mark.parametrize(("total", "code", "expected"), [{rows}])
def test_discount(total, code, expected):
    assert discount(total, code) == expected


def test_parts():
    assert parse_sku("ab-1") == ("AB", 1)
"""


def is_clean(project):
    ruff = Path(sys.executable).with_name("ruff")
    words = [ruff, "format", "--check", "--no-cache", "tests"]
    return subprocess.run(words, cwd=project.root, capture_output=True, check=False).returncode == 0


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("width", [60, 90, 100, 120])
@pytest.mark.parametrize(
    "rows", ['(10, "", 10)', '(10, "", 10), (20, "", 20)', '(10, "", 10), (20, "", 20), (3, "", 3)']
)
@pytest.mark.parametrize("row", ['(10, "FREE", 0.0)', "(10, 'FREE', 0.0)"])
def test_an_accepted_row_leaves_a_file_as_clean_as_ruff_had_it(project, width, rows, row):
    config = project.root / "pyproject.toml"
    config.write_text(config.read_text() + f"\n[tool.ruff]\nline-length = {width}\n")
    project.tests.write_text(ROWS.format(rows=rows))
    subprocess.run([Path(sys.executable).with_name("ruff"), "format", "-q", "tests"], cwd=project.root, check=True)
    before = project.tests.read_bytes()
    assert is_clean(project)
    name = project.suggest_row("discount", 11, row)
    assert project.run("accept", name).status == 0
    assert '"FREE"' in project.tests.read_text()
    assert is_clean(project)
    assert project.run("undo").status == 0
    assert project.tests.read_bytes() == before


LONG = """\
def test_free():
    codes = ["FREE", "FREE", "FREE", "FREE", "FREE", "FREE", "FREE", "FREE", "FREE", "FREE", "FREE"]
    assert [discount(10,code) for code in codes] == [0.0] * 11
"""
STRANGE = """

def test_strange():
    assert parse_sku(   "ab-1" )
"""


@pytest.fixture
def long_test(project):
    """One that is longer than ruff has lines, and waits."""
    return project.suggest("discount", 11, LONG, anchor="test_discount")


@pytest.fixture
def with_ruff(project):
    (project.root / "ruff.toml").write_text("line-length = 88\n")


def many_tests(project):
    """So many that one strange line does not count."""
    project.tests.write_text(
        project.tests.read_text()
        + "".join(
            f"\n\ndef test_{number}():\n    assert discount({number}, '') == {number}\n" for number in range(10)
        ).replace("''", '""')
        + STRANGE
    )


@pytest.mark.usefixtures("quick", "with_ruff")
def test_what_is_shown_is_what_is_accepted(project, long_test):
    shown = project.run("show", long_test, "--patch").out
    assert "discount(10, code)" in shown
    assert project.run("accept", long_test).status == 0
    accepted = project.tests.read_text()
    added = [line[1:] for line in shown.partition("+++ ")[2].splitlines()[1:] if line.startswith("+")]
    assert "\n".join(added) in accepted
    assert is_clean(project)


@pytest.mark.usefixtures("quick", "with_ruff")
def test_of_a_file_that_is_formatted_but_for_a_few_lines_only_the_new_ones_are(project, long_test):
    many_tests(project)
    assert project.run("accept", long_test).status == 0
    text = project.tests.read_text()
    assert "discount(10, code)" in text
    assert STRANGE in text


@pytest.mark.usefixtures("quick", "with_ruff")
def test_a_file_that_is_kept_in_another_style_stays_in_that(project, long_test):
    project.tests.write_text(project.tests.read_text().replace('"', "'").replace(", ", ","))
    assert project.run("accept", long_test).status == 0
    assert "discount(10,code)" in project.tests.read_text()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("hook", "is_formatted"), [("ruff-format", True), ("ruff", False)])
def test_what_pre_commit_runs_is_configured(project, long_test, hook, is_formatted):
    (project.root / ".pre-commit-config.yaml").write_text(f"repos:\n- hooks:\n  - id: {hook}\n")
    assert project.run("accept", long_test).status == 0
    assert ("discount(10, code)" in project.tests.read_text()) is is_formatted


@pytest.mark.usefixtures("quick")
def test_a_formatter_that_changes_what_a_test_does_is_not_believed(project, free):
    (project.root / "style.py").write_text(
        "import sys\nsys.stdout.write(sys.stdin.read().replace('0.0', '1.0'))\n"
    )
    config = project.root / "pyproject.toml"
    config.write_text(config.read_text() + f"enrich_format_command = '{sys.executable} style.py'\n")
    answer = project.run("accept", free)
    assert (
        "note: enrich_format_command failed, the test is in the style of its file: it would change" in answer.out
    )
    assert "== 0.0" in project.tests.read_text()


@pytest.mark.usefixtures("quick")
def test_a_project_that_configures_no_formatter_gets_none(project, no_dash):
    project.tests.write_text(project.tests.read_text().replace('"ab-1"', "'ab-1'"))
    assert project.run("accept", no_dash).status == 0
    assert "'ab-1'" in project.tests.read_text()
