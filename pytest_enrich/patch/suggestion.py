"""A kept attempt as what a person reviews, and back."""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterable, Sequence
from typing import Literal
from unittest import TestCase

from pytest_enrich.data import Attempt, Gap, Kept, NewTest, Origin, Placement, Suggestion
from pytest_enrich.data.suggestion import GapPart, MadePart, OriginPart, ProofPart, RunsPart, TargetPart, TestPart
from pytest_enrich.imports import needs, read
from pytest_enrich.patch.encoding import blob_id, encode
from pytest_enrich.patch.quote import requote

_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


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
        grade=verdict.grade,
        title=test.title,
        look=test.look,
        gap=_gap(gap, others, attempt.digest),
        target=_target(test.placement, test_text),
        test=_test(test, test_text, package),
        oracle=test.oracle,
        proof=_proof(verdict, isolation),
        origin=OriginPart(proposer=test.origin.proposer, seed=test.origin.seed, executions=test.origin.executions),
        made=made,
    )


def as_test(suggestion: Suggestion) -> NewTest:
    """The test that a suggestion holds, as `insert` and `remove` take it."""
    target, test = suggestion.target, suggestion.test
    return NewTest(
        name=test.names[0],
        code=test.code,
        imports=test.imports,
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
        origin=Origin(
            proposer=suggestion.origin.proposer,
            seed=suggestion.origin.seed,
            executions=suggestion.origin.executions,
        ),
        gaps=(suggestion.id, *suggestion.gap.also_closes),
    )


def in_gap_order(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """In the order of the source that they test, which is the order of tests with one anchor."""
    return sorted(suggestions, key=lambda one: (one.gap.path, one.gap.line, one.id))


def body_sha256(code: str) -> str:
    """The hash of a test's tokens without its name and layout: the same idea has the same hash."""
    tokens = [
        token.string for token in tokenize.generate_tokens(io.StringIO(code).readline) if token.type not in _LAYOUT
    ]
    named = tokens.index("def") + 1 if "def" in tokens else None
    kept = [text for index, text in enumerate(tokens) if index != named]
    return hashlib.sha256("\0".join(kept).replace("{{", "{").replace("}}", "}").encode()).hexdigest()


def _gap(gap: Gap, others: Sequence[Gap], digest: str) -> GapPart:
    return GapPart(
        path=gap.path,
        qualname=gap.qualname,
        line=gap.line,
        outcome=gap.outcome,
        text=gap.text,
        lines=gap.lines,
        branches=gap.branches,
        function_sha256=digest,
        also_closes=tuple(other.id for other in others if other.id != gap.id),
    )


def _target(placement: Placement, text: str | None) -> TargetPart:
    end: Literal["end of class", "end of file"] = "end of class" if placement.owner else "end of file"
    return TargetPart(
        path=placement.path,
        where="after" if placement.anchor else end,
        owner=placement.owner,
        anchor=placement.anchor,
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
        code=requote(test.code, text or ""),
        imports=tuple(dict.fromkeys([*test.imports, *needed.imports])),
        body_sha256=body_sha256(test.code),
        fixtures=_fixtures(test.code),
        standalone=not missing and not _uses_owner(test),
    )


def _proof(verdict: Kept, isolation: str) -> ProofPart:
    runs = len(verdict.runs)
    return ProofPart(
        lines_gained=len(verdict.lines),
        branches_gained=len(verdict.branches),
        runs=RunsPart(passed=runs, of=runs, modes=verdict.runs),
        duration_ms=round(verdict.seconds * 1000, 1),
        isolation=isolation,
        mutants=verdict.mutants,
    )


def _function(code: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    found = [node for node in ast.parse(code).body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return found[-1]


def _fixtures(code: str) -> tuple[str, ...]:
    """The parameters that a fixture must give: those without a default that no `parametrize` names."""
    function = _function(code)
    arguments = function.args
    optional = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    given = {word for text in _strings(function.decorator_list) for word in text.replace(",", " ").split()}
    given |= {"self", "cls", *(one.arg for one in optional)}
    return tuple(name for name in names if name not in given)


def _strings(nodes: Sequence[ast.expr]) -> Iterable[str]:
    """The names of the parameters that `parametrize` decorators give."""
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("parametrize") and node.args:
            for inner in ast.walk(node.args[0]):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner.value


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
