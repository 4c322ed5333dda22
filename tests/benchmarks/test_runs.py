from __future__ import annotations

import pytest
import runs
from runs import Settings


@pytest.fixture
def package(tmp_path):
    package = tmp_path / "pytest_enrich"
    package.mkdir()
    (package / "__init__.py").write_text("version = 1\n", encoding="utf-8")
    return package


@pytest.fixture
def begin(tmp_path, package):
    def begin(budget="5m", number=None):
        return runs.begin(tmp_path / "bench", Settings(budget=budget, seed=0), package, number)

    return begin


def edit(package):
    (package / "__init__.py").write_text("version = 2\n", encoding="utf-8")


def test_a_run_with_the_same_settings_is_gone_on_with(begin):
    assert begin().place == begin().place


def test_another_budget_begins_a_new_run(begin):
    assert [begin(budget).place.name for budget in ("5m", "1m", "1m")] == ["1", "2", "2"]


def test_an_edit_of_the_package_begins_a_new_run(begin, package):
    first = begin()
    edit(package)

    assert begin().place != first.place


def test_a_run_keeps_the_package_it_was_begun_with(begin, package):
    first = begin()
    edit(package)

    assert begin(number=1) == first
    assert (first.package / "pytest_enrich" / "__init__.py").read_text(encoding="utf-8") == "version = 1\n"


def test_a_run_is_not_gone_on_with_under_other_settings(begin):
    begin()

    with pytest.raises(SystemExit, match="other settings"):
        begin(budget="1m", number=1)


def test_without_a_run_the_command_that_makes_one_is_told(tmp_path):
    with pytest.raises(SystemExit, match=r"First:  python tests/benchmarks/recovery\.py"):
        runs.find(tmp_path, None)


def test_only_finished_projects_of_a_run_are_built_upon(begin):
    run = begin()
    run.of("cart").mkdir()
    (run.of("cart") / "recovery.json").write_text("{}", encoding="utf-8")
    run.of("shop").mkdir()

    assert run.finished(["cart", "shop"]) == ("cart",)
