"""What each choice does, on a small project, with a reader who has made up their mind before."""

import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import time

import click
import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.commands import edit, pytest_run, reproof, review
from pytest_enrich.commands.edit import is_edited_by_hand
from pytest_enrich.data import Decision, MutantsPart, Question, Reproof, Tried
from pytest_enrich.data.suggestion import RunsPart
from pytest_enrich.errors import UsageError
from pytest_enrich.session import reproof as session_reproof
from pytest_enrich.store import experience, identity, rejected, seal
from pytest_enrich.store.disk import sha256
from pytest_enrich.store.experience import Experience, Lesson


class Reader:
    """Makes these choices, answers questions with these lines, and leaves."""

    def __init__(self, *words, lines=()):
        self.words, self.lines, self.questions = list(words), list(lines), []

    def choose(self, question, keys):  # noqa: ARG002 - as in the protocol
        click.echo(f"{question}\n")
        if not self.words:
            raise EOFError
        return self.words.pop(0)

    def line(self, question):
        self.questions.append(question)
        return self.lines.pop(0)


@pytest.fixture
def quick(monkeypatch):
    """Accepting asks no pytest: that it does is shown elsewhere."""
    monkeypatch.setattr(pytest_run, "files", lambda *_: pytest_run.Outcome(0, "all passed"))


def hold(project, *words, lines=(), reader=None):
    """What a sitting says, and the sitting."""
    reader = reader or Reader(*words, lines=lines)
    one = review.Review(project.store, reader, project.store.shelf().suggestions)
    project.said()
    with contextlib.suppress(EOFError):
        one.hold()
    return project.said(), one


def done(sitting):
    return [one for batch in sitting.batches for one in batch]


def grade(project, name, grade):
    one = project.store.find(name)
    text = project.tests.read_text()
    one = seal.sealed(project.root, replace(one, grade=grade))
    project.store.save(one, patch.render_patch(one, text), patch.render_module(one, text))


def rewrite(project, name, old, new):
    path = project.store.directory / "pending" / name / identity.module_name(name)
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.usefixtures("quick", "free")
def test_a_decision_has_the_seconds_that_it_took(project, no_dash):
    _, sitting = hold(project, "accept", "reject", "wrong")
    accept, reject = project.store.decisions()
    assert [accept.id, reject.id] == done(sitting)
    assert accept.seconds is not None
    assert reject.seconds is not None
    assert 0 <= accept.seconds <= reject.seconds + 60
    assert no_dash in {accept.id, reject.id}


def test_what_turns_its_file_red_waits_on_with_what_pytest_said(project, wrong):
    before = project.tests.read_bytes()
    told, sitting = hold(project, "accept")
    assert project.tests.read_bytes() == before
    assert f"{wrong} was not accepted" in told
    assert "assert 0.0 == 1.0" in told
    assert f"1/1 {wrong}" in told.rstrip().splitlines()[-1]
    assert done(sitting) == []


def test_a_stale_one_is_not_accepted(project, no_dash):
    project.source.write_text(project.source.read_text().replace("if not sep:", "if not sep or not tail:"))
    told, _ = hold(project, "accept")
    assert "  stale: parse_sku changed since" in told
    assert f"{no_dash} was not accepted: stale" in told


@pytest.mark.usefixtures("quick", "free")
def test_all_that_is_strong_is_taken_when_its_number_is_typed(project, no_dash, negative):
    for name in (no_dash, negative):
        grade(project, name, "strong")
    reader = Reader("all-strong", "all-strong", lines=["yes", "2"])
    hold(project, reader=reader)
    assert reader.questions == ["accept the 2 left marked strong? type 2:"] * 2
    assert {one.id for one in project.store.decisions()} == {no_dash, negative}


@pytest.mark.usefixtures("no_dash")
def test_there_may_be_nothing_strong(project):
    assert "Nothing that waits is marked strong" in hold(project, "all-strong")[0]


@pytest.mark.usefixtures("quick")
def test_a_decision_from_before_is_taken_back_only_when_it_is_meant(project, no_dash, free):
    project.run("reject", no_dash, "--reason", "trivial")
    reader = Reader("undo", lines=["y"])
    hold(project, reader=reader)
    assert no_dash in reader.questions[0]
    assert len(rejected.read(project.root).lines) == 1
    told, _ = hold(project, "undo", lines=["yes"])
    assert "parse_sku: line 3" in told.partition("took back")[2]
    assert {one.id for one in project.store.pending()} == {no_dash, free}


@pytest.mark.usefixtures("quick", "negative", "free")
def test_never_for_this_file_takes_the_others_along(project, no_dash):
    _, sitting = hold(project, "reject", "never for this file")
    assert len(done(sitting)) == 3
    assert project.store.pending() == ()
    assert rejected.read(project.root).is_rejected(no_dash, "", "src/shop/cart.py", "parse_sku")


@pytest.mark.usefixtures("no_dash")
def test_more_can_be_seen(project):
    told, _ = hold(project, "diff", "help", "nothing")
    assert "look  is this value meant?" in told
    assert "diff --git a/tests/test_cart.py" in told
    assert "  u  undo        take the latest" in told
    assert "'nothing' means nothing here" in told


def test_running_shows_what_pytest_says(project, no_dash):
    told, _ = hold(project, "test")
    assert f"running {no_dash} ..." in told
    assert "it passed: 1 passed" in told


def test_without_an_editor_nothing_happens_and_the_way_is_said(project, no_dash, monkeypatch):
    monkeypatch.setenv("VISUAL", "no-such-editor --wait")
    before = (project.store.directory / "pending" / no_dash / identity.module_name(no_dash)).read_text()
    told, _ = hold(project, "edit")
    assert "no-such-editor" in told
    assert "EDITOR=nano" in told
    assert before == project.store.read_text(project.store.find(no_dash), identity.module_name(no_dash))


def test_an_editor_that_changes_nothing_decides_nothing(project, no_dash, monkeypatch):
    monkeypatch.setenv("VISUAL", "true")
    assert "The test was not changed" in hold(project, "edit")[0]
    assert not is_edited_by_hand(project.store, project.store.find(no_dash))


@pytest.mark.usefixtures("quick")
def test_a_version_is_taken_with_the_proof_that_it_has(project, no_dash, monkeypatch):
    found = Reproof(passed=True, covers=True, grade="weak", runs=RunsPart(passed=2, of=2, modes=("a", "b")))
    monkeypatch.setattr(reproof, "prove", lambda *_: found)
    rewrite(project, no_dash, "AB12", "XY99")
    told, sitting = hold(project, "accept", "accept")
    assert "covers the gap  yes" in told
    assert "XY99" in project.tests.read_text()
    assert len(done(sitting)) == 1
    assert [one.edited for one in project.store.decisions()] == [True]
    (decided,) = project.store.lying("decided")
    assert (decided.grade, decided.proof.runs.of) == ("weak", 2)


def test_a_version_can_be_given_up_or_left_for_later(project, no_dash, monkeypatch):
    monkeypatch.setattr(reproof, "prove", lambda *_: Reproof(trouble="failed", detail="E  assert 1 == 2"))
    rewrite(project, no_dash, "AB12", "XY99")
    told, _ = hold(project, "edit", "cancel", "accept", "original")
    assert "but             failed" in told
    assert "Your version is kept" in told
    assert not is_edited_by_hand(project.store, project.store.find(no_dash))
    assert project.store.decisions() == ()


@pytest.fixture(autouse=True)
def _nothing_opens(monkeypatch):
    monkeypatch.setenv("VISUAL", "true")


def test_a_version_that_is_worth_less_is_found_out(project, no_dash):
    one = project.store.find(no_dash)
    elsewhere = one.test.code.replace('parse_sku("AB12")', 'raise ValueError("missing dash")')
    found = reproof.prove(project.store, Question(one=replace(one, test=replace(one.test, code=elsewhere))))
    assert (found.passed, found.covers, found.trouble) == (True, False, "closes no gap")
    fails = one.test.code.replace("AB12", "AB-1")
    found = reproof.prove(project.store, Question(one=replace(one, test=replace(one.test, code=fails))))
    assert (found.passed, "DID NOT RAISE" in found.detail) == (False, True)


def test_a_version_is_told_beside_what_was_suggested(project, no_dash):
    tried = (Tried(line=3, change="not sep -> sep", killed=True), Tried(line=4, change="a -> b", killed=True))
    one = project.store.find(no_dash)
    one = replace(one, proof=replace(one.proof, mutants=MutantsPart(killed=2, of=2, list=tried)))
    left = (tried[0], replace(tried[1], killed=False))
    found = Reproof(passed=True, covers=True, seconds=0.0012, mutants=MutantsPart(killed=1, of=2, list=left))
    assert edit.told(one, found) == [
        "   runs            yes, 1.2 ms",
        "   covers the gap  yes",
        "   kills mutants   1 of 2 mutants, 1 survives; it was 2 of 2 mutants",
    ]


def test_what_existing_tests_notice_is_known_from_the_first_proof(project, no_dash):
    known = Tried(line=3, change="not sep -> sep", killed=True, killed_before=True)
    one = project.store.find(no_dash)
    one = replace(one, proof=replace(one.proof, mutants=MutantsPart(killed=1, of=1, list=(known,))))
    again = MutantsPart(killed=1, of=1, list=(replace(known, killed_before=False),))
    found = session_reproof._beside(one, Reproof(passed=True, grade="strong", mutants=again))
    assert (found.grade, found.mutants.list) == ("good", (known,))


def test_what_cannot_be_proven_says_why(project, no_dash):
    one = project.store.find(no_dash)
    (project.root / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = ['--no-such-option']\n")
    found = reproof.prove(project.store, Question(one=one))
    assert found.trouble == "it could not be proven: pytest did not start"
    assert "--no-such-option" in found.detail


def test_reading_starts_without_pytest_and_without_the_project(shop):
    code = """
import sys
from pathlib import Path
from pytest_enrich.commands import edit, review
from pytest_enrich.store import Store
store = Store(Path('enrich-suggestions').absolute(), Path.cwd())
for one in store.pending():
    try:
        review.Review(store, review.Lines(), (one,)).hold()
    except EOFError:
        pass
bad = {'pytest', '_pytest', 'coverage', 'hypothesis', 'rich', 'shop'}
print(sorted(bad & sys.modules.keys()))
"""
    words = [sys.executable, "-c", code]
    nothing = subprocess.DEVNULL
    done = subprocess.run(
        words, cwd=shop.root, env=shop.environment(), stdin=nothing, capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("help? []\n")
    assert done.stdout.count("\n1/1 ") == 12


@pytest.mark.parametrize("words", [[], ["--plain"]])
def test_without_a_terminal_the_commands_are_said(shop, words):
    command = [sys.executable, "-m", "pytest_enrich", "review", *words]
    done = subprocess.run(
        command, cwd=shop.root, env=shop.environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    first = shop.waiting()[0]
    assert (done.returncode, done.stdout) == (2, b"")
    for line in ("needs a terminal", f"accept {first}", f"reject {first} --reason wrong", "pytest-enrich list"):
        assert line in done.stderr.decode()


def test_what_an_interrupted_accept_was_about_waits_again(project, no_dash):
    one = project.store.find(no_dash)
    now = sha256(project.tests.read_bytes())
    interrupted = Decision(
        id=one.id, verb="accept", body=one.test.body_sha256, at="", path=one.target.path, before=now
    )
    project.store.note(interrupted)
    assert project.store.pending() == ()
    answer = project.run("review", "--plain")
    assert (answer.status, f"accept {no_dash}" in answer.err) == (2, True)


def test_a_path_or_an_id_says_what_it_is_about(shop, monkeypatch):
    monkeypatch.chdir(shop.root / "src")
    about = {
        word: [one.id for one in review.chosen(shop.store, (word,))] for word in ("shop/cart.py", "../tests", ".")
    }
    assert {name.split("-")[0] for name in about["shop/cart.py"]} == {"cart"}
    assert about["../tests"] == about["."] == shop.waiting()
    assert [one.id for one in review.chosen(shop.store, ("6vvr",))] == ["orders-6vvr65np"]
    with pytest.raises(UsageError, match="no suggestion 'nothing'"):
        review.chosen(shop.store, ("nothing",))


def test_the_state_of_a_lost_terminal_is_what_was_decided(shop):
    """A pseudo terminal whose other end is closed."""
    import pty

    leader, follower = pty.openpty()
    words = [sys.executable, "-m", "pytest_enrich", "review"]
    environment = shop.environment(TERM="xterm")
    with subprocess.Popen(
        words,
        cwd=shop.root,
        env=environment,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    ) as child:
        os.close(follower)
        shown = b""
        for key, text in ((b"", b",?]? "), (b"r", b"why not"), (b"", b"Esc]? "), (b"t", b" noted. ")):
            os.write(leader, key)
            while text not in shown:
                shown += os.read(leader, 4096)
            time.sleep(0.2)  # what is typed before the question is dropped
        os.close(leader)
        child.wait(timeout=60)
    assert [one.verb for one in shop.store.decisions()] == ["reject"]
    assert not (shop.store.directory / ".cache" / "crash.txt").exists()


def test_a_terminal_that_is_closed_while_a_test_file_runs_leaves_it_as_it_was(project):
    """SIGHUP, as a window that is closed sends it."""
    import pty

    code = "def test_slow():\n    import time\n    time.sleep(30)\n    assert parse_sku\n"
    one = project.suggest("parse_sku", 3, code)
    before = project.tests.read_bytes()
    leader, follower = pty.openpty()
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), follower)
    environment = {**os.environ, "TERM": "xterm"}
    words = [sys.executable, "-m", "pytest_enrich", "review"]
    with subprocess.Popen(words, cwd=project.root, env=environment, start_new_session=True, **streams) as child:
        os.close(follower)
        shown = b""
        while b",?]? " not in shown:
            shown += os.read(leader, 4096)
        time.sleep(0.2)  # what is typed before the question is dropped
        os.write(leader, b"a")
        deadline = time.monotonic() + 60
        while project.tests.read_bytes() == before and time.monotonic() < deadline:
            time.sleep(0.02)
        os.close(leader)
        os.killpg(child.pid, signal.SIGHUP)
        assert child.wait(timeout=60) == 130
    assert project.tests.read_bytes() == before
    assert [waiting.id for waiting in project.store.pending()] == [one]


def test_a_patch_that_says_something_else_is_not_what_a_reader_sees(project):
    """A folder that comes from elsewhere may show one thing and hold another."""
    text = project.tests.read_text().replace(
        'def test_discount():\n    assert discount(10, "") == 10',
        '@pytest.mark.parametrize(\n    ("total", "code", "expected"),\n    [\n        (10, "", 10),\n    ],\n)\n'
        "def test_discount(total, code, expected):\n    assert discount(total, code) == expected",
    )
    project.tests.write_text("import pytest\n\n" + text)
    one = project.suggest_row("discount", 11, '(10, "FREE", 0.0)')
    shown, _ = hold(project, "diff")
    assert '  +         (10, "FREE", 0.0),' in shown
    path = project.store.directory / "pending" / one / "suggestion.patch"
    path.write_text(path.read_text().replace("FREE", "HALF"))
    forged, _ = hold(project, "diff")
    assert forged == shown


def test_an_import_that_the_patch_leaves_out_is_shown(project):
    one = project.suggest(
        "parse_sku", 3, "def test_a():\n    assert os.sep and parse_sku\n", imports=("import os",)
    )
    path = project.store.directory / "pending" / one / "suggestion.patch"
    path.write_text("")
    assert "  + import os" in hold(project)[0]


@pytest.mark.usefixtures("quick")
def test_a_version_is_shown_before_it_is_taken(project, no_dash, monkeypatch):
    monkeypatch.setattr(reproof, "prove", lambda *_: Reproof(passed=True, covers=True))
    rewrite(project, no_dash, "AB12", "XY99")
    told, _ = hold(project, "accept", "cancel")
    assert '  +         parse_sku("XY99")' in told


@pytest.mark.usefixtures("quick")
def test_escapes_in_a_suggestion_do_not_reach_the_terminal(project, monkeypatch):
    code = "def test_a():\n    assert parse_sku  # \x1b[2J\n"
    one = project.suggest("parse_sku", 3, code, title="a\x1b[2Jb")
    evil = Tried(line=4, change="a \x1b]0;x\x07 -> b", killed=True)
    known = project.store.find(one)
    known = replace(
        known, look="\x1b[2J", proof=replace(known.proof, mutants=MutantsPart(killed=1, of=1, list=(evil,)))
    )
    project.store.save(known, patch.render_patch(known, project.tests.read_text()), patch.render_module(known))
    monkeypatch.setattr(pytest_run, "suggestion", lambda *_: pytest_run.Outcome(1, "\x1b[2J failed"))
    monkeypatch.setattr(reproof, "prove", lambda *_: Reproof(trouble="\x1b[2J", detail="\x1b[2J\n\x1b"))
    rewrite(project, one, "test_a", "test_b")
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda *_: False)
    monkeypatch.setattr("click.style", lambda text, **_: text)
    words = ["diff", "test", "\x1b[2J", "reject", "cancel", "edit", "cancel", "accept", "original", "accept"]
    told, _ = hold(project, *words)
    assert "\\x1b[2J" in told
    assert told.replace("\n", "").isprintable()


def test_a_key_is_a_key_and_a_word_may_be_begun():
    keys = (*review._OF_TEST, *review._OF_BOTH)
    assert review.typed("rej", keys) == "reject"
    assert review.typed("A", keys) == "all-strong"
    assert review.typed("ACCEPT", keys) == "accept"
    assert review.typed("", keys) == ""
    assert review.typed("", review._REASONS) == "no reason"
    assert review.typed("never", review._REASONS) == ""
    assert review.typed("accept everything", keys) == ""


@pytest.mark.parametrize(
    "keys", [(*review._OF_TEST, *review._OF_BOTH), (*review._OF_BUG, *review._OF_BOTH), review._REASONS]
)
def test_every_key_is_used_once_and_does_something(keys):
    assert len({one.key for one in keys}) == len(keys) == len({one.word for one in keys})
    assert keys is review._REASONS or {one.word for one in keys} - {"quit", "help"} <= set(review._ACTS)


@pytest.mark.parametrize(
    ("word", "reason", "scope"),
    [
        ("wrong", "wrong", "idea"),
        ("never for this code", "other", "gap"),
        ("never for this file", "other", "file"),
        ("no reason", "other", "idea"),
    ],
)
def test_what_a_reason_notes(project, no_dash, word, reason, scope):
    hold(project, "reject", word)
    (decision,) = project.store.decisions()
    assert (decision.id, decision.reason, decision.scope) == (no_dash, reason, scope)


def test_one_function_comes_together_and_the_best_come_first(suggestions):
    order = review.order(suggestions)
    known = {one.id: one for one in suggestions}
    functions = [(known[one].gap.path, known[one].gap.qualname) for one in order]
    assert sorted(order) == sorted(known)
    assert sum(one != other for one, other in itertools.pairwise(functions)) == len(set(functions)) - 1
    assert known[order[0]].grade == "strong"


@pytest.mark.usefixtures("negative", "free", "no_dash")
def test_a_step_goes_to_what_waits_and_stays_at_the_ends(project):
    told, _ = hold(project, "back", "next", "next", "next", "skip", "back")
    assert [line.split()[0] for line in told.splitlines() if re.match(r" \d/3 ", line)] == [
        "1/3",
        "1/3",
        "2/3",
        "3/3",
        "3/3",
        "1/3",
        "1/3",
    ]
    assert told.index("This is the first one") < told.index("This is the last one")


@pytest.mark.usefixtures("quick", "no_dash", "free")
def test_the_end_says_what_was_done_and_how_to_go_on(project):
    _, sitting = hold(project, "accept")
    assert sitting.summary() == [
        " accepted 1   edited 0   rejected 0   skipped 0   left 1",
        " changed by you just now, not staged:",
        "   tests/test_cart.py    1 test",
        " see it:    git diff",
        " continue:  pytest-enrich review",
    ]
    grade(project, sitting._order[1], "weak")
    assert sitting.summary()[-1] == " continue:  pytest-enrich review --all-grades"
    assert hold(project, "reject", "trivial")[1].summary()[-1] == " next:      pytest --enrich"


def test_what_people_did_not_want_comes_last(suggestions):
    first, *others = review.order(suggestions)
    trait = next(trait for trait in experience.traits(next(one for one in suggestions if one.id == first)))
    ones = [replace(one, kind="test") for one in suggestions]
    unwanted = {one.id for one in ones if trait in experience.traits(one)}
    known = Experience({trait: Lesson(trait=trait, lift=0.2, rejected=())})
    order = review.order(ones, known)
    assert set(order[-len(unwanted) :]) == unwanted
    assert set(order) == {first, *others}
