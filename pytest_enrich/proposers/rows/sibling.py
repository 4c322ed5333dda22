"""A variant of a test as a test of its own, beside it: what varied, without assertions about other things."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Collection, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from msgspec.structs import replace

from pytest_enrich.data import Hole, NewTest, Observation, Oracle, Sighting, Span, Template, Variant
from pytest_enrich.proposers.rows import mocks, stating, steps
from pytest_enrich.proposers.rows.addable import LEFT_OUT
from pytest_enrich.proposers.rows.looks import NEVER, raising_call
from pytest_enrich.proposers.rows.reading import Sheet
from pytest_enrich.proposers.rows.rendering import VariantRenderer
from pytest_enrich.refine.asserting import is_telling
from pytest_enrich.writing import body, names, questions, words
from pytest_enrich.writing.cases import Case
from pytest_enrich.writing.syntax import (
    Edit,
    first_name,
    indented_tokens,
    is_within,
    literal_value,
    nodes_of,
    span,
    without_indentation,
)

MOST_CHANGED = 3
RAISED = re.compile(r"^(⟨[^⟩]+⟩)\(.*\)$")
FAILED = re.compile(r"(?:⟨[\w.:]*HTTP_)?([45]\d\d)(?:_\w+⟩)?")
"""An HTTP status, or a constant for one, that says that the request failed."""
VERBS = {"delete", "get", "head", "options", "patch", "post", "put"}
"""Steps that are recognised by what they send, and not by how."""
LONGEST = 24
"""Most lines that a reviewer reads for one more case, mostly known from the test beside it; blanks not counted."""
ASKING_KINDS = {"isinstance", "issubclass", "hasattr", "callable"}
RAISES = "raises"
"""The beginning of what was seen where it is an exception."""
ASSERTION = re.compile(r"\s*(assert\b|[\w.]*\bassert_?\w*\(|(async )?with\b.*\b(raises|assertRaises\w*)\()")


def write(renderer: VariantRenderer) -> NewTest | None:
    """The test, or None when a reviewer would not like it.

    Where it would be too long it says only what differs from the test that it is made of, or what can be said.
    """
    sheet, variant = renderer.sheet, renderer.variant
    if not renderer.gaps or len(variant.values) > MOST_CHANGED:
        return None
    variant = stating.with_wholes(sheet, variant)
    little = stating.saying_little(sheet, variant, renderer.target.qualname) | stating.missing(sheet, variant)
    helped = _asking_helpers(renderer)
    denied = (sighting.point for sighting in renderer.variant.seen if sighting.value == "False")
    points = (sheet.looks[at].point for at in denied)
    # That a helper says no to something says as little.
    little |= {point.span for point in points if point.subject in helped}
    sheet = stating.widened(sheet, variant)
    renderer = replace(renderer, sheet=sheet, variant=variant)
    same, unstatable = stating.unchanged(sheet, variant), stating.unstatable(sheet, variant)
    changed = stating.seen_at(sheet, variant) - same
    for more in (set(), same, *([unstatable] if changed - unstatable else [])):
        kept = _kept(sheet, variant, changed, little | more)
        test = _write(renderer, kept) if kept is not None else None
        if test is not None:
            return test
    return None


def _write(renderer: VariantRenderer, kept: Sequence[ast.stmt]) -> NewTest | None:
    sheet, variant, gaps = renderer.sheet, renderer.variant, renderer.gaps
    seen = _seen(sheet, variant, kept)
    expected = stating.expected(sheet.looks, seen, sheet.cases)
    if expected is None:
        return None
    edits = list(renderer.edits())
    resolved = renderer.resolve_there([*(value for _, value in edits), *expected.values()])
    if resolved is None or not renderer.is_free(kept, (sheet.looks[at].name for at in expected)):
        return None
    edits = [(place, code) for (place, _), code in zip(edits, resolved.codes, strict=False)]
    stated = dict(zip(expected, resolved.codes[len(edits) :], strict=True))
    lines = _lines(sheet, kept, [*edits, *stating.looked(sheet, stated, edits)])
    changes = [*_changes(renderer)]
    refusal = _refusal(sheet, expected)
    if refusal is not None and _is_elsewhere(sheet, variant):
        return None
    situations = (situation for _, _, situation in changes if situation)
    helped = _asking_helpers(renderer)
    relevant = {at: value for at, value in expected.items() if sheet.looks[at].point.subject not in helped}
    case = renderer.case(refusal or _seen_first(sheet, relevant, renderer.target.qualname), situations)
    name, origin = renderer.name_beside(case, _raising(sheet, case, relevant))
    code = renderer.frame(name, lines)
    if code is None or not _asserts_anything(code) or len([*filter(str.strip, code.splitlines())]) > LONGEST:
        return None
    seen_as = [_described(sheet, at, value) for at, value in expected.items()]
    done, first = next(iter([*seen_as, *(change[:2] for change in changes)]))
    change, value = questions.about_change(done, first), questions.about_value(first, renderer.documented)
    return NewTest(
        name=name,
        code=code,
        imports=resolved.imports,
        placement=renderer.placement,
        title=names.title(case, f"{done} {body.shown(first)}"),
        look=value if expected else change,
        oracle=_oracles(code, seen_as),
        origin=origin,
        gaps=tuple(gap.id for gap in gaps),
    )


def _asking_helpers(renderer: VariantRenderer) -> set[Span]:
    """Where the test asks a function that is not the project's, such as a comparison."""
    own = names.functions(renderer.sheet.text.text) | ASKING_KINDS
    own |= {name for name, sources in renderer.bindings.objects.items() if not renderer.is_own(sources)}
    calls = nodes_of(ast.Call, renderer.sheet.function)
    return {span(call) for call in calls if isinstance(call.func, ast.Name) and call.func.id in own}


def _raising(sheet: Sheet, case: Case, expected: Mapping[int, Template]) -> ast.expr | None:
    """What is expected to raise: the last statement of the block; None if nothing is."""
    if not case.raised:
        return None
    call = raising_call(sheet.function, sheet.looks[next(iter(expected))].point)
    blocks = (node for node in ast.walk(sheet.function) if isinstance(node, ast.With | ast.AsyncWith))
    last = next(block.body[-1] for block in blocks if any(item.context_expr is call for item in block.items))
    return getattr(last, "value", None)


def _seen_first(sheet: Sheet, expected: Mapping[int, Template], qualname: str) -> Observation:
    """The first expectation, as `search` would report it; without one, an observation that says nothing.

    `qualname` is that of the target.
    """
    at, value = next(iter(expected.items()), (0, ""))
    point = sheet.looks[at].point if expected else None
    if point is not None and point.form == "message":
        raised = stating.expected_class(sheet.function, point)
        return Observation(subject="raises", value=raised, message=str(ast.literal_eval(value)))
    own = qualname.rpartition(".")[2]
    acting = {first_name(node.value) for node in nodes_of(ast.Expr, sheet.function)}
    # Neither that two things are equal nor what a call leaves behind in its object is the result of a call.
    others = (
        span(node)
        for node in nodes_of(ast.expr, sheet.function)
        if isinstance(node, ast.Compare)
        or (isinstance(node, ast.Attribute) and node.attr != own and first_name(node) in acting)
    )
    is_result = point is not None and point.form != "called" and point.subject not in others
    return Observation(
        subject="result" if is_result else "state", value=value, expression="{result}" if is_result else ""
    )


def _refusal(sheet: Sheet, expected: Mapping[int, Template]) -> Observation | None:
    """The status of a response that refuses the request, with what else it says, or what the status means."""
    asked = {sheet.text.rewritten(sheet.looks[at].point.subject).strip(): value for at, value in expected.items()}
    status = next((match for text, value in asked.items() if (match := _failed(text, value))), None)
    if status is None:
        return None
    values = (literal[0] for value in asked.values() if (literal := literal_value(value)))
    said = (part for mapping in values if isinstance(mapping, dict) for part in mapping.values())
    message = next((part for part in said if isinstance(part, str)), HTTPStatus(int(status[1])).phrase)
    return Observation(subject="result", value=status[0], expression="{result}.status_code", message=message)


def _is_elsewhere(sheet: Sheet, variant: Variant) -> bool:
    """Whether what changed was sent by a step that nobody checks: a later refusal is only a consequence."""
    sent = [hole.span for hole, _ in sheet.changes(variant) if hole.adds != LEFT_OUT and hole.span is not None]
    loose = [span(node) for node in nodes_of(ast.Expr, sheet.function) if not steps.asserts(node)]
    return bool(sent) and all(any(is_within(place, step) for step in loose) for place in sent)


def _failed(text: str, value: Template) -> re.Match[str] | None:
    """The status in a value, if it is one of a failure and the expression `text` is a status."""
    match = FAILED.fullmatch(value) if text.endswith("status_code") else None
    return match if match and int(match[1]) in [*HTTPStatus] else None


def _described(sheet: Sheet, at: int, value: Template) -> tuple[str, str]:
    """A description of what was seen at a look: what the code gives, or which call it makes."""
    point = sheet.looks[at].point
    if point.form == "called":
        return "makes", "no call" if value == NEVER else value
    if point.form == "message":
        return f"{RAISES} {stating.expected_class(sheet.function, point)}", value
    return "gives", value


def _changes(renderer: VariantRenderer) -> Iterator[tuple[str, Template, str]]:
    """What differs from the test: "with" a value, or "without" a step; and the situation, "" for none."""
    sheet = renderer.sheet
    for hole, value in renderer.changes:
        if hole.adds != LEFT_OUT:
            shown = mocks.described(hole, value) if mocks.is_configured(hole) else value
            yield "with", shown, _situation(hole, value)
    for step in steps.left_out(sheet.function, renderer.changes):
        known = words.snake(name if (name := steps.step_name(step)) not in VERBS else "")
        yield "without", sheet.text.rewritten(span(step)).strip(), f"without_{known}" if known else ""


def _situation(hole: Hole, value: Template) -> str:
    """The words for a change in a name; "" where the value says it, or nothing does."""
    if mocks.is_configured(hole):
        given = words.value_slug(RAISED.sub(r"\1", value))
        return f"with_{mocks.configured_name(hole, given)}"
    before = "{}" if hole.adds else next(iter(hole.values), "")
    if value != "None" and (key := _changed_key(before, value)):
        return key
    # An additional argument has a name; for an exception its class says enough.
    return f"with_{hole.adds}" if hole.adds.isidentifier() and hole.adds != mocks.RAISES else ""


def _changed_key(before: Template, value: Template) -> str:
    """The situation where one key of a dictionary, or of a path's query, is gone, new, or has another value.

    "" for anything else.
    """
    old, new = map(_mapping, (before, value))
    changed = [key for key in {**old, **new} if (key in old, old.get(key)) != (key in new, new.get(key))]
    # Of several keys, the new one says what is asked.
    changed = [key for key in changed if key not in old] if len(changed) > 1 else changed
    if len(changed) != 1 or not isinstance(changed[0], str):
        return ""
    key = words.snake(changed[0])
    if changed[0] not in new:
        return f"without_{key}"
    shown = repr(given := new[changed[0]])
    is_word = isinstance(given, str) and given.isalpha()
    situation = f"with_{words.value_slug(shown)}_{key}" if is_word else f"with_{key}"
    return words.evident(shown, key, optional=False) or situation


def _mapping(value: Template) -> dict[Any, Any]:
    """A dictionary, or the query of a path together with the path; empty for anything else."""
    literal = (literal_value(value) or (None,))[0]
    if isinstance(literal, str) and literal.startswith("/"):
        path, _, query = literal.partition("?")
        return {(path,): path, **dict(parse_qsl(query, keep_blank_values=True))}
    return literal if isinstance(literal, dict) else {}


def _kept(
    sheet: Sheet, variant: Variant, changed: Collection[Span], without: Collection[Span]
) -> list[ast.stmt] | None:
    """The statements that contain the changed values or depend on them; see `steps.concerned`.

    What is other than before, at the places `changed`, depends on them, even if only through what the code keeps.
    """
    changes = sheet.changes(variant)
    spans = [hole.span for hole, _ in changes if hole.span is not None]
    spans += changed
    names = [name for hole, _ in changes if (name := hole.name or hole.fixture)]
    arguments = [parameter.arg for parameter in sheet.function.args.args]
    gone = steps.left_out(sheet.function, changes)
    statements = [statement for statement in steps.all_steps(sheet.function) if statement not in gone]
    # A step may change anything, whatever it is given: all that follows depends on it.
    spans += [place for place in map(span, statements) if any(span(step) < place for step in gone)]
    reaching = mocks.reaching_all(sheet.function, changes)
    spans += [place for place in map(span, statements) if any(change[:2] <= place[2:] for change in reaching)]
    return steps.concerned(statements, spans, names, arguments, without)


def _seen(sheet: Sheet, variant: Variant, kept: Sequence[ast.stmt]) -> dict[int, list[Sighting]]:
    """What was seen at the looks in these statements."""
    places = [*map(span, kept)]
    points = [look.point.span for look in sheet.looks]
    seen = stating.by_point(sheet.looks, variant.seen)
    return {at: seen[at] for at in seen if any(is_within(points[at], place) for place in places)}


def _lines(sheet: Sheet, kept: Sequence[ast.stmt], edits: Sequence[Edit]) -> list[str]:
    """The lines of the test's body."""
    outer = [edit for edit in edits if not any(_is_inside(edit[0], around) for around, _ in edits)]
    lines: list[str] = []
    end = 0
    for statement in kept:
        text = _without_comments(sheet.text.raw(span(statement), outer)) + sheet.text.directive(span(statement))
        apart = bool(lines) and any(sheet.text.is_empty(at) for at in range(end + 1, span(statement)[0]))
        end = statement.end_lineno or statement.lineno
        lines += [*[""] * apart, *without_indentation(text, sheet.function.col_offset)]
    return lines


def _is_inside(place: Span, other: Span) -> bool:
    """Whether a place is dropped with another one that contains it; what is added at its end or above it stays."""
    at_an_end = place[:2] == other[2:] or place[:2] == place[2:] == other[:2]
    return place != other and not at_an_end and is_within(place, other)


def _without_comments(code: str) -> str:
    """The code without comments on lines of their own: they are about other values."""
    comments = (token for token in indented_tokens(code) if token.type == tokenize.COMMENT)
    alone = {token.start[0] - 2 for token in comments if not token.line[: token.start[1]].strip()}
    return "".join(line for at, line in enumerate(code.splitlines(keepends=True)) if at not in alone)


def _asserts_anything(code: str) -> bool:
    """Whether any assertion can fail: one in an exception handler does not run without an exception."""
    tree = ast.parse(code)
    handled = {inner for node in nodes_of(ast.ExceptHandler, tree) for inner in ast.walk(node)}
    return any(isinstance(node, ast.Assert) or is_telling(node) for node in ast.walk(tree) if node not in handled)


def _oracles(code: str, values: Sequence[tuple[str, Template]]) -> tuple[Oracle, ...]:
    """Where the expected values come from; they belong to the lines that assert, in their order."""
    numbered = enumerate(code.splitlines(), 1)
    lines = [at for at, line in numbered if ASSERTION.match(line)]
    if not values:
        return questions.oracle_of_test((lines or [1])[0])
    pairs = zip([*lines, *[1] * len(values)], values, strict=False)
    return tuple(
        Oracle(
            line=line,
            what=body.shown(value),
            source="raises" if done.startswith(RAISES) else "observed",
            look=at == 0,
        )
        for at, (line, (done, value)) in enumerate(pairs)
    )
