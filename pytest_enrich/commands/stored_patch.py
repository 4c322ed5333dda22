"""The diff of a suggestion: as it lies in its folder while that is still true, else made again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_enrich.commands import python_file
from pytest_enrich.data import Suggestion
from pytest_enrich.store import Store

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_NAMES = 4  # the lines of a diff before its first hunk


def hunks(store: Store, one: Suggestion) -> list[str]:
    """The lines of the diff from the first `@@` on, against the test file of today; none when nothing changes.

    Raises:
        EnrichError: The test file cannot be read, or the test cannot be put into it.
    """
    text = python_file.read(store.rootdir, one.target.path).text
    kept = _kept(store.read_text(one, "suggestion.patch"))
    if kept and _fits(kept, text.splitlines()):
        return kept
    from pytest_enrich import patch

    difference = patch.diff(one.target.path, text, patch.insert(text, patch.as_candidate(one)))
    return difference.splitlines()[_NAMES:]


def adds(store: Store, one: Suggestion, line: str) -> bool:
    """Whether the patch brings this line; what cannot be told from it is said to be."""
    kept = _kept(store.read_text(one, "suggestion.patch"))
    return not kept or f"+{line}" in kept


def _kept(text: str) -> list[str]:
    lines = text.splitlines()
    starts = [index for index, line in enumerate(lines) if _HUNK.match(line)]
    return lines[starts[0] :] if starts else []


def _fits(lines: Sequence[str], today: Sequence[str]) -> bool:
    """Whether the lines that the diff leaves or takes away stand where it says."""
    number = 0
    for line in lines:
        if found := _HUNK.match(line):
            number = int(found[1])
        elif line[:1] in {" ", "-"}:
            if number > len(today) or today[number - 1] != line[1:]:
                return False
            number += 1
    return True
