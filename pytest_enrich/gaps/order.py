"""What a team has of a test for a function: what can go wrong there, and how much depends on it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from pytest_enrich.data.code import Gap
from pytest_enrich.gaps.outline import Outline, Site

RISK = 3.0
MOST_CALLS, A_CALL = 6, 0.5
MOST_DECISIONS, A_DECISION = 10, 0.2
_DEFINES = ("def ", "async def ", "class ")
MOST_BRANCHES = 10
# A test to start from is worth as much as three branches.
STARTED = 3


class Worth(Struct, frozen=True, kw_only=True):
    """Of one function: a number to compare by, and the parts of it that are worth a word.

    Attributes:
        value: The higher, the sooner.
        calls: Places in the measured files that call it by name.
    """

    value: float = 0.0
    calls: int = 0


def weigh(texts: Mapping[str, str], functions: Sequence[Sequence[Gap]]) -> list[Worth]:
    """The worth of each function, given by its gaps.

    Args:
        texts: The measured files, by path; files that are not Python count for nothing.
        functions: For each function its gaps, at least one.
    """
    outlines = {path: outline for path, text in texts.items() if (outline := _outline(text)) is not None}
    references = Counter(name for outline in outlines.values() for name in _references(outline))
    definitions = Counter(_name(site.qualname) for outline in outlines.values() for site in _functions(outline))
    decisions = {
        (path, name): count for path, outline in outlines.items() for name, count in _decisions(outline).items()
    }

    def one(group: Sequence[Gap]) -> Worth:
        first, name = group[0], _name(group[0].qualname)
        # A name that several functions have is called for one of them: nobody knows which.
        calls = references[name] // max(definitions[name], 1) if name else 0
        value = RISK * any(map(is_error, group))
        value += min(calls, MOST_CALLS) * A_CALL
        value += min(decisions.get((first.path, first.qualname), 0), MOST_DECISIONS) * A_DECISION
        return Worth(value=value, calls=calls)

    return [one(group) for group in functions]


def is_error(gap: Gap) -> bool:
    """Whether it is error handling that never happened."""
    return gap.outcome == "raises"


def _outline(text: str) -> Outline | None:
    try:
        return Outline(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _functions(outline: Outline) -> Iterator[Site]:
    return (
        site for node, site in outline.bodies.items() if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _references(outline: Outline) -> Iterator[str]:
    for node in ast.walk(outline.text.tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name:
                yield name


def _decisions(outline: Outline) -> Counter[str]:
    """For each function how many ways there are in it beyond the first."""
    return Counter(
        site.qualname for site in outline.statements.values() for outcome in site.outcomes if outcome != "entered"
    )


def _name(qualname: str) -> str:
    """The last part, "" for a name that Python calls by itself."""
    name = qualname.rpartition(".")[2]
    return "" if name.startswith("__") else name


class Ranked(Struct, frozen=True, kw_only=True):
    """A gap, and in a few words why it stands where it does."""

    gap: Gap
    reason: str


def order(gaps: Sequence[Gap], texts: Mapping[str, str]) -> tuple[Ranked, ...]:
    """The gaps, those first that are worth most and are easiest to reach.

    Functions come first that tests already run, since there is a test to start from, that have many missing
    branches, that handle errors, that many others call, that decide much. Module bodies come
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
    if worth.calls > 1:
        parts.append(f"called in {worth.calls} places")
    return "; ".join(parts)
