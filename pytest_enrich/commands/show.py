"""`pytest-enrich show ID`: the gap, the test and its proof as plain text."""

from __future__ import annotations

import textwrap

import click

from pytest_enrich.commands.output import answer, json_option, say
from pytest_enrich.commands.project import project_option
from pytest_enrich.data import Suggestion, Tried
from pytest_enrich.errors import EnrichError
from pytest_enrich.reporters.words import counted, filled, fit, visible, visible_lines
from pytest_enrich.store import Store, excerpt, python_file, staleness

_RULE = "-" * 78
_NAMES = 4  # the lines of a diff before its first hunk


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
        visible_lines(_change(store, one)),
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
    return [("proof", proof), *_near(one), ("look", one.look), ("from", by)]


def _near(one: Suggestion) -> list[tuple[str, str]]:
    """The existing test or case that is most like it: is this one worth having beside it?"""
    near = one.proof.nearest_test
    if near is None:
        return []
    return [("near", f"{near.code or near.nodeid} ({near.similarity:.0%} the same)")]


def _mutants(one: Suggestion) -> list[str]:
    """A line a mutant: those that the test does not notice are what a reviewer may want to see."""
    part = one.proof.mutants
    if not part.of:
        return [f"kills {_filled(part.note)}"] if part.note else []
    signs = ["* an existing test kills it"] if any(tried.killed_before for tried in part.list) else []
    signs += ["? perhaps equivalent"] if any(tried.equivalent for tried in part.list) else []
    legend = f"   ({'; '.join(signs)})" if signs else ""
    return [f"kills {part.killed} of {counted(part.of, 'mutant')}{legend}", *map(_mutant, part.list)]


def _mutant(one: Tried) -> str:
    word = ("killed" if one.killed else "alive") + "*" * one.killed_before + "?" * one.equivalent
    return f"      {one.line:>5}  {word:<7}  {fit(one.change, 56)}"


def _gap(one: Suggestion) -> str:
    gap, proof = one.gap, one.proof
    counts = [counted(proof.lines_gained, "line")] if proof.lines_gained else []
    counts += [counted(proof.branches_gained, "branch", "branches")] if proof.branches_gained else []
    place = fit(f"{gap.path}:{gap.line} {gap.qualname}", 73)
    return f"{place}\n      {' and '.join(counts)} that no test runs" if counts else place


def _place(one: Suggestion) -> str:
    from pytest_enrich import patch

    target = one.target
    if one.kind == "row":
        return f"{target.path} ({patch.more(one)})"
    where = f"after {target.anchor}" if target.where == "after" and target.anchor else target.where
    owner = f", in class {target.owner}" if target.owner else ""
    return f"{target.path} ({'a new file' if target.new_file else where + owner})"


def _change(store: Store, one: Suggestion) -> str:
    """The test, or the row among those around it as they are today."""
    whole = textwrap.indent("\n".join([*one.test.imports, "", one.test.code.rstrip()]), "  + ")
    if one.kind == "test":
        return whole
    try:
        difference = excerpt.difference(python_file.read(store.rootdir, one.target.path).text, one)
    except EnrichError as error:
        return f"{whole}\n{error}"
    if not difference:
        return f"{whole}\n  it is there already"
    lines = difference.splitlines()[_NAMES:]
    return "\n".join(f"  {line[:1]} {line[1:]}" if line[:1] != "@" else f"  {line}" for line in lines)


def _source(store: Store, one: Suggestion, line: int) -> str:
    """The lines around the gap as they are today, those that no test runs marked by `!`."""
    try:
        text = python_file.read(store.rootdir, one.gap.path).text
    except EnrichError as error:
        return visible_lines(str(error))
    return "\n".join(
        f"{'!' if each.missing else ' '} {each.number:>5}  {fit(each.text, 70)}"
        for each in excerpt.source(text, one, line)
    )


def _filled(told: str) -> str:
    return filled(visible(told), 78, 6, before=6)
