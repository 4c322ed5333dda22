"""A possible bug as the text of an issue."""

from __future__ import annotations

from pytest_enrich.data import PossibleBug
from pytest_enrich.reporters import bugs as words
from pytest_enrich.reporters.md.escape import code, fenced, plain


def issue(bug: PossibleBug) -> str:
    """The text of an issue, in Markdown: what it quotes calls nobody and ends no fence."""
    name, more = code(bug.qualname), words.others(bug)
    lines = [
        f"# {plain(bug.title)}",
        f"The docstring of {name} ({code(f'{bug.path}:{bug.contract_line}')}) says:",
        fenced(bug.contract),
        f"{code(' '.join(bug.call.split()))} {plain(bug.observed)}."
        + (f" {more[0].upper()}{more[1:]}." if more else ""),
        "This test fails:",
        fenced(words.reproduction(bug), "python"),
        f"Found by pytest-enrich ({code(bug.id)}), {plain(words.runs(bug))}. Python {code(bug.made.python)}"
        + (f", commit {code(bug.made.commit)}." if bug.made.commit else "."),
    ]
    return "\n\n".join(lines) + "\n"
