"""The end of the page: gaps without a test, what was turned down, how all this was made, what was not checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_enrich.data import Finished, Report, RunSummary
from pytest_enrich.reporters.html import element
from pytest_enrich.reporters.html.markup import Markup, joined, tag
from pytest_enrich.reporters.words import counted, duration

_MOST = 300
_MEANING = [
    ("strong", "the test leaves no mutant of the gap alive, but for those that are perhaps equivalent"),
    ("good", "it kills at least one"),
    ("weak", "it runs the gap and kills none; not written unless somebody asks"),
    ("mutant", "a small change of the gap's code, which a good test should notice"),
    ("look", "the one question about the test that no machine could answer"),
]
_UNCHECKED = (
    "That what the code does is what it should do: a test of what was seen would keep a bug. Read the look line.",
    "That the test is worth its place among yours.",
    "Code that no test runs for another reason than a missing test, such as another platform.",
)


def rest(report: Report) -> Markup:
    """All sections after the suggestions."""
    return joined([*_without(report.without), *_decided(report), _how(report.run), _unchecked()], "\n")


def _without(lines: tuple[Finished, ...]) -> Iterator[Markup]:
    if not lines:
        return
    more = len(lines) - _MOST
    rows = (_gap(line) for line in lines[:_MOST])
    parts = [element.table("Table of gaps", ("gap", "function", "what never happened", "why"), rows)]
    parts += [tag("p", f"And {counted(more, 'gap')} more: ", element.command("pytest-enrich list --gaps"))] * (
        more > 0
    )
    yield _section("without", "Gaps without a good test", *parts)


def _gap(line: Finished) -> tuple[str, ...]:
    gap = line.gap
    place = tag("code", f"{gap.path}:{gap.line}")
    what = joined([tag("code", gap.text), f" ({gap.outcome})"])
    return place, tag("code", gap.qualname), what, line.outcome + (f": {line.detail}" if line.detail else "")


def _decided(report: Report) -> Iterator[Markup]:
    closed = report.run.gaps.get("closed", 0)
    parts = []
    if report.turned_down:
        told = f"{counted(report.turned_down, 'line')} in .enrich-rejected: "
        parts.append(tag("p", told, element.command("pytest-enrich list --rejected")))
    if closed:
        parts.append(tag("p", f"{counted(closed, 'gap')} closed since the run before."))
    if parts:
        yield _section("decided", "Turned down earlier, and closed", *parts)


def _how(run: RunSummary) -> Markup:
    dropped = {reason: str(number) for reason, number in sorted(run.dropped.items())}
    seconds = {name: duration(taken) for name, taken in sorted(run.seconds.items())}
    model = f"{run.model.name} {run.model.digest[:12]} at {run.model.host}" if run.model else ""
    words = [tag("h3", "What the words mean"), element.terms(_MEANING)]
    parts = [
        *_facts(
            "Run",
            {"isolation": run.isolation, "model": model, "stopped": run.stopped, "command": " ".join(run.command)},
        ),
        *_facts("Gaps, by what became of them", {name: str(number) for name, number in sorted(run.gaps.items())}),
        *_facts(f"Dropped, of {counted(run.candidates, 'candidate')}", dropped),
        *_facts("Time", seconds),
        *_facts("Versions", run.versions),
        *_facts("Options", run.options),
    ]
    return _section("how", "How it was made", *words, tag("div", *parts, class_="facts"))


def _facts(title: str, told: Mapping[str, str]) -> Iterator[Markup]:
    if any(told.values()):
        yield tag("div", tag("h3", title), element.terms(told.items()))


def _unchecked() -> Markup:
    return _section("unchecked", "What was not checked", tag("ul", *(tag("li", each) for each in _UNCHECKED)))


def _section(identity: str, title: str, *parts: Markup) -> Markup:
    return tag("section", tag("h2", title, id=identity), *parts, aria_labelledby=identity)
