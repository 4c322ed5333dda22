"""Put a test into the text of its file."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from pytest_enrich.data import Candidate
from pytest_enrich.patch.draft import Draft


def insert(text: str, test: Candidate, order: Sequence[Candidate] = (), *, joined: bool = True) -> str:
    """The file's text with `test` in it, and with the imports that it lacks.

    A new test goes after its anchor, else to the end of its class or of the file (before what runs the file as a
    program), in the style of the file: indentation, blank lines, quotes. A taken name gets a number. A row goes to
    the end of the test's list of cases, in the list's own layout. What is there already is not put in again.

    For several tests of one file there is `Draft`, which does the same without parsing the file for each.

    Args:
        text: The file as `decode` gives it, "" for a new one.
        test: What to put in.
        order: All that is known for this file, in gap order (`in_gap_order`): tests with one anchor keep it,
            whichever comes first. It may hold `test` itself.
        joined: False gives each import its own line, so that lines are only added.

    Raises:
        RefusedError: The file is not Python, has conflict markers, or the class is gone; for a row, too: the test
            is gone, or has no literal list of cases.
    """
    return Draft(text, test.placement.path).insert(test, order, joined=joined).text


def insert_each(text: str, tests: Sequence[Candidate]) -> str:
    """The text with these tests in it, one after the other; as `insert`, which parses the file for each."""
    path = tests[0].placement.path
    return reduce(lambda draft, test: draft.insert(test), tests, Draft(text, path)).text
