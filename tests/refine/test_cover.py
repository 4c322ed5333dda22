from hypothesis import given
from hypothesis import strategies as st

from pytest_enrich.refine import smallest

SETS = st.lists(st.frozensets(st.sampled_from("abcdef")), max_size=6)


def union(sets):
    return frozenset().union(*sets)


@given(SETS)
def test_nothing_is_lost_and_none_could_go(parts):
    whole = union(parts)
    kept = smallest(whole, parts)
    assert union(parts[at] for at in kept) == whole
    for at in kept:
        assert union(parts[other] for other in kept if other != at) != whole


@given(SETS, st.frozensets(st.sampled_from("xyz"), min_size=1))
def test_what_they_do_not_hold_cannot_be_covered(parts, more):
    assert smallest(union(parts) | more, parts) is None


def test_of_equals_the_first_is_kept():
    parts = [frozenset("a"), frozenset("ab"), frozenset("ab")]
    assert smallest(frozenset("ab"), parts) == (1,)


def test_one_that_took_the_most_at_first_goes_when_others_hold_all_of_it():
    parts = [frozenset("abcd"), frozenset("abx"), frozenset("cdy")]
    assert smallest(union(parts), parts) == (1, 2)


def test_of_nothing_nothing_is_needed():
    assert smallest(frozenset(), [frozenset("a")]) == ()
