"""What accepting makes of the text of a test file, one suggestion after the other."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich.commands import provenance
from pytest_enrich.data import NewRow, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import Store, python_file, rebuild
from pytest_enrich.store.python_file import PythonFile


class Step(Struct, frozen=True, kw_only=True):
    """One suggestion on top of those before it."""

    suggestion: Suggestion
    before: str
    after: str


def made_from(store: Store, file: PythonFile, group: Sequence[Suggestion]) -> list[Step]:
    """The suggestions for a file, each on top of those before it.

    Raises:
        RefusedError: The file cannot take one of them.
    """
    from pytest_enrich import patch

    order = rebuild.neighbours(store, file.name)
    steps: list[Step] = []
    for one in patch.in_gap_order(group):
        before, candidate = (steps[-1].after if steps else file.text), patch.as_candidate(one)
        if isinstance(candidate, NewRow) and patch.is_there(before, candidate):
            raise _known(one)
        after = provenance.signed(store.rootdir, one, before, patch.insert(before, candidate, order))
        python_file.tree(after, file.name)
        steps.append(Step(suggestion=one, before=before, after=after))
    return steps


def _known(one: Suggestion) -> RefusedError:
    return RefusedError(
        f"{one.test.names[0]} in {one.target.path} has this case already\n"
        "It was not put in again.\n"
        f"Turn it down:  pytest-enrich reject {one.id} --reason duplicate"
    )
