"""Tests that go one after the other into a file that is parsed once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_enrich import patch
from pytest_enrich.data import NewTest, Origin, Placement

TEXTS = [
    "",
    "# only a comment\n",
    "import os\r\n\r\n\r\ndef test_a():\r\n\tassert 'x'\r\n",
    "import os\n\n\ndef test_a():\n    pass\n    # its end\n# the end\n",
    "def test_a():\n    pass\n\n\n\n    # deep\n\ndef test_b():\n    pass\n  # odd\n\nx = 1",
    "class TestA:\n    def test_a(self):\n        pass\n\n    # inner\n# outer\nclass TestB: pass\n",
    "class TestA:\n    class TestIn:\n        def test_a(self):\n            pass\n        # c\n\n\n    y = 2\n",
    "if True:\n    class TestA:\n        def test_a(self): pass\n\nif __name__ == '__main__':\n    main()\n",
    "\ufeffimport pytest\n\ndef test_a(): pass\n    # odd\ndef test_b(): pass\n",
]
FORMS = [
    "{head}    assert {value}\n",
    "{head}    assert {value}\n    # after\n",
    "# above\n{head}    assert {value}",
    "{head}    assert {value}\n\n\nX = 1\n",
    "@pytest.mark.slow\n{head}    global zed\n    zed = {value}\n",
]
IMPORTS = ["import pytest", "from shop.cart import parse", "from shop.cart import add", "from os import path, sep"]


@st.composite
def new_tests(draw, owners):
    owner = draw(st.sampled_from([None, *owners]))
    name = draw(st.sampled_from(["test_a", "test_n", "test_n_2"]))
    value = draw(st.sampled_from(["1", '"a"', "'b'"]))
    head = f"def {name}({'self' if owner else ''}):\n"
    return NewTest(
        name=name,
        code=draw(st.sampled_from(FORMS)).format(head=head, value=value),
        imports=tuple(draw(st.lists(st.sampled_from(IMPORTS), max_size=2, unique=True))),
        placement=Placement(path="t.py", owner=owner, anchor=draw(st.sampled_from([None, "test_a", "test_b"]))),
        title="it works",
        look="",
        oracle=(),
        origin=Origin(proposer="search"),
        gaps=("cart-1",),
    )


@st.composite
def cases(draw):
    text = draw(st.sampled_from(TEXTS))
    owners = [one for one in ("TestA", "TestB", "TestA.TestIn") if f"class {one.rpartition('.')[2]}" in text]
    return text, draw(st.lists(new_tests(owners), min_size=2, max_size=5))


@settings(deadline=None, max_examples=80)
@given(cases())
def test_it_is_as_if_each_had_been_put_into_the_text_before_it(case):
    text, tests = case
    draft, whole = patch.Draft(text, "t.py"), text
    for one in tests:
        draft, whole = draft.insert(one, tests), patch.insert(whole, one, tests)
    assert draft.text == whole


def test_it_stays_as_it_is_for_whatever_else_goes_in(cart, new_test):
    draft = patch.Draft(cart, "tests/test_cart.py")
    tests = [
        new_test(name, imports=["from shop.cart import parse"], anchor="test_pct") for name in ("test_x", "test_y")
    ]

    after = [draft.insert(one, joined=joined).text for one in tests for joined in (False, True)]

    assert draft.text == cart
    assert after == [patch.insert(cart, one, joined=joined) for one in tests for joined in (False, True)]
