"""`pytest-enrich list`: what is pending, which gaps have no test, what was turned down."""

from __future__ import annotations

import click

from pytest_enrich import reports
from pytest_enrich.commands.project import FOUND, answer, json_option, project_option, say, tell_problems
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters import text
from pytest_enrich.reporters.figures import contract_of, observed_of
from pytest_enrich.reporters.words import counted, filled, fit, visible
from pytest_enrich.store import Store, rejected, seal
from pytest_enrich.store.python_file import lines

_FOREIGN = (
    "\nof another machine, or changed since it was made: {}. What is said of these is their own word; each is "
    "proven again here before it runs."
)


@click.command("list")
@click.option("--gaps", "which", flag_value="gaps", help="The gaps that are left without a test, each with why.")
@click.option("--rejected", "which", flag_value="rejected", help="What was turned down.")
@click.option("--bugs", "which", flag_value="bugs", help="The possible bugs: code that contradicts its docstring.")
@click.option("--check", is_flag=True, help="Exit with 1 when something is pending.")
@json_option
@project_option
def command(store: Store, which: str | None, *, check: bool) -> int:
    """Show what is pending as a table."""
    if check and which:
        raise UsageError(f"--check is about what is pending, not --{which}\nNothing was done.")
    tell_problems(store)
    show = {"gaps": _gaps, "rejected": _rejected, "bugs": _bugs}.get(which or "", _pending)
    show(store)
    return FOUND if check and store.pending() else 0


def _pending(store: Store) -> None:
    pending = store.pending()
    places = lines(store, pending)
    stale = [suggestion for suggestion in pending if places[suggestion.id] is None]
    foreign = [suggestion for suggestion in pending if seal.made(store.rootdir, suggestion) != "here"]
    bugs = len(store.bugs())
    facts = [_facts(each, stale=each in stale, here=each not in foreign) for each in pending]
    if answer({"suggestions": facts}):
        return
    if not pending:
        say(f"Nothing is pending.\nNext:  {'pytest-enrich list --bugs' if bugs else 'pytest --enrich'}")
        return
    say(text.table(pending))
    for suggestion in stale:
        say(f"\nstale: {suggestion.id}: {fit(suggestion.gap.qualname or suggestion.gap.path, 30)} changed since")
    if foreign:
        say(filled(_FOREIGN.format(f"all {len(pending)}" if len(foreign) == len(pending) else len(foreign))))
    fresh = next((suggestion.id for suggestion in pending if suggestion not in stale), None)
    say(f"\nNext:  pytest-enrich {'review' if fresh else 'clean'}")
    say(f"       pytest-enrich show {fresh or pending[0].id}")
    if bugs:
        say(f"\n{counted(bugs, 'possible bug')}:  pytest-enrich list --bugs")


def _facts(suggestion: Suggestion, *, stale: bool, here: bool) -> dict[str, object]:
    return {
        "id": suggestion.id,
        "kind": suggestion.kind,
        "grade": suggestion.grade,
        "title": suggestion.title,
        "path": suggestion.gap.path,
        "qualname": suggestion.gap.qualname,
        "line": suggestion.gap.line,
        "target": suggestion.target.path,
        "look": suggestion.look,
        "from": suggestion.origin.told,
        "stale": stale,
        "proven_here": here,
    }


def _bugs(store: Store) -> None:
    bugs = store.bugs()
    if answer({"bugs": bugs}):
        return
    for bug in bugs:
        say(text.bug_table([bug]))
        say(f"      says  {fit(contract_of(bug), 67)}")
        say(f"      does  {fit(observed_of(bug), 67)}")
    following = f"\nNext:  pytest-enrich show {bugs[0].id}" if bugs else ""
    say(following or "No possible bug waits.\nNext:  pytest-enrich list")


def _gaps(store: Store) -> None:
    left = reports.left(store)
    if answer({"gaps": left}):
        return
    if not left:
        say("No gap was left without a test by the runs so far.\nNext:  pytest-enrich list")
    for line in left:
        gap = line.gap
        say(f"  {gap.id}  {fit(f'{gap.path}:{gap.line} {gap.qualname}', 76 - len(gap.id))}")
        why = line.outcome + (f": {line.detail}" if line.detail else "")
        say(f"      {fit(f'{gap.text}  ({gap.outcome})', 73)}")
        say("\n".join(f"      {part}" for part in filled(why, 73).splitlines()))


def _rejected(store: Store) -> None:
    lines = rejected.read(store.rootdir).lines
    if answer({"rejected": lines}):
        return
    for line in lines:
        text = f"  {line.what}  {line.scope}  {line.reason}  {line.when}  {line.where}  {line.note}"
        say(fit(text.rstrip(), 79))
    again = f"\nAllow one again:  pytest-enrich allow {visible(lines[0].what)}" if lines else ""
    say(again or "Nothing was turned down.")
