"""The report in GitHub's Markdown: for a job summary, a merge request, or a person with an editor.

Titles and code come from the project under test or from a model. What is printed goes through `escape`, so that
no text ends a fence, a cell, a tag or a link, or calls a person.
"""

from __future__ import annotations

from pytest_enrich.data import Report, RunSummary
from pytest_enrich.reporters import figures, since
from pytest_enrich.reporters.md import bugs, suggestion
from pytest_enrich.reporters.md.escape import code, fenced, plain
from pytest_enrich.reporters.words import counted

MARK = "<!-- pytest-enrich report -->"
LARGEST = 900 * 1024
"""Bytes: a job summary may have 1 MiB."""

_ROOM = 8 * 1024  # for what is neither a row nor a test in full
_TABLE = "| id | for | what it checks | grade | proof |\n|---|---|---|---|---|\n"
_NOTES = 20


def render(report: Report, largest: int = LARGEST) -> str:
    """The whole report in at most `largest` bytes (not less than 20 KiB); what is left out is counted."""
    head = "\n\n".join(part for part in _head(report) if part)
    tail = "\n\n".join(part for part in (_notes(report.run), _others(report), _how(report)) if part)
    left = largest - _ROOM - len(head.encode()) - len(tail.encode())
    wrong = _fitting([bugs.details(one) for one in report.bugs], left // 4)
    left -= sum(len(one.encode()) for one in wrong)
    rows = _fitting([suggestion.row(each) for each in report.suggestions], left)
    left -= sum(len(row.encode()) for row in rows)
    whole = _fitting([suggestion.details(each) for each in report.suggestions[: len(rows)]], left)
    table = _TABLE + "".join(rows) if rows else ""
    missing = _missing(len(report.suggestions), len(rows), len(whole))
    told = (head, _bugs(report, len(wrong)), *wrong, table, *whole, missing, tail)
    return "\n\n".join(part.rstrip("\n") for part in told if part) + "\n"


def _bugs(report: Report, shown: int) -> str:
    """The line above the possible bugs, which come first."""
    number = len(report.bugs)
    more = f", of which {shown} are shown: `pytest-enrich list --bugs`" if shown < number else ""
    return f"### Possible bugs: {number}{more}" if number else ""


def _fitting(texts: list[str], room: int) -> list[str]:
    """As many of the texts, from the first on, as fit into so many bytes."""
    fitting = []
    for text in texts:
        room -= len(text.encode()) + 2
        if room < 0:
            break
        fitting.append(text)
    return fitting


def _head(report: Report) -> list[str]:
    number = len(report.suggestions)
    title = f"### Suggested tests: {number}" + " (advice, does not block)" * bool(number)
    run = report.run
    place = " at ".join([plain(report.project), *([code(run.commit)] if run.commit else [])])
    made = ", ".join(part for part in (place, plain(figures.at(run.at)), _passed(run)) if part)
    figured = plain(" ".join(part for part in (figures.coverage(report), figures.changed(report)) if part))
    apart = since.apart(run)
    return [MARK, title, made, figured, plain(f"Waiting: {apart}.") if apart else "", _changed(run)]


def _passed(run: RunSummary) -> str:
    return f"{counted(run.tests, 'test')} passed" if run.tests else ""


def _changed(run: RunSummary) -> str:
    return "" if run.read_only_check == "changed" else "**Nothing in the repository was changed.**"


def _missing(number: int, rows: int, whole: int) -> str:
    """How many had no room."""
    told = [f"{number - rows} are not in the table"] * (rows < number)
    told += [f"{number - whole} are not shown with their tests"] * (whole < number)
    return (
        f"**Of {number}, {' and '.join(told)}**: a summary has an end. All are in `report.html`." if told else ""
    )


def _notes(run: RunSummary) -> str:
    notes = [f"- {plain(note[:500])}" for note in run.notes[:_NOTES]]
    more = len(run.notes) - _NOTES
    return "\n".join([*notes, *([f"- and {counted(more, 'note')} more"] if more > 0 else [])])


def _others(report: Report) -> str:
    told = [f"No good test was found for {counted(len(report.without), 'gap')}: `pytest-enrich list --gaps`"]
    told *= bool(report.without)
    if report.turned_down:
        told.append(f"Turned down so far: {report.turned_down} (`pytest-enrich list --rejected`)")
    return "  \n".join(told)


def _how(report: Report) -> str:
    if not report.suggestions:
        return ""
    home = f"{figures.download(report)}\npytest-enrich review"
    return (
        "**Take them home** from an artifact `enrich-suggestions` of GitHub (this changes no test):\n\n"
        f"{fenced(home)}\n\n"
        f"No tool? {code(figures.applied(report))}, or the `suggestion.patch` of one."
    )
