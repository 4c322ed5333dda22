"""The report for programs that show findings in code, and let people apply a change: SARIF and reviewdog's format.

SARIF 2.1.0 is for code scanning and for editors. What GitHub demands of it is kept: level `note`, `help.text`,
relative addresses, `primaryLocationLineHash`. `fixes` are for readers that know them.

In the Reviewdog Diagnostic Format, one JSON object a line, a suggestion is applied by a click only where its range
is the one of the diagnostic, in whole lines. So the place is the one in the *test* file, and the gap is a related
location. reviewdog reads lines of less than 64 KiB only, and an older release waits forever after a longer one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from msgspec import Struct

from pytest_enrich import __version__
from pytest_enrich.data import PossibleBug, Report, ReportedSuggestion
from pytest_enrich.reporters import findings
from pytest_enrich.reporters.figures import contract_of, observed_of
from pytest_enrich.reporters.words import fit, visible

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

LONGEST = 60 * 1024
"""Bytes of a line."""

_MESSAGE = 4000

_HUNK = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+")


def render_sarif(report: Report) -> str:
    """The log: one run, one result a suggestion and a possible bug; each of these has its rule."""
    results = [_result(report, one) for one in findings.placed(report)]
    results += [_bug(report, one) for one in report.bugs]
    run = {
        "tool": {"driver": _driver(bugs=bool(report.bugs))},
        "automationDetails": {"id": "pytest-enrich/"},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def render_rdjsonl(report: Report) -> str:
    """A line a suggestion; empty when nothing waits."""
    return "".join(f"{_line(_diagnostic(report, one))}\n" for one in findings.placed(report))


class Change(Struct, frozen=True, kw_only=True):
    """Lines of the old file become others.

    Attributes:
        line: The first line that changes (1-based); of an insertion the one that it comes before.
        removed: The old lines, without their ends; empty for an insertion.
        added: The new lines, the same.
        before: The old line above, None when there is none that is known.
    """

    line: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    before: str | None = None


def read_changes(difference: str) -> tuple[Change, ...]:
    """The changes in order; empty for no diff."""
    found: list[Change] = []
    for line, marked in _hunks(difference):
        found += _changes(line, marked)
    return tuple(found)


def _driver(*, bugs: bool) -> dict[str, object]:
    suggested = _rule(
        findings.RULE, "SuggestedTest", "Code that no test runs, with a suggested test", _HELP, "note"
    )
    contradicting = _rule(BUG_RULE, "PossibleBug", "Code that contradicts its docstring", _BUG_HELP, "warning")
    rules = [suggested | {"properties": {"tags": ["test", "coverage"], "precision": "very-high"}}]
    if bugs:
        rules += [contradicting | {"properties": {"tags": ["docstring", "correctness"], "precision": "high"}}]
    return {
        "name": "pytest-enrich",
        "version": __version__,
        "informationUri": findings.URL,
        "rules": rules,
    }


def _rule(identity: str, name: str, short: str, text: str, level: str) -> dict[str, object]:
    return {
        "id": identity,
        "name": name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "helpUri": findings.URL,
        "defaultConfiguration": {"level": level},
    }


def _bug(report: Report, one: PossibleBug) -> dict[str, object]:
    text = visible(f"{one.title}. {contract_of(one)}; {observed_of(one)}. See: pytest-enrich show {one.id}")
    place = {"artifactLocation": _artifact(report.base + one.path), "region": {"startLine": max(one.line, 1)}}
    return {
        "ruleId": BUG_RULE,
        "ruleIndex": 1,
        "level": "warning",
        "message": {"text": _plain(findings.encodable(text))},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"primaryLocationLineHash": f"{findings.encodable(one.id)}:1"},
    }


def _result(report: Report, reported: ReportedSuggestion) -> dict[str, object]:
    one = reported.suggestion
    found: dict[str, object] = {
        "ruleId": findings.RULE,
        "ruleIndex": 0,
        "level": "note",
        "message": {"text": _plain(f"{findings.sentence(one)} {findings.look(one)} {findings.advice(one)}")},
        "locations": [{"physicalLocation": _physical(report, reported)}],
        "partialFingerprints": {"primaryLocationLineHash": f"{findings.encodable(one.id)}:1"},
    }
    replacements = [_replacement(change) for change in read_changes(reported.difference)]
    if replacements and not one.target.new_file:  # a fix is for a file that is there
        test = _artifact(findings.test_path(report, one))
        change = {"artifactLocation": test, "replacements": replacements}
        found["fixes"] = [{"description": {"text": "Add the suggested test"}, "artifactChanges": [change]}]
    return found


def _physical(report: Report, reported: ReportedSuggestion) -> dict[str, object]:
    first, last = findings.lines(reported)
    texts = {line.number: line.text for line in reported.source}
    region: dict[str, int] = {"startLine": first, "endLine": last}
    if texts.get(first, "").strip() and last in texts:
        start = texts[first]
        region |= {"startColumn": len(start) - len(start.lstrip()) + 1, "endColumn": len(texts[last]) + 1}
    return {
        "artifactLocation": _artifact(findings.source_path(report, reported.suggestion)),
        "region": region,
    }


def _replacement(change: Change) -> dict[str, object]:
    text = "".join(f"{line}\n" for line in change.added)
    end = change.line + len(change.removed)
    region = {"startLine": change.line, "startColumn": 1, "endLine": end, "endColumn": 1}
    return {"deletedRegion": region, "insertedContent": {"text": findings.encodable(text)}}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="surrogatepass"), "uriBaseId": _ROOT}


def _plain(text: str) -> str:
    """Text in which nothing is a link (`[text](address)`); placeholders mean nothing without arguments."""
    return " ".join(text.split()).replace("](", "] (")


def _line(found: dict[str, object]) -> str:
    """As JSON; what would be too long is told in few words, and without the change that a click applies."""
    text = json.dumps(found)
    if len(text) <= LONGEST:
        return text
    short = fit(str(found["message"]).partition("\n")[0], _MESSAGE)
    return json.dumps({name: part for name, part in found.items() if name != "suggestions"} | {"message": short})


def _diagnostic(report: Report, reported: ReportedSuggestion) -> dict[str, object]:
    one = reported.suggestion
    gap = _location(findings.source_path(report, one), *findings.lines(reported))
    made = _applied(reported)
    message = [findings.sentence(one), _imports(reported), findings.look(one), findings.advice(one)]
    found: dict[str, object] = {
        "source": {"name": "pytest-enrich", "url": findings.URL},
        "message": "\n".join(text for text in message if text),
        "location": gap,
        "severity": "INFO",
        "code": {"value": visible(one.id)},
    }
    if not one.target.new_file:  # a file that is not there has no place for a comment
        first, last = made[:2] if made else (reported.anchor, reported.anchor)
        found["location"] = _location(findings.test_path(report, one), first, last)
        found["related_locations"] = [{"message": "no test runs this", "location": gap}]
    if made:
        found["suggestions"] = [{"range": _range(made[0], made[1]), "text": findings.encodable(made[2])}]
    return found


def _imports(reported: ReportedSuggestion) -> str:
    """What a click does not bring, because it stands elsewhere in the file."""
    needed = "; ".join(reported.suggestion.test.imports)
    return visible(f"Needs: {needed}") if needed and len(read_changes(reported.difference)) > 1 else ""


def _applied(reported: ReportedSuggestion) -> tuple[int, int, str] | None:
    """The largest change of the diff, as whole lines and their new text."""
    if reported.suggestion.target.new_file:
        return None
    made = [one for one in map(_whole, read_changes(reported.difference)) if one is not None]
    return max(made, key=lambda one: len(one[2]), default=None)


def _whole(change: Change) -> tuple[int, int, str] | None:
    """A comment cannot be put between lines: an insertion replaces the line above by itself and what follows."""
    if change.removed:
        return change.line, change.line + len(change.removed) - 1, "\n".join(change.added)
    if change.before is None:
        return None
    return change.line - 1, change.line - 1, "\n".join((change.before, *change.added))


def _location(path: str, first: int, last: int) -> dict[str, object]:
    return {"path": visible(path), "range": _range(first, last)}


def _range(first: int, last: int) -> dict[str, object]:
    return {"start": {"line": first}, "end": {"line": last}}


def _hunks(difference: str) -> Iterator[tuple[int, list[str]]]:
    """The first old line of each hunk, and its lines with their signs."""
    first, left = 0, 0
    lines: list[str] = []
    for text in difference.split("\n"):
        match = _HUNK.match(text) if not left else None
        if match:
            if lines:
                yield first, lines
            lines, left = [], _length(text)
            # An empty range is named by the line before it.
            first = int(match[1]) + (match[2] == "0")
        elif left and not text.startswith("\\"):
            lines.append(text)
            left -= 2 if text[:1] not in {"+", "-"} else 1
    if lines:
        yield first, lines


def _length(header: str) -> int:
    """How many old and new lines the hunk has together: text that looks like a header ends none."""
    ranges = re.findall(r"[-+][0-9]{1,9}(?:,([0-9]{1,9}))?", header.partition(" @@")[0])
    return sum(int(count) if count else 1 for count in ranges[:2])


def _changes(line: int, marked: list[str]) -> Iterator[Change]:
    before: str | None = None
    removed: list[str] = []
    added: list[str] = []
    start = line
    for text in [*marked, " "]:
        sign, content = text[:1], text[1:]
        if sign == "-":
            removed.append(content)
            line += 1
        elif sign == "+":
            added.append(content)
        else:
            if removed or added:
                yield Change(line=start, removed=tuple(removed), added=tuple(added), before=before)
            removed, added, before = [], [], content
            line += 1
            start = line
