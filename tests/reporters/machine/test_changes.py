"""Diffs become changes of ranges of lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich import patch
from pytest_enrich.reporters import changes

LINE = st.sampled_from(["a", "b", "", "@@ -1,2 +3,4 @@", "--- a", "+++ b", "-- x", "++ y", "\\ z", "  c"])
TEXT = st.lists(LINE, max_size=12).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(TEXT, TEXT)
def test_the_changes_of_a_diff_make_the_new_file_of_the_old_one(before, after):
    lines = before.split("\n")[:-1]
    for change in reversed(changes.read(patch.diff("a.py", before, after))):
        start = change.line - 1
        assert tuple(lines[start : start + len(change.removed)]) == change.removed
        assert change.before is None or change.before == lines[start - 1]
        lines[start : start + len(change.removed)] = change.added
    assert lines == after.split("\n")[:-1]


def test_a_new_file_is_one_insertion():
    (change,) = changes.read(patch.diff("a.py", None, "x\ny\n"))
    assert (change.line, change.removed, change.added, change.before) == (1, (), ("x", "y"), None)


def test_no_diff_has_no_changes():
    assert changes.read("") == ()


def test_what_is_no_diff_has_no_changes():
    assert changes.read("@@ nonsense\n+a\n") == ()
