"""What a test made from another one expects: what was seen where the other one looks, stated in the same way."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from pytest_enrich.data import Point, Sighting, Span, Template, Variant
from pytest_enrich.proposers.rows import looks
from pytest_enrich.proposers.rows.looks import Look
from pytest_enrich.proposers.rows.parameters import Cases
from pytest_enrich.proposers.rows.reading import Sheet
from pytest_enrich.writing import body
from pytest_enrich.writing.syntax import (
    IMPORTED,
    Edit,
    arguments,
    as_written,
    denied,
    expression,
    is_literal,
    last_name,
    literal_value,
    nodes_of,
    relation,
    span,
)

SINGLETONS = {"None", "True", "False"}
LONGEST_FLOAT = 8
INEXACT = re.compile(r"-?\d+\.\d+(e[-+]\d+)?")
LITTLE = re.compile(r"""\bexpect\w* ==|== expect|^(["'])[^"']*\1 in [\w.]+$""")
"""Conditions that say little where they do not hold."""
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
"""Comparisons whose opposite asks the object the same question: `!=` does not call `__eq__`."""


def expected(
    looks: Sequence[Look], seen: Mapping[int, Sequence[Sighting]], cases: Cases | None = None
) -> dict[int, Template] | None:
    """What was seen at each of the looks that `seen` has, by their index.

    None when one was not reached, differed between times, or is nothing that anybody would write there.
    """
    stated: dict[int, Template] = {}
    for at, sightings in seen.items():
        values = {_as_stated(looks[at], sighting.value) for sighting in sightings}
        value = values.pop() if len(values) == 1 else None
        if value is None or not _is_usual(looks[at], value, cases):
            return None
        stated[at] = value
    return stated


def by_point(looks: Sequence[Look], seen: Sequence[Sighting]) -> dict[int, list[Sighting]]:
    """All sightings, by the index of the look."""
    return {at: [sighting for sighting in seen if sighting.point == at] for at in range(len(looks))}


def by_name(looks: Sequence[Look], stated: dict[int, Template]) -> dict[str, Template] | None:
    """The values by the parameters that expect them; None when one would need two values."""
    named: dict[str, Template] = {}
    for point, value in stated.items():
        if named.setdefault(looks[point].name, value) != value:
            return None
    return named


def saying_little(sheet: Sheet, variant: Variant, qualname: str) -> set[Span]:
    """The assertions that would only say that something is not, or does not have, what another test expects.

    That two things are not equal says something where the target `qualname` does the comparison.
    """
    compares = qualname.endswith(("__eq__", "__ne__"))
    denied = [sheet.looks[sighting.point].point for sighting in variant.seen if sighting.value == "False"]
    texts = {point.span: sheet.text.rewritten(point.subject).strip() for point in denied}
    return {place for place, text in texts.items() if LITTLE.search(text) or (not compares and _is_equality(text))}


def with_wholes(sheet: Sheet, variant: Variant) -> Variant:
    """The variant with whole objects seen instead of their parts, where the parts show nothing new."""
    if seen_at(sheet, variant) - unchanged(sheet, variant):
        return variant
    seen = (
        replace(one, value=one.whole, missed=True) if 0 < len(one.whole) <= sheet.looks[one.point].room else one
        for one in variant.seen
    )
    return replace(variant, seen=tuple(seen))


def widened(sheet: Sheet, variant: Variant) -> Sheet:
    """The test, looking at the whole where the part is missing: `response.json()` instead of a key of it."""
    missed = {sighting.point for sighting in variant.seen if sighting.missed and sighting.value}
    points = {at: replace(sheet.looks[at].point, subject=_whole(sheet, at)) for at in missed}
    looked = (
        Look(point=points[at], room=look.room) if at in points else look for at, look in enumerate(sheet.looks)
    )
    return replace(sheet, looks=tuple(looked))


def missing(sheet: Sheet, variant: Variant) -> set[Span]:
    """The assertions about missing parts, except the first about each whole that can be stated."""
    missed = [sighting for sighting in variant.seen if sighting.missed]
    first_points: dict[str, int] = {}
    for sighting in missed:
        if sighting.value and len(sighting.value) <= sheet.looks[sighting.point].room:
            first_points.setdefault(sheet.text.rewritten(_whole(sheet, sighting.point)), sighting.point)
    others = {sighting.point for sighting in missed} - {*first_points.values()}
    return {sheet.looks[at].point.span for at in others}


def _whole(sheet: Sheet, at: int) -> Span:
    """The object in which a look looks up a key or an index."""
    subject = sheet.looks[at].point.subject
    node: ast.expr = next(node for node in nodes_of(ast.expr, sheet.function) if span(node) == subject)
    while isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Tuple):
        node = node.value
    return span(node)


def seen_at(sheet: Sheet, variant: Variant) -> set[Span]:
    """The assertions that were reached."""
    return {sheet.looks[sighting.point].point.span for sighting in variant.seen}


def unchanged(sheet: Sheet, variant: Variant) -> set[Span]:
    """The assertions that what was seen leaves as they are."""
    return _those(sheet, variant, _is_same)


def unstatable(sheet: Sheet, variant: Variant) -> set[Span]:
    """The assertions about what nobody would write there, or what was not the same each time."""
    return _those(sheet, variant, lambda sheet, at, seen: expected(sheet.looks, {at: seen}, sheet.cases) is None)


def _those(sheet: Sheet, variant: Variant, holds: Callable[[Sheet, int, Sequence[Sighting]], bool]) -> set[Span]:
    """The assertions for which it holds, of those that were reached."""
    seen = by_point(sheet.looks, variant.seen)
    return {look.point.span for at, look in enumerate(sheet.looks) if seen[at] and holds(sheet, at, seen[at])}


def looked(sheet: Sheet, seen: Mapping[int, str], edits: Sequence[Edit]) -> Iterator[Edit]:
    """The assertions, each with what was seen."""
    for at, code in seen.items():
        yield from _restated(sheet, sheet.looks[at], code, edits)


def _restated(sheet: Sheet, look: Look, code: str, edits: Sequence[Edit]) -> list[Edit]:
    """The edits that make an assertion state what was seen."""
    if look.point.form == "called":
        return _call_edits(sheet, look.point, code, edits)
    if look.point.form == "message":
        return [message_edit(sheet.function, look.point, code)]
    if look.site is None or not (look.constant or (code in SINGLETONS) == look.identity):
        subject = sheet.text.rewritten(look.point.subject, edits).strip()
        return [(look.point.span, _stated(sheet, look, subject, code))]
    if look.method is not None and _is_inexact(code):
        return [(look.method, look.nearly), (look.site, body.few_digits(code, body.PLACES))]
    return [(look.site, as_written(code, sheet.text.raw(look.site).strip()))]


def _call_edits(sheet: Sheet, point: Point, code: str, edits: Sequence[Edit]) -> list[Edit]:
    """The edits that make an assertion about a mock state what was seen; none where it does already."""
    node = next(node for node in nodes_of(ast.Expr, sheet.function) if span(node) == point.span)
    name = last_name(getattr(node.value, "func", None))
    subject, given = sheet.text.rewritten(point.subject, edits).strip(), code.partition("(")[2][:-1]
    word, is_never = "awaited" if "awaited" in name else "called", "_not_" in name
    if code == looks.NEVER:
        return [] if is_never else [(point.span, f"{subject}.assert_not_{word}()")]
    if is_never:
        return [(point.span, f"{subject}.assert_{word}_once_with({given})")]
    return [(looks.called_with(node), given)] if name in looks.WITH else []


def expected_class(function: ast.AST, point: Point) -> str:
    """The class that is expected, as the test writes it."""
    return ast.unparse(looks.raising_call(function, point).args[0])


def message_edit(function: ast.AST, point: Point, value: str) -> Edit:
    """The edit that states the message, a string literal; a blank message is not stated."""
    text, name = str(ast.literal_eval(value)), ast.unparse(looks.raising_call(function, point).func)
    expected, plain = expected_class(function, point), name.removesuffix("Regex")
    if not text.strip():
        return point.span, f"{plain}({expected})"
    if plain.endswith("assertRaises"):
        return point.span, f"{plain}Regex({expected}, {body.pattern(text)})"
    return point.span, f"{name}({expected}, match={body.pattern(text)})"


def _is_usual(look: Look, value: Template, cases: Cases | None) -> bool:
    """Whether a value is a plain literal, has a name, or is made by the same call as in other cases."""
    node = expression(value)
    if look.point.form == "called":
        return value == looks.NEVER or (isinstance(node, ast.Call) and all(map(is_literal, arguments(node))))
    if look.point.form == "message":
        return isinstance(getattr(node, "value", None), str)
    is_literal_or_near = (node is not None and is_literal(node)) or value.startswith(f"{looks.APPROX}(")
    if look.point.form == "raises" or is_literal_or_near:
        return True
    if look.constant or cases is None:
        return IMPORTED.fullmatch(value) is not None
    column = cases.column(look.name) if look.name in cases.argnames else ()
    callee = _called(value)
    return bool(callee) and callee in map(_called, column)


def _called(source: Template) -> str:
    """The last name of what is called; "" for anything else."""
    node = expression(source)
    return last_name(node.func) if isinstance(node, ast.Call) else ""


def _as_stated(look: Look, value: Template) -> Template | None:
    is_one = value in SINGLETONS or (look.constant and IMPORTED.fullmatch(value) is not None)
    is_fixed = look.identity and (look.constant or bool(look.name))  # where only one of its kind can be
    if not value or len(value) > look.room or (is_fixed and not is_one):
        return None
    (number,) = literal_value(value) or (None,)
    if look.approx and isinstance(number, float):
        return body.few_digits(value, look.places)
    if not _is_inexact(value):
        return value
    if not look.nearly or look.name or look.site is None or look.identity or look.constant:
        return None
    return value if look.method is not None else f"{look.nearly}({body.few_digits(value)})"


def _is_inexact(code: str) -> bool:
    """Whether it is a float with more digits than anybody writes."""
    return len(code) > LONGEST_FLOAT and INEXACT.fullmatch(code) is not None


def _is_equality(text: str) -> bool:
    node = expression(text)
    return isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)


def _is_same(sheet: Sheet, at: int, seen: Sequence[Sighting]) -> bool:
    place = sheet.looks[at].point.span
    stated = expected(sheet.looks, {at: seen}, sheet.cases)
    if stated is None:
        return False
    texts = (sheet.text.rewritten(place, edits) for edits in ((), list(looked(sheet, stated, ()))))
    try:
        old, new = (ast.dump(ast.parse(text.strip())) for text in texts)
    except (SyntaxError, ValueError):  # a name in a template
        return False
    return old == new


def _stated(sheet: Sheet, look: Look, subject: str, code: str) -> str:
    """A whole assertion about None or a truth; or about another value, where the test has `is` for those."""
    if code not in SINGLETONS:
        return f"assert {relation(subject, '==', code)}"
    if sheet.placement.style == "unittest":
        return f"self.{body.ALONE[code]}({subject})"
    if look.point.form == "truth":
        whole = f"({subject})" if "\n" in subject else subject
        return f"assert {whole if code == 'True' else _denied(whole)}"
    return f"assert {relation(subject, 'is', code)}"


def _denied(subject: str) -> str:
    """The negated condition, as people write it."""
    node = ast.parse(subject, mode="eval").body
    if not isinstance(node, ast.Compare) or type(node.ops[0]) not in OPPOSITE:
        return denied(subject)
    opposite = OPPOSITE[type(node.ops[0])]
    return ast.unparse(ast.Compare(node.left, [opposite()], node.comparators))
