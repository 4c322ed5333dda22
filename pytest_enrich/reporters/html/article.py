"""What a person decides about: possible bugs, and the suggestions by function, each with its proof and commands.

One reading of a function's source serves all of its suggestions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Report, ReportedSuggestion, SourceLine, Suggestion, Tried
from pytest_enrich.patch import words as facts
from pytest_enrich.reporters import figures
from pytest_enrich.reporters.figures import observed_of, reproduction_of, runs_of
from pytest_enrich.reporters.html.markup import (
    Markup,
    block,
    copyable,
    difference_block,
    python_block,
    source_block,
    table,
    tag,
    terms,
)
from pytest_enrich.reporters.words import counted

_MUTANTS = 8
_SOURCES = {
    "observed": "seen when the code ran",
    "docstring": "promised by the docstring",
    "type": "follows from the type",
    "property": "held each time",
    "raises": "raised by the source",
    "model": "expected by the model, and seen",
}
_FATE = {True: "killed", False: "not noticed"}

_MEANING = (
    "The docstring says one thing and the code does another. A test of what the code does would only hide that, "
    "so none is suggested. Which of the two is wrong is for you to say."
)


def function_sections(report: Report) -> Iterator[Markup]:
    """One section per function, the one with the best suggestion first."""
    for number, group in enumerate(figures.by_function(report), 1):
        yield _section(f"f{number}", group)


def bug_section(report: Report) -> Iterator[Markup]:
    """The section of all possible bugs; nothing where there are none."""
    if report.bugs:
        parts = [tag("h2", "Possible bugs", id="bugs"), tag("p", _MEANING), *map(_bug, report.bugs)]
        yield tag("section", *parts, aria_labelledby="bugs")


def _section(identity: str, group: Sequence[ReportedSuggestion]) -> Markup:
    path, name = group[0].suggestion.gap.path, group[0].suggestion.gap.qualname or "module level"
    title = tag("h2", tag("code", name), " ", tag("small", path), id=identity)
    lines = _merged(group)
    missing = tag("p", "The source cannot be shown: it changed, or cannot be read.", class_="dim")
    source = source_block(lines, f"{name} in {path}") if lines else missing
    articles = map(_article, group)
    return tag("section", title, source, *articles, aria_labelledby=identity, class_="function")


def _merged(group: Sequence[ReportedSuggestion]) -> list[SourceLine]:
    """The source lines of all suggestions, each once, and missing if it is missing for any of them."""
    missing = {line.number for reported in group for line in reported.source if line.missing}
    lines = {line.number: line for reported in group for line in reported.source}
    return [replace(lines[number], missing=number in missing) for number in sorted(lines)]


def _article(each: ReportedSuggestion) -> Markup:
    """Everything that a decision about one suggestion needs."""
    suggestion = each.suggestion
    identity, label = suggestion.id, f"t-{suggestion.id}"
    grade = tag("small", suggestion.grade, class_="grade")
    span, missing = tag("code", facts.span(suggestion)), f" ({facts.missing(suggestion)})"
    parts = [
        tag("h3", facts.checks(suggestion), " ", grade, id=label),
        tag("p", tag("code", identity), " closes ", span, missing, class_="dim"),
        *_stale(each),
        *_test(each),
        _look(suggestion),
        _proof(suggestion),
        _origin(suggestion),
        _commands(each),
    ]
    return tag("article", *parts, id=identity, aria_labelledby=label, tabindex="-1", data_stale=each.stale)


def _stale(each: ReportedSuggestion) -> Iterator[Markup]:
    if each.stale:
        text = " the code changed since this test was made, so it cannot be accepted as it is."
        yield tag("p", tag("b", "Stale:"), text, class_="look")


def _test(each: ReportedSuggestion) -> Iterator[Markup]:
    suggestion, label = each.suggestion, f"Suggested test {each.suggestion.id}"
    yield tag("p", "into ", tag("code", facts.where(suggestion)))
    whole = "\n".join([*suggestion.test.imports, "", suggestion.test.code])
    yield difference_block(each.difference, label) if each.difference else python_block(whole, label)


def _look(suggestion: Suggestion) -> Markup:
    return tag("p", tag("b", "Look:"), f" {suggestion.look}", class_="look")


def _proof(suggestion: Suggestion) -> Markup:
    mutants, runs = suggestion.proof.mutants, suggestion.proof.runs
    kills = f"kills {mutants.told()}; " if mutants.of else ""
    summary = tag("summary", f"Proof: {kills}passes in {runs.passed} of {runs.of} ways")
    where = f"{suggestion.proof.duration_ms:.1f} ms, inside {suggestion.proof.isolation}."
    told = [
        f"{mutants.note}." if mutants.note else "",
        f"{where} Ran {'; '.join(runs.modes)}.",
        f"Left out: {'; '.join(runs.left_out)}." if runs.left_out else "",
    ]
    lines = (tag("p", line) for line in told if line)
    return tag("details", summary, *_mutants(suggestion), *lines, *_nearest(suggestion))


def _mutants(suggestion: Suggestion) -> Iterator[Markup]:
    """The mutants, first those that the test does not notice: a reviewer may want to see them."""
    mutants = sorted(suggestion.proof.mutants.list, key=lambda mutant: (mutant.killed, mutant.line))
    shown, rest = mutants[:_MUTANTS], mutants[_MUTANTS:]
    if shown:
        yield table(f"Mutants of {suggestion.id}", ("line", "change", "this test"), map(_mutant, shown))
    if rest:
        killed = sum(mutant.killed for mutant in rest)
        yield tag("p", f"And {counted(len(rest), 'mutant')} more, of which it kills {killed}.")


def _mutant(each: Tried) -> tuple[str, ...]:
    notes = [_FATE[each.killed]]
    notes += ["an existing test kills it"] * each.killed_before + ["perhaps equivalent"] * each.equivalent
    return str(each.line), tag("code", each.change), ", ".join(notes)


def _nearest(suggestion: Suggestion) -> Iterator[Markup]:
    nearest = suggestion.proof.nearest_test
    if nearest is not None:
        name = tag("code", nearest.code or nearest.nodeid)
        yield tag("p", "Most like it: ", name, f" ({nearest.similarity:.0%} the same).")


def _origin(suggestion: Suggestion) -> Markup:
    made = suggestion.made
    commit = f", commit {made.commit}" if made.commit else ""
    facts_of = [
        ("from", facts.origin(suggestion)),
        ("made", f"pytest-enrich {made.pytest_enrich}, Python {made.python}{commit}"),
        *((f"line {oracle.line}", f"{oracle.what}: {_SOURCES[oracle.source]}") for oracle in suggestion.oracle),
        ("also closes", ", ".join(suggestion.gap.also_closes)),
        ("checksum", suggestion.test.body_sha256[:16]),
    ]
    return tag("details", tag("summary", "Where it comes from"), terms(facts_of))


def _commands(each: ReportedSuggestion) -> Markup:
    identity, accept = each.suggestion.id, figures.accepted(each)
    run, reject = f"pytest-enrich run {identity}", f"pytest-enrich reject {identity} --reason wrong"
    commands = [accept] if each.stale else [run, accept, reject]
    return tag("p", *(copyable(command) for command in commands), class_="commands")


def _bug(bug: Suggestion) -> Markup:
    title = tag("h3", bug.title, " ", tag("small", "possible bug", class_="grade"), id=f"t-{bug.id}")
    gap, broken = bug.gap, bug.contradiction
    where, place = f"{gap.path}:{gap.line} {gap.qualname}".rstrip(), f"{gap.path}:{broken.contract_line}"
    parts = [
        title,
        tag("p", tag("code", bug.id), " ", tag("code", where), class_="dim"),
        tag("p", "The docstring says, at ", tag("code", place), ":"),
        block([broken.contract], f"What the docstring of {bug.id} says"),
        tag("p", "The code does: ", tag("code", observed_of(bug))),
        tag("p", "This test fails:"),
        python_block(reproduction_of(bug), f"Test of {bug.id}"),
        _look(bug),
        tag("p", f"Seen {runs_of(bug)}.", class_="dim"),
        tag("ul", *(tag("li", f"{name}: ", copyable(command)) for name, command in _bug_commands(bug))),
    ]
    return tag("article", *parts, class_="bug", id=bug.id, aria_labelledby=f"t-{bug.id}", tabindex="-1")


def _bug_commands(bug: Suggestion) -> Iterator[tuple[str, str]]:
    yield "See it fail", f"pytest-enrich run {bug.id}"
    yield "Keep it as a test that is known to fail", f"pytest-enrich xfail {bug.id}"
    yield "As the text of an issue", f"pytest-enrich show {bug.id} --issue"
    yield "It is no bug", f"pytest-enrich reject {bug.id} --reason wrong"
