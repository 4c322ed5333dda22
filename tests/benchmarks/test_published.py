from __future__ import annotations

from published import Module, Reached, Summary, table


def reached(name, covered, missing, **theirs):
    ours = Summary(covered_branches=covered, missing_branches=missing)
    return Reached(name=name, ours=ours, added=6, theirs=theirs)


def test_each_tool_is_compared_on_the_modules_for_which_its_figures_are_known():
    half = Summary(covered_branches=1, missing_branches=1)
    text = table([reached("cart", 3, 1, coverup_gpt4o=half), reached("ledger", 0, 6)])
    assert "pytest-enrich: 30.0 % of 10 branches; 4.00 lines a branch" in text
    assert "coverup_gpt4o: 50.0 % of 2 branches" in text


def test_a_module_that_failed_is_told_and_not_counted():
    text = table([reached("cart", 1, 0), Reached(name="ledger", error="no pytest")])
    assert "ledger FAILED: no pytest" in text
    assert "100.0 % of 1 branches" in text


def test_a_module_has_as_many_branches_as_a_tool_counted():
    assert Module(app="shop", codamosa_gpt4o=Summary(covered_branches=2, missing_branches=3)).branches == 5
    assert Module(app="shop").branches == 0
