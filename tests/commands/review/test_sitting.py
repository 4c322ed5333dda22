import itertools

from msgspec.structs import replace

from pytest_enrich.commands.review import sitting
from pytest_enrich.commands.review.sitting import Done, Sitting
from pytest_enrich.store import experience
from pytest_enrich.store.experience import Experience, Lesson

ABC = Sitting(order=("a", "b", "c"))


def test_one_function_comes_together_and_the_best_come_first(suggestions):
    order = sitting.order(suggestions)
    known = {one.id: one for one in suggestions}
    functions = [(known[one].gap.path, known[one].gap.qualname) for one in order]
    assert sorted(order) == sorted(known)
    assert [one for at, one in enumerate(functions) if one not in functions[:at]] == list(dict.fromkeys(functions))
    changes = sum(one != other for one, other in itertools.pairwise(functions))
    assert changes == len(set(functions)) - 1
    assert known[order[0]].grade == "strong"


def test_what_people_did_not_want_comes_last(suggestions):
    first, *others = sitting.order(suggestions)
    trait = next(trait for trait in experience.traits(next(one for one in suggestions if one.id == first)))
    ones = [replace(one, kind="test") for one in suggestions]
    unwanted = {one.id for one in ones if trait in experience.traits(one)}
    known = Experience({trait: Lesson(trait=trait, lift=0.2, rejected=())})
    order = sitting.order(ones, known)
    assert set(order[-len(unwanted) :]) == unwanted
    assert set(order) == {first, *others}


def test_onward_passes_over_what_was_decided_or_skipped_and_begins_again():
    assert sitting.onward(ABC, {"b", "c"}).id == "b"
    assert sitting.onward(replace(ABC, at=2, skipped=frozenset("b")), {"a", "b"}).id == "a"
    assert sitting.onward(replace(ABC, skipped=frozenset("b")), {"b"}) is None


def test_a_step_goes_to_what_waits_and_stays_at_the_ends():
    assert sitting.stepped(ABC, {"a", "c"}, 1).id == "c"
    last = sitting.stepped(replace(ABC, at=2), {"a", "c"}, 1)
    assert (last.id, last.told) == ("c", ("This is the last one; k goes back, q quits.",))
    assert sitting.stepped(replace(ABC, at=2, skipped=frozenset("a")), {"a", "c"}, -1).skipped == frozenset()


def test_what_is_taken_back_is_looked_at_next_even_from_another_sitting():
    done = sitting.decided(ABC, Done(id="a", verb="reject"), Done(id="b", verb="accept", path="t.py"))
    back = sitting.taken_back(replace(done, at=2), "a")
    assert (back.id, [one.id for one in back.done]) == ("a", ["b"])
    other = sitting.taken_back(replace(ABC, at=1), "z")
    assert (other.id, other.order) == ("z", ("a", "z", "b", "c"))


def test_a_word_is_found_in_title_id_and_paths(suggestions):
    here = Sitting(order=sitting.order(suggestions))
    assert "ledger" in sitting.found(here, suggestions, "LEDGER").id
    assert sitting.found(here, suggestions, "test_orders").id.startswith("orders-")
    nothing = sitting.found(here, suggestions, "no such \x1b thing")
    assert (nothing.at, "Nothing that waits" in nothing.told[0], nothing.told[0].isprintable()) == (0, True, True)


def test_the_end_says_what_was_done_and_how_to_go_on(suggestions):
    done = sitting.decided(
        ABC,
        Done(id="a", verb="accept", path="tests/test_a.py"),
        Done(id="b", verb="accept", path="tests/test_a.py", edited=True),
        Done(id="c", verb="reject"),
    )
    assert sitting.summary(done, suggestions[:4]) == [
        " accepted 1   edited 1   rejected 1   skipped 0   left 4",
        " changed by you just now, not staged:",
        "   tests/test_a.py    2 tests",
        " see it:    git diff",
        " continue:  pytest-enrich review",
    ]
    weak = [replace(suggestions[0], grade="weak")]
    assert sitting.summary(ABC, weak)[-1] == " continue:  pytest-enrich review --all-grades"
    assert sitting.summary(ABC, ())[-1] == " next:      pytest --enrich"
