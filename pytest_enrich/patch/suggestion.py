"""A kept attempt as what a person reviews, with what its test needs of others; and back."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Sequence
from typing import Literal
from unittest import TestCase

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
from pytest_enrich.imports.text import parse
from pytest_enrich.patch import row
from pytest_enrich.patch.body import body_of, nearest_case, nearest_test
from pytest_enrich.patch.difference import blob_id, encode
from pytest_enrich.patch.scope import quotes, requote


def suggest(  # noqa: PLR0913 - each is known to another part of a run
    attempt: Attempt,
    gap: Gap,
    others: Sequence[Gap],
    test_text: str | None,
    *,
    made: MadePart,
    isolation: str,
    package: str = "",
) -> Suggestion:
    """The suggestion that closes `gap`, and `others` with it.

    Args:
        attempt: A kept one.
        gap: The one that the suggestion is named after.
        others: What else it closes.
        test_text: The test file as `decode` gives it, None for a new one.
        made: When and with what.
        isolation: How the sandbox kept it apart while it was proven.
        package: The dotted package of the test file, for its relative imports.

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
        test=_row(test, test_text or "", package) if isinstance(test, NewRow) else _test(test, test_text, package),
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
    return sorted(suggestions, key=lambda one: (one.gap.path, one.gap.line, one.id))


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
        sha256="" if text is None else hashlib.sha256(encode(text)).hexdigest(),
        blob="" if text is None else blob_id(text)[:7],
    )


def _test(test: NewTest, text: str | None, package: str) -> TestPart:
    known = read(text or "", package, path=test.placement.path)
    needed = needs(test.code, known)
    brought = {alias for one in test.imports for alias in read(one).taken}
    missing = [name for name in needed.missing if name not in brought]
    return TestPart(
        names=(test.name,),
        code=requote(test.code, quotes(text or "")),
        imports=tuple(dict.fromkeys([*test.imports, *needed.imports])),
        body_sha256=body_of(test),
        fixtures=_fixtures(test.code),
        standalone=not missing and not _uses_owner(test),
    )


def _row(test: NewRow, text: str, package: str) -> TestPart:
    """As `_test`; it runs in a copy of its file, so that whatever it needs is there."""
    known = read(text, package, path=test.placement.path)
    code = row.written(text, test)
    needed = needs(code.strip().removeprefix("@"), known)
    relative = any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(parse(text)))
    return TestPart(
        names=(test.name,),
        code=code,
        imports=tuple(dict.fromkeys([*test.imports, *needed.imports])),
        body_sha256=body_of(test),
        standalone=not relative,
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


def _fixtures(code: str) -> tuple[str, ...]:
    """The parameters that a fixture must give: those without a default that no `parametrize` names."""
    function = _function(code)
    arguments = function.args
    optional = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    given = {word for text in _strings(function.decorator_list) for word in text.replace(",", " ").split()}
    given |= {"self", "cls", *(one.arg for one in optional)}
    return tuple(name for name in names if name not in given)


def _uses_owner(test: NewTest) -> bool:
    """Whether a method needs more of its class than any class, or `unittest.TestCase`, has."""
    if test.placement.style == "function":
        return False
    attributes = {
        node.attr
        for node in ast.walk(_function(test.code))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    known = set(dir(TestCase)) if test.placement.style == "unittest" else set()
    return not attributes <= known


def _strings(nodes: Sequence[ast.expr]) -> Iterable[str]:
    """The names of the parameters that `parametrize` decorators give."""
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("parametrize") and node.args:
            for inner in ast.walk(node.args[0]):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner.value


def _function(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    found = [node for node in ast.parse(code).body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return found[-1]
