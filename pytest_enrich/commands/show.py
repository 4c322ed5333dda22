"""`pytest-enrich show ID`: the gap, the test as a change of today's file, and its proof, as plain text.

The folder may come from another machine, so a person is shown what would be put in, not the patch that lies there.
"""

from __future__ import annotations

import ast
import sys
import textwrap

import click

from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.commands.reproof import why
from pytest_enrich.data import SourceLine, Suggestion, Tried
from pytest_enrich.errors import EnrichError, UsageError
from pytest_enrich.reporters.figures import contract_of, observed_of, reproduction_of, runs_of
from pytest_enrich.reporters.words import filled, fit, visible, visible_lines
from pytest_enrich.store import Store, python_file, rebuild, targets
from pytest_enrich.store.python_file import today_line
from pytest_enrich.store.seal import options_of

_NAMES = 4  # the lines of a diff before its first hunk
_LABEL = 6  # columns of the words that the parts begin with
_NUMBER = 9  # columns in front of a line of source
WIDTH = 79
_RULE = "-" * 78


@click.command("show")
@click.argument("identity", metavar="ID")
@click.option("--patch", "as_patch", is_flag=True, help="The patch, for git apply.")
@click.option("--issue", "as_issue", is_flag=True, help="Of a possible bug: the text of an issue about it.")
@json_option
@project_option
def command(store: Store, identity: str, *, as_patch: bool, as_issue: bool) -> int:
    """Show one suggestion: its gap, its test, its proof. Or one possible bug: what is said, and what is done."""
    chosen = store.find(identity)
    if as_issue and chosen.kind != "bug":
        raise UsageError(
            f"{chosen.id} is no possible bug\n--issue is about one. What there is:  pytest-enrich list --bugs"
        )
    if as_patch and chosen.kind == "bug":
        raise UsageError(
            f"{chosen.id} is a possible bug without a patch\nAs a known failure:  pytest-enrich xfail {chosen.id}"
        )
    if as_patch:
        targets.refuse(store.rootdir, chosen.target.path, options_of(store.rootdir, chosen).words)
        text = rebuild.patch_text(store, chosen)  # whatever lies in the folder
        click.echo(visible_lines(text) if sys.stdout.isatty() else text, nl=False)
    elif as_issue:
        from pytest_enrich.reporters.md import issue

        click.echo(issue(chosen), nl=False)
    elif not answer(chosen):
        say("\n".join([*screen(store, chosen), *_commands(chosen)]))
    return 0


def screen(store: Store, suggestion: Suggestion) -> list[str]:
    """Everything that a decision needs, at most 80 columns wide (the test's own lines may be longer)."""
    return _of_bug(suggestion) if suggestion.kind == "bug" else _of_test(store, suggestion)


def _of_bug(bug: Suggestion) -> list[str]:
    return [
        f"{fit(f'POSSIBLE BUG  {bug.title}', WIDTH - 4 - len(bug.id))}   {bug.id}",
        *labelled("says", contract_of(bug)),
        *labelled("does", observed_of(bug)),
        _RULE,
        *(f"  {line}" for line in visible_lines(reproduction_of(bug)).rstrip("\n").split("\n")),
        _RULE,
        *labelled("proof", runs_of(bug)),
        *labelled("look", bug.look),
        *labelled("from", bug.origin.proposer),
        _RULE,
    ]


def _of_test(store: Store, suggestion: Suggestion) -> list[str]:
    from pytest_enrich.patch import words as facts

    nearest = suggestion.proof.nearest_test
    ending = f"   {suggestion.id}   {suggestion.grade}"
    near = f"{nearest.code or nearest.nodeid} ({nearest.similarity:.0%} the same)" if nearest else ""
    return [
        f"{fit(suggestion.title, 79 - len(ending))}{ending}",
        *labelled("gap", f"{facts.span(suggestion)}, {facts.missing(suggestion)}"),
        _RULE,
        *_source(store, suggestion),
        _RULE,
        *labelled("into", facts.where(suggestion)),
        *change(store, suggestion),
        _RULE,
        *labelled("proof", _runs(suggestion)),
        *(line for way in suggestion.proof.runs.left_out for line in labelled("", f"left out: {way}")),
        *labelled("near", near),
        *labelled("look", suggestion.look),
        *labelled("from", f"{suggestion.origin.told}; ran in: {suggestion.proof.isolation}"),
        *labelled("but", _foreign(store, suggestion)),
        *_killed(suggestion),
        *(_mutant(tried) for tried in suggestion.proof.mutants.list),
        _RULE,
    ]


def _commands(suggestion: Suggestion) -> list[str]:
    """The commands for what can be done with it."""
    verbs = ("run {}", "xfail {}", "show {} --issue") if suggestion.kind == "bug" else ("run {}", "accept {}")
    return [f"pytest-enrich {verb.format(suggestion.id)}" for verb in (*verbs, "reject {} --reason wrong")]


def _source(store: Store, suggestion: Suggestion) -> list[str]:
    line = today_line(store, suggestion)
    if line is None:
        return [f"  stale: {fit(suggestion.gap.qualname, 40)} changed since"]
    try:
        return [source_line(nearby) for nearby in _around(store, suggestion, line)]
    except EnrichError as error:
        return visible_lines(str(error)).splitlines()


def whole_patch(store: Store, suggestion: Suggestion) -> str:
    """The diff that accepting would make now, "" when nothing changes.

    Raises:
        EnrichError: The test file cannot be read, or the test cannot be put into it.
    """
    from pytest_enrich import patch

    file = python_file.read(store.rootdir, suggestion.target.path)
    return patch.change(suggestion, file.before, how=rebuild.how(store, file.name))


def labelled(label: str, told: str) -> list[str]:
    """`look  the text was read off the code`, on as many lines as it takes; none for an empty text."""
    lines = filled(visible(told), WIDTH, _LABEL, before=_LABEL).lstrip()
    return f"{label:<{_LABEL}}{lines}".splitlines() if told else []


def _around(store: Store, suggestion: Suggestion, line: int) -> tuple[SourceLine, ...]:
    """Today's lines around the gap, which is now on `line`.

    Raises:
        EnrichError: The file cannot be read.
    """
    return python_file.source(python_file.read(store.rootdir, suggestion.gap.path).text, suggestion, line)


def function(store: Store, suggestion: Suggestion, line: int) -> tuple[SourceLine, ...]:
    """The whole function that the gap on `line` is in; outside of functions, the lines around it."""
    text = python_file.read(store.rootdir, suggestion.gap.path).text
    nodes = ast.walk(python_file.tree(text, suggestion.gap.path))
    spans = [(node.lineno, node.end_lineno or 0) for node in nodes if isinstance(node, python_file.Function)]
    first, last = max((span for span in spans if line in range(span[0], span[1] + 1)), default=(0, 0))
    if not first:
        return _around(store, suggestion, line)
    missing = {number + line - suggestion.gap.line for number in suggestion.gap.lines}
    return python_file.between(text, range(first, last + 1), missing)


def source_line(line: SourceLine) -> str:
    """`!    26      if not sep:`: a line that no test runs is marked with `!`."""
    text = fit(line.text.expandtabs(), WIDTH - _NUMBER)
    return f"{'!' if line.missing else ' '} {line.number:>5}  {text}".rstrip()


def change(store: Store, suggestion: Suggestion) -> list[str]:
    """The test with the imports that change, or the row among today's rows around it.

    Lines that are added are marked with `+`, lines that are removed with `-`.
    """
    code = textwrap.indent(suggestion.test.code.rstrip(), "+", lambda _: True).splitlines()
    whole = "\n".join(f"  {line[:1]} {line[1:]}" for line in [*_imports(store, suggestion), *code])
    if suggestion.kind == "test":
        return visible_lines(whole).splitlines()
    try:
        hunks = whole_patch(store, suggestion).splitlines()[_NAMES:]
    except EnrichError as error:
        return visible_lines(f"{whole}\n{error}").splitlines()
    if not hunks:
        return visible_lines(f"{whole}\n  it is there already").splitlines()
    return [f"  {line[:1]} {visible(line[1:])}" if line[:1] != "@" else f"  {visible(line)}" for line in hunks]


def _imports(store: Store, suggestion: Suggestion) -> list[str]:
    """The import lines that change, as in a diff; all of the test's imports where its file cannot be read."""
    from pytest_enrich import imports, patch

    try:
        before = python_file.read(store.rootdir, suggestion.target.path).text
        after = imports.merge(before, suggestion.test.imports, path=suggestion.target.path)
    except EnrichError:
        return [f"+{line}" for line in suggestion.test.imports]
    lines = patch.diff(suggestion.target.path, before, after).splitlines()[_NAMES:]
    return [line for line in lines if line[:1] in {"+", "-"} and line[1:].strip()]


def _runs(suggestion: Suggestion) -> str:
    """`passes in 9 of 9 ways: alone, in its file, shuffled; 0.4 ms`: all but the first two are run in its file."""
    runs = suggestion.proof.runs
    modes = ", ".join(mode.removeprefix("in its file, ") for mode in runs.modes)
    return f"passes in {runs.passed} of {runs.of} ways: {modes}; {suggestion.proof.duration_ms:.1f} ms"


def _killed(suggestion: Suggestion) -> list[str]:
    """The mutants that the test notices, in one sentence."""
    mutants = suggestion.proof.mutants
    if not mutants.of:
        return labelled("kills", mutants.note)
    signs = ["* an existing test kills it"] if any(tried.killed_before for tried in mutants.list) else []
    signs += ["? perhaps equivalent"] if any(tried.equivalent for tried in mutants.list) else []
    return [*labelled("kills", mutants.told()), *labelled("", "; ".join(signs))]


def _mutant(tried: Tried) -> str:
    """One mutant; those that the test does not notice are what a reviewer may want to see."""
    word = ("killed" if tried.killed else "alive") + "*" * tried.killed_before + "?" * tried.equivalent
    return f"      {tried.line:>5}  {word:<7}  {fit(tried.change, WIDTH - 22)}"


def _foreign(store: Store, suggestion: Suggestion) -> str:
    """A note that its own proof does not count, where it was made on another machine or changed since."""
    reason = why(store, suggestion)
    return reason and f"it was {reason}: its own word, proven again here before it runs"
