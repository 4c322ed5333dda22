"""A chain in which nothing can be changed, removed, added or moved unseen."""

from __future__ import annotations

import importlib
import json
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_enrich.store.evidence import Evidence

SOME = {"text": "a test", "numbers": [1, 2, 3]}


@pytest.fixture
def evidence(tmp_path):
    """Two runs, with what was decided between and after them."""
    made = Evidence(tmp_path / "evidence", tmp_path)
    for run in range(2):
        made.begin({"run": run})
        made.add("attempt", *({**SOME, "attempt": number} for number in range(5)))
        made.add("end", {"kept": run})
        made.add("decision", {"verb": "accept"})
    return made


@pytest.fixture(scope="session")
def altered():
    """How the benchmark changes a log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
        return importlib.import_module("evidence").altered


def test_a_chain_that_nobody_touched_is_whole(evidence):
    found = evidence.check()
    assert found.faults == ()
    assert found.head.lines == len(found.lines) == 16
    assert [line.number for line in found.lines] == list(range(16))
    assert found.foreign == 0
    assert [path.name for path in evidence.files()] == ["000001.jsonl", "000002.jsonl"]


@given(seed=st.integers(), last=st.booleans())
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_change_removal_and_swap_is_seen(evidence, altered, seed, last):
    path = evidence.files()[-1 if last else 0]
    before = path.read_bytes()
    after = altered(before, random.Random(seed))
    path.write_bytes(after)
    try:
        assert bool(evidence.check().faults) == (after != before)
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize("what", ["000001.jsonl", "000002.jsonl", "head.json"])
def test_a_file_that_is_gone_is_seen_also_after_more_was_added(evidence, what):
    (evidence.directory / what).unlink()
    assert evidence.check().faults
    evidence.add("decision", {"verb": "reject"})
    assert evidence.check().faults


def test_runs_that_changed_places_are_seen(evidence):
    first, second = evidence.files()
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)
    assert evidence.check().faults


def test_a_line_that_moved_into_the_file_of_another_run_is_seen(evidence):
    first, second = evidence.files()
    *lines, last = first.read_bytes().splitlines(keepends=True)
    first.write_bytes(b"".join(lines))
    second.write_bytes(last + second.read_bytes())
    assert evidence.check().faults


def test_a_chain_made_again_without_the_key_is_foreign_and_a_kept_digest_shows_it(evidence, tmp_path, monkeypatch):
    known = evidence.head()
    for path in (*evidence.files(), evidence.directory / "head.json"):
        path.unlink()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "elsewhere"))
    evidence.begin({"run": "forged"})
    monkeypatch.undo()
    found = evidence.check()
    assert found.foreign == len(found.lines) == 1
    assert known.digest not in {line.previous for line in found.lines}


def test_what_was_made_on_another_machine_is_whole_there_too(evidence, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another machine"))
    found = evidence.check()
    assert found.faults == ()
    assert found.foreign == 16


def test_what_was_removed_on_purpose_is_told_and_what_follows_still_hangs_together(evidence):
    assert evidence.remove(lambda _at: True, "policy") == 8
    found = evidence.check()
    assert found.faults == ()
    assert (found.cut.lines, found.lines[0].number, found.lines[-1].kind) == (8, 8, "removed")
    evidence.begin({"run": 3})
    assert evidence.check().faults == ()


@pytest.mark.parametrize("how", ["changed", "gone"])
def test_where_the_chain_begins_cannot_be_moved(evidence, how):
    evidence.remove(lambda _at: True, "policy")
    path = evidence.directory / "cut.json"
    path.write_bytes(path.read_bytes().replace(b'"lines":8', b'"lines":9'))
    if how == "gone":
        path.unlink()
    assert evidence.check().faults


def test_the_files_of_a_process_that_was_killed_while_removing_are_passed_over(evidence):
    first = evidence.files()[0]
    content = first.read_bytes()
    evidence.remove(lambda _at: True, "policy")
    first.write_bytes(content)
    assert evidence.check().faults == ()
    assert len(evidence.files()) == 1


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_half_a_line_of_a_killed_process_is_taken_away_by_the_next(evidence, cut):
    path = evidence.files()[-1]
    evidence.add("attempt", SOME)
    known, head = path.read_bytes(), (evidence.directory / "head.json").read_bytes()
    evidence.add("attempt", SOME)
    # Killed while it wrote: half a line, and the head not yet written.
    path.write_bytes(known + path.read_bytes()[len(known) :][:cut])
    (evidence.directory / "head.json").write_bytes(head)
    evidence.add("decision", {"verb": "undo"})
    assert evidence.check().faults == ()
    assert evidence.check().lines[-1].kind == "decision"


def test_a_line_that_was_written_before_its_process_was_killed_stays(evidence):
    head = (evidence.directory / "head.json").read_bytes()
    evidence.add("attempt", SOME)
    (evidence.directory / "head.json").write_bytes(head)
    evidence.begin({"run": 3})
    assert evidence.check().faults == ()
    assert len(evidence.check().lines) == 18


def test_two_processes_add_to_one_chain(evidence, tmp_path):
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from pytest_enrich.store.evidence import Evidence
        for number in range(20):
            Evidence(Path(sys.argv[1]) / "evidence", Path(sys.argv[1])).add("attempt", {"number": number})
    """)
    started = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(2)]
    assert [one.wait(timeout=60) for one in started] == [0, 0]
    found = evidence.check()
    assert found.faults == ()
    assert len(found.lines) == 56


def test_an_entry_is_one_line_of_json_whatever_it_says(evidence):
    evidence.add("attempt", {"text": "a\nb\udcff\x00"})
    assert evidence.check().faults == ()
    last = evidence.files()[-1].read_bytes().splitlines()[-1]
    assert json.loads(last)["said"]["text"].startswith("a\nb")
