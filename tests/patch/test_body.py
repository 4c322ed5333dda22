import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich import patch


@pytest.fixture
def nearest(new_test, suggestion):
    """What is most like a test of this code in a file of this text."""

    def nearest(code, text):
        return suggestion(new_test(code=code), text).proof.nearest_test

    return nearest


CODE = "def test_new():\n    assert discount(5) == 5\n"


def test_it_is_the_one_with_the_most_alike_body(nearest):
    text = "def test_a():\n    assert other('x')\n\n\ndef test_b():\n    assert discount(10) == 10\n"

    found = nearest(CODE, text)

    assert found.nodeid == "tests/test_cart.py::test_b"
    assert 0.5 < found.similarity < 1


def test_name_and_layout_make_no_difference(nearest):
    assert nearest(CODE, "class TestA:\n  def test_b( ):\n    # so\n    assert discount( 5 )==5\n").similarity == 1


def test_methods_are_named_with_their_classes(nearest):
    text = (
        "class TestA:\n    class TestB:\n        def test_c(self): assert discount(5)\n\n    def help(self): ...\n"
    )

    assert nearest(CODE, text).nodeid == "tests/test_cart.py::TestA::TestB::test_c"


def test_the_first_of_several_that_are_alike_is_named(nearest):
    text = "if 1:\n    def test_a(): x\nelse:\n    def test_b(): x\n"

    assert nearest(CODE, text).nodeid == "tests/test_cart.py::test_a"


@pytest.mark.parametrize("text", [None, "", "def helper(): ...\n", "x = 1\n"])
def test_a_file_without_tests_has_none(nearest, text):
    assert nearest(CODE, text) is None


def test_what_has_nothing_in_common_is_not_alike(nearest):
    assert nearest(CODE, "async def test_a(x):\n    pass\n").similarity < 0.4


@given(st.text(alphabet="ab1( ):,=\n\"'", max_size=30))
def test_it_is_a_share_whatever_the_code(body):
    from pytest_enrich.patch.suggestion import _alike, _body

    one, other = _body(body), ["a", "b"]

    assert 0 <= _alike(one, other) <= 1
    assert _alike(one, one) == 1


def test_a_test_that_was_turned_down_is_known_by_its_body(new_test, suggestion, cart):
    one, other = new_test(code=CODE), new_test(code=CODE.replace("test_new", "test_other"), name="test_other")

    assert patch.body_of(one) == patch.body_of(other) == suggestion(one, cart).test.body_sha256
    assert patch.body_of(new_test(code="def (")) != patch.body_of(one)


@pytest.mark.parametrize(
    ("code", "formatted"),
    [
        (
            "def test_a():\n    assert f('a', 1) == (1,)\n",
            'def test_a():\n    assert f(\n        "a", 1\n    ) == (1,)\n',
        ),
        ("(1, 'a')", '(\n    1,\n    "a",\n)'),
    ],
)
def test_what_a_formatter_changes_does_not_change_the_hash(code, formatted):
    assert patch.body_sha256(code) == patch.body_sha256(formatted)


def test_a_decorated_test_of_a_file_is_known_by_its_hash():
    code = "@pytest.mark.slow\ndef test_a():\n    assert f(1)\n"
    assert patch.body_sha256(code) in patch.bodies(f"class TestA:\n    {code.replace(chr(10), chr(10) + '    ')}")
    assert patch.body_sha256(code.partition("\n")[2]) not in patch.bodies(code)
