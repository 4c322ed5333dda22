import pytest
from msgspec.structs import replace

from pytest_enrich.data import ChangedPart, CoveragePart, Report, RunSummary
from pytest_enrich.reporters import figures


def test_a_folder_is_one_word_of_a_shell_whatever_a_fetched_run_says():
    report = Report(run=RunSummary(directory="x; rm -rf ~"))
    assert figures.applied(report) == "git apply 'x; rm -rf ~'/all.patch"
    assert figures.download(report) == "gh run download -n enrich-suggestions -D 'x; rm -rf ~'"


@pytest.mark.parametrize(("number", "told"), [("9876543", "download 9876543 -n"), ("1; rm -rf ~", "download -n")])
def test_a_download_is_of_the_run_that_made_the_report(number, told):
    assert told in figures.download(Report(run=RunSummary(options={"github-run": number})))


def test_coverage_after_is_told_only_where_it_is_known(fakes):
    report = fakes.report(2)
    assert figures.coverage(report) == "84% of lines now, up to 86% with all accepted."
    unknown = replace(report.run, coverage=CoveragePart(lines=84.0))
    assert figures.coverage(replace(report, run=unknown)) == "84% of lines now."
    assert figures.coverage(Report()) == ""


def test_coverage_after_is_never_more_than_all_of_it(fakes):
    assert figures.after(fakes.report(40)) == 100.0


def test_changed_lines_are_told_with_what_the_suggestions_close(fakes):
    report = fakes.report(2)
    (missing, *_) = [line.number for line in report.suggestions[0].source if line.missing]
    part = ChangedPart(since="main", lines=38, missing=2, open={"src/shop/cart.py": (1, missing)})
    changed = replace(report, run=replace(report.run, changed=part))
    assert figures.changed(changed) == (
        "2 of 38 changed lines since main have no test, at most 1 with all accepted."
    )
    assert figures.changed(replace(changed, suggestions=())) == "2 of 38 changed lines since main have no test."
    staged = replace(part, since="staged", lines=1, missing=1)
    assert figures.changed(Report(run=RunSummary(changed=staged))) == "1 of 1 staged line has no test."
    assert figures.changed(Report(run=RunSummary(changed=ChangedPart(since="main")))) == ""


def test_a_stale_suggestion_is_cleaned_not_accepted(fakes):
    assert figures.accepted(fakes.reported("cart-aaaaaaaa")) == "pytest-enrich accept cart-aaaaaaaa"
    assert figures.accepted(fakes.reported("cart-aaaaaaaa", stale=True)) == "pytest-enrich clean"
