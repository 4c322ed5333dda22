"""SARIF, checked by its published schema; reviewdog's format; and the changes of a diff, which both tell."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.reporters import code_review
from pytest_enrich.reporters.code_review import read_changes

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def valid():
    validator = jsonschema.Draft4Validator(SCHEMA)

    def valid(report):
        log = json.loads(code_review.render_sarif(report))
        validator.validate(log)
        return log["runs"][0]

    return valid


def test_the_schema_refuses_what_is_no_sarif(report):
    log = json.loads(code_review.render_sarif(report))
    log["runs"][0]["results"][0]["level"] = "advice"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate(log)


def test_a_result_is_a_note_at_the_lines_that_never_run(valid, report):
    (result,) = valid(report)["results"]
    assert (result["ruleId"], result["level"]) == ("suggested-test", "note")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/shop/cart.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 27, "endLine": 28, "startColumn": 9, "endColumn": 16}


def test_what_github_demands_is_there(valid, report):
    run = valid(report)
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["help"]["text"]
    assert rule["defaultConfiguration"] == {"level": "note"}
    assert run["results"][0]["partialFingerprints"] == {"primaryLocationLineHash": "cart-6e2m3fea:1"}


def test_a_fix_makes_the_test_file_with_the_test(valid, report):
    (change,) = valid(report)["results"][0]["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "tests/test_cart.py"
    places = [one["deletedRegion"]["startLine"] for one in change["replacements"]]
    texts = [one["insertedContent"]["text"] for one in change["replacements"]]
    assert places == [1, 12]
    assert texts[0] == "import pytest\n\n"
    assert texts[1].startswith("def test_no_dash():\n")


def test_a_file_that_is_not_there_gets_no_fix(valid, report, reported_one, make_suggestion):
    one = make_suggestion()
    new = reported_one(replace(one, target=replace(one.target, new_file=True)))
    assert "fixes" not in valid(replace(report, suggestions=(new,)))["results"][0]


def test_without_todays_source_the_lines_are_those_of_the_suggestion(valid, report, reported_one):
    (result,) = valid(replace(report, suggestions=(reported_one(source=(), difference=""),)))["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 27, "endLine": 28}


def test_what_went_stale_has_no_place_and_is_left_out(valid, report, reported_one):
    assert valid(replace(report, suggestions=(reported_one(stale=True),)))["results"] == []


def test_hostile_text_stays_text(valid, hostile):
    (result,) = valid(hostile)["results"]
    message = result["message"]["text"]
    assert "::add-mask::secret" in message
    assert "](http" not in message
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not set(uri) & set(' <>"\\^`{|}\n')
    assert unquote(uri, errors="surrogatepass").startswith("::add-mask::secret\n")


def test_the_file_is_ascii_and_small_with_400_suggestions(large):
    text = code_review.render_sarif(large(400))
    assert text.isascii()
    assert len(text) < 2 * 1024 * 1024


DIFF_LINE = st.sampled_from(["a", "b", "", "@@ -1,2 +3,4 @@", "--- a", "+++ b", "-- x", "++ y", "\\ z", "  c"])
DIFF_TEXT = st.lists(DIFF_LINE, max_size=12).map(lambda lines: "".join(f"{line}\n" for line in lines))


@given(DIFF_TEXT, DIFF_TEXT)
def test_the_changes_of_a_diff_make_the_new_file_of_the_old_one(before, after):
    lines = before.split("\n")[:-1]
    for change in reversed(read_changes(patch.diff("a.py", before, after))):
        start = change.line - 1
        assert tuple(lines[start : start + len(change.removed)]) == change.removed
        assert change.before is None or change.before == lines[start - 1]
        lines[start : start + len(change.removed)] = change.added
    assert lines == after.split("\n")[:-1]


def test_a_new_file_is_one_insertion():
    (change,) = read_changes(patch.diff("a.py", None, "x\ny\n"))
    assert (change.line, change.removed, change.added, change.before) == (1, (), ("x", "y"), None)


def test_no_diff_has_no_changes():
    assert read_changes("") == ()


def test_what_is_no_diff_has_no_changes():
    assert read_changes("@@ nonsense\n+a\n") == ()


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
    lines = code_review.render_rdjsonl(report).splitlines()
    for line in lines:
        jsonschema.Draft202012Validator(DIAGNOSTIC).validate(json.loads(line))
        assert len(line.encode()) < 64 * 1024
    return [json.loads(line) for line in lines]


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


def test_the_path_in_reviewdog_is_the_one_in_the_repository(report):
    moved = replace(report, base="packages/shop/")
    assert diagnostics(moved)[0]["location"]["path"] == "packages/shop/tests/test_cart.py"


def test_hostile_text_stays_text_for_reviewdog(hostile):
    text = code_review.render_rdjsonl(hostile)
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
