"""A test that notices more: of a call that told mutants apart which the test of another one let live."""

from __future__ import annotations

from msgspec.structs import replace

from pytest_enrich.data import Call, Candidate, NewTest
from pytest_enrich.proposers.search import exploring
from pytest_enrich.protocols import Sandbox, Task


def sharpen(task: Task, candidate: Candidate, call: Call, *, sandbox: Sandbox) -> NewTest | None:
    """A test of `call` in the place of `candidate`, which the same search found; None when none can be written."""
    if not isinstance(candidate, NewTest):
        return None
    explored = exploring.look(task, call, sandbox)
    if explored is None:
        return None
    made = next(exploring.written(task, explored, candidate.origin), None)
    if made is None or len(made.code.splitlines()) > _longest(candidate):
        return None
    return replace(made, origin=candidate.origin)


def _longest(candidate: NewTest) -> int:
    """Lines that it may have: a little more is worth it."""
    return len(candidate.code.splitlines()) + 1
