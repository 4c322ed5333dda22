import shutil

import msgspec
import pytest

from pytest_enrich.commands.project import locate
from pytest_enrich.data import RunSummary
from pytest_enrich.store import last_run


def test_the_project_is_found_from_any_folder_inside(project, no_dash):
    for folder in (project.root, project.root / "tests", project.root / "src" / "shop", project.store.directory):
        assert no_dash in project.run("list", cwd=folder).out


def test_a_downloaded_folder_without_hidden_files_works(project, no_dash):
    (project.store.directory / ".gitignore").unlink()
    shutil.rmtree(project.store.directory / ".cache", ignore_errors=True)
    assert no_dash in project.run("list").out
    assert (project.store.directory / ".gitignore").exists()


def test_a_folder_downloaded_elsewhere_is_about_the_project_one_stands_in(project, no_dash, tmp_path):
    elsewhere = tmp_path / "downloads" / "enrich-suggestions"
    shutil.move(project.store.directory, elsewhere)
    answer = project.run("accept", no_dash, "--dir", str(elsewhere), cwd=project.root / "tests")
    assert answer.status == 0, answer.err
    assert "def test_no_dash" in project.tests.read_text()


def test_one_may_stand_in_a_download_that_has_the_name_of_its_artifact(project, no_dash):
    place = project.root / "downloads" / "enrich-suggestions-enrich-0"
    shutil.copytree(project.store.directory, place, ignore=shutil.ignore_patterns(".*"))
    shutil.rmtree(project.store.directory)
    (place / "run.json").write_bytes(msgspec.json.encode(RunSummary()))
    for folder in (place, place / "pending"):
        assert no_dash in project.run("list", cwd=folder).out
    assert project.run("accept", no_dash, cwd=place).status == 0
    assert "def test_no_dash" in project.tests.read_text()


def test_a_run_json_of_somebody_else_makes_no_project(project):
    (project.root / "src" / "run.json").write_text('{"schema": "theirs"}')
    assert locate(None, project.root / "src").directory == project.store.directory


@pytest.mark.usefixtures("no_dash")
def test_a_folder_of_another_name_knows_where_it_was_written(project, tmp_path):
    place = project.root / "build" / "ideas"
    place.parent.mkdir()
    project.store.directory.rename(place)
    (place / "run.json").write_bytes(msgspec.json.encode(RunSummary(directory="build/ideas")))
    assert locate(place, project.root / "src").rootdir == project.root
    assert locate(place, tmp_path).rootdir == tmp_path


def test_a_hostile_run_json_cannot_make_everything_the_project(project, no_dash):
    place = project.store.directory
    recorded = "/".join(place.parts[1:])
    (place / "run.json").write_bytes(msgspec.json.encode(RunSummary(directory=recorded)))
    assert locate(place, project.root).rootdir == project.root, no_dash


def test_a_folder_that_is_not_there_is_wrong_use(project):
    answer = project.run("list", "--dir", "nothing")
    assert answer.status == 2
    assert "--dir nothing is no suggestions folder" in answer.err


@pytest.mark.usefixtures("no_dash")
def test_someone_elses_folder_is_not_touched(project):
    assert project.run("list", "--dir", "tests").status == 2
    assert [path.name for path in (project.root / "tests").iterdir()] == ["test_cart.py"]


@pytest.mark.usefixtures("no_dash")
def test_a_run_json_cannot_make_the_folder_above_the_project(project):
    """Others' projects lie beside this one: nothing may be written there."""
    last_run.write(project.store, RunSummary(directory=f"{project.root.name}/enrich-suggestions"))
    assert locate(project.store.directory, project.root).rootdir == project.root
