"""Jobs for sandboxes: the candidates that a run tried, and existing tests when those are too few."""

from __future__ import annotations

import ast
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import parametrized
from projects import Project

from pytest_enrich import mutants, patch
from pytest_enrich.data import Answered, Attempt, Collect, Collected, Kept, Mutate, NewRow, Prove
from pytest_enrich.errors import RefusedError
from pytest_enrich.sandboxes.process import ProcessSandbox
from pytest_enrich.store import Store

T = TypeVar("T")
TIMEOUT = 60.0
BUDGET = 60.0
"""Seconds for all mutants of a candidate: more than enough, so that none is left out for being late."""


def tried(checkout: Path) -> tuple[Attempt, ...]:
    """What a run that left its journal in a checkout tried, in its order."""
    store = Store(checkout / "enrich-suggestions", checkout)
    return tuple(one.attempt for one in store.attempts())


def drawn(jobs: Iterable[T], number: int) -> list[T]:
    """So many of them, always the same ones, in an order of their own."""
    every = list(jobs)
    return random.Random(0).sample(every, min(number, len(every)))


def of_attempts(root: Path, attempts: Iterable[Attempt]) -> Iterator[Prove]:
    """A proof for each candidate that can be put into its test file in `root`."""
    for attempt in attempts:
        path = attempt.candidate.placement.path
        text = _placed(root, attempt)
        if text is not None:
            yield Prove(path=path, text=text, tests=(_nodeid(text, attempt),), measure=(attempt.path,))


def of_tests(fresh: ProcessSandbox, project: Project) -> Iterator[Prove]:
    """A proof for each existing test function, in a drawn order, with the source file that its name points to.

    Raises:
        SystemExit: The tests cannot be collected.
    """
    root = fresh.rootdir
    files = project.test_files(root)
    asked = Collect(tests=project.tests)
    execution = fresh.execute(asked, timeout=TIMEOUT)
    if not isinstance(execution, Answered) or not isinstance(execution.answer, Collected):
        sys.exit(f"the tests cannot be collected: {execution}")
    nodes = sorted({(item.path, item.nodeid) for item in execution.answer.items})
    for path, nodeid in drawn(nodes, len(nodes)):
        text = (root / path).read_text(encoding="utf-8")
        yield Prove(path=path, text=text, tests=(nodeid,), measure=(_subject(project, root, path, files),))


def of_mutants(root: Path, attempts: Iterable[Attempt]) -> Iterator[Mutate]:
    """For each candidate that was kept: it against the mutants of its whole function, more than one."""
    for attempt in attempts:
        text = _placed(root, attempt)
        if not isinstance(attempt.verdict, Kept) or text is None:
            continue
        source = (root / attempt.path).read_text(encoding="utf-8")
        inside = parametrized.inside(ast.parse(source), attempt.qualname)
        made = mutants.make(source, inside)
        if len(made) > 1:
            yield Mutate(
                path=attempt.candidate.placement.path,
                text=text,
                tests=(_nodeid(text, attempt),),
                source=attempt.path,
                source_text=source,
                mutants=made,
                budget=BUDGET,
            )


def _placed(root: Path, attempt: Attempt) -> str | None:
    """The test file with the candidate in it; None when it does not fit in."""
    path = root / attempt.candidate.placement.path
    try:
        text = patch.decode(path.read_bytes(), str(path)) if path.exists() else ""
        return patch.insert(text, attempt.candidate)
    except RefusedError:
        return None


def _nodeid(text: str, attempt: Attempt) -> str:
    """What pytest calls the candidate; of a row, the test with all its cases."""
    candidate = attempt.candidate
    if isinstance(candidate, NewRow):
        return patch.Cases(text, candidate).carrier
    place = candidate.placement
    return "::".join([place.path, *(place.owner.split(".") if place.owner else []), candidate.name])


def _subject(project: Project, root: Path, test: str, tests: Sequence[Path]) -> str:
    """The source file that a test file's name points to, else the largest."""
    found = [file for source in project.source for file in (root / source).rglob("*.py") if file not in tests]
    named = [file for file in found if file.stem == Path(test).stem.removeprefix("test_")]
    return max(named or found, key=lambda file: file.stat().st_size).relative_to(root).as_posix()
