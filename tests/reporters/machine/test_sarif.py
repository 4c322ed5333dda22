"""SARIF, checked by its published schema."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from msgspec.structs import replace

from pytest_enrich.reporters import machine

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def valid():
    validator = jsonschema.Draft4Validator(SCHEMA)

    def valid(report):
        log = json.loads(machine.render_sarif(report))
        validator.validate(log)
        return log["runs"][0]

    return valid


def test_the_schema_refuses_what_is_no_sarif(report):
    log = json.loads(machine.render_sarif(report))
    log["runs"][0]["results"][0]["level"] = "advice"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate(log)


def test_a_result_is_a_note_at_the_lines_that_never_run(valid, report):
    (result,) = valid(report)["results"]
    assert (result["ruleId"], result["level"]) == ("suggested-test", "note")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/shop/cart.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 27, "endLine": 28}


def test_what_github_demands_is_there(valid, report):
    run = valid(report)
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["help"]["text"]
    assert rule["defaultConfiguration"] == {"level": "note"}
    assert run["results"][0]["partialFingerprints"] == {"primaryLocationLineHash": "cart-6e2m3fea:1"}


def test_a_possible_bug_has_a_rule_of_its_own(valid, report, fakes):
    run = valid(replace(report, bugs=(fakes.bug(),)))
    assert [rule["name"] for rule in run["tool"]["driver"]["rules"]] == ["SuggestedTest", "PossibleBug"]
    assert [(result["ruleId"], result["ruleIndex"]) for result in run["results"]] == [
        ("suggested-test", 0),
        ("possible-bug", 1),
    ]


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
    text = machine.render_sarif(large(400))
    assert text.isascii()
    assert len(text) < 2 * 1024 * 1024
