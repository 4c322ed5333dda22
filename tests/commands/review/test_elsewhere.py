"""A review while others decide, and editors that fail: nothing is lost, nothing is done twice."""

import sys

import pytest

from pytest_enrich.commands import pytest_run, reproof
from pytest_enrich.commands.review import chosen
from pytest_enrich.data import Reproof
from pytest_enrich.store import identity
from tests.commands.review.test_choices import Reader, done, grade, hold, rewrite


@pytest.fixture
def quick(monkeypatch):
    """Accepting asks no pytest: that it does is shown elsewhere."""
    monkeypatch.setattr(pytest_run, "files", lambda *_: pytest_run.Outcome(0, "all passed"))


def test_an_editor_that_fails_decides_nothing_and_keeps_what_was_typed(project, no_dash, monkeypatch, tmp_path):
    lines = ["import pathlib, sys", "path = pathlib.Path(sys.argv[1])"]
    lines += ["path.write_text(path.read_text().replace('AB12', 'XY99'))", "sys.exit(3)"]
    (tmp_path / "editor.py").write_text("\n".join(lines))
    monkeypatch.setenv("VISUAL", f"{sys.executable} {tmp_path / 'editor.py'}")
    assert "Nothing was decided" in hold(project, "edit")[0]
    text = project.store.read_text(project.store.find(no_dash), identity.module_name(no_dash))
    assert "XY99" in text
    assert project.store.decisions() == ()


@pytest.mark.usefixtures("quick")
def test_one_that_was_decided_elsewhere_meanwhile_is_left_alone(project, no_dash, free):
    class Slow(Reader):
        def choose(self, question, keys):
            assert project.run("reject", no_dash, free, "--reason", "trivial").status == 0
            return super().choose(question, keys)

    before = project.tests.read_bytes()
    told, sitting = hold(project, reader=Slow("accept"))
    assert "was decided or made anew elsewhere meanwhile" in told
    assert (project.tests.read_bytes(), sitting.batches) == (before, [])


def test_a_version_of_what_was_decided_elsewhere_is_not_taken(project, no_dash, monkeypatch):
    def prove(*_):
        project.run("reject", no_dash, "--reason", "trivial")
        return Reproof(passed=True, covers=True)

    monkeypatch.setattr(reproof, "prove", prove)
    rewrite(project, no_dash, "AB12", "XY99")
    told, _ = hold(project, "accept", "accept")
    assert "was decided elsewhere meanwhile" in told
    assert [one.verb for one in project.store.decisions()] == ["reject"]


@pytest.mark.usefixtures("free")
def test_weak_ones_are_shown_to_those_who_ask(project, no_dash, monkeypatch):
    grade(project, no_dash, "weak")
    monkeypatch.chdir(project.root)
    assert no_dash not in [one.id for one in chosen(project.store, ())]
    assert no_dash in [one.id for one in chosen(project.store, (), all_grades=True)]
    assert [one.id for one in chosen(project.store, (no_dash,))] == [no_dash]
    assert no_dash not in [one.id for one in chosen(project.store, ("src",))]


def test_where_only_weak_ones_wait_the_way_to_them_is_said(project, no_dash):
    grade(project, no_dash, "weak")
    assert "1 weak one:  pytest-enrich review --all-grades" in project.run("review").out


def test_who_has_no_reason_decides_nothing(project, no_dash):
    told, _ = hold(project, "reject", "cancel")
    assert f" why not {no_dash}?" in told
    assert project.store.decisions() == ()


@pytest.mark.usefixtures("quick", "negative", "free")
def test_undo_takes_back_all_that_one_key_decided(project, no_dash):
    before, waiting = project.snapshot(), {one.id for one in project.store.pending()}
    told, sitting = hold(project, "reject", "never for this file")
    assert "0 left   back: pytest-enrich undo" in told
    sitting.undo()
    assert project.said().count("took back what was decided on") == 3
    assert sitting.batches == []
    for name in waiting - {no_dash}:
        grade(project, name, "strong")
    _, sitting = hold(project, "all-strong", "undo", lines=["2"])
    assert (sitting.batches, {one.id for one in project.store.pending()}) == ([], waiting)
    project.root.joinpath(".enrich-rejected").unlink()  # its header stays
    assert project.snapshot() == before


@pytest.mark.usefixtures("quick", "negative")
def test_what_cannot_be_taken_back_is_said_and_the_rest_is_taken_back(project, no_dash):
    for one in project.store.pending():
        grade(project, one.id, "strong")

    class Editing(Reader):
        def choose(self, question, keys):
            text = project.tests.read_text()
            project.tests.write_text(text.replace('parse_sku("AB12")', 'parse_sku("AB")'))
            return super().choose(question, keys)

    free = project.suggest("discount", 11, "def test_free():\n    assert True\n", anchor="test_discount")
    told, sitting = hold(project, reader=Editing("all-strong", "undo", "quit", lines=["2"]))
    assert "test_no_dash is not in tests/test_cart.py as it was put in" in " ".join(told.split())
    assert done(sitting) == [no_dash]
    assert free in {one.id for one in project.store.pending()}
