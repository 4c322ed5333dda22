"""Several processes, and systems that refuse: one decides at a time, and nothing is lost."""

import contextlib
import resource
import signal
import threading
import time

import pytest

from pytest_enrich.commands import accept, pytest_run, reject, undo
from pytest_enrich.data import Decision
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import rebuild

ENOUGH = 20_000
"""Bytes of a test file that is larger than what may be written."""


@pytest.fixture
def slow(monkeypatch):
    """A test file takes a while to run, and passes."""

    def run(*_):
        time.sleep(0.1)
        return pytest_run.Outcome(0, "all passed")

    monkeypatch.setattr(pytest_run, "files", run)


@contextlib.contextmanager
def limited(size):
    """Files of this process may not become larger: it holds for root, too."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("slow")
def test_two_that_accept_at_once_both_have_their_test_in_the_file(project, no_dash, free):
    chosen = [project.store.find(name) for name in (no_dash, free)]
    threads = [threading.Thread(target=accept.accept, args=(project.store, [one])) for one in chosen]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    text = project.tests.read_text()
    assert ("def test_no_dash" in text, "def test_free" in text) == (True, True)
    assert project.store.pending() == ()


@pytest.mark.usefixtures("slow")
def test_the_same_one_is_accepted_once(project, no_dash):
    one = project.store.find(no_dash)
    (first,), (second,) = (accept.accept(project.store, [one]) for _ in range(2))
    assert (first.refused, second.refused) == ("", "it was accepted meanwhile")
    assert project.tests.read_text().count("def test_no_dash") == 1


@pytest.mark.usefixtures("slow")
def test_what_was_decided_elsewhere_meanwhile_is_not_turned_down_or_taken_back(project, no_dash):
    one = project.store.find(no_dash)
    accept.accept(project.store, [one])
    how = {"reason": "wrong", "scope": "idea", "note": ""}
    with pytest.raises(RefusedError, match=f"{no_dash} was accepted meanwhile"):
        reject.reject(project.store, [one], **how)
    decision, suggestion = undo.standing(project.store)[-1]
    undo.undo(project.store, decision, suggestion)
    with pytest.raises(RefusedError, match="stands no more"):
        undo.undo(project.store, decision, suggestion)


def test_a_turn_that_does_not_come_is_told_and_changes_nothing(project, no_dash, monkeypatch):
    monkeypatch.setattr(rebuild, "PATIENCE", 0.1)
    before = project.snapshot()
    with rebuild.taken_turn(project.store):
        answers = [project.run("accept", no_dash), project.run("reject", no_dash, "--reason", "wrong")]
    assert [one.status for one in answers] == [3, 3]
    assert all("another pytest-enrich has been at work here" in one.err for one in answers)
    assert (project.snapshot(), [one.id for one in project.store.pending()]) == (before, [no_dash])


def test_what_another_process_is_accepting_is_not_settled(project, no_dash):
    one = project.store.find(no_dash)
    with rebuild.taken_turn(project.store):
        project.store.note(
            Decision(id=one.id, body=one.test.body_sha256, verb="reject", at="", reason="wrong", scope="idea")
        )
        project.run("list")
        project.run("undo")
        assert not (project.root / ".enrich-rejected").exists()
    project.run("undo")
    assert (project.root / ".enrich-rejected").exists()


def test_a_file_that_cannot_be_written_is_as_it_was_and_the_suggestion_waits(project, no_dash):
    project.tests.write_text(project.tests.read_text() + "#" * ENOUGH)
    before = project.snapshot()
    with limited(ENOUGH // 2):
        answer = project.run("accept", no_dash)
    assert answer.status == 3
    assert "cannot write" in answer.err + answer.out
    assert "chmod u+w tests/test_cart.py" in answer.err + answer.out
    assert project.snapshot() == before
    assert [one.id for one in project.store.pending()] == [no_dash]


@pytest.mark.usefixtures("slow")
def test_a_file_that_was_deleted_is_made_anew(project, no_dash):
    project.tests.unlink()
    answer = project.run("accept", no_dash)
    assert answer.status == 0
    assert project.tests.exists()


def test_one_that_cannot_be_read_is_named_when_it_is_asked_for(project, no_dash):
    path = project.store.directory / "pending" / no_dash / "suggestion.json"
    path.write_text(path.read_text()[:200])
    end = no_dash.rpartition("-")[2]
    for words in (["show", no_dash], ["accept", end], ["reject", end, "--reason", "wrong"]):
        answer = project.run(*words)
        assert (answer.status, f"pending/{no_dash}/suggestion.json cannot be read" in answer.err) == (2, True)


def test_a_file_that_was_deleted_is_made_anew_and_that_is_said(project, no_dash):
    project.tests.unlink()
    answer = project.run("accept", no_dash)
    assert answer.status == 0
    assert "tests/test_cart.py was not there any more; a new file was made for it" in answer.out
