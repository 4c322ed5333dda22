"""The report in GitHub's Markdown: for a job summary, a merge request, or a person with an editor; issues, too.

Titles and code come from the project under test or from a model. What is printed goes through `plain`, `_tagged`,
`code` or `fenced`, so that no text ends a fence, a cell, a tag or a link, or mentions a person.
"""

from __future__ import annotations

import html
import re

from pytest_enrich.data import Report, ReportedSuggestion, RunSummary, Suggestion
from pytest_enrich.patch import words as facts
from pytest_enrich.reporters import figures
from pytest_enrich.reporters.figures import observed_of, other_examples, reproduction_of, runs_of, waiting
from pytest_enrich.reporters.words import counted, fit, visible, visible_lines

MARK = "<!-- pytest-enrich report -->"
LARGEST = 900 * 1024
"""Bytes: a job summary may have 1 MiB."""

_ROOM = 8 * 1024  # for what is neither a row nor a test in full
_TABLE = "| id | for | what it checks | grade | proof |\n|---|---|---|---|---|\n"
_NOTES = 20

_TITLE = 200

_SIGNS = re.compile(r"[\\`*_\[\]|~$]")
_START = re.compile(r"^(\s*|\s*[0-9]+(?=[.)]))([-+=.)])")
_CALL = re.compile(r"(?<!&)[@#](?=\w)|:(?=//)|www(?=\.)", re.IGNORECASE)  # the `#` of an entity is no mention
_HEADING = re.compile(r"^(\s*)#")
_TICKS = re.compile(r"`+")
_FENCE = 3


def render(report: Report, largest: int = LARGEST) -> str:
    """The whole report in at most `largest` bytes (not less than 20 KiB); what is left out is counted."""
    head = "\n\n".join(part for part in _head(report) if part)
    tail = "\n\n".join(part for part in (_notes(report.run), _others(report), _how(report)) if part)
    left = largest - _ROOM - len(head.encode()) - len(tail.encode())
    bugs = _fitting([_bug_details(bug) for bug in report.bugs], left // 4)
    left -= sum(len(bug.encode()) for bug in bugs)
    rows = _fitting([_row(reported) for reported in report.suggestions], left)
    left -= sum(len(row.encode()) for row in rows)
    whole = _fitting([_details(reported) for reported in report.suggestions[: len(rows)]], left)
    table = _TABLE + "".join(rows) if rows else ""
    missing = _missing(len(report.suggestions), len(rows), len(whole))
    parts = (head, _bugs(report, len(bugs)), *bugs, table, *whole, missing, tail)
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def issue(bug: Suggestion) -> str:
    """The text of an issue, in Markdown: what it quotes mentions nobody and ends no fence."""
    broken, more = bug.contradiction, other_examples(bug)
    lines = [
        f"# {plain(bug.title)}",
        f"The docstring of {code(bug.gap.qualname)} ({code(f'{bug.gap.path}:{broken.contract_line}')}) says:",
        fenced(broken.contract),
        f"{code(' '.join(broken.call.split()))} {plain(broken.observed)}."
        + (f" {more[0].upper()}{more[1:]}." if more else ""),
        "This test fails:",
        fenced(reproduction_of(bug), "python"),
        f"Found by pytest-enrich ({code(bug.id)}), {plain(runs_of(bug))}. Python {code(bug.made.python)}"
        + (f", commit {code(bug.made.commit)}." if bug.made.commit else "."),
    ]
    return "\n\n".join(lines) + "\n"


def plain(text: str) -> str:
    """One line that reads as it is written: no markup, no link, no list, no mention by `@name`."""
    safe = _SIGNS.sub(r"\\\g<0>", html.escape(visible(text), quote=False))
    return _called(_HEADING.sub(r"\1\\#", _START.sub(r"\1\\\2", safe)))


def code(text: str, *, in_cell: bool = False) -> str:
    """A code span of one line; in a table a `|` needs an escape even there."""
    line = visible(text)
    if in_cell:
        line = line.replace("|", r"\|")
    ticks = "`" * (_longest(line) + 1)
    space = " " if line.startswith("`") or line.endswith("`") or not line.strip() else ""
    return f"{ticks}{space}{line}{space}{ticks}"


def fenced(text: str, language: str = "") -> str:
    """A block of code, in a fence that its text does not have."""
    lines = visible_lines(text).rstrip("\n")
    ticks = "`" * max(_FENCE, _longest(lines) + 1)
    return f"{ticks}{language}\n{lines}\n{ticks}"


def _tagged(text: str) -> str:
    """Like `plain`, for a line inside an HTML block, where Markdown's own signs mean nothing."""
    return _called(html.escape(visible(text), quote=False))


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
    made = ", ".join(part for part in (place, plain(figures.at(run.at)), figures.passed(run)) if part)
    figured = plain(" ".join(part for part in (figures.coverage(report), figures.changed(report)) if part))
    apart = waiting(run)
    same = "" if run.read_only_check == "changed" else "**Nothing in the repository was changed.**"
    return [MARK, title, made, figured, plain(f"Waiting: {apart}.") if apart else "", same]


def _missing(number: int, rows: int, whole: int) -> str:
    """How many did not fit."""
    phrases = [f"{number - rows} are not in the table"] * (rows < number)
    phrases += [f"{number - whole} are not shown with their tests"] * (whole < number)
    told = f"**Of {number}, {' and '.join(phrases)}**: a summary has an end. All are in `report.html`."
    return told if phrases else ""


def _notes(run: RunSummary) -> str:
    texts = figures.told_notes(run)
    more = len(texts) - _NOTES
    rest = [f"- and {counted(more, 'note')} more"] * (more > 0)
    return "\n".join([*(f"- {plain(note[:500])}" for note in texts[:_NOTES]), *rest])


def _others(report: Report) -> str:
    lines = [f"No good test was found for {counted(len(report.without), 'gap')}: `pytest-enrich list --gaps`"]
    lines *= bool(report.without)
    lines += [f"Turned down so far: {report.turned_down} (`pytest-enrich list --rejected`)"] * bool(
        report.turned_down
    )
    return "  \n".join(lines)


def _how(report: Report) -> str:
    if not report.suggestions:
        return ""
    home = f"{figures.download(report)}\npytest-enrich review"
    return (
        "**Take them home** from an artifact `enrich-suggestions` of GitHub (this changes no test):\n\n"
        f"{fenced(home)}\n\n"
        f"No tool? {code(figures.applied(report))}, or the `suggestion.patch` of one."
    )


def _row(each: ReportedSuggestion) -> str:
    """One line of the table, its end included."""
    suggestion = each.suggestion
    gap = facts.span(suggestion).partition(" ")[0]
    title = plain(fit(facts.checks(suggestion), _TITLE)) + " (stale)" * each.stale
    cells = (code(suggestion.id), code(gap, in_cell=True), title, suggestion.grade, _proof(each))
    return f"| {' | '.join(cells)} |\n"


def _details(each: ReportedSuggestion) -> str:
    """The test in a diff, what to look at, and the command: folded."""
    pending = each.suggestion
    head = f"<details><summary><code>{_tagged(pending.id)}</code> {_tagged(fit(pending.title, _TITLE))}</summary>"
    shown = fenced(each.difference, "diff") if each.difference else fenced(pending.test.code, "python")
    stale = ["**Stale**: the code changed since this test was made."] if each.stale else []
    look = f"**Look:** {plain(pending.look)}"
    proof = f"**Proof:** {plain(facts.proof(pending))}"
    parts = [head, shown, *stale, look, proof, code(figures.accepted(each)), "</details>"]
    return "\n\n".join(parts)


def _proof(each: ReportedSuggestion) -> str:
    mutants, runs = each.suggestion.proof.mutants, each.suggestion.proof.runs
    return f"kills {mutants.told()}" if mutants.of else f"passes in {runs.passed} of {runs.of} ways"


def _bug_details(bug: Suggestion) -> str:
    """What is said, what is done, and how to see it."""
    title = f"**{plain(bug.title)}** {code(bug.id)}, {code(f'{bug.gap.path}:{bug.gap.line}')}"
    said = f"The docstring says {code(' '.join(bug.contradiction.contract.split()))}; {code(observed_of(bug))}."
    return "\n\n".join([title, said, fenced(reproduction_of(bug), "python")])


def _called(safe: str) -> str:
    """A comment in the middle keeps a forge from linking `@name`, `#1` and addresses."""
    return _CALL.sub(r"\g<0><!-- -->", safe)


def _longest(text: str) -> int:
    return max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
