import json
from pathlib import Path

import jsonschema
import msgspec
from msgspec.structs import replace

from pytest_enrich.data import ChangedPart, Report
from pytest_enrich.reporters import json as reporter

MAKE = """\
python -c "import json; from pytest_enrich.reporters.json import schema; print(json.dumps(schema(), indent=2))" \
    > docs/reference/report.schema.json"""
SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "report.schema.json"


def test_everything_comes_back(fakes):
    report = fakes.report()
    assert msgspec.json.decode(reporter.render(report), type=Report) == report
    assert next(iter(json.loads(reporter.render(report)))) == "schema"


def test_a_text_that_no_file_can_hold_is_written_escaped(fakes):
    report = fakes.spoiled(fakes.report(1), "\ud800")
    text = reporter.render(report)
    assert json.loads(text)["project"] == "shop\\ud800"
    assert text.encode()


def test_every_report_keeps_to_the_published_schema(fakes):
    part = ChangedPart(since="main", lines=2, missing=1, open={"src/shop/cart.py": (3,)})
    report = replace(fakes.report(), run=replace(fakes.report().run, changed=part))
    for each in (report, Report(), replace(report, project="\n```</script>\u202e\x1b\ud800")):
        jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(
            json.loads(reporter.render(each))
        )


def test_the_published_schema_is_the_one_of_the_code():
    assert json.loads(SCHEMA.read_text("utf-8")) == json.loads(msgspec.json.encode(reporter.schema())), MAKE
