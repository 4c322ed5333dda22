"""What no test notices: does any call tell it from the original?"""

import pytest

from pytest_enrich.data import Program

RANK = """import time

SEEN = []


def rank(size, top=10):
    if size > top:
        size = top
    return size


def noted(item):
    SEEN.append(item)
    return len(item)


def now(offset):
    return time.time_ns() + offset


def written(path):
    with open(path, "w") as file:
        file.write("x")
    return path
"""
SOURCE = "src/rank.py"
BOUNDARY = "size > top -> size >= top"


@pytest.fixture
def root(project):
    return project(src__rank=RANK)


@pytest.fixture
def alike(root, mutate):
    """By change, how many calls of a corpus do the same on a mutant that survived."""

    def alike(part, *actions, code=None, lines=()):
        line = RANK[: RANK.index(part)].count("\n") + 1
        corpus = tuple(Program(lines=lines, action=action) for action in actions)
        default = "from rank import rank\n\n\ndef test_new():\n    assert rank(3)\n"
        answer = mutate(root, code or default, line, source=SOURCE, corpus=corpus)
        changes = {one.id: one.change for one in mutate.made(root, line, source=SOURCE)}
        assert not answer.error
        return {changes[fate.id]: fate.alike for fate in answer.fates if fate.fate == "survived"}

    return alike


def test_the_calls_that_tell_one_apart_are_named(root, mutate):
    line = RANK[: RANK.index("if size >")].count("\n") + 1
    corpus = tuple(Program(lines=(), action=f"⟨rank:rank⟩({size})") for size in (10, 3, 12))
    code = "from rank import rank\n\n\ndef test_new():\n    assert rank(3)\n"
    answer = mutate(root, code, line, source=SOURCE, corpus=corpus)
    changes = {one.id: one.change for one in mutate.made(root, line, source=SOURCE)}
    told = {changes[fate.id]: fate.told for fate in answer.fates if fate.fate == "survived"}
    assert told == {BOUNDARY: (), "size > top -> size <= top": (1, 2)}


def test_one_that_no_call_tells_apart_is_alike_for_those_that_run_it(alike):
    found = alike("if size >", "⟨rank:rank⟩(3)", "⟨rank:rank⟩(12)", "⟨rank:rank⟩(10)", "⟨rank:noted⟩('a')")
    assert found[BOUNDARY] == 3


def test_one_that_a_call_tells_apart_is_not(alike):
    found = alike("if size >", "⟨rank:rank⟩(3)", "⟨rank:rank⟩(12)")
    assert found == {BOUNDARY: 2, "size > top -> size <= top": 0}


@pytest.mark.parametrize(
    "actions",
    [
        (),
        ("⟨rank:noted⟩('a')", "⟨rank:gone⟩(1)", "⟨nowhere:rank⟩(1)", "rank("),
    ],
)
def test_of_one_that_no_call_runs_nothing_is_claimed(alike, actions):
    assert alike("if size >", *actions)[BOUNDARY] == 0


def test_an_exception_tells_apart(alike):
    assert alike("if size >", "⟨rank:rank⟩('a')")[BOUNDARY] == 1
    assert alike("return len(item)", "⟨rank:noted⟩(1)")["return len(item) -> return None"] == 0


def test_what_a_call_changes_tells_apart(alike):
    code = "from rank import rank, noted\n\n\ndef test_new():\n    assert noted('a')\n"
    found = alike(
        "SEEN.append(item)", "⟨rank:noted⟩('a') and seen.copy()", code=code, lines=("seen = ⟨rank:SEEN⟩",)
    )
    assert found == {"SEEN.append(item) -> pass": 0}


def test_a_call_that_is_not_the_same_each_time_says_nothing(alike):
    code = "from rank import now\n\n\ndef test_new():\n    assert now(0)\n"
    assert (
        alike("return time", "⟨rank:now⟩(0)", "⟨rank:now⟩(1) > 5", code=code)[
            "time.time_ns() + offset -> time.time_ns() - offset"
        ]
        == 1
    )


def test_of_a_default_nothing_is_claimed_as_no_call_runs_its_line(alike):
    code = "from rank import rank\n\n\ndef test_new():\n    assert rank(3)\n"
    found = alike("def rank", "⟨rank:rank⟩(3)", "⟨rank:rank⟩(12)", code=code)
    assert found == {"10 -> 11": 0}


def test_the_source_may_be_imported_late(alike):
    code = "def test_new():\n    from rank import rank\n\n    assert rank(3)\n"
    found = alike("if size >", "⟨rank:rank⟩(3)", "⟨rank:rank⟩(12)", code=code)
    assert found == {BOUNDARY: 2, "size > top -> size <= top": 0}


def test_calls_write_nothing(alike, root):
    code = "from rank import rank, written\n\n\ndef test_new():\n    assert rank(3)\n"
    target = root / "written.txt"
    assert alike("return path", f"⟨rank:written⟩({str(target)!r})", code=code) == {"return path -> return None": 0}
    assert not target.exists()
