"""`pytest-enrich show ID`: the gap, the test and its proof as plain text."""

from __future__ import annotations

import sys

import click

from pytest_enrich.commands import parts, possible_bug
from pytest_enrich.commands.parts import made_again
from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.data import PossibleBug, Suggestion
from pytest_enrich.errors import EnrichError, UsageError
from pytest_enrich.reporters.words import fit, visible_lines
from pytest_enrich.store import Store, bugs
from pytest_enrich.store.python_file import today_text

_WIDTH = 79
_RULE = "-" * 78


@click.command("show")
@click.argument("identity", metavar="ID")
@click.option("--patch", "as_patch", is_flag=True, help="The patch, for git apply.")
@click.option("--issue", "as_issue", is_flag=True, help="Of a possible bug: the text of an issue about it.")
@json_option
@project_option
def command(store: Store, identity: str, *, as_patch: bool, as_issue: bool, as_json: bool) -> int:
    """Show one suggestion: its gap, its test, its proof. Or one possible bug: what is said, and what is done."""
    found = bugs.find(store, identity)
    if found is not None:
        return _bug(found, as_patch=as_patch, as_issue=as_issue, as_json=as_json)
    if as_issue:
        raise UsageError(
            f"no possible bug {identity!r}\n--issue is about one. What there is:  pytest-enrich list --bugs"
        )
    suggestion = store.find(identity)
    if as_patch:
        text = made_again(store, suggestion)
        click.echo(visible_lines(text) if sys.stdout.isatty() else text, nl=False)
    elif as_json:
        answer(suggestion)
    else:
        say(screen(store, suggestion))
    return 0


def _bug(one: PossibleBug, *, as_patch: bool, as_issue: bool, as_json: bool) -> int:
    if as_patch:
        raise UsageError(
            f"{one.id} is a possible bug without a patch\nAs a known failure:  pytest-enrich xfail {one.id}"
        )
    if as_json:
        answer(one)
    elif as_issue:
        from pytest_enrich.reporters.md import issue

        click.echo(issue(one), nl=False)
    else:
        ways = ("run {}", "xfail {}", "show {} --issue", "reject {} --reason wrong")
        ends = (f"pytest-enrich {way.format(one.id)}" for way in ways)
        say("\n".join([*possible_bug.screen(one, _WIDTH), _RULE, *ends]))
    return 0


def screen(store: Store, one: Suggestion) -> str:
    """Everything that a decision needs, at most 80 columns wide (the test's own lines may be longer)."""
    near = parts.near(one)
    lines = [
        f"{fit(one.title, 73 - len(one.id) - len(one.grade))}   {one.id}   {one.grade}",
        *parts.gap(one, _WIDTH),
        _RULE,
        *_source(store, one),
        _RULE,
        f"into  {fit(parts.place(one), 72)}",
        *parts.change(store, one),
        _RULE,
        *parts.labelled("proof", parts.runs(one), _WIDTH),
        *(line for way in one.proof.runs.left_out for line in parts.labelled("", f"left out: {way}", _WIDTH)),
        *(parts.labelled("near", near, _WIDTH) if near else ()),
        *parts.labelled("look", one.look, _WIDTH),
        *parts.labelled("from", parts.origin(one), _WIDTH),
        *parts.believed(store, one, _WIDTH),
        *parts.killed(one, _WIDTH),
        *parts.mutants(one, _WIDTH),
        _RULE,
        f"pytest-enrich run {one.id}",
        f"pytest-enrich accept {one.id}",
        f"pytest-enrich reject {one.id} --reason wrong",
    ]
    return "\n".join(lines)


def _source(store: Store, one: Suggestion) -> list[str]:
    line = today_text(store, one)
    if line is None:
        return [f"  stale: {fit(one.gap.qualname, 40)} changed since"]
    try:
        return [parts.source_line(each, _WIDTH) for each in parts.source(store, one, line)]
    except EnrichError as error:
        return visible_lines(str(error)).splitlines()
