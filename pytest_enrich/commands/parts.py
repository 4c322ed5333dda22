"""What a person reads about a suggestion, in lines: its gap, its test as a change of today's file, its proof.

The folder may have come from another machine: a person reads what would be put in, whatever patch lies there.
"""

from __future__ import annotations

import ast
import textwrap

from pytest_enrich.data import SourceLine, Suggestion, Tried
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import counted, filled, fit, visible, visible_lines
from pytest_enrich.store import Store, python_file, rebuild, seal, targets
from pytest_enrich.store.seal import options_of

_NAMES = 4  # the lines of a diff before its first hunk
_LABEL = 6  # columns of the words that the parts begin with
_NUMBER = 9  # columns in front of a line of source
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def whole_patch(store: Store, one: Suggestion) -> str:
    """The diff that accepting would make now, "" when nothing changes.

    Raises:
        EnrichError: The test file cannot be read, or the test cannot be put into it.
    """
    from pytest_enrich import patch

    file = python_file.read(store.rootdir, one.target.path)
    return patch.change(one, file.before, how=rebuild.how(store, file.name))


def made_again(store: Store, one: Suggestion) -> str:
    """The patch for `git apply`, whatever lies in the folder: of the suggestion against the test file of today.

    Raises:
        EnrichError: See `whole_patch`; or it may not go there.
    """
    from pytest_enrich import patch

    targets.refuse(store.rootdir, one.target.path, options_of(store.rootdir, one).words)
    file = python_file.read(store.rootdir, one.target.path)
    return patch.render_patch(one, file.before, how=rebuild.how(store, file.name))


def labelled(label: str, told: str, width: int) -> list[str]:
    """`look  the text was read off the code`, on as many lines as it takes."""
    return f"{label:<{_LABEL}}{filled(visible(told), width, _LABEL, before=_LABEL).lstrip()}".splitlines()


def gap(one: Suggestion, width: int) -> list[str]:
    """Where the gap is, and what in it no test runs; on one line when both fit."""
    place = f"{one.gap.path}:{one.gap.line} {one.gap.qualname}".rstrip()
    missing = _missing(one)
    together = f"{place}, {missing}" if missing else place
    if _LABEL + len(together) <= width and together.isprintable():
        return [f"{'gap':<{_LABEL}}{together}"]
    lines = [f"{'gap':<{_LABEL}}{fit(place, width - _LABEL)}"]
    return [*lines, " " * _LABEL + missing] if missing else lines


def source(store: Store, one: Suggestion, line: int) -> tuple[SourceLine, ...]:
    """The lines around the gap as they are today, where it is on `line`.

    Raises:
        EnrichError: The file cannot be read.
    """
    return python_file.source(python_file.read(store.rootdir, one.gap.path).text, one, line)


def function(store: Store, one: Suggestion, line: int) -> tuple[SourceLine, ...]:
    """The whole function that the gap on `line` is in; without one, the lines around it."""
    text = python_file.read(store.rootdir, one.gap.path).text
    found = [
        node
        for node in ast.walk(python_file.tree(text, one.gap.path))
        if isinstance(node, _FUNCTIONS) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    if not found:
        return source(store, one, line)
    inner = max(found, key=lambda node: node.lineno)
    missing = {number + line - one.gap.line for number in one.gap.lines}
    return python_file.between(text, range(inner.lineno, (inner.end_lineno or inner.lineno) + 1), missing)


def source_line(one: SourceLine, width: int) -> str:
    """`!    26      if not sep:`: what no test runs has a sign in front."""
    text = fit(one.text.expandtabs(), width - _NUMBER)
    return f"{'!' if one.missing else ' '} {one.number:>5}  {text}".rstrip()


def place(one: Suggestion) -> str:
    """Where the test goes: `tests/test_cart.py (after test_pct)`."""
    target = one.target
    if one.kind == "row":
        return f"{target.path} ({one.more})"
    where = f"after {target.anchor}" if target.where == "after" and target.anchor else target.where
    owner = f", in class {target.owner}" if target.owner else ""
    return f"{target.path} ({'a new file' if target.new_file else where + owner})"


def change(store: Store, one: Suggestion) -> list[str]:
    """The test with what changes among the imports, or the row among those around it as they are today.

    Each new line has a `+` in front, each that goes a `-`.
    """
    code = textwrap.indent(one.test.code.rstrip(), "+", lambda _: True).splitlines()
    whole = "\n".join(f"  {line[:1]} {line[1:]}" for line in [*_imports(store, one), *code])
    if one.kind == "test":
        return visible_lines(whole).splitlines()
    try:
        hunks = whole_patch(store, one).splitlines()[_NAMES:]
    except EnrichError as error:
        return visible_lines(f"{whole}\n{error}").splitlines()
    if not hunks:
        return visible_lines(f"{whole}\n  it is there already").splitlines()
    return [f"  {line[:1]} {visible(line[1:])}" if line[:1] != "@" else f"  {visible(line)}" for line in hunks]


def _imports(store: Store, one: Suggestion) -> list[str]:
    """The lines of imports that change, as in a diff; all that it needs where the test file cannot be read."""
    from pytest_enrich import imports, patch

    try:
        before = python_file.read(store.rootdir, one.target.path).text
        after = imports.merge(before, one.test.imports, path=one.target.path)
    except EnrichError:
        return [f"+{line}" for line in one.test.imports]
    lines = patch.diff(one.target.path, before, after).splitlines()[_NAMES:]
    return [line for line in lines if line[:1] in {"+", "-"} and line[1:].strip()]


def runs(one: Suggestion) -> str:
    """`9 of 9 runs passed: alone, in its file, shuffled; 0.4 ms`: all but the first two ways are in its file."""
    part = one.proof.runs
    modes = ", ".join(mode.removeprefix("in its file, ") for mode in part.modes)
    return f"{part.passed} of {part.of} runs passed: {modes}; {one.proof.duration_ms:.1f} ms"


def near(one: Suggestion) -> str:
    """The existing test or case that is most like it, "" for none: is this one worth having beside it?"""
    like = one.proof.nearest_test
    return "" if like is None else f"{like.code or like.nodeid} ({like.similarity:.0%} the same)"


def origin(one: Suggestion) -> str:
    """Who thought of it, and where it was proven."""
    return f"{one.origin.told}; ran in: {one.proof.isolation}"


def believed(store: Store, one: Suggestion, width: int) -> list[str]:
    """That what it says of itself does not count, where another machine has made it."""
    made = seal.made(store.rootdir, one)
    if made == "here":
        return []
    was = "made on another machine" if made == "elsewhere" else "changed after it was made"
    return labelled("but", f"it was {was}: its own word, proven again here before it runs", width)


def killed(one: Suggestion, width: int) -> list[str]:
    """What the test notices, in one sentence."""
    part = one.proof.mutants
    if not part.of:
        return labelled("kills", part.note, width) if part.note else []
    signs = ["* an existing test kills it"] if any(tried.killed_before for tried in part.list) else []
    signs += ["? perhaps equivalent"] if any(tried.equivalent for tried in part.list) else []
    legend = "; ".join(signs)
    return [*labelled("kills", part.told(), width), *([f"{'':<{_LABEL}}{legend}"] if legend else [])]


def mutants(one: Suggestion, width: int) -> list[str]:
    """A line a mutant: those that the test does not notice are what a reviewer may want to see."""
    return [_mutant(tried, width) for tried in one.proof.mutants.list]


def _mutant(one: Tried, width: int) -> str:
    word = ("killed" if one.killed else "alive") + "*" * one.killed_before + "?" * one.equivalent
    return f"      {one.line:>5}  {word:<7}  {fit(one.change, max(width - 22, 10))}"


def _missing(one: Suggestion) -> str:
    proof = one.proof
    counts = [counted(proof.lines_gained, "line")] if proof.lines_gained else []
    counts += [counted(proof.branches_gained, "branch", "branches")] if proof.branches_gained else []
    return f"{' and '.join(counts)} that no test runs" if counts else ""
