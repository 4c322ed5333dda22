"""The report as one page that needs nothing else: no network, no other file, no script.

It may be opened from an archive or in a forge's artifact browser, printed, or read aloud. All its content is in
its HTML; style and script add comfort. A policy in the page allows this one script and nothing from elsewhere, so
that even a text that was not escaped could neither run nor call home.

What is the same on every page is in `static/report.html`. Here are the run's result, what to do, the table of
suggestions, gaps without a test, and how all this was made.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from importlib import resources
from string import Template

from pytest_enrich.data import Finished, ModelPart, Report, ReportedSuggestion, RunSummary, Tally
from pytest_enrich.patch import words as facts
from pytest_enrich.reporters import figures, text
from pytest_enrich.reporters.figures import waiting
from pytest_enrich.reporters.html.article import bug_section, function_sections
from pytest_enrich.reporters.html.markup import Markup, copyable, escaped, joined, link, table, tag, terms
from pytest_enrich.reporters.words import counted, duration, percent

_HEADS = ("grade", "id", "function", "what it checks", "gain", "mutants")

_BARS = 52

_MOST = 300
_TOOLS = Markup(
    '<p id="tools" hidden><label>Filter <input type="search" id="filter" autocomplete="off"></label> '
    '<button type="button" id="open">Open all</button><button type="button" id="keys">Keys</button> '
    '<span id="count" aria-live="polite"></span></p>'
)
"""What only the script can make work."""


def render(report: Report) -> str:
    """The whole page; the same report gives the same bytes."""
    script = _static("report.js")
    place = " ".join(part for part in (report.project, report.run.commit) if part)
    sections = [*bug_section(report), *function_sections(report), *_without(report.without), *_decided(report)]
    return Template(_static("report.html")).substitute(
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        title=escaped(" - ".join(part for part in (figures.heading(report), place) if part)),
        style=_static("report.css"),
        header=_header(report),
        overview=_overview(report),
        sections=joined(sections, "\n"),
        facts=joined(_how(report.run)),
        script=script,
    )


def _static(name: str) -> str:
    return (resources.files(__package__) / "static" / name).read_text("utf-8")


def _header(report: Report) -> Markup:
    """The numbers, and that nothing was changed."""
    run = report.run
    at = f" at {run.commit}" if run.commit else ""
    made = filter(None, (f"{report.project}{at}", figures.at(run.at), figures.passed(run)))
    parts = [tag("h1", figures.heading(report)), tag("p", ", ".join(made), class_="dim")]
    if run.read_only_check != "changed":
        parts.append(tag("p", tag("strong", "Nothing in the repository was changed.")))
    return tag("header", *parts, *_meters(report), terms(_facts(report)), *_notes(run), _todo(report))


def _todo(report: Report) -> Markup:
    """The commands to use here, for what CI made, and without the tool."""
    ways = [
        ("Review here", "pytest-enrich review"),
        ("Take home from GitHub, when CI made this", figures.download(report)),
        ("Apply all by hand, without the tool", figures.applied(report)),
    ]
    shown = ways if report.suggestions else ways[:2] if report.bugs else []
    rows = [tag("li", f"{name}: ", copyable(command)) for name, command in shown]
    inside = tag("ul", *_contradictions(report), *rows) if rows else tag("p", "Nothing waits for a decision.")
    return tag("section", tag("h2", "What to do", id="todo"), inside, aria_labelledby="todo")


def _contradictions(report: Report) -> Iterator[Markup]:
    """The way to the possible bugs: a table of many suggestions may stand before them."""
    if report.bugs:
        lead = f"Say of {counted(len(report.bugs), 'possible bug')} whether it is one: "
        yield tag("li", lead, tag("a", "what the docstring says, and what the code does", href="#bugs"))


def _overview(report: Report) -> Markup:
    """One row per suggestion, with a filter that the script shows."""
    rows = table("Table of suggestions", _HEADS, map(_row, report.suggestions))
    return tag("nav", _TOOLS, rows, aria_label="Suggestions", id="table") if report.suggestions else Markup()


def _row(each: ReportedSuggestion) -> tuple[str, ...]:
    suggestion = each.suggestion
    part = suggestion.proof.mutants
    grade = f"{suggestion.grade}, stale" if each.stale else suggestion.grade
    name = tag("code", suggestion.gap.qualname or suggestion.gap.path)
    mutants = f"{part.killed} of {part.of}" if part.of else "none"
    return grade, link(suggestion.id), name, facts.checks(suggestion), text.gain(suggestion), mutants


def _meters(report: Report) -> Iterator[Markup]:
    before, then = report.run.coverage.lines, figures.after(report)
    if before is not None:
        yield _meter("Coverage of lines", before, f"{percent(before)} of lines")
    if then is not None and report.suggestions:
        yield _meter("Coverage of lines with all accepted", then, f"up to {percent(then)} with all accepted")


def _meter(label: str, value: float, told: str) -> Markup:
    meter = tag("meter", percent(value), min="0", max="100", value=f"{value:.2f}", aria_label=label)
    return tag("p", meter, f" {told}", class_="meter")


def _facts(report: Report) -> list[tuple[str, str]]:
    run, branches, took = report.run, report.run.coverage.branches, report.run.seconds.get("total")
    used = "" if took is None else f"{duration(took)} used"
    return [
        ("branches", "" if branches is None else f"{percent(branches)} covered"),
        ("changed lines", figures.changed(report)),
        ("waiting", waiting(run)),
        ("proposers", run.options.get("with", "")),
        ("model", _model(run.model) if run.model else "none was asked" if run.at else ""),
        ("budget", " of ".join(filter(None, (used, run.options.get("budget", ""))))),
    ]


def _model(model: ModelPart) -> str:
    where = "code stayed on this machine" if model.stays_here else f"source code was sent to {model.host}"
    return f"{model.name}; {where}"


def _notes(run: RunSummary) -> Iterator[Markup]:
    if notes := figures.told_notes(run):
        yield tag("ul", joined(tag("li", note) for note in notes), class_="notes")


def _without(lines: tuple[Finished, ...]) -> Iterator[Markup]:
    if lines:
        more = len(lines) - _MOST
        heads = ("gap", "function", "what never happened", "why")
        parts = [table("Table of gaps", heads, map(_gap, lines[:_MOST]))]
        parts += [tag("p", f"And {counted(more, 'gap')} more: ", copyable("pytest-enrich list --gaps"))] * (
            more > 0
        )
        yield _section("without", "Gaps without a good test", *parts)


def _gap(line: Finished) -> tuple[str, ...]:
    gap = line.gap
    place = tag("code", f"{gap.path}:{gap.line}")
    event = joined([tag("code", gap.text), f" ({gap.outcome})"])
    return place, tag("code", gap.qualname), event, line.outcome + (f": {line.detail}" if line.detail else "")


def _decided(report: Report) -> Iterator[Markup]:
    closed = report.run.gaps.get("closed", 0)
    parts = []
    if report.turned_down:
        lines = f"{counted(report.turned_down, 'line')} in .enrich-rejected: "
        parts.append(tag("p", lines, copyable("pytest-enrich list --rejected")))
    if report.decided:
        parts.append(_chart([*report.decided.items()][-_BARS:]))
    if closed:
        parts.append(tag("p", f"{counted(closed, 'gap')} closed since the run before."))
    if parts:
        yield _section("decided", "Decided earlier, and closed", *parts)


def _chart(periods: Sequence[tuple[str, Tally]]) -> Markup:
    """One bar per week or month: how many of the decided suggestions were accepted."""
    rows = []
    for period, tally in periods:
        accepted, decided = str(tally.accepted), str(tally.accepted + tally.rejected)
        share = f"{accepted} of {decided}"
        rows.append((period, tag("meter", share, min="0", max=decided, value=accepted, aria_label=period), share))
    return table("Table of decisions", ("when", "accepted", "of decided"), rows)


def _how(run: RunSummary) -> Iterator[Markup]:
    dropped = {reason: str(number) for reason, number in sorted(run.dropped.items())}
    gaps = {name: str(number) for name, number in sorted(run.gaps.items())}
    seconds = {name: duration(taken) for name, taken in sorted(run.seconds.items())}
    model = f"{run.model.name} {run.model.digest[:12]} at {run.model.host}" if run.model else ""
    ran = {"isolation": run.isolation, "model": model, "stopped": run.stopped, "command": " ".join(run.command)}
    groups = {
        "Run": ran,
        "Gaps, by what became of them": gaps,
        f"Dropped, of {counted(run.candidates, 'candidate')}": dropped,
        "Time": seconds,
        "Versions": run.versions,
        "Options": run.options,
    }
    for title, entries in groups.items():
        if any(entries.values()):
            yield tag("div", tag("h3", title), terms(entries.items()))


def _section(identity: str, title: str, *parts: Markup) -> Markup:
    return tag("section", tag("h2", title, id=identity), *parts, aria_labelledby=identity)
