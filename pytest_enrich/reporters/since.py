"""What a run says about changed lines, and about what waited before it."""

from __future__ import annotations

from pytest_enrich.data import ChangedPart, RunSummary
from pytest_enrich.reporters.words import counted, filled, fit

_STAGED = "staged"
_NAME = 40


def asked(since: str) -> str:
    """As the header has it: `lines changed since origin/main`."""
    return "staged lines" if since == _STAGED else f"lines changed since {fit(since, _NAME)}"


def heading(part: ChangedPart) -> str:
    """`changed   38 lines in 3 files since origin/main; 11 have no test`."""
    if part.since == _STAGED:
        lines, since = counted(part.lines, "staged line"), ""
    else:
        lines, since = counted(part.lines, "line"), f" since {fit(part.since, _NAME)}"
    verb = "has" if part.missing == 1 else "have"
    told = f"{part.missing} {verb} no test" if part.missing else "only branches are missing"
    return filled(f"changed   {lines} in {counted(part.files, 'file')}{since}; {told}", indent=10)


def nothing(part: ChangedPart) -> str:
    """Why there is nothing to do, where no changed line has a gap."""
    staged = part.since == _STAGED
    since = "" if staged else f" since {fit(part.since, _NAME)}"
    kind = "staged" if staged else "changed"
    if not part.paths:
        return "No Python file is staged." if staged else f"No Python file changed{since}."
    if not part.lines:
        return f"No {kind} line{since} is a statement that coverage measures."
    if part.missing:
        return f"{counted(part.missing, f'{kind} line')}{since} without a test, and nobody wants one there."
    if part.lines == 1:
        return f"The 1 {kind} line{since} is covered."
    return f"All {part.lines} {kind} lines{since} are covered."


def lines(part: ChangedPart) -> str:
    """`38 changed lines since origin/main`, `1 staged line`."""
    if part.since == _STAGED:
        return counted(part.lines, "staged line")
    return f"{counted(part.lines, 'changed line')} since {fit(part.since, _NAME)}"


def moved(summary: RunSummary) -> str:
    """The line `waiting` of a run; "" where `apart` is."""
    told = apart(summary)
    return filled(f"waiting   {told}", indent=10) if told else ""


def apart(summary: RunSummary) -> str:
    """What is new, known and over, told apart; "" where nothing waited before or nothing was done."""
    done = summary.candidates or summary.suggestions
    if not (summary.closed or summary.stale or (summary.known and done)):
        return ""
    parts = [f"{len(summary.suggestions)} new", f"{len(summary.known)} known"]
    parts += [f"{len(summary.closed)} closed (tests cover it now)"] * bool(summary.closed)
    parts += [f"{len(summary.stale)} stale (its code changed)"] * bool(summary.stale)
    return ", ".join(parts)
