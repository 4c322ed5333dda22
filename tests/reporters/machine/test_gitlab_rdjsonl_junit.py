"""The other formats for programs."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import jsonschema
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Report
from pytest_enrich.reporters import gitlab, junit, rdjsonl


def fields(*needed, **known):
    """A JSON schema: these fields and no other, since reviewdog refuses a report for one that it does not know."""
    return {"type": "object", "properties": known, "required": needed, "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1}
LINE = fields("line", line={"type": "integer", "minimum": 1, "maximum": 2**31 - 1})
RANGE = fields("start", "end", start=LINE, end=LINE)
LOCATION = fields("path", "range", path=TEXT, range=RANGE)
DIAGNOSTIC = fields(
    "message", "location", "severity",
    message=TEXT,
    location=LOCATION,
    severity={"enum": ["ERROR", "WARNING", "INFO"]},
    source=fields("name", name=TEXT, url=TEXT),
    code=fields("value", value=TEXT, url=TEXT),
    suggestions={"type": "array", "items": fields("range", "text", range=RANGE, text={"type": "string"})},
    related_locations={"type": "array", "items": fields("location", location=LOCATION, message=TEXT)},
)  # fmt: skip


def diagnostics(report):
    """The lines as reviewdog 0.18 and later reads them: all fields are the format's, and no line is too long."""
    lines = rdjsonl.render(report).splitlines()
    for line in lines:
        jsonschema.Draft202012Validator(DIAGNOSTIC).validate(json.loads(line))
        assert len(line.encode()) < 64 * 1024
    return [json.loads(line) for line in lines]


def test_gitlab_gets_one_entry_of_the_least_severity_a_suggestion(report):
    (entry,) = json.loads(gitlab.render(report))
    assert entry.pop("description").startswith(
        "parse_sku: text without a dash is refused. Suggested: a test in tests/"
    )
    assert entry == {
        "check_name": "suggested-test",
        "fingerprint": "cart-6e2m3fea",
        "severity": "info",
        "location": {"path": "src/shop/cart.py", "lines": {"begin": 27, "end": 28}},
    }


def test_gitlab_gets_a_list_also_for_nothing():
    assert json.loads(gitlab.render(Report())) == []


def test_no_two_of_gitlabs_entries_have_one_fingerprint(large, report):
    entries = json.loads(gitlab.render(large(400)))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) == 400
    assert len(json.loads(gitlab.render(replace(report, suggestions=report.suggestions * 2)))) == 1


def test_reviewdog_gets_the_place_in_the_test_file_and_the_gap_beside_it(report):
    (one,) = diagnostics(report)
    assert one["location"] == {"path": "tests/test_cart.py", "range": {"start": {"line": 11}, "end": {"line": 11}}}
    assert one["related_locations"][0]["location"] == {
        "path": "src/shop/cart.py",
        "range": {"start": {"line": 27}, "end": {"line": 28}},
    }
    assert (one["severity"], one["code"]) == ("INFO", {"value": "cart-6e2m3fea"})
    assert "Needs: import pytest; import os" in one["message"]


def test_a_click_in_reviewdog_puts_the_test_there(report):
    (one,) = diagnostics(report)
    (made,) = one["suggestions"]
    assert made["range"] == one["location"]["range"]
    assert made["text"] == (
        '\ndef test_no_dash():\n    with pytest.raises(ValueError):\n        parse_sku("AB12")\n\n'
    )


def test_a_row_in_reviewdog_replaces_its_lines(report, reported_one):
    difference = patch.diff("tests/test_cart.py", "a\n    [1, 2],\nb\n", "a\n    [1, 2, 3],\nb\n")
    (one,) = diagnostics(replace(report, suggestions=(reported_one(difference=difference),)))
    assert one["location"]["range"] == {"start": {"line": 2}, "end": {"line": 2}}
    assert one["suggestions"][0]["text"] == "    [1, 2, 3],"
    assert "Needs:" not in one["message"]


def test_for_a_file_that_is_not_there_reviewdog_gets_the_gap(report, reported_one, make_suggestion):
    suggestion = make_suggestion()
    new = reported_one(replace(suggestion, target=replace(suggestion.target, new_file=True)))
    (one,) = diagnostics(replace(report, suggestions=(new,)))
    assert one["location"]["path"] == "src/shop/cart.py"
    assert "suggestions" not in one


def test_the_path_is_the_one_in_the_repository(report):
    moved = replace(report, base="packages/shop/")
    assert json.loads(gitlab.render(moved))[0]["location"]["path"] == "packages/shop/src/shop/cart.py"
    assert diagnostics(moved)[0]["location"]["path"] == "packages/shop/tests/test_cart.py"
    assert cases(moved)[0].get("file") == "packages/shop/tests/test_cart.py"


def cases(report):
    return ET.fromstring(junit.render(report)).findall("testsuite/testcase")


def test_junit_has_a_passed_case_with_its_proof_a_suggestion(report):
    (case,) = cases(report)
    assert (case.get("classname"), case.get("time")) == ("tests.test_cart", "0.000400")
    assert case.get("name") == "cart-6e2m3fea: parse_sku: text without a dash is refused"
    told = case.findtext("system-out")
    assert "3 of 3 runs passed: alone, suite" in told
    assert "kills 2 of 2 mutants" in told
    assert "line 26: not sep -> sep  killed" in told


def test_junit_counts_what_it_has(report, reported_one):
    stale = reported_one(stale=True)
    root = ET.fromstring(junit.render(replace(report, suggestions=(*report.suggestions, stale))))
    assert (root.get("tests"), root.get("skipped"), root.get("failures")) == ("2", "1", "0")
    assert len(root.findall("testsuite/testcase/skipped")) == 1
    assert ET.fromstring(junit.render(Report())).get("tests") == "0"


def test_hostile_text_stays_text_for_gitlab(hostile):
    text = gitlab.render(hostile)
    (entry,) = json.loads(text)
    assert text.isascii()
    assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert "\x1b" not in entry["description"]


def test_hostile_text_stays_text_for_reviewdog(hostile):
    text = rdjsonl.render(hostile)
    assert text.isascii()
    assert text.count("\n") == 1
    assert diagnostics(hostile)[0]["severity"] == "INFO"


def test_what_is_too_long_for_reviewdog_is_told_without_the_test(report, reported_one, make_suggestion, large):
    assert len(diagnostics(large(400))) == 400
    difference = patch.diff("tests/test_cart.py", "a\n", "a\n" + "x" * 70_000 + "\n")
    wordy = replace(make_suggestion("cart-aaaaaaaa"), title="parse_sku" + " and" * 16_000)
    many = (reported_one(difference=difference), reported_one(wordy))
    long, title = diagnostics(replace(report, suggestions=many))
    assert "suggestions" not in long | title
    assert long["message"].startswith("parse_sku: text without a dash is refused.")
    assert title["message"].endswith("...")


def test_hostile_text_stays_text_in_xml(hostile):
    root = ET.fromstring(junit.render(hostile).encode("utf-8"))
    assert [element.tag for element in root.iter()] == ["testsuites", "testsuite", "testcase", "system-out"]
    told = root.findtext("testsuite/testcase/system-out")
    assert "</script><img src=x onerror=alert(1)>" in told
    assert "::add-mask::secret" in told
