"""Which gaps first, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from pytest_enrich.data.code import Gap
from pytest_enrich.gaps.worth import Worth, is_error, weigh

_DEFINES = ("def ", "async def ", "class ")
MOST_BRANCHES = 10
# A test to start from is worth as much as three branches.
STARTED = 3


class Ranked(Struct, frozen=True, kw_only=True):
    """A gap, and in a few words why it stands where it does."""

    gap: Gap
    reason: str


def order(gaps: Sequence[Gap], texts: Mapping[str, str]) -> tuple[Ranked, ...]:
    """The gaps, those first that are worth most and are easiest to reach.

    Functions come first that tests already run, since there is a test to start from, that have many missing
    branches, that handle errors, money or access, that many others call, that decide much. Module bodies come
    last. The gaps of one function stay together: what enters it, then the others by line.

    Args:
        gaps: All gaps of the functions in question.
        texts: The measured files, by path.
    """
    grouped: dict[tuple[str, str], list[Gap]] = {}
    for gap in gaps:
        grouped.setdefault((gap.path, gap.qualname), []).append(gap)
    functions = list(grouped.values())
    chosen = sorted(zip(functions, weigh(texts, functions), strict=True), key=_place)
    return tuple(
        Ranked(gap=gap, reason=_reason(gap, group, worth))
        for group, worth in chosen
        for gap in sorted(group, key=_rank)
    )


def _place(one: tuple[Sequence[Gap], Worth]) -> tuple[object, ...]:
    group, worth = one
    first = group[0]
    value = worth.value + min(_branches(group), MOST_BRANCHES) + (STARTED if _is_run(group) else 0)
    return (not first.qualname, -value, first.path, first.line)


def _rank(gap: Gap) -> tuple[object, ...]:
    return (not _is_start(gap), gap.line, gap.outcome)


def _is_run(group: Sequence[Gap]) -> bool:
    """Whether some test runs the function: else its first lines are a gap of their own."""
    return not any(_is_start(gap) for gap in group)


def _is_start(gap: Gap) -> bool:
    return gap.outcome == "entered" and gap.text.startswith(_DEFINES)


def _branches(group: Sequence[Gap]) -> int:
    return sum(len(gap.branches) for gap in group)


def _reason(gap: Gap, group: Sequence[Gap], worth: Worth) -> str:
    if not gap.qualname:
        return "runs on import only"
    parts = ["tests run this function" if _is_run(group) else "no test runs this function"]
    missing = _branches(group)
    if is_error(gap):
        parts.append("its error handling never happened")
    elif missing:
        parts.append(f"{missing} missing branch{'es' * (missing > 1)}")
    if worth.handles:
        parts.append(f"handles {worth.handles}")
    if worth.calls > 1:
        parts.append(f"called in {worth.calls} places")
    return "; ".join(parts)
