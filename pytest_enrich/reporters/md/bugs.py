"""Possible bugs in Markdown: a few lines each, and the test that shows it."""

from __future__ import annotations

from pytest_enrich.data import PossibleBug
from pytest_enrich.reporters import bugs as words
from pytest_enrich.reporters.md.escape import code, fenced, plain


def details(one: PossibleBug) -> str:
    """What is said, what is done, and how to see it."""
    return "\n\n".join(
        [
            f"**{plain(one.title)}** {code(one.id)}, {code(f'{one.path}:{one.line}')}",
            f"The docstring says {code(' '.join(one.contract.split()))}; {code(words.does(one))}.",
            fenced(words.reproduction(one), "python"),
        ]
    )
