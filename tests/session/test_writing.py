"""From a kept attempt to what lies in the suggestions folder."""

from __future__ import annotations

import sys
from functools import partial

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Kept
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.session.ledger import Writer

CLASSES = """\
class TestCart:
    def test_size(self):
        assert True


class TestMoney:
    def test_size(self):
        assert True


class TestEuro(TestMoney):
    def test_name(self):
        assert True
"""
MADE = MadePart(at="2026-11-26T00:00:00Z", pytest_enrich="0.1", python="3.12.1", commit="a1b2c3d")


@pytest.fixture
def begin(store, fakes):
    """Begins a run; its `write` writes the suggestion of a test of that name for a gap of that identity."""

    def begin():
        sandbox = fakes.ScriptedSandbox({})
        writer = Writer(store=store, made=MADE, sandbox=sandbox)
        write = partial(written, writer)
        write.writer = writer
        return write

    def written(writer, identity, name, path="tests/test_cart.py", **more):
        (store.rootdir / path).parent.mkdir(exist_ok=True)
        owner, wish = more.get("owner"), more.get("wish", "")
        (store.rootdir / path).write_text(CLASSES if owner else "")
        gap = fakes.gap(identity)
        test = fakes.candidate(f"def {name}():\n    assert {identity!r}\n", gaps=(identity,))
        place = replace(
            test.placement, path=path, anchor=None, owner=owner, style="method" if owner else "function"
        )
        test = replace(test, placement=place, wish=wish)
        kept = Kept(gaps=(identity,), lines=gap.lines, branches=gap.branches, runs=("alone",), seconds=0.001)
        attempt = Attempt(path=gap.path, qualname=gap.qualname, digest="d", candidate=test, verdict=kept)
        return writer.write(attempt, gap, ())

    return begin


@pytest.fixture
def write(begin):
    return begin()


def test_of_two_tests_of_one_name_in_a_file_the_second_is_shown_with_a_number(write):
    first, second = write("cart-aaaaaaaa", "test_total"), write("cart-bbbbbbbb", "test_total")
    assert (first.test.names, second.test.names) == (("test_total",), ("test_total_2",))
    assert second.test.code.startswith("def test_total_2():")


def test_the_name_that_says_more_is_given_where_the_test_that_had_it_was_not_written(write):
    assert write("cart-aaaaaaaa", "test_total", wish="test_total_of_nothing").test.names == (
        "test_total_of_nothing",
    )
    assert write("cart-bbbbbbbb", "test_sum", wish="test_total_of_nothing").test.names == ("test_sum",)


def test_in_another_class_the_name_is_free_unless_one_has_the_tests_of_the_other(write):
    owners = ("TestCart", "TestMoney", "TestEuro")
    written = [
        write(f"cart-{name * 8}", "test_total", owner=owner) for name, owner in zip("abc", owners, strict=True)
    ]
    assert [one.test.names[0] for one in written] == ["test_total", "test_total", "test_total_2"]


def test_the_second_may_come_in_a_later_run(begin):
    begin()("cart-aaaaaaaa", "test_total")
    assert begin()("cart-bbbbbbbb", "test_total").test.names == ("test_total_2",)


def test_in_another_file_the_name_is_free(write):
    write("cart-aaaaaaaa", "test_total")
    assert write("cart-bbbbbbbb", "test_total", "tests/test_money.py").test.names == ("test_total",)


@pytest.fixture
def formatter(store):
    """The project's: a program that is not asked what it is."""

    def named(program):
        (store.rootdir / "style.py").write_text(program)
        (store.rootdir / "pytest.ini").write_text(f"[pytest]\nenrich_format_command = {sys.executable} style.py\n")

    return named


def test_a_suggestion_holds_the_test_and_shows_the_patch_as_the_formatter_has_them(store, write, formatter):
    formatter("import re, sys\nsys.stdout.write(re.sub('assert +', 'assert  ', sys.stdin.read()))\n")
    one = write("cart-aaaaaaaa", "test_total", "tests/test_money.py")
    assert one.test.code == 'def test_total():\n    assert  "cart-aaaaaaaa"\n'
    assert '+    assert  "cart-aaaaaaaa"\n' in store.read_text(one, "suggestion.patch")


def test_a_formatter_that_fails_is_told_once(write, formatter):
    formatter("import sys\nsys.exit('no such style')\n")
    assert write("cart-aaaaaaaa", "test_total").test.code == 'def test_total():\n    assert "cart-aaaaaaaa"\n'
    write("cart-bbbbbbbb", "test_money")
    assert tuple(write.writer.notes) == (
        "enrich_format_command failed, the test is in the style of its file: no such style",
    )
