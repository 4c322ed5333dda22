"""What a formatter makes of a test in its file is what the suggestion holds."""

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import NewRow, Oracle

LONG = """\
def test_new(self):
    first = discount(1)
    with pytest.raises(ValueError, match="a discount is nothing at least, and the price at most"): discount(-1)
    assert first == {'a':1}
"""
CASES = """\
class TestCart:
    @pytest.mark.parametrize(("price", "code"), [(1, "a")])
    def test_both(self, price, code):
        assert discount(price, code)
"""


def ruff(_path, _before, after):
    program = Path(sys.executable).with_name("ruff")
    words = [program, "format", "--no-cache", "--isolated", "-"]
    return subprocess.run(words, input=after, capture_output=True, check=True, text=True).stdout


@pytest.fixture
def method(cart, new_test, suggestion):
    test = new_test(code=LONG, owner="TestCart", anchor="test_full", style="method", imports=["import pytest"])
    return suggestion(replace(test, oracle=(Oracle(line=4, what="x", source="observed", look=True),)), cart)


def test_it_is_formatted_as_it_stands_in_its_class_and_goes_in_as_it_is(cart, method):
    made = patch.formed(method, cart, ruff)
    assert all(len(line) <= 84 for line in made.test.code.splitlines())
    assert made.test.code.startswith("def test_new(self):\n    first = discount(1)\n    with pytest.raises(\n")
    whole = patch.insert(cart, patch.as_candidate(made))
    assert whole == ruff("", None, whole)


def test_the_line_to_look_at_moves_with_its_statement(cart, method):
    made = patch.formed(method, cart, ruff)
    lines = made.test.code.splitlines()
    assert lines[made.oracle[0].line - 1].strip() == 'assert first == {"a": 1}'


def test_it_is_the_same_idea_as_before(cart, method):
    made = patch.formed(method, cart, ruff)
    assert patch.body_of(patch.as_candidate(made)) == method.test.body_sha256 == made.test.body_sha256


def test_a_formatter_that_changes_nothing_leaves_the_suggestion_as_it_is(cart, method):
    assert patch.formed(method, cart, lambda _path, _before, after: after) is method


@pytest.fixture
def row(new_test, suggestion):
    """A long one that waits."""

    def row(text):
        test = new_test(name="test_both", owner="TestCart", anchor="test_both", style="method")
        facts = {name: getattr(test, name) for name in ("imports", "title", "look", "oracle", "origin", "gaps")}
        code = f"(100, ['{'a' * 60}', '{'b' * 60}'])"
        new = NewRow(name="test_both", code=code, placement=test.placement, argnames=("price", "code"), **facts)
        return suggestion(new, text)

    return row


def test_a_row_is_what_the_formatter_makes_of_it_and_goes_in_so(row):
    text = ruff("", None, CASES.replace('(1, "a")', '(1, "a"), (2, "b"),'))
    made = patch.formed(row(text), text, ruff)
    whole = patch.insert(text, patch.as_candidate(made))
    assert "\n" in made.test.code
    assert ruff("", None, whole) == whole


def test_a_row_for_which_the_formatter_breaks_up_its_list_stays_on_one_line(row):
    made = row(CASES)
    assert patch.formed(made, CASES, ruff) is made


def test_the_patch_is_what_the_formatter_makes_of_the_whole(cart, method):
    how = patch.How(form=lambda _path, _before, after: after.replace('"a":1', '"a": 1'))
    assert '+        assert first == {"a": 1}\n' in patch.render_patch(method, cart, how=how)
    assert '{"a": 1}' in patch.combine([method], {"tests/test_cart.py": cart}, how.form)
