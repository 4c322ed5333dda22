"""Turn a kept attempt into what a person reviews, with what its test needs from elsewhere; and back.

An idea is recognised by the hash of what a test says, whatever its name and layout. The existing test or case
that is most like a new one is what a reviewer looks for first.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import hashlib
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from msgspec.structs import asdict

from pytest_enrich.data import Attempt, Candidate, Gap, Kept, NewRow, NewTest, Origin, Placement, Suggestion
from pytest_enrich.data.attempts import OriginPart
from pytest_enrich.data.suggestion import (
    GapPart,
    MadePart,
    NearestPart,
    ProofPart,
    RunsPart,
    TargetPart,
    TestPart,
)
from pytest_enrich.errors import RefusedError
from pytest_enrich.gaps.text import whole_strings
from pytest_enrich.imports import needs, read
from pytest_enrich.imports.text import BOM, parsed, split, tree_of
from pytest_enrich.patch import row
from pytest_enrich.patch.scope import quotes, requote

_LONGEST = 200
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def row_of(owner: str | None, name: str, argnames: Sequence[str]) -> tuple[str, ...]:
    """What a row's hash begins with: the same values in another list are another idea."""
    return (f"{owner or ''}.{name}", *argnames)


def body_sha256(code: str, before: tuple[str, ...] = ()) -> str:
    """The hash of a test without its name, docstring and layout: the same idea has the same hash.

    Formatters change quotes, parentheses and commas, so the hash is of the test as Python unparses it. For a row,
    `before` is what `row_of` gives.

    Raises:
        SyntaxError: The code is not Python.
    """
    return _hashed(tree_of(textwrap.dedent(code).strip()).body, before)


def body_of(candidate: Candidate) -> str:
    """The hash of a candidate, "" if it cannot be parsed."""
    place = candidate.placement
    before = row_of(place.owner, candidate.name, candidate.argnames) if isinstance(candidate, NewRow) else ()
    try:
        return body_sha256(candidate.code, before)
    except (SyntaxError, ValueError, RecursionError):
        return ""


@lru_cache(maxsize=8)  # a few files are asked about, each for many candidates
def bodies(text: str) -> frozenset[str]:
    """The hashes of all test functions of a file."""
    return frozenset(_hashed([node]) for _, node in _functions(text.removeprefix(BOM)))


def nearest_test(new: NewTest, text: str) -> NearestPart | None:
    """The test in the file's text whose body is most like that of `new`; None when there is none."""
    wanted = _body(new.code)
    compared = [
        NearestPart(nodeid="::".join([new.placement.path, *name]), similarity=_alike(wanted, _body(code)))
        for name, code in _tests(text.removeprefix(BOM))
    ]
    return max(compared, key=lambda part: part.similarity, default=None)


def nearest_case(new: NewRow, text: str) -> NearestPart | None:
    """The case of its test that is most like `new`; None when there is none, or no such test.

    Cases are short, and mostly values: characters are compared, not tokens.
    """
    try:
        cases = row.Cases(text, new)
    except RefusedError:
        return None
    compared = [
        NearestPart(nodeid=cases.carrier, similarity=_spelled_alike(new.code, code), code=code)
        for code in cases.codes
    ]
    return max(compared, key=lambda part: part.similarity, default=None)


def _hashed(body: Iterable[ast.stmt], before: Iterable[str] = ()) -> str:
    kept = [*before, *(ast.unparse(_anonymous(node)) for node in body)]
    return hashlib.sha256("\0".join(kept).encode()).hexdigest()


def _anonymous(node: ast.stmt) -> ast.stmt:
    """A function without its name and docstring; any other statement as it is."""
    if not isinstance(node, _Function):
        return node
    new = copy.copy(node)
    new.name = "test"
    if len(node.body) > 1 and ast.get_docstring(node) is not None:
        new.body = node.body[1:]
    return new


def _alike(left: Sequence[str], right: Sequence[str]) -> float:
    """The share of neighbouring tokens that both have (Dice's coefficient), 0 to 1, to two digits."""
    first, second = (Counter(pairwise(["", *tokens, ""])) for tokens in (left, right))
    return round(2 * (first & second).total() / (first.total() + second.total()), 2)


def _spelled_alike(left: str, right: str) -> float:
    """The share of characters that both have in the same order, 0 to 1, to two digits."""
    matcher = SequenceMatcher(None, left[:_LONGEST], right[:_LONGEST], autojunk=False)
    return round(matcher.ratio(), 2)


def _tests(text: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The test functions of a file: their names, preceded by those of their classes, and their code."""
    lines = split(text)
    for names, node in _functions(text):
        yield names, textwrap.dedent("".join(lines[node.lineno - 1 : node.end_lineno]))


def _functions(text: str) -> Iterator[tuple[tuple[str, ...], ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The test functions of a file, with their names, preceded by those of their classes."""
    tree = parsed(text)
    stack: list[tuple[tuple[str, ...], ast.AST]] = [((), tree)] if tree else []
    while stack:
        names, node = stack.pop(0)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _Function):
                if child.name.startswith("test"):
                    yield (*names, child.name), child
            elif not isinstance(child, ast.expr):
                inner = (*names, child.name) if isinstance(child, ast.ClassDef) else names
                stack.append((inner, child))


def _body(code: str) -> list[str]:
    """The tokens of a function after its name."""
    tokens: list[str] = []
    with contextlib.suppress(SyntaxError):  # the tokens before the error count
        tokens.extend(token.text for token in whole_strings(code) if token.text)
    return tokens[tokens.index("def") + 2 :] if "def" in tokens else tokens


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
        attempt: A kept attempt.
        gap: The gap that the suggestion is named after.
        others: The other gaps that it closes.
        test_text: The test file as `decode` gives it, None for a new one.
        made: When and with what.
        isolation: How the sandbox isolated it while it was proven.

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
        test=_test(test, test_text or ""),
        oracle=test.oracle,
        proof=_proof(verdict, isolation, _nearest(test, test_text or "")),
        origin=OriginPart(**{name: getattr(test.origin, name) for name in OriginPart.__struct_fields__}),
        made=made,
    )


def as_candidate(suggestion: Suggestion) -> Candidate:
    """The test or the row that a suggestion holds, as `insert` takes it."""
    test = _as_test(suggestion)
    return NewRow(**asdict(test), argnames=suggestion.test.argnames) if suggestion.kind == "row" else test


def in_gap_order(suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """Sorted by the source that they test, which is the order of tests with the same anchor."""
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
            base=target.base,
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
    return TargetPart(
        path=placement.path,
        where=_where(test),
        owner=placement.owner,
        anchor=test.name if isinstance(test, NewRow) else placement.anchor,
        style=placement.style,
        new_file=text is None,
        base=placement.base,
    )


def _where(test: Candidate) -> Literal["after", "in", "end of class", "new class", "end of file"]:
    placement = test.placement
    if isinstance(test, NewRow):
        return "in"
    if placement.anchor:
        return "after"
    if not placement.owner:
        return "end of file"
    return "new class" if placement.base else "end of class"


def _test(test: Candidate, text: str) -> TestPart:
    """The test's own part; a row runs in a copy of its file, so that whatever it needs is there."""
    code = row.Cases(text, test).written if isinstance(test, NewRow) else requote(test.code, quotes(text))
    source = code.strip() if isinstance(test, NewRow) else test.code
    needed = needs(source, read(text, path=test.placement.path))
    return TestPart(
        names=(test.name,),
        code=code,
        imports=tuple(dict.fromkeys([*test.imports, *needed.imports])),
        body_sha256=body_of(test),
        argnames=test.argnames if isinstance(test, NewRow) else (),
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
