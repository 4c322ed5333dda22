"""The formats for programs that keep results."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import jsonschema
import msgspec
from msgspec.structs import replace

from pytest_enrich.data import ChangedPart, Report
from pytest_enrich.reporters import formats, machine


def test_gitlab_gets_one_entry_of_the_least_severity_a_suggestion(report):
    (entry,) = json.loads(machine.render_gitlab(report))
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
    assert json.loads(machine.render_gitlab(Report())) == []


def test_no_two_of_gitlabs_entries_have_one_fingerprint(large):
    entries = json.loads(machine.render_gitlab(large(400)))
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) == 400


def test_the_path_is_the_one_in_the_repository(report):
    moved = replace(report, base="packages/shop/")
    assert json.loads(machine.render_gitlab(moved))[0]["location"]["path"] == "packages/shop/src/shop/cart.py"


def test_hostile_text_stays_text_for_gitlab(hostile):
    text = machine.render_gitlab(hostile)
    (entry,) = json.loads(text)
    assert text.isascii()
    assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert "\x1b" not in entry["description"]


SCHEMA = Path(__file__).parents[3] / "docs" / "reference" / "report.schema.json"


def test_everything_comes_back(fakes):
    report = fakes.report()
    assert msgspec.json.decode(formats.render_json(report), type=Report) == report
    assert next(iter(json.loads(formats.render_json(report)))) == "schema"


def test_a_text_that_no_file_can_hold_is_written_escaped(fakes):
    report = fakes.spoiled(fakes.report(1), "\ud800")
    text = formats.render_json(report)
    assert json.loads(text)["project"] == "shop\\ud800"
    assert text.encode()


def test_every_report_keeps_to_the_published_schema(fakes):
    part = ChangedPart(since="main", lines=2, missing=1, open={"src/shop/cart.py": (3,)})
    report = replace(fakes.report(), run=replace(fakes.report().run, changed=part))
    for each in (report, Report(), replace(report, project="\n```</script>\u202e\x1b\ud800")):
        jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(
            json.loads(formats.render_json(each))
        )


def cleaned(part):
    """The same on every Python: from 3.13 on docstrings come without their indentation."""
    found = {name: cleaned(value) if isinstance(value, dict) else value for name, value in part.items()}
    told = found.get("description")
    return {**found, "description": inspect.cleandoc(told)} if isinstance(told, str) else found


def test_the_published_schema_is_the_one_of_the_code():
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **cleaned(msgspec.json.schema(Report))}
    text = msgspec.json.format(msgspec.json.encode(made), indent=2).decode() + "\n"
    assert json.loads(SCHEMA.read_text("utf-8")) == json.loads(text), f"write into {SCHEMA}:\n{text}"
