from __future__ import annotations

import pytest

from pytest_enrich.data import Attempt, Dropped
from pytest_enrich.validate import check


@pytest.fixture
def read(fakes):
    """The rung that a test misses, and why; None when it passes them all."""

    def read(code, *, imports=(), task=None, **changes):
        verdict = check.text(task or fakes.task(), fakes.candidate(code, imports=tuple(imports), **changes))
        return verdict and (verdict.rung, verdict.reason)

    return read


@pytest.mark.parametrize(
    "code",
    [
        "def test_a():\n    assert discount(-1) == 0\n",
        "def test_a(self):\n    self.assertEqual(discount(-1), 0)\n",
        "def test_a():\n    assert_equal(discount(-1), 0)\n",
        "def test_a():\n    np.testing.assert_allclose(discount(-1), 0)\n",
        "async def test_a():\n    assert await discount(-1) == 0\n",
        "def test_a():\n    with pytest.raises(ValueError):\n        discount(-1)\n",
        "def test_a():\n    result = discount(-1)\n    assert result\n",
        "@pytest.mark.parametrize('a', [1])\ndef test_a(a):\n    assert discount(a)\n",
        "    def test_a(self):\n        assert discount(-1)\n",
    ],
)
def test_an_honest_test_passes(read, code):
    assert read(code) is None


HELPED = "def check_total(seen, total):\n    assert seen == total\n\n\ndef note(seen):\n    print(seen)\n"


def test_a_helper_of_the_file_may_assert_for_a_test(read, fakes):
    task = fakes.task(text=HELPED)
    assert read("def test_a():\n    check_total(discount(1), 1)\n", task=task) is None
    assert read("def test_a():\n    note(discount(1))\n", task=task) == (
        "asserts",
        "asserts nothing about the code",
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def test_a(:\n", "is no test function"),
        ("", "is no test function"),
        ("assert discount(1)\n", "is no test function"),
        ("def test_a():\n    assert f(1)\n\ndef test_b():\n    assert f(1)\n", "is no test function"),
        ("import os\ndef test_a():\n    assert f(1)\n", "is no test function"),
        ("class TestA:\n    pass\n", "is no test function"),
        ("def test_a():\n    assert f('\0')\n", "is no test function"),
        ("def test_a():\n    x = " + "(" * 5000 + ")" * 5000 + "\n", "is no test function"),
        ("def check_a():\n    assert f(1)\n", "is no test function"),
    ],
)
def test_what_is_no_test_function_does_not_parse(read, code, reason):
    assert read(code) == ("parses", reason)


def test_a_test_has_the_name_it_says(read):
    assert read("def test_a():\n    assert f(1)\n", name="test_b") == (
        "parses",
        "is no test function",
    )


def test_a_broken_import_does_not_parse(read):
    assert read("def test_a():\n    assert f(1)\n", imports=["import ("]) == ("parses", "is no test function")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("eval('1')", "eval"),
        ("exec('1')", "exec"),
        ("os.system('ls')", "os.system"),
        ("os._exit(0)", "os._exit"),
        ("sys.settrace(None)", "sys.settrace"),
        ("pytest.skip()", "pytest.skip"),
        ("__import__('os')", "__import__"),
        ("import subprocess", "subprocess"),
        ("from socket import socket", "socket"),
        ("import coverage.data", "coverage.data"),
        ("from _pytest import outcomes", "_pytest"),
        ("[run for run in [exec]]", "exec"),
    ],
)
def test_what_no_honest_test_needs_is_forbidden(read, line, name):
    rung, reason = read(f"def test_a():\n    {line}\n    assert f(1)\n")
    assert rung == "allowed"
    assert reason.startswith(f"uses {name}")


@pytest.mark.parametrize(
    "statement", ["import subprocess", "from os import system", "from multiprocessing import Pool"]
)
def test_a_forbidden_import_is_forbidden_at_the_top_too(read, statement):
    assert read("def test_a():\n    assert f(1)\n", imports=[statement])[0] == "allowed"


def test_a_decorator_is_read_too(read):
    assert read("@pytest.mark.skipif(exec('1'))\ndef test_a():\n    assert f(1)\n")[0] == "allowed"


@pytest.mark.parametrize(
    "line", ["discount(-1)", "assert True", "assert 1 == 1", "pass", "discount(-1) == 0", "assert 'text'"]
)
def test_a_test_that_cannot_fail_asserts_nothing(read, line):
    assert read(f"def test_a():\n    {line}\n") == ("asserts", "asserts nothing about the code")


def test_the_same_body_under_another_name_is_not_new(read):
    code = "def test_other():\n    # ten\n    assert discount( 10 ) == 10\n"
    assert read(code) == ("new", "repeats an existing test")


def test_a_body_that_was_tried_is_not_new(read, fakes):
    tried = fakes.candidate("def test_a():\n    assert discount(-1) == 0\n")
    attempt = Attempt(
        path=fakes.PATH, qualname="f", digest="d", candidate=tried, verdict=Dropped(rung="passes", reason="failed")
    )
    task = fakes.task(attempts=(attempt,))
    assert read("def test_b():\n    assert discount(-1) == 0\n", task=task) == ("new", "repeats an existing test")


def test_a_method_with_the_same_body_is_not_new(read, fakes):
    text = "class TestCart:\n    def test_a(self):\n        assert discount(-1) == 0\n"
    task = fakes.task(text=text)
    assert read("def test_b(self):\n    assert discount(-1) == 0\n", task=task) == (
        "new",
        "repeats an existing test",
    )


@pytest.mark.parametrize("text", ["", "def (", "\0", "x = 1\n"])
def test_a_test_file_that_says_nothing_makes_everything_new(read, fakes, text):
    assert read("def test_a():\n    assert discount(-1) == 0\n", task=fakes.task(text=text)) is None
