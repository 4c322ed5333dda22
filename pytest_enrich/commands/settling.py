"""What a killed command left: the decisions on the disk and the test files tell what had happened."""

from __future__ import annotations

import contextlib

from pytest_enrich.commands.taking import sha256, undone
from pytest_enrich.data import Decision, Suggestion
from pytest_enrich.errors import RefusedError
from pytest_enrich.store import Store, disk, rejected, turn


def settle_interrupted(store: Store) -> tuple[str, ...]:
    """Finish what a killed command left: ids whose accept never reached the test file and wait again.

    An accepted suggestion that still lies in `pending/` was being accepted. If its file is as it was before,
    nothing happened; else the test is in it, and the decision stands. While another process is deciding, what
    looks interrupted is its own.
    """
    with contextlib.suppress(RefusedError):
        if _interrupted(store):  # nothing is written where there is nothing to settle
            with turn.taken(store, patience=0):
                return tuple(one.id for decision, one in _interrupted(store) if _waits_again(store, decision, one))
    return ()


def refuse_decided(store: Store, one: Suggestion) -> None:
    """Another process may have been faster.

    Raises:
        RefusedError: It was.
    """
    state = store.state(one)
    if state != "pending":
        raise RefusedError(f"{one.id} was {state} meanwhile\nNothing was changed.\nSee:  pytest-enrich list")


def _interrupted(store: Store) -> list[tuple[Decision, Suggestion]]:
    latest = {(one.id, one.body): one for one in store.decisions()}
    found = ((latest.get((one.id, one.test.body_sha256)), one) for one in store.lying("pending"))
    return [(decision, one) for decision, one in found if decision and decision.verb != "undo"]


def _waits_again(store: Store, decision: Decision, one: Suggestion) -> bool:
    """Settle one: whether nothing had come of the decision, or else it is finished now."""
    if decision.verb == "accept" and _current(store, decision.path) == decision.before:
        store.note(undone(decision, why="interrupted"))
        store.withdraw(one) if one.kind == "bug" else None  # it waits in `bugs/`
        return True
    _remember(store, decision, one)
    store.settle(decision)
    return False


def _remember(store: Store, decision: Decision, one: Suggestion) -> None:
    """Write the line of a rejection that was killed before it was in the committed file."""
    gap, lines = one.gap, rejected.read(store.rootdir)
    if decision.verb == "reject" and not lines.is_rejected(one.id, decision.body, gap.path, gap.qualname):
        when = decision.at[:10]
        line = rejected.of(one, scope=decision.scope, reason=decision.reason, when=when, note=decision.note)
        rejected.append(store.rootdir, line)


def _current(store: Store, path: str) -> str:
    content = disk.read((store.rootdir / path).resolve())
    return "" if content is None else sha256(content)
