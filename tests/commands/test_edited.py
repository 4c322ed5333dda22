from pytest_enrich.store import identity


def edit(project, name, old, new):
    path = project.store.directory / "pending" / name / identity.module_name(name)
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_an_edited_file_is_not_passed_over_in_silence(project, no_dash):
    edit(project, no_dash, "AB12", "XY99")
    before = project.snapshot()
    answer = project.run("accept", no_dash)
    assert answer.status == 3
    assert f"pytest-enrich accept {no_dash} --edited" in answer.err
    assert project.snapshot() == before


def test_the_edited_version_is_accepted_on_request_and_can_be_undone(project, no_dash):
    edit(project, no_dash, "def test_no_dash", "def test_my_name")
    before = project.snapshot()
    assert project.run("accept", no_dash, "--edited").status == 0
    assert "def test_my_name" in project.tests.read_text()
    assert project.suite_passes()
    assert project.run("undo").status == 0
    assert project.snapshot() == before


def test_an_import_that_was_added_comes_along(project, no_dash):
    edit(project, no_dash, "import pytest\n", "import math\nimport pytest\n")
    edit(project, no_dash, 'parse_sku("AB12")', 'parse_sku("AB12" * math.ceil(0.5))')
    assert project.run("accept", no_dash, "--edited").status == 0
    assert "import math" in project.tests.read_text()


def test_what_is_no_test_between_the_marks_is_refused(project, no_dash):
    edit(project, no_dash, "def test_no_dash", "x = 1\ndef test_no_dash")
    assert project.run("accept", no_dash, "--edited").status == 3
    assert len(project.store.pending()) == 1


def test_a_deleted_file_means_the_original(project, no_dash):
    (project.store.directory / "pending" / no_dash / identity.module_name(no_dash)).unlink()
    assert project.run("accept", no_dash).status == 0
