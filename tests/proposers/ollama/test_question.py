from __future__ import annotations

import sys

import pytest

from pytest_enrich.proposers.ollama.question import MARK, Redaction, is_excluded, redacted, scanner

DEFAULT = (".env*", "*secret*", "*.pem")
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def scan(line):
    return [("Sort", word) for word in line.split() if word.startswith("s3cr3t")]


@pytest.mark.parametrize(
    "path",
    [".env", ".env.local", "src/my_secrets.py", "src/secrets/keys.py", "a/.env.d/b.py", "keys/a.pem", "SECRET.py"],
)
def test_a_file_that_people_named_is_excluded(path):
    assert is_excluded(path, DEFAULT)


@pytest.mark.parametrize("path", ["src/shop/cart.py", "src/environment.py", "pem.py"])
def test_other_files_are_not(path):
    assert not is_excluded(path, DEFAULT)


def test_a_glob_may_speak_of_the_whole_path():
    assert is_excluded("src/billing/cards.py", ("src/billing/*",))


def test_a_secret_is_written_over_wherever_it_stands():
    text, log = redacted("a s3cr3t1\nb\nxs3cr3t1x", scan)
    assert text == "a REDACTED\nb\nxREDACTEDx"
    assert log == (Redaction(sort="Sort", line=1),)


def test_of_two_secrets_the_longer_one_goes_first():
    assert redacted("s3cr3t s3cr3t-long", scan)[0] == "REDACTED REDACTED"


def test_the_log_holds_no_secret():
    assert "s3cr3t" not in repr(redacted("s3cr3t1", scan)[1])


def test_a_text_without_secrets_stays_as_it_is():
    assert redacted("plain\r\ntext\n", scan) == ("plain\r\ntext\n", ())


@pytest.fixture
def real():
    pytest.importorskip("detect_secrets", reason="the extra `secrets` is not installed")
    return scanner()


@pytest.mark.parametrize(
    "line",
    [f'TOKEN = "{TOKEN}"', 'password = "correct-horse-battery"', 'url = "https://me:hunter2hunter2@example.org/x"',
     'KEY = "AKIAIOSFODNN7REALKEY"'],
)  # fmt: skip
def test_detect_secrets_finds_what_it_knows(real, line):
    assert MARK in redacted(line, real)[0]


@pytest.mark.parametrize(
    "line",
    ["def parse(text, sep=','):", 'return f"{number:.2f} kB"', "password = read_password()", 'if token == "":',
     'ALPHABET = "abcdefghijklmnopqrstuvwxyz"', "Find different inputs for which parse gets to the marked line."],
)  # fmt: skip
def test_ordinary_code_is_left_alone(real, line):
    assert redacted(line, real)[0] == line


def test_without_the_extra_nothing_is_found(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "detect_secrets"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [])
    assert redacted(f'TOKEN = "{TOKEN}"', scanner())[1] == ()


def test_a_broken_extra_lets_no_secret_through(monkeypatch):
    monkeypatch.setitem(sys.modules, "detect_secrets.filters", None)
    with pytest.raises(ModuleNotFoundError, match="detect_secrets"):
        scanner()
