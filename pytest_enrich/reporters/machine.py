"""The report for programs that keep results: JSON, one patch, GitLab's code quality, JUnit's XML.

The schema of the JSON is in docs/reference.
"""

from __future__ import annotations

import inspect
import json
from typing import Any
from xml.etree import ElementTree as ET

import msgspec

from pytest_enrich.data import Report, ReportedSuggestion, Suggestion
from pytest_enrich.data.encoded import encoded
from pytest_enrich.reporters import findings
from pytest_enrich.reporters.words import visible, visible_lines

_MILLISECONDS = 1000.0


def render_json(report: Report) -> str:
    """The whole report, indented; the first key is `schema`."""
    return msgspec.json.format(encoded(report), indent=2).decode() + "\n"


def json_schema() -> dict[str, object]:
    """The JSON schema (2020-12) of what `render` gives."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_cleaned(msgspec.json.schema(Report))}


def render_diff(report: Report) -> str:
    """All suggestions in their test files, a few lines about them first; empty when nothing waits."""
    return report.difference


def render_gitlab(report: Report) -> str:
    """One entry a suggestion, severity `info`; of items with one fingerprint GitLab shows one: it is the id."""
    entries = [_entry(report, one) for one in findings.placed(report)]
    return json.dumps(entries, indent=2) + "\n"


def render_junit(report: Report) -> str:
    """One suite with a case a suggestion; one whose function changed since is skipped: its proof is none now."""
    seconds = sum(one.suggestion.proof.duration_ms for one in report.suggestions) / _MILLISECONDS
    stale = sum(one.stale for one in report.suggestions)
    counts = {"tests": str(len(report.suggestions)), "failures": "0", "errors": "0", "skipped": str(stale)}
    suites = ET.Element("testsuites", {"name": "pytest-enrich", **counts, "time": f"{seconds:.3f}"})
    suite = ET.SubElement(suites, "testsuite", {"name": "suggested tests", **counts, "time": f"{seconds:.3f}"})
    if report.run.at:
        suite.set("timestamp", visible(report.run.at))
    for one in report.suggestions:
        suite.append(_case(report, one))
    ET.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _cleaned(part: dict[str, Any]) -> dict[str, Any]:
    """The same on every Python: from 3.13 on docstrings come without their indentation."""
    cleaned = {name: _cleaned(value) if isinstance(value, dict) else value for name, value in part.items()}
    described = cleaned.get("description")
    return {**cleaned, "description": inspect.cleandoc(described)} if isinstance(described, str) else cleaned


def _entry(report: Report, reported: ReportedSuggestion) -> dict[str, object]:
    one = reported.suggestion
    first, last = findings.lines(reported)
    return {
        "check_name": findings.RULE,
        "description": f"{findings.sentence(one)} {findings.advice(one)}",
        "fingerprint": visible(one.id),
        "severity": "info",
        "location": {
            "path": visible(findings.source_path(report, one)),
            "lines": {"begin": first, "end": last},
        },
    }


def _case(report: Report, reported: ReportedSuggestion) -> ET.Element:
    one = reported.suggestion
    module = one.target.path.removesuffix(".py").replace("/", ".")
    facts = {
        "classname": visible(module),
        "name": visible(f"{one.id}: {one.title}"),
        "file": visible(findings.test_path(report, one)),
        "time": f"{one.proof.duration_ms / _MILLISECONDS:.6f}",
    }
    case = ET.Element("testcase", facts)
    if reported.stale:
        ET.SubElement(case, "skipped", {"message": "the function changed since it was proven"})
    ET.SubElement(case, "system-out").text = visible_lines(_proof(one))
    return case


def _proof(one: Suggestion) -> str:
    """The proof as people read it, one fact a line."""
    proof = one.proof
    runs = f"{proof.runs.passed} of {proof.runs.of} runs passed: {', '.join(proof.runs.modes)}"
    place = f"{one.gap.path}:{one.gap.line} {one.gap.qualname}"
    mutants = proof.mutants
    killed = f"kills {mutants.told()}" if mutants.of else mutants.note or "no mutants"
    tried = [f"  line {each.line}: {each.change}  {'killed' if each.killed else 'alive'}" for each in mutants.list]
    return "\n".join(
        [f"gap: {place}", f"grade: {one.grade}", runs, killed, *tried, f"look: {one.look}", one.test.code]
    )
