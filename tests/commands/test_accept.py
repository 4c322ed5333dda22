import os
import signal
import stat
import subprocess
import sys
import time

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Decision


def test_an_accepted_test_is_in_its_file_and_the_suite_is_green(project, no_dash):
    answer = project.run("accept", no_dash)
    assert answer.status == 0
    assert "added to tests/test_cart.py:10  test_no_dash" in answer.out
    assert "tests/test_cart.py: 3 passed" in answer.out
    assert project.suite_passes()
    assert project.store.pending() == ()


def test_nothing_but_the_test_file_changes(project, no_dash):
    before = project.snapshot()
    project.run("accept", no_dash)
    after = project.snapshot()
    assert [path for path in after if after[path] != before.get(path)] == ["tests/test_cart.py"]


def test_nothing_is_staged(project, no_dash):
    for words in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *words], cwd=project.root, check=True)
    before = subprocess.run(["git", "diff", "--cached"], cwd=project.root, check=True, capture_output=True).stdout
    project.run("accept", no_dash)
    after = subprocess.run(["git", "diff", "--cached"], cwd=project.root, check=True, capture_output=True).stdout
    assert after == before


def test_a_red_file_gets_its_bytes_back_and_the_suggestion_waits(project, wrong):
    before = project.tests.read_bytes()
    answer = project.run("accept", wrong)
    assert answer.status == 3
    assert "was not accepted: tests/test_cart.py is red with it: 1 failed, 2 passed" in answer.out
    assert "assert 0.0 == 1.0" in answer.out
    assert project.tests.read_bytes() == before
    assert [one.id for one in project.store.pending()] == [wrong]


RED = "\n\ndef test_red():\n    assert 1 == 2\n"


def test_a_test_that_fails_anyway_keeps_no_suggestion_out_of_its_file(project, no_dash, negative):
    with project.tests.open("a", encoding="utf-8") as file:
        file.write(RED)
    answer = project.run("accept", no_dash, negative)
    assert answer.status == 0, answer.out
    assert "1 test of tests/test_cart.py failed before, too: tests/test_cart.py::test_red" in answer.out
    assert not project.store.pending()


def test_a_suggestion_that_fails_is_left_out_of_a_file_where_others_fail_anyway(project, wrong):
    with project.tests.open("a", encoding="utf-8") as file:
        file.write(RED)
    before = project.tests.read_bytes()
    answer = project.run("accept", wrong)
    assert answer.status == 3
    assert "was not accepted: tests/test_cart.py is red with it: 2 failed, 2 passed" in answer.out
    assert project.tests.read_bytes() == before


def test_of_a_file_that_cannot_be_collected_it_is_said_what_to_do_first(project, no_dash, negative):
    with project.tests.open("a", encoding="utf-8") as file:
        file.write("\n\nassert 1 == 2\n")
    before = project.tests.read_bytes()
    answer = project.run("accept", no_dash, negative)
    assert answer.status == 3
    assert "was not accepted: tests/test_cart.py is red without it, too: 1 error" in answer.out
    assert "Make it green first:  pytest tests/test_cart.py" in answer.out
    assert project.tests.read_bytes() == before
    assert {one.id for one in project.store.pending()} >= {no_dash, negative}


def test_a_file_that_is_red_by_itself_is_run_with_the_tests_beside_it(project, no_dash, wrong):
    (project.root / "tests/test_before.py").write_text(
        "import builtins\n\n\ndef test_first(): builtins.shop = 1\n"
    )
    with project.tests.open("a", encoding="utf-8") as file:
        file.write("\n\ndef test_second():\n    assert __builtins__['shop'] == 1\n")
    answer = project.run("accept", no_dash, wrong, "--json")
    assert [one["id"] for one in answer.json["accepted"]] == [no_dash]
    assert [one["id"] for one in answer.json["refused"]] == [wrong]
    assert project.suite_passes()


def test_only_the_guilty_one_of_several_is_refused(project, no_dash, negative, wrong):
    answer = project.run("accept", no_dash, negative, wrong, "--json")
    assert answer.status == 3
    assert sorted(one["id"] for one in answer.json["accepted"]) == sorted([no_dash, negative])
    assert [one["id"] for one in answer.json["refused"]] == [wrong]
    assert project.suite_passes()


CLEAN = "\n\ndef test_clean():\n    assert 'shop' not in __builtins__\n"


@pytest.fixture
def poison(project):
    """A suggestion for a file that runs first: green there, and red for the tests of another file."""
    (project.root / "tests/test_before.py").write_text("def test_first():\n    assert 1\n")
    with project.tests.open("a", encoding="utf-8") as file:
        file.write(CLEAN)
    code = "def test_poison():\n    __builtins__['shop'] = 1\n    assert __builtins__['shop'] == 1\n"
    return project.suggest("discount", 9, code, anchor="test_first", path="tests/test_before.py")


def test_a_file_that_turns_tests_of_other_files_red_is_as_it_was(project, poison, no_dash):
    before = (project.root / "tests/test_before.py").read_bytes()
    answer = project.run("accept", poison, no_dash, "--json")
    assert answer.status == 3
    assert [one["id"] for one in answer.json["accepted"]] == [no_dash]
    (refused,) = answer.json["refused"]
    assert (refused["id"], refused["refused"]) == (
        poison,
        f"the files that changed are red together with it: {refused['refused'].rpartition(': ')[2]}",
    )
    assert (project.root / "tests/test_before.py").read_bytes() == before
    assert project.suite_passes()
    assert poison in {one.id for one in project.store.pending()}


def test_files_that_were_red_together_before_are_no_reason(project, poison, no_dash):
    with (project.root / "tests/test_before.py").open("a") as file:
        file.write("\n\ndef test_more():\n    __builtins__['shop'] = 1\n")
    answer = project.run("accept", poison, no_dash, "--json")
    assert {one["id"] for one in answer.json["accepted"]} == {poison, no_dash}


def test_several_need_one_import(project, no_dash, negative):
    project.run("accept", no_dash, negative)
    assert project.tests.read_text().count("import pytest") == 1


def test_the_mode_of_the_file_stays(project, no_dash):
    project.tests.chmod(0o640)
    project.run("accept", no_dash)
    assert stat.S_IMODE(project.tests.stat().st_mode) == 0o640


def test_windows_line_endings_stay(project, no_dash):
    project.tests.write_bytes(project.tests.read_bytes().replace(b"\n", b"\r\n"))
    assert project.run("accept", no_dash).status == 0
    content = project.tests.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")


def test_another_encoding_stays(project, no_dash):
    head = "# -*- coding: latin-1 -*-\n# caf\xe9\n".encode("latin-1")
    project.tests.write_bytes(head + project.tests.read_bytes())
    assert project.run("accept", no_dash).status == 0
    assert project.tests.read_bytes().startswith(head)


def test_a_byte_order_mark_stays(project, no_dash):
    project.tests.write_bytes(b"\xef\xbb\xbf" + project.tests.read_bytes())
    assert project.run("accept", no_dash).status == 0
    assert project.tests.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_file_that_was_changed_by_hand_is_welcome(project, no_dash):
    project.tests.write_text(project.tests.read_text() + "\n\ndef test_mine():\n    assert True\n")
    assert project.run("accept", no_dash).status == 0
    assert "def test_mine" in project.tests.read_text()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<<<<<<< HEAD\nx = 1\n>>>>>>> other\n", "has conflict markers"),
        (b"def broken(:\n", "cannot be parsed"),
        (b"x = '\xff'\n", "cannot be decoded"),
        (b"# coding: nonsense\n", "cannot be decoded"),
        (b"x = 1\0\n", "cannot be"),
    ],
)
def test_a_file_that_cannot_be_edited_safely_is_refused(project, no_dash, content, why):
    project.tests.write_bytes(content)
    answer = project.run("accept", no_dash)
    assert answer.status == 3
    assert why in answer.out
    assert project.tests.read_bytes() == content


def test_a_stale_suggestion_is_refused(project, no_dash):
    project.source.write_text(project.source.read_text().replace("if not sep:", "if not sep or not tail:"))
    answer = project.run("accept", no_dash)
    assert answer.status == 3
    assert "stale: parse_sku changed since" in answer.out


def test_moved_lines_make_nothing_stale(project, no_dash):
    project.source.write_text("# a comment\n\n" + project.source.read_text())
    assert project.run("accept", no_dash).status == 0


def test_a_new_file_is_made_with_its_folder(project):
    code = "def test_free():\n    assert discount(10, 'FREE') == 0.0\n"
    path = "tests/unit/test_new.py"
    one = project.suggest(
        "discount", 11, code, anchor=None, imports=("from shop.cart import discount",), path=path
    )
    answer = project.run("accept", one)
    assert answer.status == 0, answer
    assert "def test_free" in (project.root / path).read_text()
    assert project.run("undo").status == 0
    assert not (project.root / path).exists()


def test_a_new_file_that_is_red_is_gone_with_its_folder(project):
    code = "def test_free():\n    assert discount(10, 'FREE') == 1.0\n"
    path = "tests/unit/test_new.py"
    one = project.suggest(
        "discount", 11, code, anchor=None, imports=("from shop.cart import discount",), path=path
    )
    assert project.run("accept", one).status == 3
    assert not (project.root / "tests" / "unit").exists()


def test_patches_of_the_others_still_apply_afterwards(project, no_dash, negative):
    project.run("accept", no_dash)
    subprocess.run(["git", "init", "-q"], cwd=project.root, check=True)
    for name in (f"pending/{negative}/suggestion.patch", "all.patch"):
        words = ["git", "apply", "--check", project.store.directory / name]
        assert subprocess.run(words, cwd=project.root, check=False).returncode == 0


@pytest.mark.usefixtures("plugins")
def test_a_fail_under_of_the_whole_suite_does_not_turn_one_file_red(project, no_dash):
    config = project.root / "pyproject.toml"
    config.write_text(config.read_text() + 'addopts = ["--cov=shop", "--cov-fail-under=100"]\n')
    answer = project.run("accept", no_dash)
    assert answer.status == 0, answer
    assert not (project.root / ".coverage").exists()


def test_a_project_without_pytest_cov_can_accept(project, no_dash):
    config = project.root / "pyproject.toml"
    config.write_text(config.read_text() + 'addopts = ["-p", "no:pytest_cov"]\n')
    assert project.run("accept", no_dash).status == 0


@pytest.mark.usefixtures("no_dash")
def test_an_unknown_id_is_wrong_use(project):
    answer = project.run("accept", "nothing")
    assert (answer.status, project.run("accept").status) == (2, 2)
    assert "no suggestion 'nothing'" in answer.err


def test_an_accept_that_was_killed_before_the_file_changed_waits_again(project, no_dash):
    one = project.store.find(no_dash)
    sha = _sha(project)
    project.store.note(
        Decision(
            id=one.id, verb="accept", body=one.test.body_sha256, at="", path=one.target.path, before=sha, after="x"
        )
    )
    answer = project.run("accept", no_dash)
    assert answer.status == 0
    assert f"an earlier accept of {no_dash} was interrupted" in answer.err


def test_an_accept_that_was_killed_after_the_file_changed_stands(project, no_dash, negative):
    one = project.store.find(no_dash)
    project.store.note(
        Decision(
            id=one.id, verb="accept", body=one.test.body_sha256, at="", path=one.target.path, before="x", after="y"
        )
    )
    project.run("accept", negative)
    assert project.store.decided_names() == tuple(sorted([no_dash, negative]))


@pytest.mark.usefixtures("usual_signals")
def test_ctrl_c_while_the_file_runs_puts_everything_back(project):
    code = "def test_slow():\n    import time\n    time.sleep(30)\n    assert parse_sku\n"
    one = project.suggest("parse_sku", 3, code)
    before = project.tests.read_bytes()
    words = [sys.executable, "-m", "pytest_enrich", "accept", one]
    with subprocess.Popen(words, cwd=project.root, stderr=subprocess.PIPE, start_new_session=True) as child:
        deadline = time.monotonic() + 30
        while project.tests.read_bytes() == before and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.2)
        os.killpg(child.pid, signal.SIGINT)
        told = child.communicate(timeout=30)[1]
    assert child.returncode == 130
    assert b"Stopped" in told
    assert b"Traceback" not in told
    assert project.tests.read_bytes() == before
    assert [waiting.id for waiting in project.store.pending()] == [one]


def _sha(project):
    from pytest_enrich.store.disk import sha256

    return sha256(project.tests.read_bytes())


@pytest.mark.usefixtures("no_dash")
def test_the_patch_of_the_others_still_applies_to_a_file_with_a_byte_order_mark(project, free):
    project.tests.write_bytes(b"\xef\xbb\xbf" + project.tests.read_bytes())
    assert project.run("accept", free).status == 0
    subprocess.run(["git", "apply", "enrich-suggestions/all.patch"], cwd=project.root, check=True)
    assert project.tests.read_bytes().startswith(b"\xef\xbb\xbfimport pytest\n")


@pytest.mark.usefixtures("free")
def test_all_that_is_strong_is_accepted_and_nothing_else(project, no_dash):
    one = replace(project.store.find(no_dash), grade="strong")
    text = project.tests.read_text()
    project.store.save(one, patch.render_patch(one, text), patch.render_module(one, text))
    assert project.run("accept", "--all-strong", no_dash).status == 2
    assert project.run("accept", "--all-strong").status == 0
    assert [decision.id for decision in project.store.decisions()] == [no_dash]
