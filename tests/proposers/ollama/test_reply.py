from __future__ import annotations

import pytest

from pytest_enrich.proposers.ollama import reply

TEST = "def test_a():\n    assert f(1) == 2\n"


def codes(text):
    return [test.code for test in reply.read(text)]


@pytest.mark.parametrize(
    "text",
    [
        TEST,
        f"Sure:\n```python\nimport pytest\n\n{TEST}```\nDone.",
        f"```bash\npip install shop\n```\n```py\n{TEST}```",
        f"<think>def test_b(): ...</think>\n{TEST}",
        f"{TEST}\ndef test_b():\n    assert f(",
        "class TestA:\n    def test_a():\n        assert f(1) == 2\n",
        f"def helper():\n    return 1\n\n{TEST}",
    ],
)
def test_a_test_is_found_in_whatever_stands_round_it(text):
    assert codes(text) == [TEST]


@pytest.mark.parametrize(
    "text", ["", "I cannot.", "def helper(): ...", "```python\n```", "def test_a(:", "(" * 5000, "pip install x"]
)
def test_what_holds_no_test_gives_none(text):
    assert reply.read(text) == []


def test_a_test_keeps_its_own_words():
    code = (
        '@pytest.mark.parametrize("n", [1, 2])\nasync def test_a(n: int) -> None:\n'
        '    """Why."""\n    # a comment\n    assert f( n )   ==  (\n        2\n    )\n'
    )
    assert codes(f"```python\n{code}```") == [code]


def test_methods_are_tests_with_the_decorators_of_their_class():
    text = "@pytest.mark.slow\nclass TestA(TestCase):\n    def test_a(self):\n        self.assertTrue(f())\n"
    assert codes(text) == ["@pytest.mark.slow\ndef test_a(self):\n    self.assertTrue(f())\n"]


def test_a_text_of_several_lines_is_not_moved():
    text = 'class TestA:\n    def test_a(self):\n        assert f("""\na\n""") == 1\n'
    (code,) = codes(text)
    assert eval(code.partition("f(")[2].partition(") ==")[0]) == "\na\n"


def test_the_imports_that_a_test_uses_come_with_it():
    text = "import os.path\nfrom shop import cart as c, money\nfrom . import x\nfrom y import *\n\n"
    (test,) = reply.read(text + "def test_a():\n    assert c.f(os.path.sep)\n")
    assert test.imports == {"os": "import os.path", "c": "from shop import cart as c"}


def test_what_it_uses_of_the_rest_of_the_reply_comes_with_it():
    text = "LIMIT = 3\nOTHER = 4\n\ndef low():\n    return LIMIT\n\nclass Made: ...\n\n"
    (test,) = reply.read(text + "def test_a():\n    assert f(low(), Made()) == 2\n")
    assert test.helpers == {
        "LIMIT": "LIMIT = 3\n", "low": "def low():\n    return LIMIT\n", "Made": "class Made: ...\n",
    }  # fmt: skip


def test_a_fixture_is_no_helper():
    (test,) = reply.read(f"@pytest.fixture\ndef f():\n    return 1\n\n{TEST}")
    assert test.helpers == {}


def test_the_reply_may_say_where_a_test_goes():
    (test,) = reply.read(f"```python\n# into: tests/test_cart.py::TestCart\n{TEST}```")
    assert test.into == "tests/test_cart.py::TestCart"
