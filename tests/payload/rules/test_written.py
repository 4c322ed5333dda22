from __future__ import annotations

from types import ModuleType

from pytest_enrich.payload.rules import written

CALL = {"arguments": [{"name": "text", "value": "'2019-01-01'"}]}
JOB = {"entries": [{"calls": [CALL]}], "neighbours": [], "through": [], "written": ["'near'", "'2019-01-01'"]}


def test_what_is_passed_to_the_module_is_nearer_than_what_it_documents_and_that_nearer_than_the_rest(tmp_path):
    (tmp_path / "README.rst").write_text("Call ``parse('2020-02-29')``; don't call it twice.", encoding="utf-8")
    module = ModuleType("dates", "Dates such as '1999-W01'.")
    found = [*written.values(JOB, module, str(tmp_path))]
    assert found == ["'2019-01-01'", "'1999-W01'", "'2020-02-29'", "'near'"]


def test_an_apostrophe_begins_no_text():
    assert [*written.quoted("It doesn't do what callers' code does: 'a b' or \"c d\"")] == ["a b", "c d"]
