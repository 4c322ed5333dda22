import shutil

import msgspec
import pytest

from pytest_enrich.commands.project import locate
from pytest_enrich.data import RunSummary


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
