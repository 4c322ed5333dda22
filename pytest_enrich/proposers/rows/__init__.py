"""`rows`: existing tests with other values, so that a person reviews just one more row of a list they know.

Take the tests that come nearest to a gap, run them in the sandbox with other values until one takes the missing
branch, and write that one as a row, as a test beside it, or as a test of what it raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data import (
    Argument,
    Candidate,
    Explored,
    NewRow,
    NewTest,
    Origin,
    Pattern,
    Template,
    Variant,
    Varied,
    Vary,
)
from pytest_enrich.proposers.exploring import answered
from pytest_enrich.proposers.rows import asking, failure, row, sibling
from pytest_enrich.proposers.rows.addable import METHOD
from pytest_enrich.proposers.rows.reading import Sheet
from pytest_enrich.proposers.rows.rendering import VariantRenderer
from pytest_enrich.protocols import Sandbox, Task
from pytest_enrich.writing.syntax import is_expression

# Beyond the variation itself: starting pytest, simplifying variants and looking at them.
START_SECONDS = 60.0
IS_ROW = attrgetter("is_row")
OFFERED_EXECUTIONS, OFFERED_SECONDS = 400, 5.0
"""The budget for trying offered values: little, and the same whatever the task's budget is."""


class Written(Struct, frozen=True):
    """What was made of a variant with these values."""

    values: tuple[Template, ...]
    candidate: Candidate


class RowsProposer:
    """Proposes rows; everything runs in `sandbox`, and `read` gives the text of a test file, "" for none."""

    name = "rows"

    def __init__(self, sandbox: Sandbox, read: Callable[[str], str]) -> None:
        self._sandbox = sandbox
        self._read = read

    def propose(self, task: Task) -> Iterator[Candidate]:
        """One candidate for each variant found: rows, and tests only after their values were tried as rows."""
        if task.has_asked(self.name):
            return
        files = asking.nearest(task.target, self._read, source=task.source_text, seconds=task.seconds)
        others: list[Written] = []
        for number, sheets in enumerate(files):
            if not any(map(IS_ROW, sheets)):
                yield from self._rather_rows(task, others)
                others = []
            started = time.monotonic()
            # Sheets for tests beside lists come last, with the time that is left then.
            share = sum(not of_file[0].is_apart for of_file in files[number:]) or 1
            varied = self._varied(asking.job(task, sheets, share, self._read), sheets)
            if varied is None:
                continue
            left = max(task.seconds - (time.monotonic() - started), task.seconds / len(files))
            task = replace(task, seconds=left, executions=max(task.executions - varied.executions, 1))
            made = list(self._written(task, sheets, varied))
            yield from (written.candidate for written in made if isinstance(written.candidate, NewRow))
            others += [written for written in made if not isinstance(written.candidate, NewRow)]
        yield from self._rather_rows(task, others)

    def of_calls(self, task: Task, explored: Explored) -> Iterator[Candidate]:
        """Rows of tests that pass on the arguments that calls were found to need: a `search.Rewrite`."""
        calls = dict.fromkeys(finding.call.arguments for finding in explored.findings if finding.call.arguments)
        yield from self._rows(task, tuple(calls))

    def _rather_rows(self, task: Task, others: Sequence[Written]) -> Iterator[Candidate]:
        """Rows with the values of these tests, and then the tests."""
        wanted = {gap for written in others for gap in written.candidate.gaps}
        values = dict.fromkeys(value for written in others for value in written.values)
        narrowed = replace(task, target=task.target.without(lambda gap: gap.id not in wanted))
        yield from self._rows(narrowed, tuple((Argument(name="", value=value),) for value in values))
        yield from (written.candidate for written in others)

    def _rows(self, task: Task, offered: tuple[tuple[Argument, ...], ...]) -> Iterator[Candidate]:
        """Rows of parametrized tests with the offered values instead of their own."""
        files = asking.nearest(task.target, self._read, IS_ROW, seconds=task.seconds) if offered else []
        for sheets in files:
            job = replace(
                asking.job(task, sheets, 1, self._read),
                offered=offered,
                executions=min(task.executions, OFFERED_EXECUTIONS),
                seconds=min(task.seconds, OFFERED_SECONDS),
            )
            varied = self._varied(job, sheets)
            made = self._written(task, sheets, varied) if varied is not None else ()
            yield from (written.candidate for written in made if isinstance(written.candidate, NewRow))

    def _written(self, task: Task, sheets: Sequence[Sheet], varied: Varied) -> Iterator[Written]:
        origin = Origin(proposer=self.name, seed=task.seed, executions=varied.executions)
        for variant in sorted(varied.variants, key=lambda variant: _rank(sheets[variant.pattern], variant)):
            sheet = sheets[variant.pattern]
            renderer = VariantRenderer(
                target=task.target,
                text=sheet.text.text,
                placement=sheet.placement,
                origin=replace(origin, rules=variant.rules, doubt=variant.doubt),
                aliases=varied.aliases,
                sheet=sheet,
                variant=variant,
            )
            candidate = _candidate(renderer)
            if candidate is not None:
                # Where tests call the target itself, a test from the search usually notices more.
                spare = variant.spare or (isinstance(candidate, NewTest) and sheet.is_direct(task.target))
                ranked = replace(candidate, origin=replace(candidate.origin, spare=spare))
                yield Written(sheet.values(variant), ranked)

    def _varied(self, job: Vary, sheets: Sequence[Sheet]) -> Varied | None:
        answer = answered(self._sandbox, job, Varied, job.seconds + START_SECONDS)
        return answer if answer is not None and _is_sound(answer, sheets) else None


def _is_sound(answer: Varied, sheets: Sequence[Sheet]) -> bool:
    """Whether the answer fits what was asked: it comes from a process that ran untrusted code."""
    known = range(len(sheets))
    variants = answer.variants
    return all(one.pattern in known and _fits(one, sheets[one.pattern].pattern) for one in variants)


def _fits(variant: Variant, pattern: Pattern) -> bool:
    holes = range(len(pattern.holes))
    if not variant.values or any(hole not in holes for hole, _ in variant.values):
        return False
    changed = [(pattern.holes[hole], value) for hole, value in variant.values]
    known = all(0 <= variant.row < len(hole.values) for hole in pattern.holes)
    looked = all(0 <= seen.point < len(pattern.points) for seen in variant.seen)
    # A method that is called instead is no value: it is written as it is.
    offered = all(value in hole.offers for hole, value in changed if hole.adds == METHOD)
    texts = (text for seen in variant.seen for text in (seen.value, seen.whole) if text)
    return known and looked and offered and all(map(is_expression, (*(value for _, value in changed), *texts)))


def _rank(sheet: Sheet, variant: Variant) -> tuple[bool, bool, bool, int]:
    """A sort key: spares last, then what passes before what raises, rows before tests, more before less."""
    reaches = len(variant.branches) + len(variant.reached)
    return variant.spare, bool(variant.raised), not sheet.is_row, -reaches


def _candidate(renderer: VariantRenderer) -> Candidate | None:
    """The candidate that a variant becomes, if any."""
    sheet, variant = renderer.sheet, renderer.variant
    if sheet.is_apart and sheet.is_of_cases(variant):
        return None  # it was tried as a row, and did not become one
    if variant.raised:
        return failure.write(renderer)
    return row.write_row(renderer) if sheet.is_row else sibling.write(renderer)
