"""That a report of ours is known as one, so that the next may replace it and nothing else is."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich.reporters import formats

OURS = ("github", "github-comment", "gitlab", "sarif")


@pytest.mark.parametrize("name", OURS)
def test_a_report_is_known_by_its_beginning_whatever_is_in_it(name, report, hostile):
    (one,) = report.suggestions
    wordy = replace(one, suggestion=replace(one.suggestion, title="long " * 5000))
    for each in (report, hostile, replace(report, suggestions=(wordy,))):
        assert formats.FORMATS[name].mark in formats.render(name, each)[:4096]


@pytest.mark.parametrize("name", OURS)
def test_the_same_report_gives_the_same_bytes(name, hostile):
    assert formats.render(name, hostile) == formats.render(name, hostile)


@pytest.mark.parametrize("name", OURS)
def test_a_report_can_be_written_whatever_is_in_it(name, hostile):
    assert formats.render(name, hostile).encode("utf-8")
