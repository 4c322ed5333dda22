"""What stands round a suggestion in today's files: the source lines of its gap, and what its test changes."""

from __future__ import annotations

from pytest_enrich.data import SourceLine, Suggestion

_AROUND = 2
_MOST = 30


def source(text: str, one: Suggestion, line: int) -> tuple[SourceLine, ...]:
    """The lines round the gap, which is on `line` of `text` now; those that no test runs are `missing`."""
    lines = _lines(text)
    moved = line - one.gap.line
    missing = {number + moved for number in one.gap.lines}
    shown = sorted({line, *missing})
    first, last = max(1, shown[0] - _AROUND), min(len(lines), shown[-1] + _AROUND)
    return tuple(
        SourceLine(number=number, text=lines[number - 1].expandtabs(), missing=number in missing)
        for number in range(first, min(last, first + _MOST) + 1)
    )


def difference(text: str | None, one: Suggestion) -> str:
    """The unified diff of the test file with `text` (None: there is none); "" when the test is there already.

    Raises:
        RefusedError: The file cannot take the test.
    """
    from pytest_enrich import patch

    return patch.diff(one.target.path, text, patch.insert(text or "", patch.as_candidate(one)))


def anchor(difference: str) -> int:
    """The line of the old file, from 1, after which the last lines of the diff are added."""
    old, found, is_adding = 0, 0, False
    for line in difference[difference.find("\n@@ ") + 1 :].split("\n"):
        if line.startswith("@@ "):
            first, _, count = line.split()[1].lstrip("-").partition(",")
            old, is_adding = int(first) - (count != "0"), False
        elif line.startswith("+"):
            found, is_adding = (found if is_adding else old), True
        elif line[:1] in {" ", "-"}:
            old, is_adding = old + 1, False
    return max(found, 1)


def _lines(text: str) -> list[str]:
    """The lines as Python counts them: a form feed begins none."""
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
