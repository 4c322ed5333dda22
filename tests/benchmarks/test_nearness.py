from __future__ import annotations

import nearness


def test_what_is_expected_is_not_passed():
    code = """
def test_read():
    with pytest.raises(ValueError, match="no date"):
        read("2019-01-01", day=2)
    assert read("a b", year=2000) == "2000-01-01"
"""
    assert nearness.passed(code) == ["'2019-01-01'", "'a b'", "2000"]


def test_a_row_is_no_test():
    assert nearness.passed('("zh_CN", 12, "1")') == []


def test_people_write_literals_in_tests_and_texts_in_documentation(tmp_path):
    (tmp_path / "README.md").write_text("Call `read('2020-02-29')`.", encoding="utf-8")
    (tmp_path / "dates.py").write_text('"""Read\n\n>>> read("1999")\n"""\nLIMIT = 12\n', encoding="utf-8")
    (tmp_path / "test_dates.py").write_text("assert read(17)\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("def (", encoding="utf-8")
    assert nearness.written(tmp_path) == {"'2020-02-29'", "'1999'", "17"}
