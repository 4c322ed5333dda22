"""What a report is rendered from: a run, and what waits for a person after it. Every reporter reads this alone."""

from __future__ import annotations

from msgspec import Struct

from pytest_enrich.data.run import Finished, RunSummary
from pytest_enrich.data.suggestion import Suggestion

REPORT_SCHEMA = "pytest-enrich/report/1"


class SourceLine(Struct, frozen=True, kw_only=True):
    """A line of a source file as it is today; `missing` says that no test runs it."""

    number: int
    text: str
    missing: bool = False


class ReportedSuggestion(Struct, frozen=True, kw_only=True):
    """A suggestion that waits, with what stands round it today.

    Attributes:
        suggestion: As it was written.
        source: The lines round the gap, in order; empty when the file cannot be read or the function changed.
        difference: The unified diff of the test file, "" when it cannot be made any more.
        stale: Whether the function changed since.
    """

    suggestion: Suggestion
    source: tuple[SourceLine, ...] = ()
    difference: str = ""
    stale: bool = False


class Report(Struct, frozen=True, kw_only=True):
    """Everything that any report tells.

    Attributes:
        run: The last run; an empty one when there was none.
        project: The name of the folder that the project is in.
        base: That folder relative to the top of its repository, with a `/` at its end; "" when it is the top.
        suggestions: What waits, best first: strong ones first, then by path and line.
        bugs: The possible bugs that wait, by path and line.
        without: The gaps for which no good test was found, by path and line.
        turned_down: How many lines `.enrich-rejected` has.
    """

    schema: str = REPORT_SCHEMA
    run: RunSummary = RunSummary()
    project: str = ""
    base: str = ""
    suggestions: tuple[ReportedSuggestion, ...] = ()
    bugs: tuple[Suggestion, ...] = ()
    without: tuple[Finished, ...] = ()
    turned_down: int = 0
