"""Classes of one kind, and tests of one that are tried with another."""

from __future__ import annotations

import ast
import textwrap

import pytest
from msgspec.structs import replace

from pytest_enrich.data import NearTest, Vary
from pytest_enrich.proposers.rows import addable
from tests.proposers.rows.conftest import variant

SOURCE = """
    class Text:
        def check(self, field): ...
        def __str__(self): ...

    class Number:
        def check(self, field): ...
        def __str__(self): ...

    class Other:
        def render(self): ...
        def check(self, form): ...
        def update(self, other): ...

    class Like:
        def update(self, other): ...

    class _Hidden:
        def check(self, field): ...

    number = Number
    """


@pytest.mark.parametrize(
    ("qualname", "names"),
    [
        ("Text.check", {"Number", "number", "_Hidden"}),
        ("Number.check", {"Text", "_Hidden"}),
        ("Number.__str__", set()),
        ("Other.render", set()),
        ("Other.check", set()),
        ("Like.update", set()),
        ("_Hidden.check", set()),
        ("check", set()),
    ],
)
def test_classes_of_one_kind_have_the_same_method(fakes, qualname, names):
    target = replace(fakes.target(), qualname=qualname, nearest=())
    found = addable.kin_of(target, ast.parse(textwrap.dedent(SOURCE)))
    assert (found.names, bool(found.own)) == (names, bool(names))


def test_a_class_that_a_test_comes_to_needs_no_other(fakes):
    near = (NearTest(nodeid="tests/test_cart.py::test_a", shared=1),)
    target = replace(fakes.target(), qualname="Text.check", nearest=near)
    assert addable.kin_of(target, ast.parse(textwrap.dedent(SOURCE))) == addable.Kin()


TESTS = """
    import pytest

    from shop.cart import Number


    @pytest.mark.parametrize("value", ["a", "b"])
    def test_discount(value, field):
        field.data = value
        number = Number(3)
        with pytest.raises(ValueError):
            number.check(field)

    def test_total(field):
        assert field.total() == 3
    """


@pytest.fixture
def kin(fakes, rows):
    """The candidates for a class that no test comes to, and the job."""

    def kin(*variants):
        near = tuple(
            NearTest(nodeid=f"{fakes.TESTS}::{name}", shared=0) for name in ("test_discount", "test_total")
        )
        changes = {"qualname": "Text.check", "nearest": near}
        return rows(TESTS, *variants, source=textwrap.dedent(SOURCE), names=(), **changes)

    return kin


def test_only_tests_that_make_one_of_its_kind_are_tried_with_it(kin):
    _, sandbox = kin()
    (job,) = sandbox.asked(Vary)
    assert [one.nodeid.rpartition("::")[2] for one in job.patterns] == ["test_discount"]
    offers = [(one.values[0], one.offers) for one in job.patterns[0].holes if one.adds == "="]
    assert offers == [("Number", ("⟨shop.cart:Text⟩",)), ("Number(3)", ("⟨shop.cart:Text⟩()",))]


def test_the_test_of_the_other_class_is_named_after_it(kin):
    _, sandbox = kin()
    holes = sandbox.asked(Vary)[0].patterns[0].holes
    at = next(at for at, one in enumerate(holes) if one.offers == ("⟨shop.cart:Text⟩()",))
    raised = variant(
        values=((at, "⟨shop.cart:Text⟩()"),), raised="⟨builtins:ValueError⟩", message="no text", line=11
    )
    (made,), _ = kin(raised)
    assert made.code.splitlines()[1:] == [
        '    field.data = "a"',
        "    number = Text()",
        '    with pytest.raises(ValueError, match="no text"):',
        "        number.check(field)",
    ]
    assert made.name.startswith("test_check")
