"""A variant of a parametrized test as one more row of it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pytest_enrich.data import NewRow, Oracle, Template, Variant
from pytest_enrich.proposers.rows import derive, wording
from pytest_enrich.proposers.rows.desk import LONGEST_LINE, Desk
from pytest_enrich.proposers.rows.sheet import Sheet
from pytest_enrich.proposers.search import body


def write(desk: Desk, sheet: Sheet, variant: Variant) -> NewRow | None:
    """The row, or None when it would not be one that a reviewer likes."""
    gaps, cases = desk.closed(variant), sheet.cases
    seen = derive.by_point(sheet.looks, variant.seen)
    found = derive.expected(sheet.looks, {at: one for at, one in seen.items() if sheet.looks[at].name}, cases)
    expected = None if found is None else derive.by_name(sheet.looks, found)
    if not gaps or cases is None or expected is None or not sheet.is_of_cases(variant):
        return None
    values = _values(sheet, variant, expected)
    resolved = desk.resolve(sheet, values)
    if resolved is None or _dumped(resolved.codes) in [_dumped(row) for row in cases.rows]:
        return None
    code = resolved.codes[0] if cases.bare else f"({', '.join(resolved.codes)}{',' * (len(values) == 1)})"
    if len(code) > LONGEST_LINE:
        return None
    raised = any(look.point.form == "raises" for look in sheet.looks)
    return NewRow(
        name=sheet.function.name,
        code=code,
        argnames=cases.argnames,
        imports=resolved.imports,
        placement=sheet.placement,
        title=desk.title(_done(expected, values), gaps[0]),
        look=_look(desk, expected, values) + _told(cases.sharers),
        oracle=_oracle(expected, raised=raised),
        origin=desk.origin,
        gaps=tuple(gap.id for gap in gaps),
    )


def _values(sheet: Sheet, variant: Variant, expected: dict[str, Template]) -> list[Template]:
    """In the order of the parameters."""
    assert sheet.cases is not None
    changed = {sheet.pattern.holes[hole].name: value for hole, value in variant.values}
    row = dict(zip(sheet.cases.argnames, sheet.cases.rows[variant.row], strict=True))
    return [changed.get(name, expected.get(name, row[name])) for name in sheet.cases.argnames]


def _dumped(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(ast.dump(ast.parse(f"({value}\n)", mode="eval")) for value in values)


def _done(expected: dict[str, Template], values: Sequence[Template]) -> str:
    if expected:
        return f"gives {body.shown(next(iter(expected.values())))}"
    return f"with {body.shown(', '.join(values))}"


def _look(desk: Desk, expected: dict[str, Template], values: Sequence[Template]) -> str:
    if expected:
        return wording.look(desk.target, next(iter(expected.values())))
    return f"what the test asserts holds for {body.shown(', '.join(values))}, too: should it?"


def _oracle(expected: dict[str, Template], *, raised: bool) -> tuple[Oracle, ...]:
    if not expected:
        return (Oracle(line=1, what="what the test asserts", source="property", look=True),)
    return tuple(
        Oracle(line=1, what=body.shown(value), source="raises" if raised else "observed", look=at == 0)
        for at, value in enumerate(expected.values())
    )


def _told(sharers: Sequence[str]) -> str:
    return f"; it is a case of {', '.join(sharers)}, too" if sharers else ""
