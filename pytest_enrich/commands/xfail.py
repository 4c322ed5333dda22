"""`pytest-enrich xfail ID...`: put tests of possible bugs into their files, as tests that are known to fail."""

from __future__ import annotations

from functools import partial

import click

from pytest_enrich.commands.accept import accept, tell
from pytest_enrich.commands.project import json_option, project_option, say
from pytest_enrich.commands.taking import How, settle_interrupted
from pytest_enrich.data import Suggestion
from pytest_enrich.errors import UsageError
from pytest_enrich.store import Store


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
    return tell(results, len(store.bugs()), bugs=True, as_json=as_json)


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
