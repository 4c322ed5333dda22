"""A contradiction counts when it shows each time: the sandbox here says what it was scripted to say."""

from msgspec import Struct

from pytest_enrich import contracts
from pytest_enrich.contracts import write
from pytest_enrich.contracts.judge import MARK
from pytest_enrich.data import Answered, Failed, Placement, Proved, TestOutcome
from pytest_enrich.data.suggestion import MadePart

TEXT = '''\
def double(n):
    """Twice.

    >>> double(2)
    5
    """
    return n * 2
'''
MADE = MadePart(at="2026-11-25T10:00:00Z", pytest_enrich="0.1.0", python="3.11.7")


class Scripted(Struct):
    """Answers with one line a run: what the probe saw, and how the reproduction ended; None is a crash."""

    runs: list
    jobs: list

    isolation = "none"

    def execute(self, job, *, timeout):  # noqa: ARG002 - the protocol's
        self.jobs.append(job)
        run = self.runs.pop(0)
        if run is None:
            return Failed(reason="crash", detail="", seconds=0.1)
        seen, ended = run
        detail = f'{MARK}"{seen}"' if seen else ""
        outcomes = [TestOutcome(nodeid="a.py::test_probe_0", result="failed" if seen else "passed", detail=detail)]
        outcomes.append(TestOutcome(nodeid="a.py::test_kept_0", result=ended))
        return Answered(answer=Proved(outcomes=tuple(outcomes)), seconds=0.1)

    def close(self):
        pass


def examined(*runs):
    _, claims = contracts.find("shop.py", "shop", TEXT)
    sandbox = Scripted(list(runs), [])
    return contracts.examine(claims, "tests", sandbox, timeout=5.0), sandbox.jobs


WRONG = ("returned 4", "failed")


def test_what_shows_in_every_run_is_broken():
    found, jobs = examined(WRONG, WRONG, WRONG, WRONG)
    (broken,) = found.broken
    assert broken.observed == "returned 4"
    assert len(broken.runs) == 3
    assert [job.fresh for job in jobs] == [False, False, False, True]
    assert jobs[2].world != jobs[1].world


def test_a_promise_that_is_kept_costs_one_run():
    found, jobs = examined(("", "passed"))
    assert (found, len(jobs)) == (contracts.Examined(), 1)


def test_what_shows_only_sometimes_is_not():
    for odd in (("returned 6", "failed"), ("", "passed"), ("returned 4", "passed"), None):
        found, _ = examined(WRONG, WRONG, WRONG, odd)
        assert (found.broken, len(found.unsure)) == ((), 1)


def test_of_what_ends_the_process_nothing_is_said():
    found, _ = examined(None)
    assert (found.broken, len(found.unsure)) == ((), 1)


def test_the_reproduction_says_names_as_its_file_does():
    (broken,) = examined(WRONG, WRONG, WRONG, WRONG)[0].broken
    place = Placement(path="tests/test_shop.py")
    bug = write.bug(broken, place, "import shop\n", MADE, "docstring")
    assert bug.test.code == "def test_double_as_documented():\n    assert shop.double(2) == 5\n"
    assert bug.test.imports == ("import shop",)
    assert bug.title == "double: 4, not 5"
    assert bug.contradiction.mark == "@pytest.mark.xfail(strict=True, reason='>>> double(2) 5')"
    assert bug.contradiction.mark_imports == ("import pytest",)


def test_a_moved_line_makes_no_other_bug():
    def identity(text):
        _, claims = contracts.find("shop.py", "shop", text)
        (broken,) = contracts.examine(claims, "", Scripted([WRONG] * 4, []), timeout=5.0).broken
        return write.bug(broken, Placement(path="test_shop.py"), "", MADE, "docstring").id

    assert identity(TEXT) == identity(f"\n\n{TEXT}") != identity(TEXT.replace("5", "6"))


COMPARED = '''\
def double(n):
    """Twice.

    >>> [4] == double([2])
    True
    """
    return n * 3
'''


def test_a_comparison_in_an_example_is_stated_as_a_whole():
    _, claims = contracts.find("shop.py", "shop", COMPARED)
    sandbox = Scripted([("returned False", "failed")] * 4, [])
    (broken,) = contracts.examine(claims, "", sandbox, timeout=5.0).broken
    bug = write.bug(broken, Placement(path="test_shop.py"), "import shop\n", MADE, "docstring")
    assert bug.test.code == "def test_double_as_documented():\n    assert [4] == shop.double([2])\n"
