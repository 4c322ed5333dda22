"""`pytest-enrich show ID`: the gap, the test and its proof as plain text."""

from __future__ import annotations

import textwrap

import click

from pytest_enrich.commands import python_file, staleness
from pytest_enrich.commands.output import answer, json_option, say
from pytest_enrich.commands.project import project_option
from pytest_enrich.data import Suggestion, Tried
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import counted, fit, visible, visible_lines
from pytest_enrich.store import Store

_AROUND = 2
_MOST = 30
_RULE = "-" * 78


@click.command("show")
@click.argument("identity", metavar="ID")
@click.option("--patch", "as_patch", is_flag=True, help="The patch, for git apply.")
@json_option
@project_option
def command(store: Store, identity: str, *, as_patch: bool, as_json: bool) -> int:
    """Show one suggestion: its gap, its test, its proof."""
    suggestion = store.find(identity)
    if as_patch:
        click.echo(store.read_text(suggestion, "suggestion.patch"), nl=False)
    elif as_json:
        answer(suggestion)
    else:
        say(screen(store, suggestion))
    return 0


def screen(store: Store, one: Suggestion) -> str:
    """Everything that a decision needs, at most 80 columns wide (the test's own lines may be longer)."""
    line = staleness.today(store, one)
    parts = [
        f"{fit(one.title, 73 - len(one.id) - len(one.grade))}   {one.id}   {one.grade}",
        f"gap   {_gap(one)}",
        _RULE,
        f"  stale: {fit(one.gap.qualname, 40)} changed since" if line is None else _source(store, one, line),
        _RULE,
        f"into  {fit(_place(one), 72)}",
        textwrap.indent(visible_lines("\n".join([*one.test.imports, "", one.test.code.rstrip()])), "  + "),
        _RULE,
        *(f"{name:<5} {_filled(told)}" for name, told in _facts(one)),
        *_mutants(one),
        _RULE,
        f"pytest-enrich run {one.id}",
        f"pytest-enrich accept {one.id}",
        f"pytest-enrich reject {one.id} --reason wrong",
    ]
    return "\n".join(parts)


def _facts(one: Suggestion) -> list[tuple[str, str]]:
    runs, origin = one.proof.runs, one.origin
    proof = f"{runs.passed} of {runs.of} runs passed: {', '.join(runs.modes)}; {one.proof.duration_ms:.1f} ms"
    by = f"{origin.proposer}, seed {origin.seed}; ran in: {one.proof.isolation}"
    return [("proof", proof), ("look", one.look), ("from", by)]


def _mutants(one: Suggestion) -> list[str]:
    """A line a mutant: those that the test does not notice are what a reviewer may want to see."""
    part = one.proof.mutants
    if not part.of:
        return [f"kills {_filled(part.note)}"] if part.note else []
    star = "   (* an existing test kills it)" if any(tried.killed_before for tried in part.list) else ""
    return [f"kills {part.killed} of {counted(part.of, 'mutant')}{star}", *map(_mutant, part.list)]


def _mutant(one: Tried) -> str:
    word = ("killed" if one.killed else "alive") + ("*" if one.killed_before else "")
    return f"      {one.line:>5}  {word:<7}  {fit(one.change, 56)}"


def _gap(one: Suggestion) -> str:
    gap, proof = one.gap, one.proof
    counts = [counted(proof.lines_gained, "line")] if proof.lines_gained else []
    counts += [counted(proof.branches_gained, "branch", "branches")] if proof.branches_gained else []
    place = fit(f"{gap.path}:{gap.line} {gap.qualname}", 73)
    return f"{place}\n      {' and '.join(counts)} that no test runs" if counts else place


def _place(one: Suggestion) -> str:
    target = one.target
    where = f"after {target.anchor}" if target.where == "after" and target.anchor else target.where
    owner = f", in class {target.owner}" if target.owner else ""
    return f"{target.path} ({'a new file' if target.new_file else where + owner})"


def _source(store: Store, one: Suggestion, line: int) -> str:
    """The lines around the gap as they are today, those that no test runs marked by `!`."""
    try:
        lines = python_file.read(store.rootdir, one.gap.path).text.splitlines()
    except EnrichError as error:
        return visible_lines(str(error))
    moved = line - one.gap.line
    missing = {number + moved for number in one.gap.lines}
    shown = sorted({line, *missing})
    first, last = max(1, shown[0] - _AROUND), min(len(lines), shown[-1] + _AROUND)
    last = min(last, first + _MOST)
    return "\n".join(
        f"{'!' if number in missing else ' '} {number:>5}  {fit(lines[number - 1].expandtabs(), 70)}"
        for number in range(first, last + 1)
    )


def _filled(told: str) -> str:
    return textwrap.fill(visible(told), 78, initial_indent=" " * 6, subsequent_indent=" " * 6).strip()
