from msgspec.structs import replace

from pytest_enrich.store import python_file

OLD = "import os\n\n\ndef test_a():\n    pass\n\n\ndef test_b():\n    pass\n"


def test_lines_are_counted_as_python_counts_them(fakes):
    one = fakes.suggestion()
    text = "\r\n".join(["# 1", "# 2\x0c still 2", *"34567", "if total < 0:", "    log()", "    return"]) + "\r\n"
    lines = python_file.source(text, one, 8)
    assert [(line.number, line.text, line.missing) for line in lines][-3:] == [
        (8, "if total < 0:", False),
        (9, "    log()", True),
        (10, "    return", True),
    ]


def test_the_missing_lines_move_with_the_gap(fakes):
    one = fakes.suggestion()
    lines = python_file.source("#\n" * 40, one, 18)
    assert [line.number for line in lines if line.missing] == [19, 20]


def test_lines_of_other_gaps_that_it_closes_are_marked_when_they_are_near(fakes):
    one = fakes.suggestion()
    one = replace(one, gap=replace(one.gap, also_lines=(3, 12, 900)))
    lines = python_file.source("#\n" * 1000, one, 8)
    assert [line.number for line in lines if line.missing] == [3, 9, 10, 12]


def test_a_long_gap_is_cut(fakes):
    one = replace(fakes.suggestion(), gap=replace(fakes.suggestion().gap, lines=tuple(range(9, 900))))
    assert len(python_file.source("#\n" * 1000, one, 8)) == 31
