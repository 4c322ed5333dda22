from pytest_enrich import gaps
from pytest_enrich.data import Changes
from pytest_enrich.gaps import FileCoverage

TEXT = """\
def total(
    price,
    count,
):
    if count < 0:
        raise ValueError(
            "count",
        )
    return price * count


def free():
    return 0
"""
FILE = FileCoverage(
    path="shop.py",
    statements=(1, 5, 6, 9, 12, 13),
    missing_lines=(6, 13),
    branches=((5, 6), (5, 9)),
    missing_branches=((5, 6),),
)
GAPS = gaps.find("shop.py", TEXT, FILE)
CHANGES = Changes(since="main", base="a1b2", lines={"shop.py": (1,)})


def chosen(*lines):
    changed = gaps.changed_statements({"shop.py": lines}, {"shop.py": TEXT})
    return [(gap.qualname, gap.outcome) for gap in gaps.within_changed(GAPS, changed)]


def counted(*lines):
    changed = gaps.changed_statements({"shop.py": lines}, {"shop.py": TEXT})
    told = gaps.count_changed([FILE], changed, CHANGES)
    return (told.files, told.lines, *map(len, told.open.values()))


def test_a_missing_line_that_changed_has_its_gap():
    assert chosen(6) == [("total", "true")]
    assert chosen(13) == [("free", "entered")]


def test_any_line_of_a_statement_stands_for_it():
    assert chosen(7) == chosen(8) == chosen(6)
    assert counted(7, 8) == (1, 1, 1)
    assert gaps.count_changed([FILE], {"shop.py": {5, 6, 13}}, CHANGES).open == {"shop.py": (6, 13)}


def test_a_decision_that_changed_has_its_missing_outcome():
    assert chosen(5) == [("total", "true")]


def test_a_function_whose_signature_changed_and_that_nobody_calls_is_a_gap():
    assert chosen(12) == [("free", "entered")]
    assert chosen(2) == []  # total is called


def test_covered_lines_and_lines_without_statements_have_none():
    assert chosen(9, 10, 11) == []
    assert counted(9, 10, 11) == (1, 1)
    assert counted(10) == (0, 0)


def test_files_that_are_not_measured_count_for_nothing():
    changed = gaps.changed_statements({"docs.py": (1,), "broken.py": (1,)}, {"broken.py": "def ("})
    assert changed == {"broken.py": {1}}
    told = gaps.count_changed([FILE], changed, CHANGES)
    assert (told.since, told.paths, told.files, told.lines, told.missing) == ("main", 1, 0, 0, 0)
