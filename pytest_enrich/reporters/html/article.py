"""One suggestion of the report: its test, what to look at, its proof, and the commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from pytest_enrich.data import ReportedSuggestion, Suggestion, Tried
from pytest_enrich.patch import words as facts
from pytest_enrich.reporters import figures
from pytest_enrich.reporters.html import code, element
from pytest_enrich.reporters.html.markup import Markup, joined, tag
from pytest_enrich.reporters.words import counted

_MUTANTS = 8
_SOURCES = {
    "observed": "seen when the code ran",
    "docstring": "promised by the docstring",
    "type": "follows from the type",
    "property": "a law that held each time",
    "raises": "raised by the source",
    "model": "expected by the model, and seen",
}
_FATE = {True: "killed", False: "not noticed"}


class Told(Struct, frozen=True, kw_only=True):
    """What is the same for many suggestions, and which of them tells it: the ways to run, the existing tests."""

    ways: dict[tuple[str, ...], str]
    nearest: dict[str, str]


def told(shown: Iterable[ReportedSuggestion]) -> Told:
    """What each of `shown`, in this order, tells first."""
    ways: dict[tuple[str, ...], str] = {}
    nearest: dict[str, str] = {}
    for each in shown:
        ways.setdefault(each.suggestion.proof.runs.modes, each.suggestion.id)
        nearest.setdefault(each.nearest, each.suggestion.id)
    return Told(ways=ways, nearest=nearest)


def article(each: ReportedSuggestion, told: Told) -> Markup:
    """Everything that a decision about this one needs; what another has `told` is a link to it."""
    one = each.suggestion
    title = tag("h3", facts.checks(one), " ", tag("small", one.grade, class_="grade"), id=f"t-{one.id}")
    parts = [
        title,
        _lead(one),
        _stale(each),
        _test(each),
        _look(one),
        _proof(each, told),
        _origin(one),
        _commands(each),
    ]
    return tag("article", *parts, id=one.id, aria_labelledby=f"t-{one.id}", tabindex="-1", data_stale=each.stale)


def _lead(one: Suggestion) -> Markup:
    return tag(
        "p",
        tag("code", one.id),
        " closes ",
        tag("code", facts.span(one)),
        f" ({facts.missing(one)})",
        class_="dim",
    )


def _stale(each: ReportedSuggestion) -> Markup:
    if not each.stale:
        return Markup()
    told = "the code changed since this test was made, so it cannot be accepted as it is."
    return tag("p", tag("b", "Stale:"), f" {told}", class_="look")


def _test(each: ReportedSuggestion) -> Markup:
    one = each.suggestion
    into = tag("p", "into ", tag("code", facts.where(one)))
    if each.difference:
        return joined([into, code.difference(each.difference, f"Suggested test {one.id}")])
    whole = "\n".join([*one.test.imports, "", one.test.code])
    return joined([into, code.plain(whole, f"Suggested test {one.id}")])


def _look(one: Suggestion) -> Markup:
    return tag("p", tag("b", "Look:"), f" {one.look}", class_="look")


def _proof(each: ReportedSuggestion, told: Told) -> Markup:
    one = each.suggestion
    part, runs = one.proof.mutants, one.proof.runs
    kills = f"kills {part.told()}; " if part.of else ""
    summary = tag("summary", f"Proof: {kills}{runs.passed} of {runs.of} runs passed")
    inside = [
        _mutants(one),
        tag("p", f"{part.note}.") if part.note else Markup(),
        tag("p", f"{one.proof.duration_ms:.1f} ms, inside {one.proof.isolation}. Ran ", _ways(one, told)),
        tag("p", "Left out: ", "; ".join(runs.left_out), ".") if runs.left_out else Markup(),
        *_nearest(each, told),
    ]
    return tag("details", summary, *inside)


def _ways(one: Suggestion, told: Told) -> Markup:
    modes = one.proof.runs.modes
    first = told.ways[modes]
    return joined(["; ".join(modes), "."] if first == one.id else ["as ", element.link(first), "."])


def _mutants(one: Suggestion) -> Markup:
    """Those that the test does not notice first: they are what a reviewer may want to see."""
    tried = sorted(one.proof.mutants.list, key=lambda each: (each.killed, each.line))
    if not tried:
        return Markup()
    rows = (_mutant(each) for each in tried[:_MUTANTS])
    more = len(tried) - _MUTANTS
    killed = sum(each.killed for each in tried[_MUTANTS:])
    rest = [tag("p", f"And {counted(more, 'mutant')} more, of which it kills {killed}.")] if more > 0 else []
    return joined([element.table(f"Mutants of {one.id}", ("line", "change", "this test"), rows), *rest])


def _mutant(each: Tried) -> tuple[str, ...]:
    notes = [_FATE[each.killed]]
    notes += ["an existing test kills it"] * each.killed_before + ["perhaps equivalent"] * each.equivalent
    return str(each.line), tag("code", each.change), ", ".join(notes)


def _nearest(each: ReportedSuggestion, told: Told) -> Iterator[Markup]:
    near = each.suggestion.proof.nearest_test
    if near is not None:
        name = tag("code", near.code or near.nodeid)
        yield tag("p", "Most like it: ", name, f" ({near.similarity:.0%} the same).")
    first = told.nearest[each.nearest]
    if each.nearest and first != each.suggestion.id:
        yield tag("p", "It is shown at ", element.link(first), ".")
    elif each.nearest:
        yield code.plain(each.nearest, f"The test most like {each.suggestion.id}")


def _origin(one: Suggestion) -> Markup:
    made = one.made
    facts_of = [
        ("from", facts.origin(one)),
        (
            "made",
            f"pytest-enrich {made.pytest_enrich}, Python {made.python}"
            + f", commit {made.commit}" * bool(made.commit),
        ),
        *((f"line {each.line}", f"{each.what}: {_SOURCES[each.source]}") for each in one.oracle),
        ("also closes", ", ".join(one.gap.also_closes)),
        ("checksum", one.test.body_sha256[:16]),
    ]
    return tag("details", tag("summary", "Where it comes from"), element.terms(facts_of))


def _commands(each: ReportedSuggestion) -> Markup:
    one = each.suggestion
    commands = (
        [figures.accepted(each)]
        if each.stale
        else [
            f"pytest-enrich run {one.id}",
            figures.accepted(each),
            f"pytest-enrich reject {one.id} --reason wrong",
        ]
    )
    return tag("p", *(element.command(command) for command in commands), class_="commands")
