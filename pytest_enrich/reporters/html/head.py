"""The beginning of the page: what the run came to, what to do, and the table of suggestions."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_enrich.data import ModelPart, Report, ReportedSuggestion, RunSummary
from pytest_enrich.patch import words as facts
from pytest_enrich.reporters import figures, since, text
from pytest_enrich.reporters.html import element
from pytest_enrich.reporters.html.markup import Markup, joined, tag, void
from pytest_enrich.reporters.words import counted, duration, percent

_HEADS = ("grade", "id", "function", "what it checks", "gain", "mutants")


def header(report: Report) -> Markup:
    """The numbers, and that nothing was changed."""
    run = report.run
    parts = [tag("h1", figures.heading(report)), tag("p", *_made(report), class_="dim")]
    if run.read_only_check != "changed":
        parts.append(tag("p", tag("strong", "Nothing in the repository was changed.")))
    return tag("header", *parts, *_meters(report), element.terms(_facts(report)), *_notes(run), _todo(report))


def _todo(report: Report) -> Markup:
    """The commands for here, for what CI made, and for people without the tool."""
    ways = [
        ("Review here", "pytest-enrich review"),
        ("Take home from GitHub, when CI made this", figures.download(report)),
        ("Apply all by hand, without the tool", figures.applied(report)),
    ]
    shown = ways if report.suggestions else ways[:2] if report.bugs else []
    rows = [tag("li", f"{name}: ", element.command(command)) for name, command in shown]
    inside = tag("ul", *_contradictions(report), *rows) if rows else tag("p", "Nothing waits for a decision.")
    return tag("section", tag("h2", "What to do", id="todo"), inside, aria_labelledby="todo")


def _contradictions(report: Report) -> Iterator[Markup]:
    """The way to the possible bugs: a table of many suggestions may stand before them."""
    if report.bugs:
        told = f"Say of {counted(len(report.bugs), 'possible bug')} whether it is one: "
        yield tag("li", told, tag("a", "what the docstring says, and what the code does", href="#bugs"))


def table(report: Report) -> Markup:
    """One row a suggestion, with a filter that the script shows."""
    if not report.suggestions:
        return Markup()
    label = tag("label", "Filter ", void("input", type="search", id="filter", autocomplete="off"))
    count = tag("span", "", id="count", aria_live="polite")
    buttons = [
        tag("button", "Open all", type="button", id="open"),
        tag("button", "Keys", type="button", id="keys"),
    ]
    tools = tag("p", label, " ", *buttons, " ", count, id="tools", hidden=True)
    rows = element.table("Table of suggestions", _HEADS, (_row(each) for each in report.suggestions))
    return tag("nav", tools, rows, aria_label="Suggestions", id="table")


def _row(each: ReportedSuggestion) -> tuple[str, ...]:
    one = each.suggestion
    part = one.proof.mutants
    grade = f"{one.grade}, stale" if each.stale else one.grade
    name = tag("code", one.gap.qualname or one.gap.path)
    mutants = f"{part.killed} of {part.of}" if part.of else "none"
    return grade, element.link(one.id), name, facts.checks(one), text.gain(one), mutants


def _made(report: Report) -> Iterator[str]:
    run = report.run
    at = f" at {run.commit}" if run.commit else ""
    tests = f"{counted(run.tests, 'test')} passed" if run.tests else ""
    yield ", ".join(part for part in (f"{report.project}{at}", figures.at(run.at), tests) if part)


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
    run, branches = report.run, report.run.coverage.branches
    took = run.seconds.get("total")
    return [
        ("branches", "" if branches is None else f"{percent(branches)} covered"),
        ("changed lines", figures.changed(report)),
        ("waiting", since.apart(run)),
        ("proposers", run.options.get("with", "")),
        ("model", _model(run.model) if run.model else "none was asked" if run.at else ""),
        ("budget", _budget(run, took)),
    ]


def _model(model: ModelPart) -> str:
    where = "code stayed on this machine" if model.stays_here else f"source code was sent to {model.host}"
    return f"{model.name}; {where}"


def _budget(run: RunSummary, took: float | None) -> str:
    given = run.options.get("budget", "")
    used = f"{duration(took)} used" if took is not None else ""
    return " of ".join(part for part in (used, given) if part)


def _notes(run: RunSummary) -> Iterator[Markup]:
    if run.notes:
        yield tag("ul", joined(tag("li", note) for note in run.notes), class_="notes")
