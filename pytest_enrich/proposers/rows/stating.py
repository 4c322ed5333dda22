"""The assertions of a test that is made of another one's: what was seen, in the words of those that are there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from pytest_enrich import patch
from pytest_enrich.data import Point, Sighting, Span, Variant
from pytest_enrich.proposers.rows import called, derive, message
from pytest_enrich.proposers.rows.derive import SINGLETONS
from pytest_enrich.proposers.rows.look import Look
from pytest_enrich.proposers.rows.sheet import Sheet
from pytest_enrich.proposers.rows.text import Edit, span

LITTLE = re.compile(r"""\bexpect\w* ==|== expect|^(["'])[^"']*\1 in [\w.]+$""")
"""What says little where it does not hold."""
OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
"""Comparisons whose opposite asks the object the same question: `!=` does not call `__eq__`."""


def saying_little(sheet: Sheet, variant: Variant, qualname: str) -> set[Span]:
    """The assertions that would say no more than that something is not, or has not, what another test expects.

    That two things are not equal says something where the target `qualname` is what compares them.
    """
    compares = qualname.endswith(("__eq__", "__ne__"))
    denied = [sheet.looks[one.point].point for one in variant.seen if one.value == "False"]
    texts = {one.span: sheet.text.rewritten(one.subject).strip() for one in denied}
    return {place for place, text in texts.items() if LITTLE.search(text) or (not compares and _is_equality(text))}


def _is_equality(text: str) -> bool:
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq)


def unchanged(sheet: Sheet, variant: Variant) -> set[Span]:
    """The assertions that stay what they are with what was seen."""
    seen = derive.by_point(sheet.looks, variant.seen)
    return {look.point.span for at, look in enumerate(sheet.looks) if seen[at] and _is_same(sheet, at, seen[at])}


def _is_same(sheet: Sheet, at: int, seen: Sequence[Sighting]) -> bool:
    place = sheet.looks[at].point.span
    found = derive.expected(sheet.looks, {at: seen}, sheet.cases)
    if found is None:
        return False
    texts = (sheet.text.rewritten(place, edits) for edits in ((), list(looked(sheet, found, ()))))
    try:
        old, new = (ast.dump(ast.parse(text.strip())) for text in texts)
    except (SyntaxError, ValueError):  # a name in a template
        return False
    return old == new


def looked(sheet: Sheet, seen: Mapping[int, str], edits: Sequence[Edit]) -> Iterator[Edit]:
    """The assertions, each with what was seen."""
    for number, code in seen.items():
        look = sheet.looks[number]
        if look.point.form == "called":
            yield from _called(sheet, look.point, code, edits)
            continue
        if look.point.form == "message":
            yield message.edit(sheet.function, look.point, code)
            continue
        is_one = code in SINGLETONS
        if look.site is not None and (look.constant or is_one == look.identity):
            yield look.site, _in_lines(sheet, look.site, code)
            continue
        subject = sheet.text.rewritten(look.point.subject, edits).strip()
        yield look.point.span, _stated(sheet, look, subject, code)


def _called(sheet: Sheet, point: Point, code: str, edits: Sequence[Edit]) -> Iterator[Edit]:
    """What says how a stand-in was called; nothing where that stands there."""
    nodes = (one for one in ast.walk(sheet.function) if isinstance(one, ast.Expr))
    statement = next(one for one in nodes if span(one) == point.span)
    changed = called.edit(statement, code, sheet.text.rewritten(point.subject, edits).strip())
    yield from [changed] if changed is not None else []


def _in_lines(sheet: Sheet, site: Span, code: str) -> str:
    """A text of several lines as one that is joined of them, where that is what stands there."""
    node = next((one for one in ast.walk(sheet.function) if isinstance(one, ast.Call) and span(one) == site), None)
    text = ast.literal_eval(code) if node is not None and code[:1] in "'\"" else None
    if not isinstance(text, str) or node is None or ast.unparse(node.func) != r"'\n'.join" or "\n" not in text:
        return code
    indent = " " * (sheet.function.col_offset + 4)
    lines = "".join(f"{indent}        {line!r},\n" for line in text.split("\n"))
    return f'"\\n".join(\n{indent}    [\n{lines}{indent}    ]\n{indent})'


def _stated(sheet: Sheet, look: Look, subject: str, code: str) -> str:
    """A whole assertion about None or a truth; that of a value where `is` stands, which is for those."""
    if code not in SINGLETONS:
        return f"assert {patch.relation(subject, '==', code)}"
    if sheet.placement.style == "unittest":
        named = {"True": "assertTrue", "False": "assertFalse", "None": "assertIsNone"}[code]
        return f"self.{named}({subject})"
    if look.point.form == "truth":
        whole = f"({subject})" if "\n" in subject else subject
        return f"assert {whole if code == 'True' else _denied(whole)}"
    return f"assert {patch.relation(subject, 'is', code)}"


def _denied(subject: str) -> str:
    """The opposite, as people write it."""
    node = ast.parse(subject, mode="eval").body
    if not isinstance(node, ast.Compare) or type(node.ops[0]) not in OPPOSITE:
        return patch.denied(subject)
    opposite = OPPOSITE[type(node.ops[0])]
    return ast.unparse(ast.Compare(node.left, [opposite()], node.comparators))
