"""From what was seen to what a test expects: only values that somebody would write."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from pytest_enrich.data import Sighting, Template
from pytest_enrich.proposers.rows import called
from pytest_enrich.proposers.rows.cases import Cases
from pytest_enrich.proposers.rows.literal import NAME, is_literal
from pytest_enrich.proposers.rows.look import Look

SINGLETONS = {"None", "True", "False"}
LONGEST_FLOAT = 8


def expected(
    looks: Sequence[Look], seen: Mapping[int, Sequence[Sighting]], cases: Cases | None = None
) -> dict[int, Template] | None:
    """What was seen at each of the looks that `seen` has, by their place.

    None when one was not met, was not the same each time, or is nothing that somebody would write there. One that
    stands only on one of several ways need not be met.
    """
    found: dict[int, Template] = {}
    for at, sightings in seen.items():
        if not sightings and looks[at].conditional:
            continue
        values = {_stated(looks[at], one.value) for one in sightings}
        value = values.pop() if len(values) == 1 else None
        if value is None or not _is_usual(looks[at], value, cases):
            return None
        found[at] = value
    return found


def by_point(looks: Sequence[Look], seen: Sequence[Sighting]) -> dict[int, list[Sighting]]:
    """All sightings, by the place of the look."""
    return {at: [one for one in seen if one.point == at] for at in range(len(looks))}


def by_name(looks: Sequence[Look], found: dict[int, Template]) -> dict[str, Template] | None:
    """The same by the parameters that are expected; None when one would have to be two things."""
    named: dict[str, Template] = {}
    for point, value in found.items():
        if named.setdefault(looks[point].name, value) != value:
            return None
    return named


def _is_usual(look: Look, value: Template, cases: Cases | None) -> bool:
    """Whether a value is a plain literal, or made by a call that other cases expect there, too."""
    if look.point.form == "called":
        return called.is_usual(value)
    if look.point.form == "message":
        return isinstance(getattr(_parsed(value), "value", None), str)
    if look.point.form == "raises" or is_literal(_parsed(value)):
        return True
    if look.constant:
        return NAME.fullmatch(value) is not None
    known = cases.column(look.name) if cases is not None and look.name in cases.argnames else ()
    made = _called(value.replace("⟨", "").replace("⟩", "").replace(":", "."))
    return bool(made) and made in map(_called, known)


def _called(source: str) -> str:
    """The last name of what is called; "" for anything else."""
    node = _parsed(source)
    function = node.func if isinstance(node, ast.Call) else None
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _parsed(source: str) -> ast.expr:
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return ast.Name("...", ast.Load())


def _stated(look: Look, value: Template) -> Template | None:
    is_one = value in SINGLETONS or (look.constant and NAME.fullmatch(value) is not None)
    is_fixed = look.identity and (look.constant or bool(look.name))  # where only one of its kind can stand
    if not value or len(value) > look.room or (is_fixed and not is_one):
        return None
    try:
        number = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return value
    if not isinstance(number, float):
        return value
    # What `pytest.approx` compares with needs no more digits than it looks at.
    shown = repr(float(f"{number:.7g}")) if look.approx else value
    return shown if look.approx or len(shown) <= LONGEST_FLOAT else None
