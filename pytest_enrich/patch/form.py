"""The form of what is suggested: what a formatter makes of it in its file is what is shown, run and accepted.

Layout alone is a formatter's business: what means something else is not taken from it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from pytest_enrich.data import NewRow, Oracle, Suggestion
from pytest_enrich.imports.text import parsed
from pytest_enrich.patch import row
from pytest_enrich.patch.draft import code_of, insert
from pytest_enrich.patch.suggestion import as_candidate

Form: TypeAlias = Callable[[str, str | None, str], str]
"""What a formatter makes of a file: from its path, its text before (None: no file) and its new text."""


def as_it_is(_path: str, _before: str | None, after: str) -> str:
    """No formatter."""
    return after


def formed(suggestion: Suggestion, test_text: str | None, form: Form) -> Suggestion:
    """The suggestion with its code as it will stand in the file, whose text is `test_text`.

    Raises:
        RefusedError: The file cannot take it.
    """
    test = as_candidate(suggestion)
    plain = insert(test_text or "", test)
    after = form(test.placement.path, test_text, plain)
    code = "" if after == plain else row.code_of(after, test) if isinstance(test, NewRow) else code_of(after, test)
    if not code or code == test.code:
        return suggestion
    oracle = _moved(suggestion.oracle, test.code, code)
    new = replace(suggestion, test=replace(suggestion.test, code=code), oracle=oracle)
    # The lines of a case begin where those of its list do, which the formatter may have broken up.
    is_stable = not isinstance(test, NewRow) or insert(test_text or "", as_candidate(new)) == after
    return new if is_stable else suggestion


def _moved(oracles: Sequence[Oracle], before: str, after: str) -> tuple[Oracle, ...]:
    """What is expected, with the lines of a code whose layout alone has changed."""
    trees = [parsed(code) for code in (before, after)]
    pairs = zip(*(ast.walk(tree) for tree in trees if tree is not None), strict=False)
    lines: dict[int, int] = {}
    for old, new in pairs if None not in trees else ():
        if isinstance(old, ast.stmt):
            lines.setdefault(old.lineno, getattr(new, "lineno", old.lineno))
    return tuple(replace(oracle, line=lines.get(oracle.line, oracle.line)) for oracle in oracles)
