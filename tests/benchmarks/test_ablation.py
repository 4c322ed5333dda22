from __future__ import annotations

import ablation
import pytest
from hypothesis import given
from hypothesis import strategies as st

SUITE = """\
import pytest
from base import BaseTest


@pytest.fixture
def test_data():
    return 1


def test_one():
    assert True


# why there is a second
@pytest.mark.slow
def test_two():
    def test_inner():
        pass


class TestCart(BaseTest):
    def test_total(self):
        assert True

    def helper(self):
        pass


class Shop:
    def test_not_collected(self):
        pass
"""


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "test_cart.py").write_text(SUITE, encoding="utf-8")
    return tmp_path


def files(suite):
    return sorted(suite.glob("*.py"))


def names(suite):
    return [test.nodeid for test in ablation.find(suite, files(suite))]


def test_tests_are_functions_that_pytest_would_collect(suite):
    assert names(suite) == [
        "test_cart.py::test_one",
        "test_cart.py::test_two",
        "test_cart.py::TestCart::test_total",
    ]


def test_a_template_of_a_python_file_is_left_alone(suite):
    template = suite / "test_template.py"
    template.write_text("{%- if tests %}\ndef test_a():\n    pass\n{%- endif %}\n", encoding="utf-8")
    assert not ablation.find(suite, [template])
    assert not ablation.ablate(suite, [template], seed=1, fraction=1.0)


def test_a_fraction_of_all_tests_goes(suite):
    gone = ablation.ablate(suite, files(suite), seed=1, fraction=0.67)

    assert len(gone) == 2
    assert len(names(suite)) == 1


def test_decorators_and_the_comment_above_go_with_a_test(suite):
    ablation.delete(suite, [test for test in ablation.find(suite, files(suite)) if test.name == "test_two"])

    text = (suite / "test_cart.py").read_text(encoding="utf-8")
    assert "slow" not in text
    assert "second" not in text
    assert "def test_one" in text


def test_a_test_that_other_code_names_stays(suite):
    (suite / "test_more.py").write_text("from test_cart import test_one\nagain = test_one\n", encoding="utf-8")

    gone = ablation.ablate(suite, files(suite), seed=1, fraction=1.0)

    assert "test_cart.py::test_one" not in gone
    assert len(gone) == 2


def test_a_test_that_overrides_an_inherited_one_stays(suite):
    (suite / "base.py").write_text("class BaseTest:\n    def test_total(self):\n        pass\n", encoding="utf-8")

    gone = ablation.ablate(suite, files(suite), seed=1, fraction=1.0)

    assert "test_cart.py::TestCart::test_total" not in gone


@given(seed=st.integers(min_value=0), fraction=st.floats(min_value=0, max_value=1))
def test_the_same_seed_draws_the_same_tests(tmp_path_factory, seed, fraction):
    suite = tmp_path_factory.mktemp("suite")
    (suite / "test_cart.py").write_text(SUITE, encoding="utf-8")
    tests = ablation.find(suite, files(suite))

    assert ablation.choose(tests, files(suite), seed, fraction) == ablation.choose(
        tests, files(suite), seed, fraction
    )


def test_what_is_no_python_any_more_is_not_written():
    with pytest.raises(SyntaxError):
        ablation.without(b"class TestCart:\n    def test_total(self):\n        return\nreturn\n", {0})
