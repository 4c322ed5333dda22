"""Fixtures in each other's place: which are of a kind, and how a test with another one is written."""

from __future__ import annotations

import ast

import pytest

from pytest_enrich.data import Vary
from pytest_enrich.proposers.rows import parameters
from tests.proposers.rows.conftest import variant

VISIBLE = ("user", "old_user", "superuser", "user_manager", "client", "_user", "tmp_path", "order")


def offers(header, body="use(user, client, tmp_path, order)"):
    function = ast.parse(f"def test_it({header}):\n    {body}\n").body[0]
    return {one.fixture: one.offers for one in parameters.fixture_holes(function, VISIBLE)}


def test_fixtures_of_the_same_last_word_come_first_then_those_that_end_or_begin_alike():
    assert offers("user") == {"user": ("old_user", "superuser", "user_manager")}


def test_what_the_test_asks_for_anyway_comes_before_the_rest():
    assert offers("user, superuser", "use(user, superuser)")["user"] == ("old_user", "superuser", "user_manager")
    assert offers("user, thing_user", "use(user)") == {"user": ("old_user", "superuser", "user_manager")}


def test_nothing_is_offered_for_what_has_no_kin_is_not_used_or_is_no_fixture():
    assert offers("client, order, tmp_path, other") == {}
    assert offers("user", "pass") == {}


@pytest.mark.parametrize(
    ("names", "written"),
    [
        ({}, ["self", "user: User", "old_user"]),
        ({"user": "superuser"}, ["self", "superuser: User", "old_user"]),
        ({"user": "old_user"}, ["self", "old_user"]),
        ({"user": "new", "old_user": "new"}, ["self", "new: User"]),
        ({"user": "old_user", "old_user": "user"}, ["self", "old_user: User", "user"]),
    ],
)
def test_each_argument_is_written_once(names, written):
    declared = [("self", "self"), ("user", "user: User"), ("old_user", "old_user")]
    assert list(parameters.exchanged_arguments(declared, names)) == written


USERS = """
    import pytest

    from shop.cart import Refused, discount


    class TestDiscount:
        def test_discount(self, user: User):
            assert discount(user) == 3

        def test_refused(self, user: User, shop):
            card = shop.card(user)
            with pytest.raises(Refused):
                discount(card)
    """


def test_a_sibling_asks_for_another_fixture_throughout(rows):
    (made,), sandbox = rows(
        USERS,
        variant("old_user", seen=("0",)),
        names=("TestDiscount::test_discount",),
        fixtures=("user", "old_user"),
    )
    (hole,) = sandbox.asked(Vary)[0].patterns[0].holes
    assert (hole.fixture, hole.values, hole.offers) == ("user", ("user",), ("old_user",))
    assert made.code == (
        "def test_discount_negative_total_is_zero(self, old_user: User):\n    assert discount(old_user) == 0\n"
    )


def test_what_another_fixture_lets_a_block_raise_is_expected_instead(rows):
    (made,), _ = rows(
        USERS,
        variant("old_user", raised="⟨builtins:ValueError⟩", message="too old", line=13),
        names=("TestDiscount::test_refused",),
        fixtures=("user", "old_user"),
    )
    assert made.code.splitlines() == [
        "def test_discount_too_old(self, old_user: User, shop):",
        '    with pytest.raises(ValueError, match="too old"):',
        "        discount(shop.card(old_user))",
    ]


def test_arguments_that_are_too_wide_for_a_line_get_lines_of_their_own(rows):
    wide = USERS.replace("user: User)", "user: dict[str, list[tuple[int, str, bool]]], client: Client, a: int)")
    (made,), _ = rows(
        wide,
        variant("old_user", seen=("0",)),
        names=("TestDiscount::test_discount",),
        fixtures=("user", "old_user"),
    )
    assert made.code.splitlines()[:3] == [
        "def test_discount_negative_total_is_zero(",
        "    self, old_user: dict[str, list[tuple[int, str, bool]]], client: Client, a: int",
        "):",
    ]
