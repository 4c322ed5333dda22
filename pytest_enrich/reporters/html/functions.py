"""The suggestions by function: one reading of its source serves all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Report, ReportedSuggestion, SourceLine
from pytest_enrich.reporters.html import code
from pytest_enrich.reporters.html.article import Told, article, told
from pytest_enrich.reporters.html.markup import Markup, tag


def sections(report: Report) -> Iterator[Markup]:
    """A section a function, that with the best suggestion first."""
    groups: dict[tuple[str, str], list[ReportedSuggestion]] = {}
    for each in report.suggestions:
        gap = each.suggestion.gap
        groups.setdefault((gap.path, gap.qualname), []).append(each)
    known = told(each for group in groups.values() for each in group)
    for number, ((path, qualname), group) in enumerate(groups.items(), 1):
        yield _section(f"f{number}", path, qualname, group, known)


def _section(identity: str, path: str, qualname: str, group: Sequence[ReportedSuggestion], told: Told) -> Markup:
    name = qualname or "module level"
    title = tag("h2", tag("code", name), " ", tag("small", path), id=identity)
    lines = _merged(group)
    missing = tag("p", "The source cannot be shown: it changed, or cannot be read.", class_="dim")
    source = code.source(lines, f"{name} in {path}") if lines else missing
    articles = (article(each, told) for each in group)
    return tag("section", title, source, *articles, aria_labelledby=identity, class_="function")


def _merged(group: Sequence[ReportedSuggestion]) -> list[SourceLine]:
    """The lines of all, each once; missing when it is for one of them."""
    found: dict[int, SourceLine] = {}
    for line in (line for each in group for line in each.source):
        known = found.get(line.number, line)
        found[line.number] = replace(known, missing=known.missing or line.missing)
    return [found[number] for number in sorted(found)]
