import pytest

from pytest_enrich.data import Decision
from pytest_enrich.store import rejected


def test_a_rejected_suggestion_no_longer_waits_and_is_remembered(project, no_dash):
    answer = project.run("reject", no_dash, "--reason", "wrong", "--note", "no contract")
    assert answer.status == 0
    assert project.store.pending() == ()
    (line,) = rejected.read(project.root).lines
    assert (line.what, line.scope, line.reason, line.note) == (no_dash, "idea", "wrong", "no contract")


def test_a_rejection_needs_a_reason(project, no_dash):
    answer = project.run("reject", no_dash)
    assert answer.status == 2
    assert "--reason" in answer.err
    assert len(project.store.pending()) == 1


def test_rejecting_a_function_turns_down_all_that_waits_for_it(project, negative, free, no_dash):
    answer = project.run("reject", free, "--reason", "trivial", "--scope", "function", "--json")
    assert sorted(answer.json["rejected"]) == sorted([negative, free])
    assert [one.id for one in project.store.pending()] == [no_dash]
    assert [line.what for line in rejected.read(project.root).lines] == ["src/shop/cart.py::discount"]


@pytest.mark.usefixtures("no_dash")
def test_rejecting_a_file_needs_one_line(project, negative, free):
    project.run("reject", negative, free, "--reason", "generated", "--scope", "file")
    assert [line.what for line in rejected.read(project.root).lines] == ["src/shop/cart.py"]
    assert project.store.pending() == ()


@pytest.mark.usefixtures("no_dash")
def test_the_patch_of_all_no_longer_holds_it(project, free):
    project.run("reject", free, "--reason", "style")
    text = (project.store.directory / "all.patch").read_text()
    assert "test_no_dash" in text
    assert "test_free" not in text


def test_each_decision_is_one_line(project, no_dash, free):
    project.run("reject", no_dash, free, "--reason", "flaky")
    assert [one.id for one in project.store.decisions()] == [no_dash, free]


@pytest.mark.parametrize("shortened", [False, True])
def test_what_is_allowed_again_waits_again(project, no_dash, shortened):
    project.run("reject", no_dash, "--reason", "wrong")
    answer = project.run("allow", no_dash[:-3] if shortened else no_dash)
    assert answer.status == 0
    assert rejected.read(project.root).lines == ()
    assert [one.id for one in project.store.pending()] == [no_dash]


def test_a_line_of_another_machine_can_be_allowed(project):
    (project.root / ".enrich-rejected").write_text("# ours\nsrc/a.py file generated 2026-11-25 -\n")
    answer = project.run("allow", "src/a.py", "--json")
    assert answer.json == {"allowed": "src/a.py", "lines": 1, "waiting": []}
    assert (project.root / ".enrich-rejected").read_text() == "# ours\n"


def test_allowing_what_nobody_turned_down_is_wrong_use(project):
    answer = project.run("allow", "cart-aaaaaaaa")
    assert answer.status == 2
    assert "no suggestion" in answer.err


def test_a_rejection_that_was_killed_half_way_is_finished_by_the_next_command(project, no_dash, free):
    one = project.store.find(no_dash)
    body = one.test.body_sha256
    project.store.note(Decision(id=one.id, verb="reject", body=body, at="2026-11-25T10:00:00Z", reason="wrong"))
    project.run("reject", free, "--reason", "style")
    assert [line.what for line in rejected.read(project.root).lines] == [no_dash, free]
    assert project.store.decided_names() == tuple(sorted([no_dash, free]))
