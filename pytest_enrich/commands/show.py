"""`pytest-enrich show ID`: the gap, the test and its proof as plain text."""

from __future__ import annotations

import sys

import click

from pytest_enrich.commands import parts
from pytest_enrich.commands.parts import made_again
from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import EnrichError, UsageError
from pytest_enrich.reporters.figures import contract_of, observed_of, reproduction_of, runs_of
from pytest_enrich.reporters.words import fit, visible_lines
from pytest_enrich.store import Store
from pytest_enrich.store.python_file import today_text

WIDTH = 79
_RULE = "-" * 78


@click.command("show")
@click.argument("identity", metavar="ID")
@click.option("--patch", "as_patch", is_flag=True, help="The patch, for git apply.")
@click.option("--issue", "as_issue", is_flag=True, help="Of a possible bug: the text of an issue about it.")
@json_option
@project_option
def command(store: Store, identity: str, *, as_patch: bool, as_issue: bool, as_json: bool) -> int:
    """Show one suggestion: its gap, its test, its proof. Or one possible bug: what is said, and what is done."""
    found = store.find(identity)
    if as_issue and found.kind != "bug":
        raise UsageError(
            f"{found.id} is no possible bug\n--issue is about one. What there is:  pytest-enrich list --bugs"
        )
    if as_patch and found.kind == "bug":
        raise UsageError(
            f"{found.id} is a possible bug without a patch\nAs a known failure:  pytest-enrich xfail {found.id}"
        )
    if as_patch:
        text = made_again(store, found)
        click.echo(visible_lines(text) if sys.stdout.isatty() else text, nl=False)
    elif as_issue:
        from pytest_enrich.reporters.md import issue

        click.echo(issue(found), nl=False)
    elif as_json:
        answer(found)
    else:
        say("\n".join([*screen(store, found), *_commands(found)]))
    return 0


def screen(store: Store, one: Suggestion) -> list[str]:
    """Everything that a decision needs, at most 80 columns wide (the test's own lines may be longer)."""
    return _of_bug(one) if one.kind == "bug" else _of_test(store, one)


def _of_bug(bug: Suggestion) -> list[str]:
    return [
        f"{fit(f'POSSIBLE BUG  {bug.title}', WIDTH - 4 - len(bug.id))}   {bug.id}",
        *parts.labelled("says", contract_of(bug), WIDTH),
        *parts.labelled("does", observed_of(bug), WIDTH),
        _RULE,
        *(f"  {line}" for line in visible_lines(reproduction_of(bug)).rstrip("\n").split("\n")),
        _RULE,
        *parts.labelled("proof", runs_of(bug), WIDTH),
        *parts.labelled("look", bug.look, WIDTH),
        *parts.labelled("from", bug.origin.proposer, WIDTH),
        _RULE,
    ]


def _of_test(store: Store, one: Suggestion) -> list[str]:
    near = parts.near(one)
    return [
        f"{fit(one.title, 73 - len(one.id) - len(one.grade))}   {one.id}   {one.grade}",
        *parts.gap(one, WIDTH),
        _RULE,
        *_source(store, one),
        _RULE,
        f"into  {fit(parts.place(one), 72)}",
        *parts.change(store, one),
        _RULE,
        *parts.labelled("proof", parts.runs(one), WIDTH),
        *(line for way in one.proof.runs.left_out for line in parts.labelled("", f"left out: {way}", WIDTH)),
        *(parts.labelled("near", near, WIDTH) if near else ()),
        *parts.labelled("look", one.look, WIDTH),
        *parts.labelled("from", parts.origin(one), WIDTH),
        *parts.believed(store, one, WIDTH),
        *parts.killed(one, WIDTH),
        *parts.mutants(one, WIDTH),
        _RULE,
    ]


def _commands(one: Suggestion) -> list[str]:
    """What can be done with it."""
    verbs = ("run {}", "xfail {}", "show {} --issue") if one.kind == "bug" else ("run {}", "accept {}")
    return [f"pytest-enrich {verb.format(one.id)}" for verb in (*verbs, "reject {} --reason wrong")]


def _source(store: Store, one: Suggestion) -> list[str]:
    line = today_text(store, one)
    if line is None:
        return [f"  stale: {fit(one.gap.qualname, 40)} changed since"]
    try:
        return [parts.source_line(each, WIDTH) for each in parts.source(store, one, line)]
    except EnrichError as error:
        return visible_lines(str(error)).splitlines()
