"""One test of a suggestion, proven again in today's files: for a person who has edited it."""

from __future__ import annotations

from contextlib import closing

from msgspec.structs import replace

from pytest_enrich import gaps, patch
from pytest_enrich.config import Settings
from pytest_enrich.data import Gap, Reproof, Suggestion, Target
from pytest_enrich.protocols import Task
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox
from pytest_enrich.session import scope
from pytest_enrich.validate import grade, version


def prove(settings: Settings, one: Suggestion) -> Reproof:
    """How the suggestion's test fares in the sandbox that a run would have.

    Raises:
        OSError, SyntaxError, ValueError, RefusedError: Its source or its test file cannot be read.
    """
    text = scope.read(settings.rootdir / one.gap.path)
    place = gaps.identify(one.gap.path, text).get(one.id)
    if place is None:
        return Reproof(trouble="the code changed since the suggestion was made")
    task = _task(settings, one, text, place[1])
    fresh = ProcessSandbox(
        settings.rootdir,
        settings.pytest_args,
        settings.env,
        layers=isolation.choose(settings.sandbox, settings.rootdir),
    )
    with closing(ForkserverSandbox(fresh)) as sandbox:
        found = version.examine(task, patch.as_candidate(one), one.test.names, sandbox, timeout=settings.timeout)
    return _beside(one, found)


def _beside(one: Suggestion, found: Reproof) -> Reproof:
    """With what existing tests notice: the suggestion's proof knows it, and they are the same."""
    known = {tried.change for tried in one.proof.mutants.list if tried.killed_before}
    tried = tuple(replace(each, killed_before=each.change in known) for each in found.mutants.list)
    return replace(found, mutants=replace(found.mutants, list=tried), grade=grade.grade(tried))


def _task(settings: Settings, one: Suggestion, text: str, line: int) -> Task:
    test_file = settings.rootdir / one.target.path
    test_text = patch.decode(test_file.read_bytes(), one.target.path) if test_file.exists() else ""
    candidate = patch.as_candidate(one)
    target = Target(
        path=one.gap.path,
        qualname=one.gap.qualname,
        module="",
        kind="function",
        first_line=line,
        last_line=line,
        source="",
        gaps=(_gap(one, line - one.gap.line),),
        placement=replace(candidate.placement, new_file=not test_file.exists()),
        digest=one.gap.function_sha256,
    )
    return Task(target=target, attempts=(), test_text=test_text, seconds=0, executions=0, seed=0, source_text=text)


def _gap(one: Suggestion, moved: int) -> Gap:
    """The suggestion's gap where it is today."""
    return Gap(
        id=one.id,
        path=one.gap.path,
        qualname=one.gap.qualname,
        line=one.gap.line + moved,
        outcome=one.gap.outcome,  # type: ignore[arg-type]
        text=one.gap.text,
        lines=tuple(each + moved for each in one.gap.lines),
        branches=tuple((_moved(start, moved), _moved(end, moved)) for start, end in one.gap.branches),
    )


def _moved(line: int, by: int) -> int:
    """Ends of branches that leave the code are negative."""
    return line + by if line > 0 else line - by
