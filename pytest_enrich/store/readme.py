"""`README.md` of the suggestions folder: for whoever opens it without the tool."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_enrich.data import RunSummary, Suggestion

_HOW = """\
## How to review

0. One after the other, a key a decision: `pytest-enrich review`. Or one at a time:
1. Read a suggestion: `pytest-enrich show ID`, or open its `suggestion.patch`.
2. Its **Look** line is the one question that no machine could answer.
3. Run it: `pytest-enrich run ID`
4. Take it: `pytest-enrich accept ID` (changes the test file, runs it, never commits)
5. Turn it down: `pytest-enrich reject ID --reason wrong` (it will not come back)
6. Changed your mind: `pytest-enrich undo`

Any unique beginning of an id will do. Without the tool, from the project's folder:

- one: `git apply {folder}/pending/ID/suggestion.patch`
- several in one command: `git apply -C2 PATCH1 PATCH2`
- all: `git apply {folder}/all.patch`

This folder ignores itself: nothing in it reaches git. It can be deleted at any time.
"""


def render(pending: Sequence[Suggestion], run: RunSummary | None) -> str:
    """The whole file, in Markdown; the same input gives the same bytes."""
    count = f"{len(pending)} suggested test{'' if len(pending) == 1 else 's'}"
    directory = _code(run.directory) if run else "enrich-suggestions"
    lines = [f"# {count}", "", "Written by pytest-enrich. **Not reviewed**, not part of the suite.", ""]
    return "\n".join([*lines, *_table(pending), _HOW.replace("{folder}", directory)])


def _table(pending: Sequence[Suggestion]) -> list[str]:
    if not pending:
        return ["Nothing waits for a decision.", ""]
    rows = [
        f"| `{one.id}` | {one.grade} | `{_code(one.gap.path)}:{one.gap.line}` | {_plain(one.title)} |"
        for one in pending
    ]
    return ["| id | grade | for | what it checks |", "|---|---|---|---|", *rows, ""]


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one cell of a table."""
    visible = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~&])", r"\\\1", visible)


def _code(text: str) -> str:
    return "".join(c if c.isprintable() and c not in "`|" else "?" for c in text)
