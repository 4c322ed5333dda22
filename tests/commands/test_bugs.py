"""Possible bugs as people meet them: shown apart, kept as known to fail, turned down, never accepted."""

import json

import pytest
from msgspec.structs import replace

from pytest_enrich import reports
from pytest_enrich.commands import pytest_run
from pytest_enrich.reporters import formats, html, md
from pytest_enrich.store import Store, merge
from tests.commands.review.test_choices import hold

HOSTILE = "```\n</script><script>alert(1)</script> @team \x1b[31m"
XFAIL = """

@pytest.mark.xfail(strict=True, reason='>>> discount(-1, "") 0')
def test_discount_as_documented():
    assert discount(-1, "") == 0
"""


@pytest.fixture
def bug(project):
    return project.possible_bug()


@pytest.fixture
def quick(monkeypatch):
    """Accepting asks no pytest: one test shows that it does."""
    monkeypatch.setattr(pytest_run, "files", lambda *_: pytest_run.Outcome(0, "all passed"))


def waiting(project):
    return [one.id for one in project.store.bugs()]


def test_a_possible_bug_is_listed_apart(project, free, bug):
    assert "1 possible bug:  pytest-enrich list --bugs" in project.run("list").out
    assert project.run("list", "--bugs").out.splitlines() == [
        f"  {bug}  BUG?  discount: ValueError",
        '      says  src/shop/cart.py:11 docstring: >>> discount(-1, "") 0',
        '      does  discount(-1, "") raised ValueError in cart.py:14',
        "",
        f"Next:  pytest-enrich show {bug}",
    ]
    assert [one.id for one in project.store.pending()] == [free]
    assert project.run("list", "--bugs", "--json").json["bugs"][0]["kind"] == "bug"


def test_show_quotes_the_docstring_and_has_the_reproduction(project, bug):
    out = project.run("show", bug).out
    assert 'says  src/shop/cart.py:11 docstring: >>> discount(-1, "") 0' in out
    assert '      assert discount(-1, "") == 0' in out
    assert "from shop.cart import discount" in out
    assert project.run("show", bug, "--patch").status == 2


def test_the_text_of_an_issue_calls_nobody_and_ends_no_fence(project):
    name = project.possible_bug(quote=HOSTILE.replace("\n", " "))
    out = project.run("show", name, "--issue").out
    assert out.startswith("# discount: ValueError\n")
    assert "````\n```" in out
    assert "\x1b" not in out
    assert project.run("show", "nothing", "--issue").status == 2


def test_nothing_is_accepted_of_it(project, bug):
    answer = project.run("accept", bug)
    assert (answer.status, f"pytest-enrich xfail {bug}" in answer.err) == (2, True)
    assert project.run("accept", "--all-strong").status == 0
    assert waiting(project) == [bug]


def test_xfail_puts_the_test_in_as_known_to_fail_and_undo_takes_it_out(project, bug):
    before = project.snapshot()
    answer = project.run("xfail", bug)
    assert answer.status == 0, answer.err
    assert "2 passed, 1 xfailed" in answer.out
    assert project.tests.read_text().endswith(XFAIL)
    assert waiting(project) == []
    assert project.run("undo").status == 0
    assert project.snapshot() == before
    assert (waiting(project), project.store.pending()) == ([bug], ())


def test_a_test_that_passes_by_now_is_not_kept_as_known_to_fail(project, bug):
    project.source.write_text(project.source.read_text().replace('raise ValueError("negative")', "return 0"))
    before = project.snapshot()
    answer = project.run("xfail", bug)
    assert answer.status == 3
    assert "XPASS(strict)" in answer.out
    assert project.snapshot() == before
    assert waiting(project) == [bug]


def test_words_that_are_gone_are_stale(project, bug):
    project.source.write_text(project.source.read_text().replace('discount(-1, "")', "discount(2, 3)"))
    answer = project.run("xfail", bug)
    assert (answer.status, "stale" in answer.out) == (3, True)


def test_one_that_is_turned_down_does_not_come_back_until_that_is_taken_back(project, bug):
    assert project.run("reject", bug, "--reason", "wrong").status == 0
    assert f"{bug} idea wrong" in " ".join((project.root / ".enrich-rejected").read_text().split())
    assert waiting(project) == []
    project.run("undo")
    assert waiting(project) == [bug]


@pytest.mark.usefixtures("free")
def test_decisions_about_bugs_are_no_figures_of_suggestions(project, bug):
    project.run("reject", bug, "--reason", "wrong")
    assert project.run("stats", "--json").json["total"]["offered"] == 1


@pytest.mark.usefixtures("bug")
def test_the_hook_fails_on_bugs_when_it_is_asked_to(project):
    assert project.run("hook", "src/shop/cart.py").status == 0
    answer = project.run("hook", "--fail-on", "bugs", "src/shop/cart.py")
    assert (answer.status, answer.out) == (1, "1 possible bug in src/shop/cart.py:  pytest-enrich list --bugs\n")
    assert project.run("hook", "--fail-on", "pending", "src/shop/cart.py").status == 0
    assert project.run("hook", "--fail-on", "bugs", "src/shop/__init__.py").status == 0


@pytest.mark.usefixtures("free", "bug", "quick")
def test_review_shows_bugs_last_and_keeps_them(project):
    told, review = hold(project, "skip", "help", "xfail")
    first, second, third = told.split("/2 ")[:3]
    assert "discount: line 11" in first
    assert "POSSIBLE BUG  discount: ValueError" in second
    assert "x  xfail" in third
    assert project.tests.read_text().endswith(XFAIL)
    assert [one.verb for one in project.store.decisions()] == ["accept"]
    assert len(review.batches) == 1
    assert waiting(project) == []


@pytest.mark.usefixtures("free")
def test_review_turns_a_bug_down_and_takes_that_back(project, bug):
    hold(project, "next", "reject", "wrong", "undo")
    assert waiting(project) == [bug]
    _, review = hold(project, "next", "reject", "wrong")
    assert review.batches == [[bug]]
    assert waiting(project) == []


def test_its_test_runs_where_it_lies_and_fails_as_told(project, bug):
    assert project.run("run", bug).status == 1
    (project.store.directory / "pending" / bug / f"suggestion_{bug.replace('-', '_')}.py").unlink()
    told, _ = hold(project, "test")
    assert "it fails, as told: 1 failed" in told
    assert "ValueError: negative" in told


def test_whether_it_is_still_so_is_verified(project, bug):
    assert project.run("verify", "--all").out == f"{bug}  there\n"
    source = project.source.read_text()
    project.source.write_text(source.replace('raise ValueError("negative")', "return 0"))
    answer = project.run("verify", bug)
    assert (answer.status, answer.out) == (1, f"{bug}  mended\n")
    project.source.write_text(source.replace('discount(-1, "")', "discount(2, 3)"))
    assert project.run("verify", bug, "--json").json == {"verified": [{"id": bug, "state": "stale"}]}


def test_one_whose_test_cannot_be_run_is_not_called_mended(project, bug):
    (project.root / "tests" / "conftest.py").write_text("import no_such_module\n")
    answer = project.run("verify", bug)
    assert (answer.status, answer.out.startswith(f"{bug}  unclear\n")) == (1, True)
    assert "no_such_module" in answer.out


@pytest.mark.usefixtures("bug")
def test_what_is_for_suggestions_means_nothing_for_a_bug(project):
    before, words = project.snapshot(), ("accept", "edit")
    told, _ = hold(project, *words)
    assert all(f"{word!r} means nothing here" in told for word in words)
    assert project.snapshot() == before


def test_the_whole_function_of_a_bug_can_be_seen(project, bug):
    told, _ = hold(project, "diff")
    shown, diff = told.split(f"1/1 {bug}")[:2]
    assert "    11  " not in shown  # what is quoted above is not shown twice
    assert "  def test_discount_as_documented():" in shown
    assert '    11      >>> discount(-1, "")' in diff


def test_reports_have_bugs_apart_and_first(project, free, bug):
    report = reports.gather(project.store)
    page, summary = html.render(report), md.render(report)
    assert "<h1>1 suggested test, 1 possible bug</h1>" in page
    assert page.index("Possible bugs") < page.index("test_free")
    assert summary.index("### Possible bugs: 1") < summary.index(free)
    assert json.loads(formats.render("json", report))["bugs"][0]["id"] == bug
    assert "title=possible bug::" in formats.render("github", report).splitlines()[0]
    results = json.loads(formats.render("sarif", report))["runs"][0]["results"]
    assert [one["ruleId"] for one in results] == ["suggested-test", "possible-bug"]


@pytest.mark.usefixtures("bug")
def test_a_job_that_found_bugs_only_has_them_in_its_summary(project, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert "title=possible bug::" in project.run("report", "--format", "github").out
    assert "### Possible bugs: 1" in (tmp_path / "summary.md").read_text("utf-8")


@pytest.mark.usefixtures("bug")
def test_hostile_words_stay_text_in_reports(project):
    report = reports.gather(project.store)
    (one,) = report.bugs
    broken = replace(one.contradiction, contract=HOSTILE, observed=HOSTILE, call=HOSTILE)
    odd = replace(one, title=HOSTILE, gap=replace(one.gap, qualname=HOSTILE), broken=broken)
    hostile = replace(report, bugs=(odd,))
    assert "<script>alert" not in html.render(hostile)
    for name in ("md", "github", "sarif"):
        assert "\x1b" not in formats.render(name, hostile)
    assert formats.render("github", hostile).count("\n") == 1


def test_merge_takes_bugs_of_jobs_over_once(project, bug, tmp_path):
    store = Store(tmp_path / "here", project.root)
    done = [merge.merge(store, [project.store], at="2026-11-25T10:00:00Z") for _ in range(2)]
    assert [one.id for one in store.bugs()] == [bug]
    assert len(done) == 2


def test_one_that_names_files_elsewhere_is_not_believed(project, bug):
    path = project.store.directory / "pending" / bug / "suggestion.json"
    path.write_text(path.read_text().replace("tests/test_cart.py", "../evil.py"))
    assert waiting(project) == []
