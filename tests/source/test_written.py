from __future__ import annotations

import textwrap

from pytest_enrich.source import written


def values(text):
    return written.values(textwrap.dedent(text))


def test_texts_and_numbers_of_a_test_are_values():
    assert values("""
        def test_parse():
            assert parse("2019-01-01", 12) == [1.5, b"x"]
            assert parse("several\\nlines") is None
    """) == ("'2019-01-01'", "12", "1.5", "b'x'")


def test_a_date_is_one_value_under_whatever_name_its_class_is_imported():
    assert values("""
        import datetime as dt
        from decimal import Decimal as D

        def test_add():
            assert add(dt.date(2008, 2, 29), D("1.5"), dt.date.today(), when(3))
    """) == ("⟨datetime:date⟩(2008, 2, 29)", "⟨decimal:Decimal⟩('1.5')", "3")


def test_an_object_of_another_library_is_a_value_if_literals_make_it():
    text = textwrap.dedent("""
        import array
        import shop
        from unittest import mock
        import pandas as pd
        from httpx import Request as R
        from shop.cart import Cart

        def test_total(name):
            send(R("GET", url=name), R("GET", url="/cart"), array.array("i"))
            count(pd.Series([1, "two"], dtype=object), pd.Series(["a", "b"]), Cart(3), shop.Item(4), mock.Mock())
    """)
    assert [value for value in written.values(text, "shop") if "⟨" in value] == [
        "⟨httpx:Request⟩('GET', url='/cart')",
        "⟨pandas:Series⟩(['a', 'b'])",
    ]
    assert {"'GET'", "'/cart'", "'a'", "3", "4"} <= {*written.values(text, "shop")}


def test_what_only_names_or_explains_is_no_value():
    assert values('''
        """Tests of parse."""

        @pytest.mark.parametrize("text, expected", [("a b", 7)])
        def test_parse(text, expected):
            """Reads it."""
            with pytest.raises(ValueError, match="no date"):
                parse(f"{text}!")
            assert parse(text) == expected, "not so"
    ''') == ("'a b'", "7")


def test_a_file_that_cannot_be_read_has_no_values():
    assert values("def test(:") == ()


def test_the_texts_that_tests_write_into_files_and_streams_are_contents():
    text = textwrap.dedent("""
        @pytest.mark.parametrize("before,after", [("a=b", "c"), (1, "d"), ("# x", "")])
        @pytest.mark.parametrize("line", ["e f"])
        def test_read(tmp_path, before, after, line):
            (tmp_path / "f").write_text(before)
            read(io.StringIO("x=1\\n"), after)
            whole = textwrap.dedent('''
                [a]
                b = 1''')
            file.write(whole)
            file.write(line)
    """)
    assert {*written.contents(text)} == {"'a=b'", "'# x'", "'x=1\\n'", "'\\n[a]\\nb = 1'", "'e f'"}


def test_what_tests_expect_to_be_raised_is_told_by_its_name():
    text = """
with pytest.raises((ValueError, KeyError), match="a"):
    f()
class TestF(TestCase):
    def test_f(self):
        with self.assertRaises(AssertionError):
            f()
        self.assertRaisesRegex(errors.OwnError, "a", f)
"""
    assert written.expected(text) == ("ValueError", "KeyError", "AssertionError")
