import ast
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich.commands import accept, pytest_run, undo
from pytest_enrich.store import rejected


def test_undo_gives_the_original_bytes_back(project, no_dash):
    before = project.snapshot()
    project.run("accept", no_dash)
    answer = project.run("undo")
    assert answer.status == 0
    assert project.snapshot() == before
    assert [one.id for one in project.store.pending()] == [no_dash]


def test_without_an_id_the_latest_decision_is_taken_back(project, no_dash, free):
    project.run("accept", no_dash)
    project.run("accept", free)
    assert f"Took back accepting {free}" in project.run("undo").out
    assert f"Took back accepting {no_dash}" in project.run("undo").out
    assert "no decision to take back" in project.run("undo").err


def test_an_earlier_accept_is_taken_back_by_its_id(project, no_dash, negative):
    project.run("accept", no_dash)
    project.run("accept", negative)
    assert project.run("undo", no_dash).status == 0
    text = project.tests.read_text()
    assert "test_no_dash" not in text
    assert text.startswith("import pytest")
    assert project.suite_passes()


def test_what_was_edited_since_is_not_taken_out(project, no_dash):
    project.run("accept", no_dash)
    edited = project.tests.read_text().replace('parse_sku("AB12")', 'parse_sku("AB13")')
    project.tests.write_text(edited)
    answer = project.run("undo")
    assert answer.status == 3
    assert "Nothing was changed" in answer.err
    assert project.tests.read_text() == edited


def test_an_accept_that_somebody_wrote_down_for_another_file_takes_nothing_out(project, no_dash):
    project.run("accept", no_dash)
    accepted = project.store.decisions()[-1]
    project.store.note(replace(accepted, path="tests/other.py", at="2999-01-01T00:00:00Z"))
    log = project.store.directory / "decisions.jsonl"
    log.write_text("".join(line for line in log.read_text().splitlines(keepends=True)[-1:]))
    before = project.tests.read_text()
    answer = project.run("undo")
    assert (answer.status, project.tests.read_text()) == (3, before)
    assert "Nothing was changed" in answer.err


def test_what_was_edited_elsewhere_stays(project, no_dash):
    project.run("accept", no_dash)
    project.tests.write_text(project.tests.read_text() + "\n\ndef test_mine():\n    assert pytest\n")
    assert project.run("undo").status == 0
    text = project.tests.read_text()
    assert "test_no_dash" not in text
    assert "import pytest" in text
    assert "def test_mine" in text


def test_an_import_that_was_there_before_stays_even_if_unused(project, no_dash):
    project.tests.write_text("import pytest\n\n" + project.tests.read_text())
    before = project.tests.read_bytes()
    project.run("accept", no_dash)
    project.run("undo")
    assert project.tests.read_bytes() == before


def test_a_rejection_is_taken_back_with_its_line(project, no_dash):
    project.run("reject", no_dash, "--reason", "trivial")
    assert project.run("undo").status == 0
    assert rejected.read(project.root).lines == ()
    assert [one.id for one in project.store.pending()] == [no_dash]


def test_undo_is_refused_while_another_idea_for_the_gap_waits(project, no_dash):
    project.run("reject", no_dash, "--reason", "wrong")
    project.suggest("parse_sku", 3, "def test_other():\n    assert parse_sku('a-2') == ('A', 2)\n")
    answer = project.run("undo", no_dash)
    assert answer.status == 3
    assert "waits already" in answer.err


def test_json_is_alone_on_stdout(project, no_dash):
    project.run("accept", no_dash)
    assert project.run("undo", "--json").json == {
        "undone": {"id": no_dash, "verb": "accept", "path": "tests/test_cart.py", "also": []}
    }


ENDS = ["", "\n", "\n\n\n", "\n\nif __name__ == '__main__':\n    print()\n", "\r\n"]


@pytest.mark.usefixtures("no_dash", "negative", "free")
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), end=st.sampled_from(ENDS), head=st.sampled_from(["", "import os\n\n", '"""Doc."""\n']))
def test_any_order_of_accepts_and_undos_leads_to_the_same(project, data, end, head):
    _fresh(project, _original(head, end))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pytest_run, "files", lambda *_: pytest_run.Outcome(0, "all passed"))
        _random_decisions(project, data)
        accepted = {one.test.names[0] for _, one in undo.standing(project.store)}
        text = project.tests.read_text()
        assert _tests(text) == {"test_parts", "test_discount"} | accepted
        assert text.count("import pytest") == bool(accepted & {"test_no_dash", "test_negative"})
        for decision, one in reversed(undo.standing(project.store)):
            undo.undo(project.store, decision, one)
    assert project.tests.read_bytes() == _original(head, end)


def _fresh(project, content):
    """The project as the fixtures made it: examples must not see each other's decisions."""
    made = project.root.parent / "made"
    if not made.exists():
        shutil.copytree(project.store.directory, made)
    shutil.rmtree(project.store.directory)
    shutil.copytree(made, project.store.directory)
    project.tests.write_bytes(content)


def _random_decisions(project, data):
    for _ in range(data.draw(st.integers(1, 7))):
        waiting, standing = project.store.pending(), undo.standing(project.store)
        index = data.draw(st.integers(0, len(waiting) + len(standing) - 1))
        if index < len(waiting):
            (result,) = accept.accept(project.store, [waiting[index]])
            assert not result.refused
        else:
            undo.undo(project.store, *standing[index - len(waiting)])


def _original(head, end):
    body = (
        "from shop.cart import discount, parse_sku\n\n\n"
        "def test_parts():\n    assert parse_sku('ab-1') == ('AB', 1)\n\n\n"
        "def test_discount():\n    assert discount(10, '') == 10"
    )
    text = head + body + end
    return (text.replace("\r\n", "\n").replace("\n", "\r\n") if end == "\r\n" else text).encode()


def _tests(text):
    return {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}


def test_a_file_that_an_accept_made_is_gone_even_if_it_imported_nothing(project, monkeypatch):
    monkeypatch.setattr(pytest_run, "files", lambda *_: pytest_run.Outcome(0, "all passed"))
    code = "def test_a():\n    assert True\n"
    one = project.suggest("parse_sku", 3, code, path="tests/test_new.py", anchor=None)
    before = project.snapshot()
    assert project.run("accept", one).status == 0
    assert project.run("undo", one).status == 0
    assert project.snapshot() == before


@pytest.mark.usefixtures("negative", "free")
def test_a_rejection_of_a_whole_file_is_taken_back_whole(project, no_dash):
    waiting = [one.id for one in project.store.pending()]
    project.run("reject", no_dash, "--reason", "generated", "--scope", "file")
    assert project.store.pending() == ()
    answer = project.run("undo", "--json")
    assert sorted([answer.json["undone"]["id"], *answer.json["undone"]["also"]]) == sorted(waiting)
    assert [one.id for one in project.store.pending()] == waiting
