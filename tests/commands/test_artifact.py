"""A suggestions folder that somebody else has made: whatever stands in it, nothing of it runs outside the sandbox,
nothing but tests is written, and no command ends in a traceback.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil

import msgspec
import pytest

from pytest_enrich.commands import pytest_run
from pytest_enrich.data import MadeSuggestion, RunSummary, Suggestion
from pytest_enrich.store import last_run, seal

CANARY = "CANARY_RAN"
EVIL = f"import pathlib; pathlib.Path({CANARY!r}).write_text('')"
WORDS = (
    ("list",),
    ("list", "--bugs", "--json"),
    ("show", "ID"),
    ("show", "ID", "--json"),
    ("show", "ID", "--patch"),
    ("run", "ID"),
    ("verify", "--all"),
    ("accept", "ID"),
    ("accept", "--all-strong"),
    ("xfail", "ID"),
    ("undo",),
    ("merge", "enrich-suggestions", "--into", "joined"),
    ("report",),
    ("hook",),
)
NEAREST = {
    "pending": {"list", "show", "run", "verify", "accept", "hook"},
    "decided": {"list", "undo"},
    "bugs": {"list", "show", "run", "verify", "xfail"},
}
"""What is asked of each alteration; all is asked of some."""
TYPES = (None, 0, -1, 1.5, True, [], {}, "", 1 << 70, "\ud800")
TEXTS = (
    "x" * 60_000,
    "\x1b]0;title\x07\x1b[2J",
    "\u202eevil\u2066",
    "a\nb\r\n",
    "../../outside.py",
    "/tmp/outside.py",
    "conftest.py",
    f"{EVIL}\n",
    f"x:\n    {EVIL}\nclass Y",
    "@__import__('os').system('touch CANARY_RAN')\ndef test_no_dash():\n    assert parse_sku('')\n",
    "-pevil/test_x.py",
)
TARGETS = (
    "conftest.py", "tests/conftest.py", "setup.py", "sitecustomize.py", "src/shop/cart.py", "src/shop/__init__.py",
    "../test_x.py", "/tmp/test_x.py", "tests/../../test_x.py", ".git/test_x.py", ".venv/lib/test_x.py",
    "env/test_x.py", "lib/site-packages/test_x.py", "enrich-suggestions/test_x.py", "tests/link/test_x.py",
    "tests/test_link.py", "tests/test_cart.txt", "tests/Test_cart", "tests/test_a\u202e.py", "-x/test_x.py",
    "@x/test_x.py", "tests", "tests\\test_x.py", "C:/test_x.py", "node_modules/test_x.py", "tests/cart.py",
)  # fmt: skip


class Recorder:
    """Stands for the pytests that run outside the sandbox, and for the one that proves: nothing holds there."""

    def __init__(self):
        self.ran = []

    def files(self, store, paths, words=()):
        self.ran += [(*words, (store.rootdir / path).read_text()) for path in paths]
        return pytest_run.Outcome(0, "all passed")

    def suggestion(self, store, one, words=()):
        with pytest_run.selecting(store, one):
            self.ran.append((*words, msgspec.json.encode(one.test).decode()))
        return pytest_run.Outcome(0, "all passed")

    def shown(self, store, one, words, _seconds):
        return self.suggestion(store, one, words)

    def asked(self, *_):
        return None, pytest_run.Outcome(1, "not proven")


class Artifact:
    """The folder as it was made, what is altered in it, and all that the commands must leave alone."""

    def __init__(self, project, recorder, ids):
        self.project, self.recorder, self.ids = project, recorder, ids
        self.folder = project.store.directory
        self.whole = {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}
        self.kept = self.outside()
        self.altered = 0

    def outside(self):
        """All files that no command may change: test files may be, so far as they stay what they were."""
        top = self.project.root.parent
        ours = {"enrich-suggestions", "joined", "__pycache__"}
        found = (path for path in top.rglob("*") if path.is_file() and not ours.intersection(path.parts))
        return {path: path.read_bytes() for path in found}

    def restore(self):
        shutil.rmtree(self.project.root / "joined", ignore_errors=True)
        for path in [path for path in self.folder.rglob("*") if not path.is_dir() or path.is_symlink()]:
            path.unlink() if path not in self.whole or path.is_symlink() or not path.is_file() else None
        for path, content in (self.whole | self.kept).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != content:
                path.write_bytes(content)

    def file(self, name, kind="pending"):
        return self.folder / kind.replace("bugs", "pending") / self.ids[kind] / name

    def check(self, what, words=WORDS):
        """Run the commands on the folder as it is now; then it is as it was made."""
        self.altered += 1
        for word in words:
            self.recorder.ran.clear()
            identifier = self.ids["bugs" if "bugs" in what else "pending"]
            answer = self.project.run(*(identifier if each == "ID" else each for each in word))
            said = f"{what}: {' '.join(word)}: {answer}"
            assert "internal error" not in answer.out + answer.err, said
            assert "Traceback" not in answer.out + answer.err, said
            assert not {"\x1b", "\u202e", "\u2066", "\x07"}.intersection(answer.out + answer.err), said
            assert not any(CANARY in text or "evil" in text for ran in self.recorder.ran for text in ran), said
            self.look(said)
        self.restore()

    def look(self, said):
        found = self.outside()
        changed = {path for path in found.keys() | self.kept.keys() if found.get(path) != self.kept.get(path)}
        tests = self.project.root / "tests"
        assert all(path.parent == tests and path.name.startswith("test_") for path in changed), said
        assert not any(CANARY.encode() in found.get(path, b"") for path in changed), said


@pytest.fixture
def recorder(monkeypatch):
    found = Recorder()
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)  # the machine does not lose its power here
    for name in ("files", "suggestion", "shown", "asked"):
        monkeypatch.setattr(pytest_run, name, getattr(found, name))
    return found


@pytest.fixture
def artifact(project, no_dash, free, recorder):
    """A pending suggestion, a decided one, and a possible bug, all as this machine has made them."""
    bug = project.possible_bug()
    project.run("accept", free)
    (project.root / "src" / "shop" / "link.py").write_text("")
    (project.root / "tests" / "link").symlink_to(project.root.parent)
    (project.root / "tests" / "test_link.py").symlink_to("../src/shop/link.py")
    (project.root / "env").mkdir()
    (project.root / "env" / "pyvenv.cfg").write_text("")
    for name in ("conftest.py", "setup.py"):
        (project.root / name).write_text("")
    project.run("report")
    ids = {"pending": no_dash, "decided": free, "bugs": bug}
    return Artifact(project, recorder, ids)


def leaves(value, path=()):
    """The places of all values in JSON, those of lists and objects themselves included."""
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from leaves(part, (*path, key))


def changed(value, path, new):
    copy = json.loads(json.dumps(value))
    at = copy
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = new
    return json.dumps(copy).encode("utf-8", "surrogatepass")


def others(number):
    """Some of the alterations for each place, others for the next one: all come up, and each place has several."""
    every = (*TYPES, *TEXTS)
    return [every[(number * 2 + step) % len(every)] for step in range(2)]


@pytest.mark.parametrize("kind", ["pending", "decided", "bugs"])
def test_no_value_of_a_suggestion_does_harm(artifact, kind):
    file = artifact.file("suggestion.json", kind)
    made = json.loads(file.read_bytes())
    quick = [words for words in WORDS if words[0] in NEAREST[kind]]
    for number, path in enumerate(leaves(made)):
        for new in others(number):
            file.write_bytes(changed(made, path, new))
            artifact.check(f"{kind} {path} = {new!r:.60}", WORDS if number % 7 == 0 else quick)
    assert artifact.altered > 70


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_goes_into_a_file_that_is_no_test_file(artifact, target):
    """Not even where this machine has made the suggestion itself."""
    for kind in artifact.ids:
        file = artifact.file("suggestion.json", kind)
        text = changed(json.loads(file.read_bytes()), ("target", "path"), target)
        one = seal.sealed(artifact.project.root, msgspec.json.decode(text, type=Suggestion))
        file.write_bytes(msgspec.json.encode(one))
        artifact.check(f"{kind} target = {target!r}")


FILES = (
    b"", b"\xff\xfe", b"{", b"[" * 100_000, b'{"a":' * 50_000, b"null", b"[]", b'""', b"\0" * 100,
    b"x" * (2 << 20), EVIL.encode(), b"\x1b[2J\n" + EVIL.encode(), f"# coding: utf-7\n{EVIL}\n".encode(),
    f"diff --git a/setup.py b/setup.py\n--- a/setup.py\n+++ b/setup.py\n@@ -0,0 +1 @@\n+{EVIL}\n".encode(),
)  # fmt: skip
LINES = (
    {"id": "../../x", "verb": "accept", "body": "b", "at": "9"},
    {"verb": "accept", "path": "../../outside.py", "before": "", "after": ""},
    {"verb": "accept", "path": "conftest.py", "imports": [EVIL, "import pytest", "x ="]},
    {
        "verb": "accept",
        "path": "tests/test_cart.py",
        "imports": ["from shop.cart import parse_sku", "\x1b[2J", EVIL],
    },
    {"verb": "reject", "note": "\x1b[2J" + "x" * 100_000, "scope": "file"},
    {"verb": "undo", "why": "asked", "at": "\u202e9999"},
    {"verb": "accept", "at": "9999-99-99", "seconds": 1e308, "before": "\u202e"},
    {"verb": "closed", "at": ""},
)


def test_no_file_of_the_folder_does_harm(artifact):
    """Each file in turn is something else, a pipe, or a link to what is outside."""
    outside = artifact.project.root.parent / "outside"
    outside.write_text("theirs")
    artifact.kept = artifact.outside()
    names = sorted(path for path in artifact.whole if ".cache" not in path.parts)
    for number, file in enumerate(names):
        name = file.relative_to(artifact.folder).as_posix()
        for step in range(3):
            file.write_bytes(FILES[(number * 3 + step) % len(FILES)])
            artifact.check(f"{name} is {step}")
        file.unlink()
        file.symlink_to(outside)
        artifact.check(f"{name} is a link")
        file.unlink()
        os.mkfifo(file)
        artifact.check(f"{name} is a pipe")


def test_no_decision_does_harm(artifact):
    pending = json.loads(artifact.file("suggestion.json").read_bytes())
    decided = json.loads(artifact.file("suggestion.json", "decided").read_bytes())
    for one, line in itertools.product((pending, decided), LINES):
        known = {"id": one["id"], "body": one["test"]["body_sha256"], "at": "2030-01-01T00:00:00Z"}
        with (artifact.folder / "decisions.jsonl").open("ab") as log:
            log.write(json.dumps(known | line).encode() + b"\n")
        artifact.check(f"decided {line!r:.80}")


def test_no_value_of_a_run_does_harm(artifact):
    made = RunSummary(notes=("a",), suggestions=(MadeSuggestion(id="a", grade="good"),), versions={"python": "3"})
    last_run.write(artifact.project.store, made)
    file = artifact.folder / "run.json"
    artifact.whole[file] = file.read_bytes()
    facts = json.loads(file.read_bytes())
    words = (
        ("list",),
        ("merge", "enrich-suggestions", "--into", "joined"),
        ("report",),
        ("report", "--format", "md:-"),
    )
    for number, path in enumerate(leaves(facts)):
        for new in others(number):
            file.write_bytes(changed(facts, path, new))
            artifact.check(f"run {path} = {new!r:.60}", words)
