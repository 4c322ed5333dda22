"""The report for programs that show findings in code: SARIF 2.1.0, for code scanning and for editors.

What GitHub demands of it is kept: level `note`, `help.text`, relative addresses, `primaryLocationLineHash`.
"""

from __future__ import annotations

import json
from urllib.parse import quote

from pytest_enrich import __version__
from pytest_enrich.data import Report, ReportedSuggestion, Suggestion
from pytest_enrich.reporters import findings
from pytest_enrich.reporters.figures import contract_of, observed_of
from pytest_enrich.reporters.words import visible

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


def render(report: Report) -> str:
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


def _driver(*, bugs: bool) -> dict[str, object]:
    suggested = _rule(
        findings.RULE, "SuggestedTest", "Code that no test runs, with a suggested test", _HELP, "note"
    )
    contradicting = _rule(BUG_RULE, "Suggestion", "Code that contradicts its docstring", _BUG_HELP, "warning")
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


def _bug(report: Report, one: Suggestion) -> dict[str, object]:
    text = visible(f"{one.title}. {contract_of(one)}; {observed_of(one)}. See: pytest-enrich show {one.id}")
    place = {
        "artifactLocation": _artifact(findings.source_path(report, one)),
        "region": {"startLine": max(one.gap.line, 1)},
    }
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
    return {
        "ruleId": findings.RULE,
        "ruleIndex": 0,
        "level": "note",
        "message": {"text": _plain(f"{findings.sentence(one)} {findings.look(one)} {findings.advice(one)}")},
        "locations": [{"physicalLocation": _physical(report, reported)}],
        "partialFingerprints": {"primaryLocationLineHash": f"{findings.encodable(one.id)}:1"},
    }


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


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="surrogatepass"), "uriBaseId": _ROOT}


def _plain(text: str) -> str:
    """Text in which nothing is a link (`[text](address)`); placeholders mean nothing without arguments."""
    return " ".join(text.split()).replace("](", "] (")
