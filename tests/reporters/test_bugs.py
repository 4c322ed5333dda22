"""A possible bug in words, and the other examples that differ."""

import pytest
from msgspec.structs import replace

from pytest_enrich.reporters import bugs
from pytest_enrich.reporters.md.issue import issue


@pytest.mark.parametrize(
    ("also", "told"),
    [
        ((), ""),
        ((12,), "; the example of line 12 differs, too"),
        ((12, 14, 20), "; the examples of lines 12, 14 and 20 differ, too"),
    ],
)
def test_other_examples_that_differ_are_told_with_their_lines(fakes, also, told):
    assert bugs.does(replace(fakes.bug(), also=also)) == f"discount(-1) raised ValueError in cart.py:14{told}"


def test_the_text_of_an_issue_names_them_in_a_sentence_of_its_own(fakes):
    assert ". The examples of lines 12 and 14 differ, too.\n" in issue(replace(fakes.bug(), also=(12, 14)))
