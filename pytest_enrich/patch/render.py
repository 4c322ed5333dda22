"""Suggestions and possible bugs as texts that people and tools read: patches, and modules that run.

A test is shown, run and accepted as a formatter leaves it in its file. Only layout is a formatter's business: a
result that means something else is not used.
"""

from __future__ import annotations

import ast
import contextlib
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Candidate, NewRow, Oracle, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.imports import merge
from pytest_enrich.imports.text import parsed
from pytest_enrich.patch import row
from pytest_enrich.patch.difference import diff
from pytest_enrich.patch.draft import code_of, insert, insert_each
from pytest_enrich.patch.scope import method
from pytest_enrich.patch.suggestion import as_candidate, in_gap_order
from pytest_enrich.patch.words import (
    checks,
    missing,
    one_line,
    origin,
    proof,
    span,
    where,
    without_cookie,
    wrapped,
)

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
    code = (
        "" if after == plain else row.Cases(after, test).code if isinstance(test, NewRow) else code_of(after, test)
    )
    if not code or code == test.code:
        return suggestion
    oracle = _moved(suggestion.oracle, test.code, code)
    new = replace(suggestion, test=replace(suggestion.test, code=code), oracle=oracle)
    # The lines of a case begin where those of its list do, which the formatter may have broken up.
    is_stable = not isinstance(test, NewRow) or insert(test_text or "", as_candidate(new)) == after
    return new if is_stable else suggestion


def _moved(oracles: Sequence[Oracle], before: str, after: str) -> tuple[Oracle, ...]:
    """The expectations, with their lines as they are after a change of layout alone."""
    trees = [parsed(code) for code in (before, after)]
    pairs = zip(*(ast.walk(tree) for tree in trees if tree is not None), strict=False)
    lines: dict[int, int] = {}
    for old, new in pairs if None not in trees else ():
        if isinstance(old, ast.stmt):
            lines.setdefault(old.lineno, getattr(new, "lineno", old.lineno))
    return tuple(replace(oracle, line=lines.get(oracle.line, oracle.line)) for oracle in oracles)


BEGIN, END = "# --- enrich: begin ---", "# --- enrich: end ---"
STATUS = "NOT REVIEWED, not part of the suite"


class How(Struct, frozen=True, kw_only=True):
    """How a test is put into its file: beside which others (`order` as in `insert`), and by which formatter."""

    order: tuple[Candidate, ...] = ()
    form: Form = as_it_is


PLAINLY = How()


def render_patch(suggestion: Suggestion, test_text: str | None, how: How = PLAINLY) -> str:
    """`suggestion.patch`: what a person wants to know, then what accepting it changes.

    Args:
        suggestion: What is to be put in.
        test_text: The test file as it is now, None when it is not there.
        how: In what order and form.

    Raises:
        RefusedError: As `insert`.
    """
    return f"{_head(suggestion)}\n{change(suggestion, test_text, how)}"


def change(suggestion: Suggestion, test_text: str | None, how: How = PLAINLY) -> str:
    """What accepting it changes, as git writes it; see `render_patch`.

    Raises:
        RefusedError: As `insert`.
    """
    path = suggestion.target.path
    after = insert(test_text or "", as_candidate(suggestion), how.order)
    return diff(path, test_text, how.form(path, test_text, after))


def render_module(suggestion: Suggestion, test_text: str | None = None) -> str:
    """`suggestion_<id>.py`: the test between two marks, with all that it needs to run by itself.

    For a row, it is the test file `test_text` with only this case of its test, and without the other tests; for a
    possible bug, the test as it fails.

    Raises:
        RefusedError: A row cannot be put into the file, as `insert`.
    """
    if suggestion.broken is not None:
        return _possible_bug(suggestion)
    candidate = as_candidate(suggestion)
    rest = _row(candidate, test_text or "") if isinstance(candidate, NewRow) else _test(suggestion)
    above = _comments(suggestion, 0, 0).count("\n") + rest[: rest.index(BEGIN)].count("\n") + 1
    count = len(marked(rest).splitlines())
    return _comments(suggestion, above + 1, above + count) + rest


def marked(module: str) -> str:
    """What stands between the marks of a runnable file, not indented."""
    inside = module.partition(BEGIN)[2].partition(END)[0].rpartition("\n")[0]
    return textwrap.dedent(inside).strip("\n") + "\n"


def combine(suggestions: Sequence[Suggestion], texts: Mapping[str, str | None], form: Form = as_it_is) -> str:
    """`all.patch`: what accepting all of `suggestions` changes, for a single `git apply`.

    `texts` are the test files as they are now, by path; None or no entry for one that is not there; `form` is the
    formatter. A suggestion whose file cannot take it is named above the diff and left out.
    """
    ordered = in_gap_order(suggestions)
    after: dict[str, str] = {}
    left_out: list[Suggestion] = []
    groups: dict[str, list[Suggestion]] = {}
    for suggestion in ordered:
        groups.setdefault(suggestion.target.path, []).append(suggestion)
    for path, group in groups.items():
        before = texts.get(path) or ""
        text, refused = _with_each(before, [*map(as_candidate, group)])
        after |= {path: text} if text != before else {}
        left_out += [group[at] for at in refused]
    formatted = {path: form(path, texts.get(path), after[path]) for path in sorted(after)}
    changes = "".join(diff(path, texts.get(path), text) for path, text in formatted.items())
    return f"{_contents(ordered, left_out)}\n{changes}"


def _with_each(text: str, tests: Sequence[Candidate]) -> tuple[str, list[int]]:
    """The text with all of the tests that it can take, and the positions of the others."""
    with contextlib.suppress(RefusedError):
        return insert_each(text, tests, tests), []
    refused = {*range(len(tests))}
    for at, test in enumerate(tests):
        with contextlib.suppress(RefusedError):
            text = insert(text, test, tests)
            refused.remove(at)
    return text, sorted(refused)


def _possible_bug(bug: Suggestion) -> str:
    """The module of a possible bug: the test of what is promised, which fails."""
    broken = bug.contradiction
    facts = [
        f"pytest-enrich possible bug {bug.id}. NOT REVIEWED. This test fails.",
        f"says    {bug.gap.path}:{broken.contract_line} {one_line(broken.contract)}",
        f"does    {one_line(broken.observed)}",
        f"keep    pytest-enrich xfail {bug.id}   (into {bug.target.path}, as known to fail)",
        f"no bug  pytest-enrich reject {bug.id} --reason wrong",
    ]
    head = "".join(f"# {without_cookie(one_line(fact))}\n" for fact in facts)
    imports = merge("", list(bug.test.imports))
    return f"{head}{imports}\n\n{BEGIN}\n{bug.test.code.rstrip()}\n{END}\n"


def _row(test: NewRow, text: str) -> str:
    alone = row.Cases(row.insert(text, test), test).alone(BEGIN, END)
    return alone.replace("\r\n", "\n").replace("\r", "\n")


def _test(suggestion: Suggestion) -> str:
    needed = [*suggestion.test.imports, *(["import unittest"] if suggestion.target.style == "unittest" else [])]
    head = merge("", needed)
    return f"{head}\n\n{_body(suggestion)}" if head else _body(suggestion)


def _head(suggestion: Suggestion) -> str:
    modes = ", ".join(suggestion.proof.runs.modes)
    commit = suggestion.made.commit
    facts = [
        ("Gap", f"{span(suggestion)}, {missing(suggestion)}"),
        ("Checks", checks(suggestion)),
        ("Proof", proof(suggestion) + (f" ({modes})" if modes else "")),
        ("Look", suggestion.look),
        ("From", origin(suggestion)),
        ("Base", f"{commit} {suggestion.target.path}" if commit else suggestion.target.path),
    ]
    title = f"{one_line(f'pytest-enrich suggestion {suggestion.id}'):<47} {STATUS}"
    return "\n".join([title, "", *(wrapped(label, text) for label, text in facts if text.strip()), ""])


def _comments(suggestion: Suggestion, first: int, last: int) -> str:
    """What a person wants to know, as comments; the test stands in lines `first` to `last`."""
    name = one_line(suggestion.id)
    line = first + next((oracle.line for oracle in suggestion.oracle if oracle.look), 1) - 1
    look = f"line {line}: {suggestion.look}" if suggestion.look.strip() else ""
    span_of_test = f"line {first}" if first == last else f"line {first}-{last}"
    copied = f"what is not between the marks is a copy from {suggestion.target.path}"
    facts = [
        ("gap", span(suggestion), ""),
        ("target", where(suggestion), ""),
        ("proof", proof(suggestion), ""),
        ("look", look, ""),
        ("from", origin(suggestion), "licence: yours, no rights claimed"),
        ("run", f"pytest-enrich run {name}", ""),
        ("accept", f"pytest-enrich accept {name}", f"(puts {span_of_test} into the target)"),
        ("rest", copied if suggestion.kind == "row" else "", ""),
    ]
    lines = [f"pytest-enrich suggestion {name}. {STATUS}."]
    lines += [f"{label:<7} {one_line(text):<38} {note}".rstrip() for label, text, note in facts if text]
    return "".join(f"# {without_cookie(line)}\n" for line in lines)


def _body(suggestion: Suggestion) -> str:
    """The test between its marks; a method gets a class to stand in."""
    marked = f"{BEGIN}\n{suggestion.test.code.rstrip()}\n{END}\n"
    if suggestion.target.style == "function":
        return marked
    base = "(unittest.TestCase)" if suggestion.target.style == "unittest" else ""
    name = (suggestion.target.owner or "TestSuggestion").replace("::", ".").rpartition(".")[2]
    return method(f"class {name}{base}:\n    pass\n", marked)


def _contents(suggestions: Sequence[Suggestion], left_out: Sequence[Suggestion]) -> str:
    taken = [suggestion for suggestion in suggestions if suggestion not in left_out]
    adding = f"{len(taken)} suggestion{'s' if len(taken) != 1 else ''}"
    lines = [f"pytest-enrich: {adding:<32} NOT REVIEWED, not part of the suite", ""]
    lines += [f"Adds:   {one_line(suggestion.id)}  {one_line(suggestion.title)}" for suggestion in taken]
    lines += [
        f"Not in: {one_line(suggestion.id)}  its file cannot take it as it is now" for suggestion in left_out
    ]
    return "\n".join(lines) + "\n"
