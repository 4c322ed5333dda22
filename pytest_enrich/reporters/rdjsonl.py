"""The Reviewdog Diagnostic Format, one JSON object a line.

reviewdog makes a suggestion that a click applies only where its range is the one of the diagnostic, in whole
lines. So the place is the one in the *test* file, and the gap is a related location. It reads lines of less than
64 KiB only, and an older release waits forever after a longer one.
"""

from __future__ import annotations

import json

from pytest_enrich.data import Report, ReportedSuggestion
from pytest_enrich.reporters import changes, findings
from pytest_enrich.reporters.changes import Change
from pytest_enrich.reporters.words import fit, visible

LONGEST = 60 * 1024
"""Bytes of a line."""

_MESSAGE = 4000


def render(report: Report) -> str:
    """A line a suggestion; empty when nothing waits."""
    return "".join(f"{_line(_diagnostic(report, one))}\n" for one in findings.placed(report))


def _line(found: dict[str, object]) -> str:
    """As JSON; what would be too long is told in few words, and without the change that a click applies."""
    text = json.dumps(found)
    if len(text) <= LONGEST:
        return text
    short = fit(str(found["message"]).partition("\n")[0], _MESSAGE)
    return json.dumps({name: part for name, part in found.items() if name != "suggestions"} | {"message": short})


def _diagnostic(report: Report, reported: ReportedSuggestion) -> dict[str, object]:
    one = reported.suggestion
    gap = _location(findings.source_path(report, one), *findings.lines(reported))
    made = _applied(reported)
    message = [findings.sentence(one), _imports(reported), findings.look(one), findings.advice(one)]
    found: dict[str, object] = {
        "source": {"name": "pytest-enrich", "url": findings.URL},
        "message": "\n".join(text for text in message if text),
        "location": gap,
        "severity": "INFO",
        "code": {"value": visible(one.id)},
    }
    if not one.target.new_file:  # a file that is not there has no place for a comment
        first, last = made[:2] if made else (reported.anchor, reported.anchor)
        found["location"] = _location(findings.test_path(report, one), first, last)
        found["related_locations"] = [{"message": "no test runs this", "location": gap}]
    if made:
        found["suggestions"] = [{"range": _range(made[0], made[1]), "text": findings.encodable(made[2])}]
    return found


def _imports(reported: ReportedSuggestion) -> str:
    """What a click does not bring, because it stands elsewhere in the file."""
    needed = "; ".join(reported.suggestion.test.imports)
    return visible(f"Needs: {needed}") if needed and len(changes.read(reported.difference)) > 1 else ""


def _applied(reported: ReportedSuggestion) -> tuple[int, int, str] | None:
    """The largest change of the diff, as whole lines and their new text."""
    if reported.suggestion.target.new_file:
        return None
    made = [one for one in map(_whole, changes.read(reported.difference)) if one is not None]
    return max(made, key=lambda one: len(one[2]), default=None)


def _whole(change: Change) -> tuple[int, int, str] | None:
    """A comment cannot be put between lines: an insertion replaces the line above by itself and what follows."""
    if change.removed:
        return change.line, change.line + len(change.removed) - 1, "\n".join(change.added)
    if change.before is None:
        return None
    return change.line - 1, change.line - 1, "\n".join((change.before, *change.added))


def _location(path: str, first: int, last: int) -> dict[str, object]:
    return {"path": visible(path), "range": _range(first, last)}


def _range(first: int, last: int) -> dict[str, object]:
    return {"start": {"line": first}, "end": {"line": last}}
