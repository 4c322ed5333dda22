"""JUnit XML of the proofs: what was shown about each suggestion, for tools that keep test results."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from pytest_enrich.data import Report, ReportedSuggestion, Suggestion
from pytest_enrich.reporters import findings
from pytest_enrich.reporters.words import visible, visible_lines

_MILLISECONDS = 1000.0


def render(report: Report) -> str:
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
