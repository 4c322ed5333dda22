import pytest

from pytest_enrich.commands import pytest_run


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """The file is not run: others show that it is."""
    monkeypatch.setattr(pytest_run, "file", lambda *_: pytest_run.Outcome(0, "all passed"))


def wanting(project, value):
    config = project.root / "pyproject.toml"
    config.write_text(config.read_text() + f"enrich_provenance = '{value}'\n")


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_an_accepted_test_says_where_it_came_from_and_undo_gives_the_bytes_back(project, no_dash, ending):
    wanting(project, "comment")
    project.tests.write_bytes(project.tests.read_text().replace("\n", ending).encode())
    before = project.tests.read_bytes()
    assert project.run("accept", no_dash).status == 0
    lines = project.tests.read_bytes().decode().split(ending)
    at = lines.index("def test_no_dash():")
    assert lines[at + 1] == f"    # suggested by pytest-enrich {no_dash} (search), reviewed"
    assert project.run("undo").status == 0
    assert project.tests.read_bytes() == before


def test_each_of_several_says_it_once_and_a_new_file_goes_with_its_comment(project, negative, free):
    other = project.suggest(
        "parse_sku", 3, "def test_a():\n    assert True\n", path="tests/test_new.py", anchor=None
    )
    wanting(project, "comment")
    assert project.run("accept", negative, free, other).status == 0
    assert project.tests.read_text().count("# suggested by pytest-enrich") == 2
    assert (project.root / "tests" / "test_new.py").read_text().count("# suggested by") == 1
    assert project.run("undo", other).status == 0
    assert not (project.root / "tests" / "test_new.py").exists()


@pytest.mark.usefixtures("_quick")
def test_without_it_nothing_of_ours_remains(project, no_dash):
    wanting(project, "none")
    project.run("accept", no_dash)
    assert "pytest-enrich" not in project.tests.read_text()


def test_a_value_that_means_nothing_is_refused(project, no_dash):
    wanting(project, "marker")
    before = project.snapshot()
    answer = project.run("accept", no_dash)
    assert (answer.status, "it may be none or comment" in answer.out) == (3, True)
    assert project.snapshot() == before
