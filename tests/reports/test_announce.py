"""What a job on GitHub is told, with the files and variables that its runner sets."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from pytest_enrich.data import Report, ReportedSuggestion
from pytest_enrich.data.suggestion import (
    GapPart,
    MadePart,
    OriginPart,
    ProofPart,
    RunsPart,
    Suggestion,
    TargetPart,
    TestPart,
)
from pytest_enrich.reports import announce, fenced

MIB = 1024 * 1024


def suggestion(number):
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    identity = f"cart-aaaaaa{letters[number // 32]}{letters[number % 32]}"
    return Suggestion(
        id=identity,
        title=f"f{number}: x ::add-mask::y",
        look="is it meant?",
        gap=GapPart(
            path="src/shop/cart.py",
            qualname=f"f{number}",
            line=3,
            outcome="true",
            text="if not sep:",
            lines=(4,),
            branches=((3, 4),),
            function_sha256="f" * 64,
        ),
        target=TargetPart(path="tests/test_cart.py", where="end of file"),
        test=TestPart(names=("test_a",), code="def test_a():\n    pass\n", imports=(), body_sha256="9" * 64),
        oracle=(),
        proof=ProofPart(
            lines_gained=1,
            branches_gained=1,
            runs=RunsPart(passed=3, of=3, modes=("alone",)),
            duration_ms=0.4,
            isolation="rlimits-only",
        ),
        origin=OriginPart(proposer="search"),
        made=MadePart(at="2026-11-24T22:41:07Z", pytest_enrich="0.1.0", python="3.11.7"),
    )


def report(count, difference="+a\n"):
    return Report(
        suggestions=tuple(
            ReportedSuggestion(suggestion=suggestion(number), difference=difference) for number in range(count)
        )
    )


@pytest.fixture
def lines():
    return []


@pytest.fixture
def page(tmp_path):
    return tmp_path / "summary.md"


@pytest.fixture
def runner(page):
    return {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}


def test_the_notices_go_to_the_log_and_the_report_to_the_summary(runner, page, lines):
    assert announce(report(2), runner, lines.append) == "Job summary written."
    assert "\n".join(lines).count("::notice ") == 2
    assert "### Suggested tests: 2" in page.read_text("utf-8")


def test_what_stands_in_the_summary_stays(runner, page, lines):
    page.write_text("of another command", "utf-8")
    announce(report(1), runner, lines.append)
    announce(report(1), runner, lines.append)
    assert page.read_text("utf-8").startswith("of another command\n")
    assert page.read_text("utf-8").count("### Suggested tests: 1") == 2


def test_no_heading_is_larger_than_the_third(runner, page, lines):
    announce(report(3), runner, lines.append)
    assert re.findall(r"^#{1,2} ", page.read_text("utf-8"), re.MULTILINE) == []


def test_400_suggestions_stay_under_what_github_takes(runner, page, lines):
    announce(report(400, difference="+" + "x" * 5000 + "\n"), runner, lines.append)
    assert 500 * 1024 < page.stat().st_size <= 900 * 1024
    assert len("\n".join(lines).splitlines()) == 10


def test_a_summary_that_is_nearly_full_is_left_alone_and_that_is_said(runner, page, lines):
    page.write_bytes(b"x" * (900 * 1024))
    assert "it has 921600 bytes already" in announce(report(1), runner, lines.append)
    assert page.stat().st_size == 900 * 1024 < MIB


def test_where_nothing_waits_nothing_is_said(runner, page, lines):
    assert announce(Report(), runner, lines.append) == ""
    assert (lines, page.exists()) == ([], False)


def test_a_summary_that_cannot_be_written_is_said_and_the_notices_are_there(tmp_path, lines):
    told = announce(report(1), {"GITHUB_STEP_SUMMARY": str(tmp_path / "no" / "page")}, lines.append)
    assert told.startswith("The job summary was not written: No such file")
    assert len(lines) == 1


def test_without_a_summary_there_are_notices_only(lines):
    assert announce(report(1), {}, lines.append) == ""
    assert len(lines) == 1


def test_on_github_all_that_is_said_stands_between_two_lines_that_only_we_can_write(runner, lines):
    def stopped():
        with fenced(runner, lines.append):
            lines.append("::add-mask::x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    token = re.fullmatch("::stop-commands::([0-9a-f]{32})", lines[0])[1]
    assert lines == [f"::stop-commands::{token}", "::add-mask::x", f"::{token}::"]


def test_each_time_the_word_is_another(runner, lines):
    for _ in range(2):
        with fenced(runner, lines.append):
            pass
    assert len(set(lines)) == 4


def test_elsewhere_there_are_no_such_lines(lines):
    with fenced({}, lines.append):
        pass
    assert lines == []


def test_text_that_no_file_can_hold_is_written_escaped(runner, page, lines):
    (one,) = report(1).suggestions
    odd = replace(one, suggestion=replace(one.suggestion, look="a\ud800b"))
    assert announce(Report(suggestions=(odd,)), runner, lines.append) == "Job summary written."
    assert "ud800" in page.read_text("utf-8")
