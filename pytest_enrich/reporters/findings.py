"""What formats for other programs have in common: where a suggestion belongs in the repository, and in what words.

And the smallest of them, GitLab's code quality, which is no more than that.

Texts come from the code under test, from models and from other machines: they stay data in every format.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from pytest_enrich.data import Report, ReportedSuggestion, Suggestion
from pytest_enrich.reporters.words import visible

RULE = "suggested-test"
_NEVER: dict[str, str] = {
    "true": "is never true",
    "false": "is never false",
    "iterates": "never has anything to go through",
    "skips": "never comes to its end",
    "matches": "never matches",
    "no match": "always matches",
    "raises": "never catches anything",
    "entered": "never runs",
}
"""Of a gap without lines of its own, by its outcome."""
URL = "https://pypi.org/project/pytest-enrich/"


def placed(report: Report) -> Iterator[ReportedSuggestion]:
    """Those that still have a place in today's files, best first, each id once."""
    seen: set[str] = set()
    for one in report.suggestions:
        if not one.stale and one.suggestion.id not in seen:
            seen.add(one.suggestion.id)
            yield one


def source_path(report: Report, one: Suggestion) -> str:
    """The source file, relative to the top of the repository."""
    return report.base + one.gap.path


def test_path(report: Report, one: Suggestion) -> str:
    """The test file, relative to the top of the repository."""
    return report.base + one.target.path


def lines(reported: ReportedSuggestion) -> tuple[int, int]:
    """The first and the last of the gap's lines as they are today, 1-based."""
    gap = reported.suggestion.gap
    found = [line.number for line in reported.source if line.missing] or [*gap.lines] or [gap.line]
    return max(min(found), 1), max(*found, 1)


def never(reported: ReportedSuggestion) -> str:
    """What of the gap's lines, as they are today, does not happen: `lines 23-26, 28 never run`."""
    gap = reported.suggestion.gap
    numbers = [line.number for line in reported.source if line.missing] or sorted(gap.lines)
    if not numbers:
        return f"line {lines(reported)[0]} {_NEVER.get(gap.outcome, _NEVER['entered'])}"
    silent = {line.number for line in reported.source if not line.missing and _is_silent(line.text)}
    spans = ", ".join(_spans(numbers, silent))
    return f"line {spans} never runs" if spans.isdecimal() else f"lines {spans} never run"


def _is_silent(text: str) -> bool:
    """Whether there is nothing on a line that could run."""
    return not text.strip() or text.lstrip().startswith("#")


def _spans(numbers: Sequence[int], silent: AbstractSet[int]) -> Iterator[str]:
    """The numbers, those that follow each other together, across `silent` ones too."""
    start = last = numbers[0]
    for number in (*numbers[1:], None):
        if number is not None and silent >= set(range(last + 1, number)):
            last = number
            continue
        yield str(start) if start == last else f"{start}-{last}"
        start = last = number or 0


def sentence(one: Suggestion) -> str:
    """What is missing and what was found, on one line of printable text."""
    mutants = one.proof.mutants
    proof = f", notices {mutants.told('small change', ' of the code')}" if mutants.of else ""
    what = "one more row for" if one.kind == "row" else "a test in"
    return visible(f"{titled(one)}. Suggested: {what} {one.target.path} ({one.grade}{proof}).")


def titled(one: Suggestion) -> str:
    """What it checks, with the function's name in front."""
    name = one.gap.qualname.rpartition(".")[2]
    return one.title if not name or name in one.title else f"{one.gap.qualname}: {one.title}"


def look(one: Suggestion) -> str:
    """The question that only a person can answer, as one line; "" when there is none."""
    return visible(f"Look: {one.look}") if one.look else ""


def advice(one: Suggestion) -> str:
    """The command that goes on from here."""
    return visible(f"Review: pytest-enrich show {one.id}")


def encodable(text: str) -> str:
    """Code as it is, but for what no UTF-8 file can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def render_gitlab(report: Report) -> str:
    """One entry a suggestion, severity `info`; of items with one fingerprint GitLab shows one: it is the id."""
    entries = [_entry(report, one) for one in placed(report)]
    return json.dumps(entries, indent=2) + "\n"


def _entry(report: Report, reported: ReportedSuggestion) -> dict[str, object]:
    one = reported.suggestion
    first, last = lines(reported)
    return {
        "check_name": RULE,
        "description": f"{sentence(one)} {advice(one)}",
        "fingerprint": visible(one.id),
        "severity": "info",
        "location": {
            "path": visible(source_path(report, one)),
            "lines": {"begin": first, "end": last},
        },
    }
