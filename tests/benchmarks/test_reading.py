"""What the benchmarks read of other programs: reports, names, statuses."""

from __future__ import annotations

import ast

import command
import judging
import measured
import mutation
import parametrized
import processor
import projects
import pytest
import repository
import reruns

SOURCE = """\
def total(prices):
    result = 0
    return result


class Cart:
    def add(self, price):
        self.prices.append(price)
"""


@pytest.mark.parametrize(
    ("output", "outcome"),
    [
        ("== 3 passed in 0.12s ==", "3 passed"),
        ("= 1 failed, 2 passed, 1 skipped in 61.2s (0:01:01) =", "1 failed, 2 passed, 1 skipped"),
        ("no tests", "no summary"),
    ],
)
def test_the_outcome_is_pytests_own_without_the_time(output, outcome):
    assert measured.outcome(output) == outcome


def test_missing_branches_come_from_coverages_report():
    report = b'{"files": {"cart.py": {"missing_lines": [3], "missing_branches": [[2, 3], [4, -1]]}}}'
    found = measured.read(report, command.Ended(status=1, output="1 failed in 0.1s", seconds=0.1))

    assert found.branches == {("cart.py", 2, 3), ("cart.py", 4, -1)}
    assert not found.passed


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def test_it():\n    assert total([1]) == 1\n", {"total"}),
        ("def test_it():\n    assert cart.total([1]) == 1\n", {"total"}),
        ("def test_it():\n    assert total.rows() == 1\n", set()),
        ("([1], 1)", set()),
    ],
)
def test_a_function_is_called_where_it_is_named_but_for_a_module_of_its_name(tmp_path, code, expected):
    (tmp_path / "total.py").write_text(SOURCE, encoding="utf-8")
    assert parametrized.called(tmp_path / "total.py", code) == expected


@pytest.mark.parametrize(
    ("path", "qualname", "expected"),
    [
        ("src/shop/cart.py", "total", "shop.cart.x_total__mutmut_*"),
        ("src/shop/cart.py", "Cart.add", "shop.cart.xǁCartǁadd__mutmut_*"),
        ("src/shop/__init__.py", "outer.inner", "shop.x_outer__mutmut_*"),
    ],
)
def test_a_function_is_named_as_mutmut_names_it(path, qualname, expected):
    project = projects.Project(version="1", sha256="0", source=("src/shop",), tests=("tests",), pythonpath="src")

    assert mutation.pattern(project, path, qualname, {"Cart"}) == expected


def test_mutants_of_other_functions_are_left_out():
    statuses = {"shop.x_total__mutmut_1": 1, "shop.x_total_of__mutmut_1": 0}

    assert mutation.chosen(statuses, ["shop.x_total__mutmut_*"]) == {"shop.x_total__mutmut_1": 1}


def test_the_time_of_a_process_is_read_whatever_its_name_is():
    fields = " ".join(["S", "7", *["0"] * 9, "1", "2", "3", "4"])

    number, parent, milliseconds = processor.parsed(f"42 (a) ( name) {fields} 0 0")

    assert (number, parent, milliseconds) == (42, 7, 10 * processor.TICK)


@pytest.mark.parametrize(
    ("qualname", "lines"), [("total", range(2, 4)), ("Cart.add", range(8, 9)), ("", range(0))]
)
def test_the_lines_of_a_function_are_those_of_its_body(qualname, lines):
    assert parametrized.inside(ast.parse(SOURCE), qualname) == lines


def test_a_parametrized_test_that_runs_a_function_is_found(tmp_path):
    test = tmp_path / "test_cart.py"
    test.write_text(
        "@pytest.mark.parametrize('a', [1])\ndef test_total(a): total(a)\ndef test_add(): ...\n", encoding="utf-8"
    )
    source = tmp_path / "cart.py"
    source.write_text(SOURCE, encoding="utf-8")
    found = parametrized.tests([test])

    assert found == {"test_cart.test_total": {"pytest", "mark", "parametrize", "total", "a"}}
    running = parametrized.running(source, "total", {"2": ["tests.test_cart.test_total"]}, found)
    assert running == {"test_cart.test_total"}
    assert not parametrized.running(source, "Cart.add", {"8": ["tests.test_cart.test_add"]}, found)


def test_accepted_tests_are_those_that_came():
    before = ["t.py::test_a[1]", "t.py::test_b"]

    assert reruns.accepted(before, [*before, "t.py::test_a[2]", "t.py::test_c"]) == (
        "t.py::test_a[2]",
        "t.py::test_c",
    )


def test_a_case_that_only_has_another_name_was_not_accepted():
    assert reruns.accepted(["t.py::test_a[x0]"], ["t.py::test_a[y0]"]) == ()


@pytest.mark.parametrize(
    ("nodeid", "ours"),
    [("t.py::test_new", True), ("t.py::test_old[2]", False), ("t.py::test_other", True)],
)
def test_a_failure_that_was_there_before_is_not_an_accepted_tests(nodeid, ours):
    assert reruns.is_ours(nodeid, ["t.py::test_new"], {"t.py::test_old[1]": "boom"}) is ours


def test_the_lines_of_a_test_begin_at_its_decorator():
    text = "import pytest\n\n@pytest.mark.slow\ndef test_a():\n    pass\n\ndef helper():\n    pass\n"

    assert judging.tests("test_x.py", text) == {"test_x.py::test_a": 3}


def test_a_file_that_is_no_python_has_no_tests():
    assert judging.tests("test_x.py", "def test_(:") == {}


def test_git_tells_what_changed_and_what_was_added(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "test_cart.py").write_text("one\n", encoding="utf-8")
    checkout = repository.make(source, tmp_path / "checkout")
    assert repository.changes(checkout) == ()

    (checkout / "test_cart.py").write_text("one\ntwo\n", encoding="utf-8")
    (checkout / "test_new.py").write_text("three\n\n", encoding="utf-8")

    assert repository.changes(checkout) == (" M test_cart.py", "?? test_new.py")
    assert repository.added(checkout, tmp_path / "accepted.patch") == 3
    assert repository.blank(tmp_path / "accepted.patch") == 1
