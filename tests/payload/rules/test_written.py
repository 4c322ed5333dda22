from __future__ import annotations

import re
from types import ModuleType

from pytest_enrich.payload.rules import written
from pytest_enrich.payload.rules.values import World

CALL = {"arguments": [{"name": "text", "value": "'2019-01-01'"}]}
JOB = {"entries": [{"calls": [CALL]}], "neighbours": [], "through": [], "written": ["'near'", "'2019-01-01'"]}


def test_what_is_passed_to_the_module_is_nearer_than_what_it_documents_and_that_nearer_than_the_rest(tmp_path):
    (tmp_path / "README.rst").write_text("Call it:\n\n    >>> parse('2020-02-29')\n", encoding="utf-8")
    module = ModuleType("dates", "Dates such as '1999-W01'.")
    found = [*written.values(JOB, module, str(tmp_path))]
    assert found == ["'2019-01-01'", "'1999-W01'", "'2020-02-29'", "'near'"]


def test_what_messages_are_made_of_comes_last(tmp_path):
    job = {**JOB, "neighbours": [{"arguments": [{"name": "error", "value": "'at most {max}'"}]}]}
    found = [*written.values(job, ModuleType("dates"), str(tmp_path))]
    assert found == ["'2019-01-01'", "'near'", "'at most {max}'"]


def test_an_apostrophe_begins_no_text():
    assert [*written.quoted("It doesn't do what callers' code does: 'a b' or \"c d\"")] == ["a b", "c d"]


def test_prose_of_a_page_shows_no_values():
    page = """
See '[File format](#file-format)', don't use 'a b'.

    >>> first = parse("2019-01-01", 12)
    date = read(b"x").when
"""
    assert [*written.shown(page)] == ["'2019-01-01'", "12", "b'x'"]


class Proxy:
    @property
    def __module__(self):
        raise RuntimeError("no request")


def test_only_functions_and_classes_are_asked_for_a_docstring_and_only_a_file_is_read(tmp_path):
    module = ModuleType("dates")
    module.request = Proxy()
    (tmp_path / "README").mkdir()
    assert [*written.values({**JOB, "entries": [], "written": []}, module, str(tmp_path))] == []


def test_a_page_that_cannot_be_parsed_shows_nothing():
    assert [*written.shown("f" + "(" * 5000)] == []


def test_docstrings_of_several_lines_are_given_to_what_reads_texts(tmp_path):
    module = ModuleType("pages", "One line.")

    class Reader:
        def read(self):
            """Read a page.

            :returns: what is on it
            """

        def close(self):
            """One line."""

    Reader.__module__ = "pages"
    module.Reader = Reader
    found = [*written.values({**JOB, "entries": [], "written": []}, module, str(tmp_path))]
    assert found == [repr("Read a page.\n\n:returns: what is on it")]


def test_a_flag_is_none_of_the_numbers_that_people_wrote():
    world = World([], {}, written=("⟨re:RegexFlag.MULTILINE⟩", "3"))
    assert world.written_for(int) == ("3",)
    assert world.written_for(re.RegexFlag) == ("⟨re:RegexFlag.MULTILINE⟩",)
