import pytest

from pytest_enrich.validate.proof import last_line, lasting_reason, shape_of

TRACE = """\
Traceback (most recent call last):
  File "/a/b.py", line 3, in f
OSError: [Errno 13] no: '/tmp/pytest-enrich-x1/cache'
"""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TRACE, "OSError: [Errno 13] no: '/tmp/pytest-enrich-x1/cache'"),
        ("t.py:3: in test_a\nE   shop.errors.CartError: empty\nE   and more", "shop.errors.CartError: empty"),
        ("E   pytest.PytestCacheWarning: no\n  the end", "pytest.PytestCacheWarning: no"),
        ("something\nelse\n\n", "else"),
        ("", "no reason given"),
    ],
)
def test_the_error_is_told_that_a_failure_ends_with(text, told):
    assert last_line(text) == told


def test_the_same_error_has_the_same_shape_wherever_it_happens():
    assert shape_of(TRACE) == shape_of(TRACE.replace("x1/cache", "y2/other").replace("line 3", "line 9"))
    assert shape_of(TRACE) != shape_of(TRACE.replace("OSError", "ValueError"))


@pytest.mark.parametrize(
    "text", ["", "E   assert 1 == 2\nE    +  where 1 = f()", "E   AssertionError: no\nE   end"]
)
def test_nothing_and_failed_assertions_have_none(text):
    assert shape_of(text) == ""


def test_what_is_kept_holds_no_path_of_a_scratch_folder():
    assert lasting_reason(TRACE) == "OSError: [Errno 13] no: '...'"
