"""One suggestion in Markdown: a row of the table, and its test in full."""

from __future__ import annotations

from pytest_enrich.data import ReportedSuggestion
from pytest_enrich.patch import words as facts
from pytest_enrich.reporters import figures
from pytest_enrich.reporters.md.escape import code, fenced, plain, tagged
from pytest_enrich.reporters.words import fit

_TITLE = 200


def row(each: ReportedSuggestion) -> str:
    """One line of the table, its end included."""
    one = each.suggestion
    gap = facts.span(one).partition(" ")[0]
    title = plain(fit(facts.checks(one), _TITLE)) + " (stale)" * each.stale
    return f"| {code(one.id)} | {code(gap, in_cell=True)} | {title} | {one.grade} | {_proof(each)} |\n"


def details(each: ReportedSuggestion) -> str:
    """The test in a diff, what to look at, and the command: folded."""
    one = each.suggestion
    summary = f"<details><summary><code>{tagged(one.id)}</code> {tagged(fit(one.title, _TITLE))}</summary>"
    shown = fenced(each.difference, "diff") if each.difference else fenced(one.test.code, "python")
    stale = ["**Stale**: the code changed since this test was made."] if each.stale else []
    look = f"**Look:** {plain(one.look)}"
    proof = f"**Proof:** {plain(facts.proof(one))}"
    parts = [summary, shown, *stale, look, proof, code(figures.accepted(each)), "</details>"]
    return "\n\n".join(parts)


def _proof(each: ReportedSuggestion) -> str:
    part, runs = each.suggestion.proof.mutants, each.suggestion.proof.runs
    return f"kills {part.told()}" if part.of else f"{runs.passed} of {runs.of} runs passed"
