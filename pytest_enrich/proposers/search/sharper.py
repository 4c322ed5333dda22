"""Tests that notice more: of a call that told mutants apart which the test of another one let live."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from pytest_enrich.data import Call, Candidate, Finding, Kept, NewTest
from pytest_enrich.proposers.search import exploring, names
from pytest_enrich.proposers.search.write import Desk, renamed
from pytest_enrich.protocols import Sandbox, Task

MOST_LINES = 2


def sharpen(task: Task, candidate: Candidate, call: Call, *, sandbox: Sandbox) -> Iterator[list[NewTest]]:
    """A test of `call` in the place of `candidate`, which one search found; then `candidate` with that, too.

    First those of a smaller call of which there is the same to say, then of the one that is given.
    """
    explored = exploring.look(task, call, sandbox) if isinstance(candidate, NewTest) else None
    if explored is not None and isinstance(candidate, NewTest):
        desk = Desk.of(task, explored.aliases, candidate.origin)
        yield from ([*_sharper(task, candidate, finding, desk)] for finding in explored.findings[:2])


def _sharper(task: Task, candidate: NewTest, finding: Finding, desk: Desk) -> Iterator[NewTest]:
    alone, both = desk.write(finding), desk.extend(candidate, finding)
    if alone is not None and _more_lines(alone, candidate) <= 1 and set(candidate.gaps) <= set(alone.gaps):
        yield replace(alone, origin=candidate.origin)
    if both is not None and _more_lines(both, candidate) <= MOST_LINES and not _is_stated(task, both, candidate):
        yield _truly_named(desk, both, finding)


def _truly_named(desk: Desk, both: NewTest, finding: Finding) -> NewTest:
    """Under a name that speaks of no exception where behind the calls that raise comes one that does not."""
    subject, _, raised = both.name.partition("_raises_")
    raises = raised and both.oracle[0].what.startswith("raises ") and finding.observations[0].subject != "raises"
    return renamed(both, names.free([subject], desk.taken - {both.name})) if raises else both


def _more_lines(one: NewTest, other: NewTest) -> int:
    return one.code.count("\n") - other.code.count("\n")


def _is_stated(task: Task, both: NewTest, candidate: NewTest) -> bool:
    """Whether a test that was kept for the same function states already what `both` has more."""
    added = both.code.removeprefix(candidate.code)
    kept = (one.candidate for one in task.attempts if isinstance(one.verdict, Kept))
    return any(added in one.code for one in kept if isinstance(one, NewTest))
