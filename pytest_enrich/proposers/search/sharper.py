"""Tests that notice more: of a call that told mutants apart which the test of another one let live."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from pytest_enrich.data import Call, Candidate, NewTest
from pytest_enrich.proposers.search import exploring
from pytest_enrich.proposers.search.write import Desk
from pytest_enrich.protocols import Sandbox, Task

MOST_LINES = 2


def sharpen(task: Task, candidate: Candidate, call: Call, *, sandbox: Sandbox) -> Iterator[NewTest]:
    """A test of `call` in the place of `candidate`, which one search found; then `candidate` with that, too."""
    explored = exploring.look(task, call, sandbox) if isinstance(candidate, NewTest) else None
    if explored is None or not isinstance(candidate, NewTest):
        return
    lines = len(candidate.code.splitlines())
    desk = Desk.of(task, explored.aliases, candidate.origin)
    for finding in explored.findings[:1]:
        alone, both = desk.write(finding), desk.extend(candidate, finding)
        if (
            alone is not None
            and len(alone.code.splitlines()) <= lines + 1
            and set(candidate.gaps) <= set(alone.gaps)
        ):
            yield replace(alone, origin=candidate.origin)
        if both is not None and len(both.code.splitlines()) <= lines + MOST_LINES:
            yield both
