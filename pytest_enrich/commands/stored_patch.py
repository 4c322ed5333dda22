"""The diff of a suggestion: as it lies in its folder where that is true, else made again, which takes a moment.

The folder may have come from another machine. What a person reads is what would be put in, so the file that lies
there is believed only as far as it agrees with the suggestion and with the test file of today.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_enrich.data import Suggestion
from pytest_enrich.store import Store, options, python_file, rebuild, targets

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@")
_QUOTES = re.compile(r"\'\'\'|\"\"\"")  # inside them indentation counts
_NAMES = 4  # the lines of a diff before its first hunk


def hunks(store: Store, one: Suggestion) -> list[str]:
    """The lines of the diff from the first `@@` on, against the test file of today; none when nothing changes.

    Raises:
        EnrichError: The test file cannot be read, or the test cannot be put into it.
    """
    kept = _kept(store.read_text(one, "suggestion.patch"))
    text = python_file.read(store.rootdir, one.target.path).text
    if kept and _is_ours(store, one, kept) and _fits(kept, text.splitlines()):
        return kept
    return whole(store, one).splitlines()[_NAMES:]


def whole(store: Store, one: Suggestion) -> str:
    """The diff that accepting would make now, "" when nothing changes.

    Raises:
        EnrichError: See `hunks`.
    """
    from pytest_enrich import patch

    file = python_file.read(store.rootdir, one.target.path)
    after = patch.insert(file.text, patch.as_candidate(one), rebuild.neighbours(store, file.name))
    return patch.diff(one.target.path, None if file.content is None else file.text, after)


def made_again(store: Store, one: Suggestion) -> str:
    """The patch for `git apply`, whatever lies in the folder: of the suggestion against the test file of today.

    Raises:
        EnrichError: See `hunks`; or it may not go there.
    """
    from pytest_enrich import patch

    targets.refuse(store.rootdir, one.target.path, options.of(store.rootdir, one).words)
    file = python_file.read(store.rootdir, one.target.path)
    return patch.render_patch(one, None if file.content is None else file.text)


def _kept(text: str) -> list[str]:
    lines = text.splitlines()
    starts = [index for index, line in enumerate(lines) if _HUNK.match(line)]
    return lines[starts[0] :] if starts else []


def _is_ours(store: Store, one: Suggestion, lines: Sequence[str]) -> bool:
    """Whether the diff brings the suggestion's code and the imports that it lacks, and does nothing else."""
    if any(line.startswith("-") for line in lines) or _QUOTES.search(one.test.code):
        return False
    brought = [line[1:] for line in lines if line.startswith("+")]
    imports = python_file.lacking(store.rootdir, one.target.path, one.test.imports)
    code = [line for line in brought if line not in imports]
    return {*imports} <= {*brought} and _stripped(code) == _stripped(one.test.code.splitlines())


def _fits(lines: Sequence[str], today: Sequence[str]) -> bool:
    """Whether the lines that the diff leaves stand where it says."""
    number = 0
    for line in lines:
        if found := _HUNK.match(line):
            number = int(found[1])
        elif line.startswith(" "):
            if not 0 < number <= len(today) or today[number - 1] != line[1:]:
                return False
            number += 1
    return True


def _stripped(lines: Sequence[str]) -> list[str]:
    """Lines without their indentation and a comma at the end: a row has them as its list wants it."""
    return [text.removesuffix(",") for line in lines if (text := line.strip())]
