import pytest

from pytest_enrich.data import Mutant, MutantFate, MutantsPart, Tried
from pytest_enrich.validate.kills import grade_of, grade_refusal, mutants_part, tried_mutants


def tried(*fates):
    """Mutants by two letters: `k` or `a` for killed or alive by the test, then by the tests that exist."""
    return tuple(
        Tried(line=1, change="a -> b", killed=one[0] == "k", killed_before=one[1] == "k") for one in fates
    )


@pytest.mark.parametrize(
    ("fates", "expected"),
    [
        (["ka"], "strong"),
        (["ka", "kk"], "strong"),
        (["ka", "ak"], "strong"),
        (["ka", "aa"], "good"),
        (["kk", "ak"], "good"),
        (["kk"], "good"),
        (["ak", "aa"], "weak"),
        (["aa"], "weak"),
        ([], "ungraded"),
    ],
)
def test_a_grade_says_what_a_test_adds(fates, expected):
    assert grade_of(tried(*fates)) == expected


@pytest.mark.parametrize("fate", ["killed", "timeout", "crash"])
def test_a_mutant_that_stops_the_test_in_any_way_is_killed(fate):
    (one,) = tried_mutants([mutant("1")], [MutantFate(id="1", fate=fate, killed_before=("t::a",))])
    assert one == Tried(line=3, change="a -> b", killed=True, killed_before=True)


def test_mutants_that_were_not_tried_leave_the_count():
    fates = [
        MutantFate(id="1", fate="untried"),
        MutantFate(id="2", fate="survived"),
        MutantFate(id="x", fate="killed"),
    ]
    found = tried_mutants([mutant("1"), mutant("2"), mutant("3")], fates)
    assert mutants_part(found, "slow") == MutantsPart(killed=0, of=1, list=found, note="slow")


def mutant(name):
    return Mutant(
        id=name, line=3, statement=3, operator="constant", before="a", after="b", start=0, end=1, replacement="b"
    )


@pytest.mark.parametrize(
    ("given", "lowest", "reason"),
    [
        ("weak", "good", "kills no mutant"),
        ("weak", "strong", "kills no mutant"),
        ("good", "strong", "is good, not strong"),
        ("ungraded", "strong", "could not be graded"),
    ],
)
def test_a_grade_below_the_lowest_is_dropped_with_the_reason(given, lowest, reason):
    dropped = grade_refusal(given, mutants_part(tried("aa")), lowest)
    assert (dropped.rung, dropped.reason) == ("kills", reason)


@pytest.mark.parametrize(
    ("given", "lowest"),
    [("strong", "strong"), ("good", "good"), ("weak", "weak"), ("ungraded", "good"), ("strong", "weak")],
)
def test_a_grade_that_is_high_enough_is_kept(given, lowest):
    assert grade_refusal(given, mutants_part(()), lowest) is None


def test_the_reason_names_what_stays_alive():
    dropped = grade_refusal("weak", mutants_part(tried("aa")), "good")
    assert dropped.detail == "0 of 1 killed; alive: line 1: a -> b"
