"""A variant of a test as one more row of its list of cases."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pytest_enrich.data import NewRow, Observation, Oracle, Template, Variant
from pytest_enrich.proposers.rows import stating
from pytest_enrich.proposers.rows.reading import Sheet
from pytest_enrich.proposers.rows.rendering import VariantRenderer
from pytest_enrich.writing import body, names, questions
from pytest_enrich.writing.renderer import LONGEST_LINE


def write_row(renderer: VariantRenderer) -> NewRow | None:
    """The row, or None when a reviewer would not like it."""
    sheet, variant = renderer.sheet, renderer.variant
    gaps, cases = renderer.gaps, sheet.cases
    seen = stating.by_point(sheet.looks, variant.seen)
    named = {at: sightings for at, sightings in seen.items() if sheet.looks[at].name}
    stated = stating.expected(sheet.looks, named, cases)
    expected = None if stated is None else stating.by_name(sheet.looks, stated)
    if not gaps or cases is None or expected is None or not sheet.is_of_cases(variant):
        return None
    values = _values(sheet, variant, expected)
    resolved = renderer.resolve_there(values)
    if resolved is None or _dumped(resolved.codes) in [_dumped(row) for row in cases.rows]:
        return None
    code = resolved.codes[0] if cases.bare else f"({', '.join(resolved.codes)}{',' * (len(values) == 1)})"
    if len(code) > LONGEST_LINE:
        return None
    first, whole = next(iter(expected.values()), ""), ", ".join(values)
    seen_first = Observation(subject="result" if expected else "state", value=first)
    done = f"gives {body.shown(first)}" if expected else f"with {body.shown(whole)}"
    value = questions.about_value(first, renderer.documented)
    return NewRow(
        name=sheet.function.name,
        code=code,
        argnames=cases.argnames,
        imports=resolved.imports,
        placement=sheet.placement,
        title=names.title(renderer.case(seen_first), done),
        look=value if expected else questions.about_case(whole),
        oracle=_oracles(sheet, expected) or questions.oracle_of_test(),
        origin=renderer.origin,
        gaps=tuple(gap.id for gap in gaps),
    )


def _values(sheet: Sheet, variant: Variant, expected: dict[str, Template]) -> list[Template]:
    """The row's values, in the order of the parameters."""
    assert sheet.cases is not None
    changed = {hole.name: value for hole, value in sheet.changes(variant)}
    row = dict(zip(sheet.cases.argnames, sheet.cases.rows[variant.row], strict=True))
    return [changed.get(name, expected.get(name, row[name])) for name in sheet.cases.argnames]


def _dumped(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(ast.dump(ast.parse(f"({value}\n)", mode="eval")) for value in values)


def _oracles(sheet: Sheet, expected: dict[str, Template]) -> tuple[Oracle, ...]:
    """The expected values, and where they come from."""
    is_raised = any(look.point.form == "raises" for look in sheet.looks)
    return tuple(
        Oracle(line=1, what=body.shown(value), source="raises" if is_raised else "observed", look=at == 0)
        for at, value in enumerate(expected.values())
    )
