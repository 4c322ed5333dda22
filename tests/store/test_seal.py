"""What this machine has made is known again, and nothing else is."""

import json
import os
import stat

import msgspec
import pytest
from msgspec.structs import replace

from pytest_enrich.data import Suggestion
from pytest_enrich.store import seal


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "pytest-enrich"


@pytest.fixture
def one(state, rootdir, make_suggestion):  # noqa: ARG001 - the key is there
    return seal.sealed(rootdir, make_suggestion())


def test_what_was_sealed_is_known_after_it_was_written_and_read(one, rootdir):
    again = msgspec.json.decode(msgspec.json.encode(one), type=Suggestion)
    assert seal.made(rootdir, again) == "here"


@pytest.mark.usefixtures("one")
def test_the_key_is_the_users_alone(state):
    assert stat.S_IMODE((state / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert [path.name for path in state.iterdir()] == ["key"]


def leaves(value, path=()):
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from leaves(part, (*path, key))


def test_every_field_is_under_the_seal(one, rootdir):
    facts = json.loads(msgspec.json.encode(one))
    tried = 0
    for path in leaves(facts):
        for new in ("strong", "x", 7, True, None, []):
            copy = json.loads(json.dumps(facts))
            at = copy
            for key in path[:-1]:
                at = at[key]
            at[path[-1]] = new
            try:
                other = msgspec.json.decode(json.dumps(copy), type=Suggestion)
            except msgspec.ValidationError:
                continue
            tried += 1
            expected = "elsewhere" if path == ("seal",) else "changed"
            assert seal.made(rootdir, other) == ("here" if other == one else expected), path
            break
    assert tried > 40


def test_another_project_and_another_machine_are_told_apart(one, rootdir, tmp_path, monkeypatch):
    assert seal.made(rootdir / "tests", one) == "elsewhere"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert seal.made(rootdir, one) == "elsewhere"
    seal.sealed(rootdir, one)
    assert seal.made(rootdir, one) == "elsewhere"


@pytest.mark.parametrize("text", ["", ":", "x", "\u202e", "a:" + "0" * 64, "☃:☃"])
def test_a_seal_that_is_none_is_of_elsewhere(one, rootdir, text):
    assert seal.made(rootdir, replace(one, seal=text)) == "elsewhere"


def test_a_seal_with_our_name_and_any_other_digest_is_changed(one, rootdir):
    name = one.seal.partition(":")[0]
    assert [seal.made(rootdir, replace(one, seal=f"{name}:{end}")) for end in ("", "é", "0" * 64)] == [
        "elsewhere" if end == "é" else "changed" for end in ("", "é", "0" * 64)
    ]


def spoilt(kind, state):
    state.mkdir(parents=True, exist_ok=True)
    key = state / "key"
    key.unlink(missing_ok=True)
    if kind == "a link":
        (state / "other").write_bytes(b"x" * 32)
        (state / "other").chmod(0o600)
        key.symlink_to(state / "other")
    elif kind == "a pipe":
        os.mkfifo(key, 0o600)
    elif kind == "a folder":
        key.mkdir()
    else:
        key.write_bytes(b"x" * (5 if kind == "short" else 32))
        key.chmod(0o640 if kind == "readable by others" else 0o600)


@pytest.mark.parametrize("kind", ["a link", "a pipe", "a folder", "short", "readable by others"])
def test_a_key_that_anybody_could_know_seals_nothing(rootdir, make_suggestion, state, kind):
    spoilt(kind, state)
    one = seal.sealed(rootdir, make_suggestion())
    assert (one.seal, seal.made(rootdir, one)) == ("", "elsewhere")


@pytest.mark.parametrize("home", ["/dev/null", "/proc/nowhere", "relative"])
def test_without_a_place_for_the_key_nothing_is_sealed(rootdir, make_suggestion, monkeypatch, home):
    monkeypatch.setenv("XDG_STATE_HOME", home if home.startswith("/") else "")
    monkeypatch.setenv("HOME", home)
    assert seal.sealed(rootdir, make_suggestion()).seal == ""


def test_the_key_is_never_in_the_project(rootdir, make_suggestion, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(rootdir / "state"))
    assert seal.sealed(rootdir, make_suggestion()).seal == ""
    assert not (rootdir / "state").exists()
