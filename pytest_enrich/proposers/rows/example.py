"""A variant of a test that Hypothesis draws for, as an `@example` of it."""

from __future__ import annotations

from pytest_enrich.data import NewRow, Oracle, Template, Variant
from pytest_enrich.proposers.rows import given
from pytest_enrich.proposers.rows.desk import LONGEST_LINE, Desk
from pytest_enrich.proposers.rows.sheet import Sheet
from pytest_enrich.proposers.search import body

EXAMPLE = "⟨hypothesis:example⟩"


def write(desk: Desk, sheet: Sheet, variant: Variant) -> NewRow | None:
    """The example, or None when it would not be one that a reviewer likes."""
    gaps = desk.closed(variant)
    resolved = desk.resolve(sheet, [_called(sheet, variant)])
    if not gaps or resolved is None or len(resolved.codes[0]) >= LONGEST_LINE:
        return None
    values = ", ".join(value for _, value in variant.values)
    return NewRow(
        name=sheet.function.name,
        code=f"@{resolved.codes[0]}",
        argnames=(),
        imports=resolved.imports,
        placement=sheet.placement,
        title=desk.title(f"with {body.shown(values)}", gaps[0]),
        look=f"what the test asserts holds for {body.shown(values)}, too: should it?",
        oracle=(Oracle(line=1, what="what the test asserts", source="property", look=True),),
        origin=desk.origin,
        gaps=tuple(gap.id for gap in gaps),
    )


def _called(sheet: Sheet, variant: Variant) -> Template:
    """By name, as the decorator beside it is called."""
    spelling = given.spelling(sheet.function)
    arguments = ", ".join(f"{sheet.pattern.holes[hole].name}={value}" for hole, value in variant.values)
    return f"{f'{spelling}example' if spelling else EXAMPLE}({arguments})"
