"""GitLab's code quality report: a JSON list that its merge request widget reads."""

from __future__ import annotations

import json

from pytest_enrich.data import Report, ReportedSuggestion
from pytest_enrich.reporters import findings
from pytest_enrich.reporters.words import visible


def render(report: Report) -> str:
    """One entry a suggestion, severity `info`; of items with one fingerprint GitLab shows one: it is the id."""
    entries = [_entry(report, one) for one in findings.placed(report)]
    return json.dumps(entries, indent=2) + "\n"


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
