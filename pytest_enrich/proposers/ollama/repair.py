"""A whole test of a model's that failed: shown to it once more, or with the value that was seen.

`repair` shows the model how its own test ended, once, and takes what it makes of it. What `Corrected` can mend
without asking is left to that: there the expected value was not what the code gave, and that they disagree is
said in the question that a person answers. Where the docstring has the model's value neither does anything: the
code may be wrong, and a test that states what it does would only hide that.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import Attempt, Candidate, Dropped, Gap, NewTest, Oracle, Target
from pytest_enrich.imports import parsed
from pytest_enrich.proposers.ollama import prompt, scenario
from pytest_enrich.proposers.ollama.asking import Asker
from pytest_enrich.proposers.ollama.scenario import Writer
from pytest_enrich.protocols import Task
from pytest_enrich.writing.syntax import literal_value

NAME = "repair"
MOST = 2
RUNGS = {"asserts", "passes", "gains"}
"""Where a test misses that a second look may mend; what is not allowed or flaky is no start for another."""

LONGEST_SEEN = 80
_FAILED = re.compile(r"^>? +(assert .+)\n(?: +[~^ ]+\n)?E ", re.MULTILINE)
_SEEN = re.compile(r"^E +(?:AssertionError: )?assert (.+)$", re.MULTILINE)
_TELLING = 3
"""A shorter value stands in any docstring."""


class Repair:
    """The strategy as a proposer; it comes after `scenario` and `corrected`, whose attempts it looks at."""

    name = "ollama"

    def __init__(self, asker: Asker, excluded: Sequence[str] = ()) -> None:
        self._writer = Writer(asker, excluded)

    def propose(self, task: Task) -> Iterator[Candidate]:
        """For each of the model's tests that failed, what it writes after having seen how: one round."""
        taken: frozenset[str] = frozenset()
        for test, failure in list(_failed(task))[:MOST]:
            gap = _gap(task.target, test)
            if gap is None or not self._writer.may_ask(task.target, NAME):
                continue
            messages = prompt.repair(self._writer.messages(task, gap), test.code, failure)
            for repaired in self._writer.ask(NAME, task, gap, messages, taken):
                if repaired.code.partition("(")[2] != test.code.partition("(")[2]:
                    taken |= {repaired.name}
                    yield repaired


def described(verdict: Dropped) -> str:
    """How a test ended, in a few lines without paths."""
    if verdict.rung == "gains":
        return "It passes, but does not get to the marked line."
    if verdict.rung == "asserts":
        return "It asserts nothing about the code."
    lines = [line.strip() for line in verdict.detail.splitlines() if re.match(r"E |>", line)]
    shown = "\n".join(line for line in lines if line)[: prompt.MOST_FAILURE]
    return f"It failed:\n{shown}" if shown else f"It {verdict.reason}."


class Corrected:
    """Asks nobody: it looks at how the tests of a strategy failed, `scenario` or `repair`."""

    name = "ollama"

    def __init__(self, strategy: str = scenario.NAME) -> None:
        self._strategy = strategy

    def propose(self, task: Task) -> Iterator[Candidate]:
        """Each test that failed at a comparison with a literal, with the other value."""
        for attempt in task.attempts:
            is_its = attempt.candidate.origin.strategy == self._strategy
            if is_its and (corrected := _corrected(attempt, task.target.docstring or "")) is not None:
                yield corrected


def _failed(task: Task) -> Iterator[tuple[NewTest, str]]:
    """The tests to be repaired, with what is told of their end."""
    for attempt in task.attempts:
        test, verdict = attempt.candidate, attempt.verdict
        is_first_try = test.origin.strategy == scenario.NAME and test.origin.seed == task.seed
        if is_first_try and isinstance(verdict, Dropped) and verdict.rung in RUNGS:
            is_ours = _disagreement(attempt) is None  # else `Corrected` mends it
            if isinstance(test, NewTest) and is_ours and len(test.code) <= prompt.MOST_TEST:
                yield test, described(verdict)


def _gap(target: Target, test: NewTest) -> Gap | None:
    """The gap that the test was written for, if it is still open."""
    return next((gap for gap in target.gaps if gap.id == test.gaps[0]), None)


class _Disagreement(Struct, frozen=True, kw_only=True):
    """A test whose `tree` states at `place` another value than the one that was `seen`."""

    test: NewTest
    tree: ast.Module
    place: ast.Compare
    seen: str


def _disagreement(attempt: Attempt) -> _Disagreement | None:
    test, verdict = attempt.candidate, attempt.verdict
    if not isinstance(test, NewTest) or not isinstance(verdict, Dropped) or verdict.rung != "passes":
        return None
    tree = ast.parse(test.code)
    place = _place(tree, verdict.detail)
    seen = _seen(verdict.detail, place.comparators[0]) if place else None
    return _Disagreement(test=test, tree=tree, place=place, seen=seen) if place and seen else None


def _corrected(attempt: Attempt, docstring: str) -> NewTest | None:
    disagreement = _disagreement(attempt)
    if disagreement is None:
        return None
    place, seen = disagreement.place, disagreement.seen
    expected = ast.unparse(place.comparators[0])
    if len(expected) > _TELLING and expected in docstring:
        return None
    place.comparators[0] = ast.parse(seen, mode="eval").body
    return replace(
        disagreement.test,
        code=ast.unparse(disagreement.tree) + "\n",
        look=f"the model expected {expected}, {seen} was seen when the code ran: which one is right?",
        oracle=tuple(_oracle(oracle, place, seen) for oracle in disagreement.test.oracle),
    )


def _place(tree: ast.Module, detail: str) -> ast.Compare | None:
    """The comparison that failed, when it is one with a literal."""
    failed = _FAILED.search(detail)
    line = _plain(failed[1]) if failed else ""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and ast.unparse(node) == line:
            test = node.test
            is_plain = isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
            return test if isinstance(test, ast.Compare) and is_plain else None
    return None


def _plain(line: str) -> str:
    """A statement as `ast` writes it: the test file may have quotes of another kind."""
    tree = parsed(line.strip())
    return ast.unparse(tree) if tree else ""


def _seen(detail: str, expected: ast.expr) -> str | None:
    """The literal that stood on the left, read back from what pytest shows; None when it is none, or is cut."""
    shown = _SEEN.search(detail)
    wanted = literal_value(expected)
    if shown is None or wanted is None:
        return None
    left, compared, right = shown[1].rpartition(f" == {wanted[0]!r}")
    value = literal_value(left)
    is_whole = compared and not right and value is not None and repr(value[0]) == left
    return left if is_whole and len(left) <= LONGEST_SEEN else None


def _oracle(oracle: Oracle, place: ast.Compare, seen: str) -> Oracle:
    is_there = oracle.line == place.lineno
    return replace(oracle, what=seen, source="observed", look=True) if is_there else replace(oracle, look=False)
