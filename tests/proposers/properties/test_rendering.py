from __future__ import annotations

import ast

import pytest

from pytest_enrich.data import Origin, Placement
from pytest_enrich.proposers.properties import LawRenderer

PAIR = """
def encode(text: str) -> bytes: ...
def decode(data: bytes) -> str: ...
"""
HEAD = """from hypothesis import given
from hypothesis import strategies as st
from shop.wire import decode, encode
"""


@pytest.fixture
def write(fakes, laws, source):
    """The test for the only law of a source, in a file with this text."""

    def write(text=PAIR, tests=HEAD, *, above=(), **place):
        (law,) = laws(text)
        target = fakes.target(placement=Placement(path=fakes.TESTS, **place), module="shop.wire")
        renderer = LawRenderer.of(fakes.task(target=target, text=tests), Origin(proposer="properties"))
        return renderer.write(law, source(text).drawn(law), above=above)

    return write


def test_a_law_is_a_short_test(write):
    made = write()
    assert made.code == (
        "@given(st.text())\ndef test_decode_undoes_encode(text):\n    assert decode(encode(text)) == text\n"
    )
    assert (made.name, made.imports) == ("test_decode_undoes_encode", ())
    assert made.title == "decode: gives back what encode was given"
    assert made.look == "does decode undo encode for every text?"
    (oracle,) = made.oracle
    assert (oracle.line, oracle.source, oracle.look) == (3, "property", True)


def test_what_the_file_lacks_is_imported(write):
    made = write(tests="from shop.wire import encode, decode\n")
    assert set(made.imports) == {"from hypothesis import given", "from hypothesis import strategies as st"}
    assert "@given(st.text())" in made.code


@pytest.mark.parametrize(
    ("imports", "decorator"),
    [
        ("from hypothesis import given\nfrom hypothesis.strategies import text\n", "@given(text_())"),
        ("import hypothesis\nimport hypothesis.strategies as some\n", "@hypothesis.given(some.text())"),
        ("from hypothesis import given, strategies\n", "@given(strategies.text())"),
    ],
)
def test_strategies_are_named_as_the_file_names_them(write, imports, decorator):
    made = write(PAIR.replace("text:", "words:"), imports)
    assert made.code.splitlines()[0] == decorator.replace("text_", "text")


def test_several_inputs_go_by_name(write):
    source = "def encode(text: str, key: int): ...\ndef decode(data: bytes, key: int) -> str: ..."
    assert write(source).code.splitlines()[:2] == [
        "@given(text=st.text(), key=st.integers())",
        "def test_decode_undoes_encode(text, key):",
    ]


def test_a_parameter_that_means_something_else_there_has_another_name(write):
    made = write(tests=HEAD + "text = 3\n")
    assert "def test_decode_undoes_encode(value):" in made.code
    made = write("def encode(input: str): ...\ndef decode(data): ...")
    assert "assert decode(encode(value)) == value" in made.code


def test_a_name_that_is_taken_is_not_used_again(write):
    assert write(tests=HEAD + "def test_decode_undoes_encode(): ...\n").name == "test_decode_undoes_encode_2"


def test_a_method_of_a_class_of_tests_takes_self(write):
    assert "def test_decode_undoes_encode(self, text):" in write(owner="TestWire", style="method").code


def test_a_unittest_asserts_in_its_own_way(write):
    made = write(owner="WireTest", style="unittest")
    assert "    self.assertEqual(decode(encode(text)), text)" in made.code.splitlines()


def test_decorators_may_be_put_above(write):
    made = write(above=["⟨hypothesis:seed⟩(1)"])
    assert made.code.splitlines()[:2] == ["@seed(1)", "@given(st.text())"]
    assert made.oracle[0].line == 4
    ast.parse(made.code)


def test_a_test_that_nobody_could_read_is_none(write):
    assert write(PAIR.replace("decode", "decode_" + "x" * 90).replace("encode", "encode_" + "x" * 90)) is None


def test_what_the_file_says_already_is_known(fakes, laws):
    (law,) = laws(PAIR)
    known = "@given(st.text())\ndef test_anything(text):\n    assert decode(encode(text)) == text\n"
    unknown = "def test_decode():\n    assert decode(encode('a')) == 'a'\n"

    def knows(tests):
        return LawRenderer.of(fakes.task(text=HEAD + tests), Origin(proposer="properties")).knows(law)

    assert knows(known)
    assert not knows(unknown)


def test_a_law_of_one_function_is_known_by_its_name(fakes, laws):
    (law,) = laws("def normalize(text): ...")
    tests = "@given(st.text())\ndef test_{}(text):\n    assert normalize(normalize(text)) == normalize(text)\n"

    def knows(name):
        return LawRenderer.of(fakes.task(text=HEAD + tests.format(name)), Origin(proposer="properties")).knows(law)

    assert knows("normalize_is_idempotent")
    assert not knows("normalize_never_fails")
