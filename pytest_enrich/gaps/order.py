"""Which gaps first, and why."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich.data.code import Gap
from pytest_enrich.gaps.read import FileCoverage


class Ranked(Struct, frozen=True, kw_only=True):
    """A gap, and in a few words why it stands where it does."""

    gap: Gap
    reason: str


def order(gaps: Sequence[Gap], files: Sequence[FileCoverage] = ()) -> tuple[Ranked, ...]:
    """The gaps, those first that are worth most and are easiest to reach.

    Functions that tests already run come first, since a test to start from is there; among them those with
    most missing branches. The gaps of one function stay together, explicit error handling first.
    """
    run = {file.path: set(file.statements) - set(file.missing_lines) for file in files}
    functions: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        functions.setdefault((gap.path, gap.qualname), []).append(gap)
    chosen = sorted(functions.values(), key=lambda group: _place(group, run))
    return tuple(Ranked(gap=gap, reason=_reason(gap, group, run)) for group in chosen for gap in _inside(group))


def _place(group: Sequence[Gap], run: dict[str, set[int]]) -> tuple[object, ...]:
    first = group[0]
    branches = sum(len(gap.branches) for gap in group)
    return (not first.qualname, not _entered(group), -branches, first.path, first.line)


def _inside(group: Sequence[Gap]) -> list[Gap]:
    return sorted(group, key=lambda gap: (gap.outcome != "entered", not _handles_errors(gap), gap.line, gap.outcome))


def _entered(group: Sequence[Gap]) -> bool:
    """Whether some test runs the function: else its first lines are a gap of their own."""
    return not any(gap.outcome == "entered" and gap.text.startswith(_DEFINES) for gap in group)


_DEFINES = ("def ", "async def ", "class ")


def _handles_errors(gap: Gap) -> bool:
    return gap.outcome == "raises"


def _reason(gap: Gap, group: Sequence[Gap], run: dict[str, set[int]]) -> str:
    if not gap.qualname:
        return "module level: runs on import"
    what = "tests run this function" if _entered(group) else "no test runs this function"
    branches = sum(len(one.branches) for one in group)
    if gap.outcome == "raises":
        return f"{what}; an error is handled here"
    return f"{what}; {branches} of its branches are missing" if branches else what
