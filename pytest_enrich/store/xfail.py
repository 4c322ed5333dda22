"""A possible bug as a test that is known to fail: what a person takes, and what a review shows."""

from __future__ import annotations

from pytest_enrich.data import Oracle, PossibleBug, Suggestion
from pytest_enrich.data.suggestion import GapPart, OriginPart, ProofPart, RunsPart, TestPart


def xfail(bug: PossibleBug) -> Suggestion:
    """What a person takes with `pytest-enrich xfail`: strict, so that it tells when it is mended."""
    test = TestPart(
        names=bug.test.names,
        code=f"{bug.mark}\n{bug.test.code}",
        imports=(*bug.test.imports, *bug.mark_imports),
        body_sha256=bug.test.body_sha256,
    )
    return Suggestion(
        id=bug.id,
        kind="bug",
        title=bug.title,
        look="which of the two is wrong, the words or the code?",
        gap=GapPart(
            path=bug.path,
            qualname=bug.qualname,
            line=bug.line,
            outcome="entered",
            text=bug.contract,
            lines=(),
            branches=(),
            function_sha256="",
        ),
        target=bug.target,
        test=test,
        oracle=(Oracle(line=len(test.code.splitlines()), what=bug.contract, source="docstring", look=True),),
        proof=ProofPart(
            lines_gained=0,
            branches_gained=0,
            runs=RunsPart(passed=0, of=len(bug.runs), modes=bug.runs),
            duration_ms=0.0,
            isolation="",
        ),
        origin=OriginPart(proposer=bug.proposer),
        made=bug.made,
    )
