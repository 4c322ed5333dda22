import os

import pytest

from pytest_enrich.config import WantedReport
from pytest_enrich.data import Report
from pytest_enrich.errors import StoreError, UsageError
from pytest_enrich.reporters import formats
from pytest_enrich.reports import place, write
from pytest_enrich.store import Store

JSON = WantedReport(format="json")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "enrich-suggestions", tmp_path)


def at(store, destination, name="json"):
    return place(WantedReport(format=name, destination=destination), store.directory, store.rootdir)


def test_the_usual_file_is_in_the_suggestions_folder_when_there_is_one(store):
    assert write(store, Report(), [JSON]) == ()
    store.directory.mkdir()
    assert write(store, Report(), [JSON]) == (store.directory / "report.json",)


def test_a_destination_is_written_whether_or_not_there_is_a_folder(store):
    (path,) = write(store, Report(), [WantedReport(format="json", destination="a/b.json")])
    assert path == store.rootdir / "a" / "b.json"
    assert path.is_file()


def test_a_folder_as_destination_gets_the_usual_file(store):
    (store.rootdir / "out").mkdir()
    assert at(store, "out") == at(store, "out/") == store.rootdir / "out" / "report.json"
    assert at(store, "new/") == store.rootdir / "new" / "report.json"


@pytest.mark.parametrize("name", formats.FORMATS)
def test_a_report_may_be_replaced_by_the_next_one_of_its_kind(store, name):
    for _ in range(2):
        (path,) = write(store, Report(), [WantedReport(format=name, destination="out")])
    assert path == store.rootdir / "out"


def test_a_report_of_another_kind_is_not_replaced(store):
    write(store, Report(), [WantedReport(format="json", destination="out")])
    with pytest.raises(UsageError, match="no html report of ours"):
        at(store, "out", "html")


def test_a_file_of_the_user_is_not_replaced_even_if_it_names_us(store):
    (store.rootdir / "pyproject.toml").write_text('dev = ["pytest-enrich"]\n')
    for name in formats.FORMATS:
        with pytest.raises(UsageError, match="It was not touched"):
            at(store, "pyproject.toml", name)


def test_links_and_devices_are_not_replaced(store):
    (store.rootdir / "link").symlink_to(store.rootdir / "nowhere")
    os.mkfifo(store.rootdir / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(UsageError, match="is there and is no json report"):
            at(store, name)


def test_a_destination_may_be_in_a_folder_that_is_a_link(store):
    (store.rootdir / "real").mkdir()
    (store.rootdir / "link").symlink_to(store.rootdir / "real")
    write(store, Report(), [WantedReport(format="json", destination="link/a.json")])
    assert (store.rootdir / "real" / "a.json").is_file()


def test_a_folder_that_cannot_be_made_is_named(store):
    (store.rootdir / "file").touch()
    with pytest.raises(StoreError, match=r"cannot make .*file: (File exists|Not a directory)") as raised:
        write(store, Report(), [WantedReport(format="json", destination="file/a.json")])
    assert str(raised.value).endswith("Another file:  pytest-enrich report --format json:FILE")


def test_a_run_prints_no_report(store):
    with pytest.raises(UsageError, match=r"pytest-enrich report --format json:-"):
        at(store, "-")
