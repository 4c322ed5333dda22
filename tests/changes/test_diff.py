import difflib

from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.changes import FileDiff, Hunk, carried, read_diff

TEXTS = st.lists(st.sampled_from(["a", "b", "--- c", "+++ d", "@@ -1 +1 @@", "diff --git", ""]), max_size=12)


def unified(old, new):
    """What git would say, by another program."""
    lines = difflib.unified_diff(old, new, "a/x.py", "b/x.py", lineterm="", n=0)
    return "\n".join(["diff --git a/x.py b/x.py", *lines, ""]).encode()


def test_a_changed_and_a_new_line_are_told_and_a_removed_one_is_not():
    diff = b"""\
diff --git a/src/cart.py b/src/cart.py
index 1..2 100644
--- a/src/cart.py
+++ b/src/cart.py
@@ -3 +3,2 @@ def total():
-    x = 1
+    x = 2
+    y = 3
@@ -9,2 +9,0 @@
-a
-b
"""
    (file,) = read_diff(diff)
    assert file == FileDiff("src/cart.py", (Hunk(3, 1, 3, 2), Hunk(9, 2, 10, 0)))
    assert file.lines == (3, 4)


def test_files_that_are_gone_binary_or_only_renamed_have_no_lines():
    diff = b"""\
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/a.py b/b.py
similarity index 100%
rename from a.py
rename to b.py
diff --git a/z.py b/z.py
Binary files a/z.py and b/z.py differ
* Unmerged path c.py
"""
    assert [one for one in read_diff(diff) if one.lines] == []


def test_text_that_looks_like_a_header_is_text():
    diff = b"""\
diff --git a/x.py b/x.py
--- a/x.py
+++ b/x.py
@@ -1,2 +1,2 @@
--- a/y.py
-@@ -1 +1 @@
+++ b/y.py
+diff --git a/y.py b/y.py
\\ No newline at end of file
"""
    assert [(one.path, one.lines) for one in read_diff(diff)] == [("x.py", (1, 2))]


@given(old=TEXTS, new=TEXTS)
def test_the_lines_that_are_told_are_all_that_differ(old, new):
    found = {line for one in read_diff(unified(old, new)) for line in one.lines}
    kept = [text for number, text in enumerate(new, 1) if number not in found]
    rest = iter(old)
    assert all(text in rest for text in kept)  # what is not told was there before, in this order
    assert not found or old != new


@given(old=TEXTS, new=TEXTS)
def test_a_line_that_is_carried_on_has_its_text(old, new):
    (hunks,) = [one.hunks for one in read_diff(unified(old, new))] or [()]
    for line in range(1, len(old) + 1):
        for place in carried([line], hunks):
            assert new[place - 1] == old[line - 1]


@given(text=TEXTS)
def test_nothing_changed_carries_every_line(text):
    assert carried(range(1, len(text) + 1), ()) == tuple(range(1, len(text) + 1))
