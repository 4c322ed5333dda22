import pytest

from pytest_enrich.config import WantedReport
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters import formats


def test_a_kind_may_have_a_destination_with_colons():
    assert formats.wanted(["json", r"diff:C:\out.diff"]) == (
        WantedReport(format="json"),
        WantedReport(format="diff", destination=r"C:\out.diff"),
    )


def test_what_is_asked_for_twice_is_written_once():
    assert formats.wanted(["json", " json "]) == (WantedReport(format="json"),)


def test_none_alone_means_none():
    assert formats.wanted(["none"]) == ()
    with pytest.raises(UsageError, match="none alone"):
        formats.wanted(["none", "json"])


def test_only_kinds_that_this_version_knows_are_written_by_themselves():
    assert {one.format for one in formats.detected({"GITHUB_ACTIONS": "true", "GITLAB_CI": "true"})} <= {
        *formats.FORMATS
    }
