"""One more row of a test that exists: shown, run, accepted, taken back."""

from __future__ import annotations

import pytest

ROWS = """\
import pytest

from shop.cart import discount, parse_sku


@pytest.fixture
def shipping():
    return 1


@pytest.mark.parametrize(
    "total, code, expected",
    [
        (10, "", 10),
        (20, "", 20),  # twice
    ],
)
def test_discount(total, code, expected, shipping):
    assert discount(total, code) == expected


class TestSku:
    @pytest.mark.parametrize("text, expected", [("ab-1", ("AB", 1))])
    def test_parts(self, text, expected):
        assert parse_sku(text) == expected


def test_other():
    assert discount(10, "") == 10
"""
FREE, MORE = '(10, "FREE", 0.0)', '(30, "", 30)'


@pytest.fixture
def rows(project):
    project.tests.write_text(ROWS)
    return project


@pytest.fixture
def free(rows):
    return rows.suggest_row("discount", 11, FREE)


@pytest.fixture
def more(rows):
    return rows.suggest_row("discount", 9, MORE)


def test_it_is_shown_in_its_list(rows, free):
    shown = rows.run("show", free)

    assert shown.status == 0
    assert "into  tests/test_cart.py, one more row in test_discount" in shown.out
    assert '          (20, "", 20),  # twice\n  +         (10, "FREE", 0.0),\n        ],\n' in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


def test_the_case_that_is_most_like_it_is_shown(rows, free):
    assert 'near  (10, "", 10) (76% the same)\n' in rows.run("show", free).out
    near = rows.run("show", free, "--json").json["proof"]["nearest_test"]
    assert near == {"nodeid": "tests/test_cart.py::test_discount", "similarity": 0.76, "code": '(10, "", 10)'}


def test_a_case_that_is_there_already_is_refused(rows, free):
    text = ROWS.replace("# twice\n", '# twice\n        (10,   "FREE", 0.0),\n')
    rows.tests.write_text(text)

    accepted = rows.run("accept", free)

    assert accepted.status == 3
    assert "test_discount in tests/test_cart.py has this case already" in accepted.out
    assert f"pytest-enrich reject {free} --reason duplicate" in accepted.out
    assert rows.tests.read_text() == text
    assert "it is there already" in rows.run("show", free).out


def test_of_two_that_are_the_same_one_is_accepted(rows, free):
    same = rows.suggest_row("discount", 9, '(10,"FREE",0.0)')

    accepted = rows.run("accept", free, same)

    assert accepted.status == 3
    assert accepted.out.count("has this case already") == 1
    assert rows.tests.read_text().count("FREE") == 1


def test_it_says_what_it_is_to_programs(rows, free):
    listed, shown = rows.run("list", "--json").json, rows.run("show", free, "--json").json

    assert listed["suggestions"][0]["kind"] == "row"
    assert shown["kind"] == "row"
    assert shown["target"]["where"] == "in"
    assert shown["test"]["argnames"] == ["total", "code", "expected"]
    assert shown["test"]["code"] == FREE


def test_accepting_puts_it_into_the_list_and_says_where(rows, free):
    accepted = rows.run("accept", free)

    assert accepted.status == 0
    assert rows.tests.read_text() == ROWS.replace("# twice\n", f"# twice\n        {FREE},\n")
    assert "added to tests/test_cart.py:16  one more row in test_discount\n" in accepted.out
    assert rows.suite_passes()


def test_one_that_fails_leaves_the_file_as_it_was(rows):
    wrong = rows.suggest_row("discount", 11, '(10, "FREE", 1.0)')

    accepted = rows.run("accept", wrong)

    assert accepted.status == 3
    assert "is red with it" in accepted.out
    assert rows.tests.read_text() == ROWS
    assert rows.run("list").out.count(wrong) >= 1


@pytest.mark.parametrize("last", [0, 1])
@pytest.mark.parametrize("first", [0, 1])
def test_two_go_in_and_come_out_in_any_order(rows, free, more, first, last):
    chosen = [free, more] if first else [more, free]
    for one in chosen:
        assert rows.run("accept", one).status == 0

    text = rows.tests.read_text()
    assert all(f"        {row},\n" in text for row in (FREE, MORE))
    for one in chosen if last else reversed(chosen):
        assert rows.run("undo", one).status == 0
    assert rows.tests.read_text() == ROWS


def test_two_are_accepted_together(rows, free, more):
    assert rows.run("accept", free, more).status == 0

    assert rows.tests.read_text().count("\n") == ROWS.count("\n") + 2
    assert rows.suite_passes()


def test_undo_puts_a_list_that_was_broken_up_on_one_line_again(rows):
    sku = rows.suggest_row(
        "parse_sku",
        3,
        '("a-long-one-1".replace("a-long-one", "cd"), ("CD", 1))',
        name="test_parts",
        argnames=("text", "expected"),
        owner="TestSku",
    )
    assert rows.run("accept", sku).status == 0
    assert len(rows.tests.read_text().splitlines()) > len(ROWS.splitlines()) + 2

    assert rows.run("undo", sku).status == 0

    assert rows.tests.read_text() == ROWS


def test_run_runs_just_this_case_with_what_its_file_has(rows, free):
    ran = rows.run("run", free, "--", "-v")

    assert ran.status == 0
    assert "test_discount[10-FREE-0.0] PASSED" in ran.out
    assert "1 passed" in ran.out


def test_run_uses_the_test_file_as_it_is_now(rows, free):
    rows.tests.write_text(ROWS.replace("return 1", "raise RuntimeError('no shipping')"))

    ran = rows.run("run", free)

    assert ran.status == 1
    assert "no shipping" in ran.out


def test_verify_runs_it(rows, free):
    assert rows.run("verify", free).out == f"{free}  ok\n"


def test_an_edited_row_is_taken_when_that_is_meant(rows, free):
    module = next((rows.store.directory / "pending" / free).glob("suggestion_*.py"))
    module.write_text(module.read_text().replace(FREE, '(50, "FREE", 0.0)'))

    assert rows.run("accept", free).status == 3
    assert rows.run("accept", free, "--edited").status == 0
    assert rows.tests.read_text() == ROWS.replace("# twice\n", '# twice\n        (50, "FREE", 0.0),\n')
    assert rows.run("undo").status == 0
    assert rows.tests.read_text() == ROWS


def test_two_rows_between_the_marks_are_refused(rows, free):
    module = next((rows.store.directory / "pending" / free).glob("suggestion_*.py"))
    module.write_text(module.read_text().replace(FREE, f"{FREE}, {MORE}"))

    accepted = rows.run("accept", free, "--edited")

    assert accepted.status == 3
    assert "something else than one case between its marks" in accepted.err
    assert rows.tests.read_text() == ROWS


def test_a_row_that_a_person_changed_is_not_taken_out(rows, free):
    rows.run("accept", free)
    text = rows.tests.read_text().replace(FREE, '(11, "FREE", 0.0)')
    rows.tests.write_text(text)

    undone = rows.run("undo")

    assert undone.status == 3
    assert "test_discount is not in tests/test_cart.py as it was put in" in undone.err
    assert rows.tests.read_text() == text


def test_a_test_that_is_gone_refuses_its_row(rows, free):
    rows.tests.write_text(ROWS.replace("def test_discount", "def test_rebate"))

    accepted = rows.run("accept", free)

    assert accepted.status == 3
    assert "has no test test_discount any more" in accepted.out
    assert "has no test test_discount any more" in rows.run("show", free).out


def test_rejecting_it_remembers_the_row(rows, free):
    assert rows.run("reject", free, "--reason", "trivial").status == 0

    assert f"{free}" in (rows.root / ".enrich-rejected").read_text()
    assert rows.run("undo").status == 0
    assert [one.id for one in rows.store.pending()] == [free]


def test_accepting_one_makes_the_patch_and_the_file_of_the_other_again(rows, free, more):
    rows.run("accept", free)

    patch = rows.run("show", more, "--patch").out
    assert f"         {FREE},\n+        {MORE},\n" in patch
    assert rows.run("verify", more).out == f"{more}  ok\n"


def test_a_file_with_other_line_endings_and_tabs_keeps_them(rows):
    text = ROWS.replace("    ", "\t").replace("\n", "\r\n").encode()
    rows.tests.write_bytes(text)
    free = rows.suggest_row("discount", 11, FREE)

    assert rows.run("accept", free).status == 0
    assert rows.tests.read_bytes() == text.replace(b"# twice\r\n", b"# twice\r\n\t\t" + FREE.encode() + b",\r\n")
    assert rows.run("undo").status == 0
    assert rows.tests.read_bytes() == text


@pytest.mark.parametrize("code", ["(1, 2), (3, 4)", "1], [2", "def f(): pass", "import os", "*a", ""])
def test_a_folder_that_holds_no_row_is_not_used(rows, free, code):
    file = rows.store.directory / "pending" / free / "suggestion.json"
    file.write_text(file.read_text().replace(FREE.replace('"', '\\"'), code))

    listed = rows.run("list")

    assert "holds no test: not used" in listed.err + listed.out
    assert rows.store.pending() == ()


LAYOUTS = """\
import pytest

from shop.cart import discount

CASES = [
    pytest.param("", 10, id="no-code"),
]


@pytest.mark.parametrize("code, expected", CASES)
def test_named(code, expected):
    assert discount(10, code) == expected


@pytest.mark.parametrize("code, expected", [("", 10)])
class TestAll:
    def test_one(self, code, expected):
        assert discount(10, code) == expected

    def test_two(self, code, expected):
        assert discount(10, code) == expected


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["plus", "minus"])
@pytest.mark.parametrize("code, expected", [("", 10)], ids=["no_code"])
def test_stacked(code, expected, sign):
    assert discount(10, code) * sign == expected * sign
"""
VALUE, NAMES = '("FREE", 0.0)', ("code", "expected")


@pytest.mark.parametrize(
    ("name", "code", "argnames", "owner", "passed", "line"),
    [
        ("test_named", VALUE, NAMES, None, 1, '    pytest.param("FREE", 0.0, id="line-11"),'),
        (
            "test_one",
            VALUE,
            NAMES,
            "TestAll",
            1,
            '@pytest.mark.parametrize("code, expected", [("", 10), ("FREE", 0.0)])',
        ),
        ("test_stacked", VALUE, NAMES, None, 2, 'ids=["no_code", "line_11"]'),
    ],
)
def test_wherever_the_cases_are_listed(project, name, code, argnames, owner, passed, line):  # noqa: PLR0913, PLR0917
    project.tests.write_text(LAYOUTS)
    made = project.suggest_row("discount", 11, code, name=name, argnames=argnames, owner=owner)

    ran = project.run("run", made, "--", "-q")
    accepted = project.run("accept", made)

    assert f"{passed} passed" in ran.out
    assert accepted.status == 0
    assert line in project.tests.read_text()
    assert "one more row in" in accepted.out
    assert project.run("undo").status == 0
    assert project.tests.read_text() == LAYOUTS
