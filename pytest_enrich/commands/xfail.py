"""`pytest-enrich xfail ID...`: put tests of possible bugs into their files, as tests that are known to fail."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import click

from pytest_enrich.commands.accept import accept
from pytest_enrich.commands.project import answer, json_option, project_option, say
from pytest_enrich.commands.taking import How, Taken, settle_interrupted
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters.words import counted, visible, visible_lines
from pytest_enrich.store import Store

_REFUSED = 3


@click.command("xfail")
@click.argument("identities", metavar="ID...", nargs=-1, required=True)
@json_option
@project_option
def command(store: Store, identities: tuple[str, ...], *, as_json: bool) -> int:
    """Put the tests of possible bugs into their files, as tests that are known to fail.

    Each is `xfail(strict=True)`: it tells when the bug is mended. A file that turns red gets its old text back.
    """
    settle_interrupted(store)
    chosen = {one.id: one for one in (bug(store, prefix) for prefix in identities)}
    results = accept(store, tuple(chosen.values()), How(tell=partial(say, as_json=True)))
    if as_json:
        answer({"accepted": [r for r in results if not r.refused], "refused": [r for r in results if r.refused]})
    _tell(results, len(store.bugs()), as_json=as_json)
    return _REFUSED if any(one.refused for one in results) else 0


def bug(store: Store, prefix: str) -> Suggestion:
    """The possible bug that waits under this id.

    Raises:
        UsageError: There is none.
    """
    found = store.find(prefix)
    if found.kind != "bug":
        raise UsageError(
            f"{found.id} is no possible bug\nNothing was done. What there is:  pytest-enrich list --bugs"
        )
    return found


def _tell(results: Sequence[Taken], left: int, *, as_json: bool) -> None:
    for one in results:
        for name, line in one.names:
            say(f"added to {visible(one.path)}:{line}  {visible(name)}, as known to fail", as_json=as_json)
        if one.refused:
            say(f"\n{one.id} was not put in: {visible_lines(one.refused)}", as_json=as_json)
            say(visible_lines(one.output), as_json=as_json) if one.output else None
            say("The test file is as it was before; the possible bug still waits.", as_json=as_json)
        else:
            say(f"{visible(one.path)}: {visible(one.summary)}", as_json=as_json)
    files = ", ".join(sorted({visible(one.path) for one in results if not one.refused}))
    written = f"Changed, not staged: {files}." if files else "Nothing was changed."
    undo = "   (take it back: pytest-enrich undo)" if files else ""
    following = "pytest-enrich list --bugs" if left else "git diff"
    say(f"\n{written} {counted(left, 'possible bug')} left.\nNext:  {following}{undo}", as_json=as_json)
