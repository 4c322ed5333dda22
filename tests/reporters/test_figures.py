from msgspec.structs import replace

from pytest_enrich.data import CoveragePart, Report, RunSummary
from pytest_enrich.reporters import figures


def test_a_folder_is_one_word_of_a_shell_whatever_a_fetched_run_says():
    report = Report(run=RunSummary(directory="x; rm -rf ~"))
    assert figures.applied(report) == "git apply 'x; rm -rf ~'/all.patch"
    assert figures.download(report) == "gh run download -n enrich-suggestions -D 'x; rm -rf ~'"


def test_coverage_after_is_told_only_where_it_is_known(fakes):
    report = fakes.report(2)
    assert figures.coverage(report) == "84% of lines now, up to 86% with all accepted."
    unknown = replace(report.run, coverage=CoveragePart(lines=84.0))
    assert figures.coverage(replace(report, run=unknown)) == "84% of lines now."
    assert figures.coverage(Report()) == ""


def test_coverage_after_is_never_more_than_all_of_it(fakes):
    assert figures.after(fakes.report(40)) == 100.0


def test_a_stale_suggestion_is_cleaned_not_accepted(fakes):
    assert figures.accepted(fakes.reported("cart-aaaaaaaa")) == "pytest-enrich accept cart-aaaaaaaa"
    assert figures.accepted(fakes.reported("cart-aaaaaaaa", stale=True)) == "pytest-enrich clean"
