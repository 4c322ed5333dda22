"""A broken promise as a short test of what is promised, and as a suggestion for people to read."""

from __future__ import annotations

import ast
import re

from pytest_enrich import gaps, imports, patch
from pytest_enrich.contracts.function import Broken, Claim
from pytest_enrich.data import Oracle, Placement, Suggestion, Template
from pytest_enrich.data.attempts import OriginPart
from pytest_enrich.data.suggestion import (
    BrokenPart,
    GapPart,
    MadePart,
    ProofPart,
    RunsPart,
    TargetPart,
    TestPart,
)
from pytest_enrich.writing import names
from pytest_enrich.writing.renderer import bindings_of, indented
from pytest_enrich.writing.syntax import relation

_LONGEST = 100
_REASON = 120
_NAME = re.compile(r"⟨(?:[^⟨⟩:.]*\.)*([^⟨⟩:.]*):([^⟨⟩]*)⟩")


def bug(broken: Broken, place: Placement, test_text: str, made: MadePart, proposer: str) -> Suggestion:
    """The suggestion for a broken promise; its test is as in the file at `place` (`test_text`, "" for none)."""
    claim = broken.claim
    bindings = bindings_of(test_text, place.path)
    name = imports.free([test_name(claim)], names.functions(test_text))
    marked = imports.resolve((mark(claim), *body(claim)), bindings)
    alone = imports.resolve(body(claim), bindings)
    code = function(name, alone.codes)
    test = TestPart(
        names=(name,),
        code=code,
        imports=tuple(dict.fromkeys([*alone.imports, *imports.needs(code, bindings).imports])),
        body_sha256=patch.body_sha256(plain(function(name, body(claim)))),
    )
    return Suggestion(
        id=gaps.name_of(claim.path, claim.key),
        kind="bug",
        title=_title(broken),
        look="which of the two is wrong, the words or the code?",
        gap=GapPart(
            path=claim.path,
            qualname=claim.qualname,
            line=claim.line,
            outcome="entered",
            text=claim.quote,
            lines=(),
            branches=(),
            function_sha256="",
        ),
        target=TargetPart(
            path=place.path,
            where="end of file",
            new_file=not test_text,
        ),
        test=test,
        oracle=(Oracle(line=len(code.splitlines()), what=claim.quote, source="docstring", look=True),),
        proof=ProofPart(
            lines_gained=0,
            branches_gained=0,
            runs=RunsPart(passed=0, of=len(broken.runs), modes=broken.runs),
            duration_ms=0.0,
            isolation="",
        ),
        origin=OriginPart(proposer=proposer),
        made=made,
        broken=BrokenPart(
            promise=claim.promise,
            contract=claim.quote,
            contract_line=claim.quote_line,
            call=plain(claim.action),
            observed=broken.observed,
            mark=marked.codes[0],
            mark_imports=tuple(statement for statement in marked.imports if statement not in alone.imports),
        ),
    )


def mark(claim: Claim) -> Template:
    """The decorator that marks the test as known to fail."""
    return f"@⟨pytest:mark⟩.xfail(strict=True, reason={_cut(claim.quote, _REASON)!r})"


def body(claim: Claim) -> tuple[Template, ...]:
    """The statements of the test."""
    if claim.promise == "raises":
        inside = claim.action.replace("\n", "\n    ")
        last = f"with ⟨pytest:raises⟩({claim.expected}):\n    {inside}"
    else:
        last = _compared(claim)
    return (*claim.setup, last)


def function(name: str, codes: tuple[str, ...]) -> str:
    """`def test_...():` with these statements."""
    return "\n".join([f"def {name}():", *(line.rstrip() for line in indented(codes))]) + "\n"


def test_name(claim: Claim) -> str:
    """`test_refund_does_what_its_docstring_says`."""
    words = re.sub(r"\W+", "_", claim.qualname).strip("_").lower()
    end = f"raises_{_bare(claim.expected).lower()}" if claim.promise == "raises" else "as_documented"
    return f"test_{words}_{end}"


def plain(code: Template) -> str:
    """A template as people write it: names without their modules."""
    return _NAME.sub(lambda match: match[2] or match[1], code)


def _compared(claim: Claim) -> Template:
    expected = " ".join(claim.expected.split("\n"))
    if expected in {"None", "True", "False"}:
        return f"assert {relation(claim.action, 'is', expected)}"
    if isinstance(ast.literal_eval(claim.expected), float):
        expected = f"⟨pytest:approx⟩({expected}, rel=0.01)"
    return f"assert {relation(claim.action, '==', expected)}"


def _title(broken: Broken) -> str:
    claim, observed = broken.claim, broken.observed
    raised = re.match(r"raised (\w+)", observed)
    if raised:
        problem = raised[1]
    elif claim.promise == "raises":
        problem = f"no {_bare(claim.expected)}"
    else:
        problem = f"{observed.removeprefix('returned ')}, not {claim.expected}"
    return _cut(f"{claim.qualname}: {problem}", _LONGEST)


def _cut(text: str, most: int) -> str:
    """The text on one line, with at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def _bare(name: Template) -> str:
    return plain(name).rpartition(".")[2]
