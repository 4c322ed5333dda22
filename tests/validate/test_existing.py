"""What existing tests notice is asked once of each mutant, whatever it is called among others."""

from msgspec.structs import replace

from pytest_enrich import mutants
from pytest_enrich.data import MutantFate
from pytest_enrich.validate import Existing

SOURCE = "def f(a):\n    if a > 1:\n        return 2\n    return 3\n"
BOTH = mutants.make(SOURCE, [2, 3])
ONE, OTHER = BOTH[0], BOTH[-1]
NAME = "tests/test_a.py::test_f"


def fate(mutant, before):
    return MutantFate(id=mutant.id, fate="survived", killed_before=before)


def test_what_was_told_once_is_known_and_not_asked_again():
    existing = Existing()
    assert existing.unasked("a.py", BOTH) == list(BOTH)
    existing.completed("a.py", [ONE], [fate(ONE, (NAME,))])
    assert ONE not in existing.unasked("a.py", BOTH)
    assert existing.completed("a.py", [ONE], [fate(ONE, None)]) == (fate(ONE, (NAME,)),)


def test_a_mutant_is_known_by_its_change_and_not_by_its_number():
    existing = Existing()
    existing.completed("a.py", [ONE], [fate(ONE, (NAME,))])
    renamed = replace(OTHER, id=ONE.id)
    assert existing.unasked("a.py", [renamed]) == [renamed]
    assert existing.completed("a.py", [renamed], [fate(renamed, None)])[0].killed_before is None


def test_the_same_change_of_another_file_is_another():
    existing = Existing()
    existing.completed("a.py", [ONE], [fate(ONE, ())])
    assert existing.unasked("b.py", [ONE]) == [ONE]


def test_who_was_not_asked_may_be_asked_later():
    existing = Existing()
    existing.completed("a.py", [ONE], [fate(ONE, None)])
    assert existing.unasked("a.py", [ONE]) == [ONE]


def test_a_sandbox_that_failed_is_asked_again_but_not_tests_that_take_too_long(fakes):
    existing, answers = Existing(), iter([fakes.failed("crash"), fakes.failed("timeout")])
    assert [existing.ends("a.py", "", lambda: next(answers)).reason for _ in range(3)] == [
        "crash",
        "timeout",
        "timeout",
    ]


def test_files_whose_tests_fall_in_the_same_way_by_the_same_error_make_one_line():
    existing = Existing()
    for number in range(5):
        existing.note(f"tests/test_{number}.py", "twice", "no")
    existing.note("tests/test_0.py", "alone", "ValueError: 0")
    assert existing.notes == (
        "existing tests of tests/test_0.py, tests/test_1.py, tests/test_2.py and 2 more do not pass twice: no",
        "existing tests of tests/test_0.py do not pass alone: ValueError: 0",
    )
