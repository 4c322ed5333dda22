"""The tables of what servers, models and families do name the tests that show it: all of them are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = HERE.parents[1]
DOCS = TESTS.parent / "docs/reference"
SERVER, FAMILIES = DOCS / "ollama-server.md", DOCS / "ollama.md"


@pytest.fixture(scope="module")
def sources():
    return "".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))


def rows(page, heading):
    """The cells of a table's rows, without its head."""
    section = page.read_text("utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


@pytest.mark.parametrize(
    ("page", "heading", "fewest"),
    [(SERVER, "Traps", 28), (SERVER, "Errors", 17), (SERVER, "Models", 10), (FAMILIES, "Which model", 7)],
)
def test_each_row_of_a_table_names_tests_that_are_there(sources, page, heading, fewest):
    there = set(re.findall(r"^def (test_\w+)", sources, re.MULTILINE))
    found = rows(page, heading)
    assert len(found) >= fewest
    for row in found:
        named = re.findall(r"`(test_\w+)`", row[-1])
        assert named or row[-1].startswith("untested"), row
        assert set(named) <= there, row


def test_each_recording_is_played(sources):
    names = {path.stem for path in (HERE / "recorded").glob("*.http")}
    assert len(names) > 50
    assert {name for name in names if f'"{name}"' not in sources} == set()


def test_the_table_has_each_status_that_a_recording_or_a_script_has(sources):
    recorded = {
        int(match[1])
        for path in (HERE / "recorded").glob("*.http")
        if (match := re.search(rb"^HTTP/1.1 (\d+)", path.read_bytes(), re.MULTILINE))
    }
    scripted = {int(status) for status in re.findall(r"ollama\.plain\((\d+)", sources)}
    told = {int(status) for row in rows(SERVER, "Errors") for status in re.findall(r"\d{3}", row[1])}
    assert {status for status in recorded | scripted if status >= 400} <= told


def test_each_family_says_how_far_it_was_tested():
    states = [row[-1] for row in rows(FAMILIES, "Which model")]
    assert all(state.startswith(("live", "fake", "untested")) for state in states)
