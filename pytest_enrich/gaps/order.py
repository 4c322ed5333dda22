"""Which gaps first, and why."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from pytest_enrich.data.code import Gap

_DEFINES = ("def ", "async def ", "class ")


class Ranked(Struct, frozen=True, kw_only=True):
    """A gap, and in a few words why it stands where it does."""

    gap: Gap
    reason: str


def order(gaps: Sequence[Gap]) -> tuple[Ranked, ...]:
    """The gaps, those first that are worth most and are easiest to reach.

    Functions that tests already run come first, since there is a test to start from; among them those with most
    missing branches, then those with error handling that never happened. Module bodies come last. The gaps of
    one function stay together: what enters it, then the others by line.

    Args:
        gaps: All gaps of the functions in question.
    """
    functions: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        functions.setdefault((gap.path, gap.qualname), []).append(gap)
    chosen = sorted(functions.values(), key=_place)
    return tuple(
        Ranked(gap=gap, reason=_reason(gap, group)) for group in chosen for gap in sorted(group, key=_rank)
    )


def _place(group: Sequence[Gap]) -> tuple[object, ...]:
    first = group[0]
    errors = sum(gap.outcome == "raises" for gap in group)
    return (not first.qualname, not _is_run(group), -_branches(group), -errors, first.path, first.line)


def _rank(gap: Gap) -> tuple[object, ...]:
    return (not _is_start(gap), gap.line, gap.outcome)


def _is_run(group: Sequence[Gap]) -> bool:
    """Whether some test runs the function: else its first lines are a gap of their own."""
    return not any(_is_start(gap) for gap in group)


def _is_start(gap: Gap) -> bool:
    return gap.outcome == "entered" and gap.text.startswith(_DEFINES)


def _branches(group: Sequence[Gap]) -> int:
    return sum(len(gap.branches) for gap in group)


def _reason(gap: Gap, group: Sequence[Gap]) -> str:
    if not gap.qualname:
        return "runs on import only"
    what = "tests run this function" if _is_run(group) else "no test runs this function"
    if gap.outcome == "raises":
        return f"{what}; its error handling never happened"
    missing = _branches(group)
    return f"{what}; {missing} missing branch{'es' * (missing > 1)}" if missing else what
