"""A kept attempt as what a person reviews, with what its test needs of others; and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec.structs import asdict

from pytest_enrich.data import Attempt, Candidate, Gap, Kept, NewRow, NewTest, Origin, Placement, Suggestion
from pytest_enrich.data.suggestion import (
    GapPart,
    MadePart,
    NearestPart,
    OriginPart,
    ProofPart,
    RunsPart,
    TargetPart,
    TestPart,
)
from pytest_enrich.imports import needs, read
from pytest_enrich.patch import row
from pytest_enrich.patch.body import body_of, nearest_case, nearest_test
from pytest_enrich.patch.scope import quotes, requote


def suggest(  # noqa: PLR0913 - each is known to another part of a run
    attempt: Attempt,
    gap: Gap,
    others: Sequence[Gap],
    test_text: str | None,
    *,
    made: MadePart,
    isolation: str,
) -> Suggestion:
    """The suggestion that closes `gap`, and `others` with it.

    Args:
        attempt: A kept one.
        gap: The one that the suggestion is named after.
        others: What else it closes.
        test_text: The test file as `decode` gives it, None for a new one.
        made: When and with what.
        isolation: How the sandbox kept it apart while it was proven.

    Raises:
        RefusedError: The test file is not Python.
    """
    test, verdict = attempt.candidate, attempt.verdict
    assert isinstance(verdict, Kept), "only what was kept becomes a suggestion"
    return Suggestion(
        id=gap.id,
        kind="row" if isinstance(test, NewRow) else "test",
        grade=verdict.grade,
        title=test.title,
        look=test.look,
        gap=_gap(gap, others, attempt.digest),
        target=_target(test, test_text),
        test=_row(test, test_text or "") if isinstance(test, NewRow) else _test(test, test_text),
        oracle=test.oracle,
        proof=_proof(verdict, isolation, _nearest(test, test_text or "")),
        origin=OriginPart(**{name: getattr(test.origin, name) for name in OriginPart.__struct_fields__}),
        made=made,
    )


def as_candidate(suggestion: Suggestion) -> Candidate:
    """The test or the row that a suggestion holds, as `insert` and `remove` take it."""
    test = _as_test(suggestion)
    return NewRow(**asdict(test), argnames=suggestion.test.argnames) if suggestion.kind == "row" else test


def in_gap_order(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """In the order of the source that they test, which is the order of tests with one anchor."""
    return sorted(suggestions, key=lambda suggestion: (suggestion.gap.path, suggestion.gap.line, suggestion.id))


def _as_test(suggestion: Suggestion) -> NewTest:
    target, test, broken = suggestion.target, suggestion.test, suggestion.broken
    return NewTest(
        name=test.names[0],
        code=f"{broken.mark}\n{test.code}" if broken else test.code,
        imports=(*test.imports, *broken.mark_imports) if broken else test.imports,
        placement=Placement(
            path=target.path,
            owner=target.owner,
            anchor=target.anchor,
            style=target.style,
            new_file=target.new_file,
        ),
        title=suggestion.title,
        look=suggestion.look,
        oracle=suggestion.oracle,
        origin=Origin(**asdict(suggestion.origin)),
        gaps=(suggestion.id, *suggestion.gap.also_closes),
    )


def _gap(gap: Gap, closed: Sequence[Gap], digest: str) -> GapPart:
    others = [other for other in closed if other.id != gap.id]
    return GapPart(
        path=gap.path,
        qualname=gap.qualname,
        line=gap.line,
        outcome=gap.outcome,
        text=gap.text,
        lines=gap.lines,
        branches=gap.branches,
        function_sha256=digest,
        also_closes=tuple(other.id for other in others),
        also_lines=tuple(sorted({line for other in others for line in other.lines} - {*gap.lines})),
    )


def _target(test: Candidate, text: str | None) -> TargetPart:
    placement = test.placement
    end: Literal["end of class", "end of file"] = "end of class" if placement.owner else "end of file"
    beside: Literal["after", "in"] = "in" if isinstance(test, NewRow) else "after"
    return TargetPart(
        path=placement.path,
        where=beside if placement.anchor or beside == "in" else end,
        owner=placement.owner,
        anchor=test.name if beside == "in" else placement.anchor,
        style=placement.style,
        new_file=text is None,
    )


def _test(test: NewTest, text: str | None) -> TestPart:
    known = read(text or "", path=test.placement.path)
    needed = needs(test.code, known)
    return TestPart(
        names=(test.name,),
        code=requote(test.code, quotes(text or "")),
        imports=tuple(dict.fromkeys([*test.imports, *needed.imports])),
        body_sha256=body_of(test),
    )


def _row(test: NewRow, text: str) -> TestPart:
    """As `_test`; it runs in a copy of its file, so that whatever it needs is there."""
    known = read(text, path=test.placement.path)
    code = row.written(text, test)
    needed = needs(code.strip().removeprefix("@"), known)
    return TestPart(
        names=(test.name,),
        code=code,
        imports=tuple(dict.fromkeys([*test.imports, *needed.imports])),
        body_sha256=body_of(test),
        argnames=test.argnames,
    )


def _nearest(test: Candidate, text: str) -> NearestPart | None:
    return nearest_case(test, text) if isinstance(test, NewRow) else nearest_test(test, text)


def _proof(verdict: Kept, isolation: str, like: NearestPart | None) -> ProofPart:
    runs = len(verdict.runs)
    return ProofPart(
        lines_gained=len(verdict.lines),
        branches_gained=len(verdict.branches),
        runs=RunsPart(passed=runs, of=runs, modes=verdict.runs, left_out=verdict.left_out),
        duration_ms=round(verdict.seconds * 1000, 1),
        isolation=isolation,
        mutants=verdict.mutants,
        nearest_test=like,
    )
