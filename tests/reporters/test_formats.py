import pytest

from pytest_enrich.config import WantedReport
from pytest_enrich.errors import UsageError
from pytest_enrich.reporters import formats, text


def test_a_kind_may_have_a_destination_with_colons():
    assert formats.wanted(["json", r"md:C:\out.md"]) == (
        WantedReport(format="json"),
        WantedReport(format="md", destination=r"C:\out.md"),
    )


def test_what_is_asked_for_twice_is_written_once():
    assert formats.wanted(["json", " json "]) == (WantedReport(format="json"),)


def test_none_alone_means_none():
    assert formats.wanted(["none"]) == ()
    with pytest.raises(UsageError, match="none alone"):
        formats.wanted(["none", "json"])


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, [("html", "")]),
        ({"GITHUB_ACTIONS": "true"}, [("html", ""), ("github", "GITHUB_ACTIONS")]),
        ({"GITLAB_CI": "true"}, [("html", ""), ("gitlab", "GITLAB_CI")]),
        ({"CI": "true", "GITHUB_ACTIONS": ""}, [("html", "")]),
    ],
)
def test_where_nobody_asks_the_environment_adds_its_kind_and_is_the_reason(variables, found):
    assert [(one.format, one.because) for one in formats.detected(variables)] == found


def test_the_reason_is_told_with_what_switches_it_off():
    told = text.because(formats.detected({"GITLAB_CI": "true"}))
    assert told == ["GITLAB_CI is set, so there is a gitlab report as well. Without:\n--enrich-report=html"]


def test_a_kind_for_a_job_is_for_its_log_unless_a_file_is_named():
    assert [formats.is_log(one) for one in formats.wanted(["github", "github:a.txt", "gitlab"])] == [
        True,
        False,
        False,
    ]
