"""The cases that a row adds: those that pytest collects with it and not without it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich import patch
from pytest_enrich.data import Answered, Dropped, NewRow, Prove, Proved, TestOutcome
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.validate import gain
from pytest_enrich.validate.proof import SHOWN


class _Runs(Struct, frozen=True):
    """How the cases of a test ended, by node id, without the row and with it."""

    before: dict[str, TestOutcome]
    after: dict[str, TestOutcome]


def find(task: Task, row: NewRow, text: str, sandbox: Sandbox, timeout: float) -> tuple[str, ...] | Dropped:
    """The node ids of the cases that come with `row`; for an `@example`, which has none of its own, the test's.

    Args:
        task: With the test file's text.
        row: Untrusted.
        text: The test file's text with it.
        sandbox: Where the test runs, twice.
        timeout: Seconds of wall clock for each.

    Returns:
        At least one, or why the row is dropped: cases that exist may neither get another name nor end otherwise.
    """
    scopes, place = patch.carriers(task.test_text, row), row.placement.path
    measured = () if row.argnames else (task.target.path,)
    before = _run(Prove(path=place, text=task.test_text, tests=scopes, measure=measured), sandbox, timeout)
    if isinstance(before, Dropped):
        return before
    if not row.argnames and _closed(task, row, before):
        return Dropped(rung="gains", reason="its test closes the gap without it")
    after = _run(Prove(path=place, text=text, tests=scopes), sandbox, timeout)
    if isinstance(after, Dropped):
        return after
    runs = _Runs(_by_id(before), _by_id(after))
    return _changed(runs) or _new(runs, row, scopes)


def _run(job: Prove, sandbox: Sandbox, timeout: float) -> Proved | Dropped:
    execution = sandbox.execute(job, timeout=timeout)
    if not isinstance(execution, Answered):
        return Dropped(rung="runs", reason=execution.reason, detail=execution.detail[-SHOWN:])
    if not isinstance(execution.answer, Proved):
        return Dropped(rung="runs", reason="bad answer")
    return execution.answer


def _closed(task: Task, row: NewRow, before: Proved) -> bool:
    """Whether an `@example` is credited with what its test does by itself: drawing, it may come by any gap."""
    meant = [gap for gap in task.target.gaps if gap.id in row.gaps]
    return len(gain.gained(before, task.target.path, meant)[0]) == len(meant)


def _by_id(proved: Proved) -> dict[str, TestOutcome]:
    return {one.nodeid: one for one in proved.outcomes}


def _changed(runs: _Runs) -> Dropped | None:
    """Why the row is not just one more, if it is not."""
    gone = [nodeid for nodeid in runs.before if nodeid not in runs.after]
    if gone:
        detail = "; ".join([*gone, *(one.detail for one in runs.after.values() if one.result == "error")])
        return Dropped(rung="runs", reason="cases that exist are gone with it", detail=detail[-SHOWN:])
    other = [nodeid for nodeid, one in runs.before.items() if runs.after[nodeid].result != one.result]
    if other:
        detail = "; ".join(f"{nodeid}: {runs.after[nodeid].detail}" for nodeid in other)
        return Dropped(rung="passes", reason="cases that exist end otherwise with it", detail=detail[-SHOWN:])
    return None


def _new(runs: _Runs, row: NewRow, scopes: Sequence[str]) -> tuple[str, ...] | Dropped:
    """Those that came; a run cannot choose others than those of its tests to answer for it."""
    wanted = runs.after if not row.argnames else [one for one in runs.after if one not in runs.before]
    inside = tuple(mark for scope in scopes for mark in (f"{scope}[", f"{scope}::"))
    new = tuple(one for one in wanted if one in scopes or one.startswith(inside))
    whole = [runs.after[one].detail for one in new if one in scopes]
    if row.argnames and whole:
        return Dropped(rung="runs", reason="was not collected as a case", detail=whole[0][-SHOWN:])
    return new or Dropped(rung="runs", reason="was not collected as a case")
