"""`pytest-enrich allow ID`: forget a rejection, so that the suggestion may come again."""

from __future__ import annotations

import click

from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.data import Decision
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters.words import counted, visible
from pytest_enrich.store import Store, rebuild, rejected
from pytest_enrich.store.disk import now
from pytest_enrich.store.rejected import Rejection


@click.command("allow")
@click.argument("what", metavar="ID|PATH[::NAME]")
@json_option
@project_option
def command(store: Store, what: str, *, as_json: bool) -> int:
    """Take lines out of .enrich-rejected: those of an ID, a file, or a function."""
    lines = rejected.read(store.rootdir).lines
    wanted = _wanted(what, lines)
    back = _waiting_again(store, wanted)
    rejected.remove(store.rootdir, lambda line: line.what == wanted)
    count = sum(line.what == wanted for line in lines)
    if as_json:
        answer({"allowed": wanted, "lines": count, "waiting": back})
    say(f"{counted(count, 'line')} of {visible(wanted)} taken out of {rejected.NAME}.", as_json=as_json)
    following = f"pytest-enrich show {back[0]}" if back else "pytest --enrich"
    say(f"{' '.join(back) or 'Nothing'} waits again.\nNext:  {following}", as_json=as_json)
    return 0


def _wanted(what: str, lines: tuple[Rejection, ...]) -> str:
    """What the only lines that begin with these letters are about, or an id's second part."""
    known = dict.fromkeys(line.what for line in lines)
    if what in known:
        return what
    found = [name for name in known if name.startswith(what) or name.rpartition("-")[2].startswith(what)]
    if len(found) == 1:
        return found[0]
    several = "several lines begin so" if found else "no such line"
    raise UsageError(
        f"{rejected.NAME}: {several}: {what!r}\nNothing was changed.\nSee:  pytest-enrich list --rejected"
    )


def _waiting_again(store: Store, wanted: str) -> list[str]:
    """Suggestions that were turned down here by that line, and wait again."""
    taken = {one.id for one in store.lying("pending")}
    back = []
    for one in store.lying("decided"):
        named = {one.id, one.gap.path, f"{one.gap.path}::{one.gap.qualname}"}
        if wanted in named and one.id not in taken and store.state(one) == "rejected":
            store.decide(Decision(id=one.id, verb="undo", body=one.test.body_sha256, at=now(), why="asked"))
            back.append(one.id)
    if back:
        rebuild.texts(store)
    return back
