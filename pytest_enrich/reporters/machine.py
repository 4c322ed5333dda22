"""The report for other programs: SARIF, GitLab's code quality, GitHub's notices and comment.

What GitHub demands of SARIF is kept: level `note`, `help.text`, relative addresses, `primaryLocationLineHash`.
Notices are workflow commands, lines of a log on which GitHub's runner acts; posting the comment is for a job that
runs no generated code. Texts come from the code under test, from models and from other machines: they stay data.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from urllib.parse import quote

from msgspec.structs import replace

from pytest_enrich import __version__
from pytest_enrich.data import Report, ReportedSuggestion, Suggestion
from pytest_enrich.reporters import figures, md
from pytest_enrich.reporters.figures import contract_of, observed_of
from pytest_enrich.reporters.words import counted, visible

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
"""What is said of a gap without lines of its own, by its outcome."""
URL = "https://pypi.org/project/pytest-enrich/"


def placed(report: Report) -> Iterator[ReportedSuggestion]:
    """The suggestions that still have a place in today's files, best first."""
    return (reported for reported in report.suggestions if not reported.stale)


def source_path(report: Report, suggestion: Suggestion) -> str:
    """The source file, relative to the top of the repository."""
    return report.base + suggestion.gap.path


def _silent_lines(reported: ReportedSuggestion) -> list[int]:
    """The gap's lines that no test runs, numbered as today; if the source is not there, as they were."""
    return [line.number for line in reported.source if line.missing] or sorted(reported.suggestion.gap.lines)


def lines(reported: ReportedSuggestion) -> tuple[int, int]:
    """The first and the last of the gap's lines as they are today, 1-based."""
    numbers = _silent_lines(reported) or [reported.suggestion.gap.line]
    return max(min(numbers), 1), max(*numbers, 1)


def never(reported: ReportedSuggestion) -> str:
    """What never happens in the gap, by today's line numbers: `lines 23-26, 28 never run`."""
    numbers = _silent_lines(reported)
    if not numbers:
        return f"line {lines(reported)[0]} {_NEVER.get(reported.suggestion.gap.outcome, _NEVER['entered'])}"
    idle = (line for line in reported.source if not line.missing and line.text.strip()[:1] in {"", "#"})
    between = {line.number for line in idle}
    spans = ", ".join(_spans(numbers, between))
    return f"line {spans} never runs" if spans.isdecimal() else f"lines {spans} never run"


def _spans(numbers: Sequence[int], between: AbstractSet[int]) -> Iterator[str]:
    """The numbers as spans; a span may go across numbers that are in `between`."""
    start = last = numbers[0]
    for number in (*numbers[1:], None):
        if number is not None and between >= set(range(last + 1, number)):
            last = number
            continue
        yield str(start) if start == last else f"{start}-{last}"
        start = last = number or 0


def sentence(suggestion: Suggestion) -> str:
    """What is missing and what was found, on one line of printable text."""
    mutants = suggestion.proof.mutants
    proof = f", notices {mutants.told('small change', ' of the code')}" if mutants.of else ""
    offer = "one more row for" if suggestion.kind == "row" else "a test in"
    return visible(
        f"{titled(suggestion)}. Suggested: {offer} {suggestion.target.path} ({suggestion.grade}{proof})."
    )


def titled(suggestion: Suggestion) -> str:
    """What it checks, with the function's name in front."""
    name = suggestion.gap.qualname.rpartition(".")[2]
    title = suggestion.title
    return title if not name or name in title else f"{suggestion.gap.qualname}: {title}"


def advice(suggestion: Suggestion) -> str:
    """The command to run next."""
    return visible(f"Review: pytest-enrich show {suggestion.id}")


def render_gitlab(report: Report) -> str:
    """One entry per suggestion, severity `info`; its id is the fingerprint, of which GitLab shows each once."""
    entries = [_entry(report, reported) for reported in placed(report)]
    return json.dumps(entries, indent=2) + "\n"


def _entry(report: Report, reported: ReportedSuggestion) -> dict[str, object]:
    suggestion = reported.suggestion
    first, last = lines(reported)
    return {
        "check_name": RULE,
        "description": f"{sentence(suggestion)} {advice(suggestion)}",
        "fingerprint": visible(suggestion.id),
        "severity": "info",
        "location": {"path": visible(source_path(report, suggestion)), "lines": {"begin": first, "end": last}},
    }


SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_HELP = (
    "No test runs this code. pytest-enrich has a test for it that passes, is stable, and was proven in a sandbox. "
    "A person decides about it: pytest-enrich show ID, then accept or reject."
)

BUG_RULE = "possible-bug"
_BUG_HELP = (
    "The docstring says one thing and the code does another, each time it was run in a sandbox. A person decides "
    "which of the two is wrong: pytest-enrich show ID, then xfail or reject."
)


def render_sarif(report: Report) -> str:
    """The log: one run, with a result for each suggestion and possible bug; each of the two kinds has its rule."""
    results = [_suggested(report, reported) for reported in placed(report)]
    results += [_contradicting(report, bug) for bug in report.bugs]
    tool = {"driver": _driver(bugs=bool(report.bugs))}
    run = {"tool": tool, "automationDetails": {"id": "pytest-enrich/"}, "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(*, bugs: bool) -> dict[str, object]:
    suggested = _rule(RULE, "SuggestedTest", "Code that no test runs, with a suggested test", _HELP, "note")
    contradicting = _rule(BUG_RULE, "PossibleBug", "Code that contradicts its docstring", _BUG_HELP, "warning")
    rules = [suggested | {"properties": {"tags": ["test", "coverage"], "precision": "very-high"}}]
    if bugs:
        rules += [contradicting | {"properties": {"tags": ["docstring", "correctness"], "precision": "high"}}]
    return {"name": "pytest-enrich", "version": __version__, "informationUri": URL, "rules": rules}


def _rule(identity: str, name: str, short: str, text: str, level: str) -> dict[str, object]:
    return {
        "id": identity,
        "name": name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "helpUri": URL,
        "defaultConfiguration": {"level": level},
    }


def _contradicting(report: Report, bug: Suggestion) -> dict[str, object]:
    text = f"{bug.title}. {contract_of(bug)}; {observed_of(bug)}. See: pytest-enrich show {bug.id}"
    result = _result(report, bug, text, {"startLine": max(bug.gap.line, 1)})
    return {"ruleId": BUG_RULE, "ruleIndex": 1, "level": "warning", **result}


def _suggested(report: Report, reported: ReportedSuggestion) -> dict[str, object]:
    suggestion, (first, last) = reported.suggestion, lines(reported)
    look = f"Look: {suggestion.look}" if suggestion.look else ""
    text = f"{sentence(suggestion)} {look} {advice(suggestion)}"
    result = _result(report, suggestion, text, {"startLine": first, "endLine": last})
    return {"ruleId": RULE, "ruleIndex": 0, "level": "note", **result}


def _result(report: Report, suggestion: Suggestion, text: str, region: dict[str, int]) -> dict[str, object]:
    uri = quote(source_path(report, suggestion), errors="surrogatepass")
    place = {"artifactLocation": {"uri": uri, "uriBaseId": _ROOT}, "region": region}
    return {
        "message": {"text": _plain(visible(text))},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": f"{suggestion.id}:1"},
    }


def _plain(text: str) -> str:
    """Text in which nothing is a link (`[text](address)`); placeholders mean nothing without arguments."""
    return " ".join(text.split()).replace("](", "] (")


MOST = 10
"""Notices of one step; GitHub silently drops any beyond."""

MARK = "<!-- pytest-enrich comment -->"
LARGEST = 60_000
"""In bytes, so there are no more characters than that; GitHub takes 65,536."""


def render_notices(report: Report) -> str:
    """The notices, one per line: possible bugs, at most half of all, then one per function, best first.

    The last one says how many suggestions are left out.
    """
    groups = figures.by_function(replace(report, suggestions=tuple(placed(report))))
    bugs = [_bug_notice(report, bug) for bug in report.bugs[: MOST // 2]]
    room = MOST - len(bugs)
    shown, more = groups[:room], sum(len(group) for group in groups[room:])
    last = len(shown) - 1
    notices = [_notice(report, group, more if at == last else 0) for at, group in enumerate(shown)]
    return "".join(f"{line}\n" for line in (*bugs, *notices))


def notice(message: str, **properties: str | int) -> str:
    """A notice on a file, as one line; whatever is in the texts stays text."""
    fields = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::notice {fields}::{_data(message)}"


def render_comment(report: Report) -> str:
    """The summary under a mark by which the next one finds it; "" when there is nothing to say."""
    if not (report.suggestions or report.bugs):
        return ""
    return f"{MARK}\n{md.render(report, LARGEST - len(MARK) - 1)}"


def _bug_notice(report: Report, bug: Suggestion) -> str:
    lines = [f"{bug.title}.", contract_of(bug), observed_of(bug), f"See: pytest-enrich show {bug.id}"]
    text = "\n".join(visible(line) for line in lines)
    line = bug.gap.line
    return notice(text, file=source_path(report, bug), line=line, endLine=line, title="possible bug")


def _notice(report: Report, group: Sequence[ReportedSuggestion], more: int) -> str:
    first = group[0].suggestion
    start, end = lines(group[0])
    sentences = [f"{first.gap.qualname or 'the module'}: {never(group[0])}.", titled(first), advice(first)]
    others = len(group) - 1
    sentences += [f"and {counted(others, 'other test')} for this function"] * bool(others)
    sentences += [f"and {counted(more, 'suggested test')} for other functions: see the job summary"] * bool(more)
    text = "\n".join(visible(line) for line in sentences)
    title = "suggested tests" if others else "suggested test"
    return notice(text, file=source_path(report, first), line=start, endLine=end, title=title)


def _data(text: str) -> str:
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
