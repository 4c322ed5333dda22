"""`search`: call the function directly, with inputs that take the missing branch, and say what was seen.

Record what existing tests pass, explore from there inside the sandbox, and write each finding as a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from msgspec.structs import replace

from pytest_enrich.data import Call, Candidate, Explored, Finding, Kept, NewTest, Origin
from pytest_enrich.proposers import exploring
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.writing import findings, names
from pytest_enrich.writing.findings import FindingRenderer
from pytest_enrich.writing.shape import shapes

BODIES = {"class", "module"}
MOST_ADDED = 2
"""How many lines a test may grow by in order to notice more."""
MOST_SHARPENED = 2
Rewrite: TypeAlias = Callable[[Task, Explored], Iterator[Candidate]]
"""Makes better candidates of what was found."""


class SearchProposer:
    """Finds tests by search; everything runs in `sandbox`.

    A finding becomes a test of its own only after what `better` makes of it.
    """

    name = "search"

    def __init__(self, sandbox: Sandbox, better: Rewrite = lambda _task, _explored: iter(())) -> None:
        self._sandbox = sandbox
        self._better = better

    def propose(self, task: Task) -> Iterator[Candidate]:
        """One candidate for each input found, those that close the most first."""
        target = task.target
        if target.kind in BODIES or task.has_asked(self.name):
            return
        recorded = exploring.record(target, self._sandbox, seconds=task.seconds)
        if not target.entries and not recorded.through:
            return
        explored = exploring.explore(task, recorded, self._sandbox)
        if explored is not None:
            yield from self._better(task, explored)
            yield from findings.render(task, explored, Origin(proposer=self.name, seed=task.seed))


def sharpen(task: Task, candidate: Candidate, call: Call, *, sandbox: Sandbox) -> Iterator[list[NewTest]]:
    """Tests that notice more: of a call that tells mutants apart which `candidate`, found by search, let live.

    First a test of the call instead of the candidate, then the candidate extended by it; tests of a smaller call
    with the same outcome come before those of the given one.
    """
    if isinstance(candidate, NewTest) and (explored := exploring.look(task, call, sandbox)) is not None:
        renderer = FindingRenderer.of(task, candidate.origin, explored.aliases)
        for finding in explored.findings[:MOST_SHARPENED]:
            yield [*_sharper(task, candidate, finding, renderer)]


def _sharper(task: Task, candidate: NewTest, finding: Finding, renderer: FindingRenderer) -> Iterator[NewTest]:
    alone, both = renderer.write(finding), renderer.extend(candidate, finding)
    if alone is not None and _added_lines(alone, candidate) <= 1 and set(candidate.gaps) <= set(alone.gaps):
        yield replace(alone, origin=candidate.origin)
    if both is None or _added_lines(both, candidate) > MOST_ADDED or _is_stated(task, both, candidate):
        return
    is_variant = {*shapes(candidate.code)} == {*shapes(both.code)}
    # Only if both are about the same situation.
    if is_variant and alone is not None and names.unnumbered(alone.name) == names.unnumbered(candidate.name):
        yield both


def _added_lines(test: NewTest, candidate: NewTest) -> int:
    return test.code.count("\n") - candidate.code.count("\n")


def _is_stated(task: Task, both: NewTest, candidate: NewTest) -> bool:
    """Whether a test that was kept for the same function already states what `both` adds."""
    added = both.code.removeprefix(candidate.code)
    kept = (attempt.candidate for attempt in task.attempts if isinstance(attempt.verdict, Kept))
    return any(added in test.code for test in kept if isinstance(test, NewTest))
