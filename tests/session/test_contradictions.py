"""What a run does with docstrings that are not kept; the sandbox says what it was scripted to say."""

import re

import pytest
from msgspec.structs import replace

from pytest_enrich.contracts.judge import MARK
from pytest_enrich.data import (
    Answered,
    Attempt,
    Failed,
    Kept,
    NewTest,
    Origin,
    Placement,
    Proved,
    Shard,
    TestOutcome,
)
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.session import scope
from pytest_enrich.session.contradictions import Contradictions
from pytest_enrich.store import rejected

MADE = MadePart(at="2026-11-25T10:00:00Z", pytest_enrich="0.1.0", python="3.11.7")
REFUSED = [">>> discount(-1)", "Traceback (most recent call last):", "ValueError: it is negative"]
SAID = "\n    ".join(["def discount(total):", '"""It.', "", *REFUSED, '"""']) + "\n"


KEPT = Kept(gaps=("g",), lines=(), branches=(), runs=(), seconds=0.0)


class Scripted:
    """Fails each reproduction, and sees `seen` wherever a call has one of the words in it."""

    isolation = "none"

    def __init__(self, **seen):
        self.seen, self.jobs = seen, []

    def execute(self, job, *, timeout):  # noqa: ARG002 - the protocol's
        self.jobs.append(job)
        if "crash" in self.seen:
            return Failed(reason="crash", detail="", seconds=0.0)
        outcomes = []
        for name, code in re.findall(r"def (test_\w+)\(\):\n((?:    .*\n)+)", job.text + "\n"):
            told = next((what for word, what in self.seen.items() if f"{word}(" in code), "")
            detail = f'{MARK}"{told}"' if told else ""
            result = "failed" if told else "passed"
            outcomes.append(TestOutcome(nodeid=f"{job.path}::{name}", result=result, detail=detail))
        return Answered(answer=Proved(outcomes=tuple(outcomes)), seconds=0.0)

    def close(self): ...


@pytest.fixture
def look(settings, store, measured, rootdir):
    """Look at the docstrings as a run does."""
    source = rootdir / "src/shop/cart.py"
    source.write_text(source.read_text().replace("def discount(total):\n", SAID))

    def look(sandbox, seconds=60.0, **limits):
        limited = replace(settings, **limits)
        found = scope.find(limited, measured(), store)
        run = Contradictions(limited, store, found, sandbox, made=MADE)
        run.look(lambda: seconds)
        return run

    return look


def ids(store):
    return [one.id for one in store.bugs()]


def calls(store):
    """Of the examples that are told."""
    broken = [one.contradiction for one in store.bugs()]
    return [one.call for one in broken if one.promise == "example"]


def attempt(code, verdict=KEPT, **origin):
    test = NewTest(
        name="test_a",
        code=code,
        imports=(),
        placement=Placement(path="tests/test_cart.py"),
        title="",
        look="",
        oracle=(),
        origin=Origin(proposer="search", **origin),
        gaps=(),
    )
    return Attempt(path="src/shop/cart.py", qualname="discount", digest="", candidate=test, verdict=verdict)


def test_what_is_broken_is_written_once(look, store):
    look(Scripted(discount="returned 0"))
    (one,) = store.bugs()
    assert (one.title, one.contradiction.contract) == (
        "discount: no ValueError",
        "\n".join(REFUSED),
    )
    look(Scripted(discount="returned 0"), fresh=True)
    assert ids(store) == [one.id]


def test_what_was_examined_is_examined_again_only_when_it_changed(look, store, rootdir):
    look(Scripted(discount="returned 0"))
    again = Scripted()
    look(again)
    assert again.jobs == []
    source = rootdir / "src/shop/cart.py"
    source.write_text(source.read_text() + "\n# more\n")
    look(again)
    assert len(again.jobs) == 1
    assert ids(store) == []


def test_what_is_not_wrong_any_more_is_told_as_mended(look, store):
    look(Scripted(discount="returned 0"))
    (name,) = ids(store)
    assert look(Scripted(), fresh=True).mended == (name,)
    assert store.bugs() == ()


def test_a_sandbox_that_crashes_mends_nothing_and_a_budget_that_is_used_up_neither(look, store):
    look(Scripted(discount="returned 0"))
    (name,) = ids(store)
    look(Scripted(crash="yes"), fresh=True)
    look(Scripted(), seconds=0.0, fresh=True)
    assert ids(store) == [name]


def test_beyond_the_limits_of_a_run_nothing_is_looked_at(look, store):
    for limits in ({"only": ("src/shop/cart.py::parse_sku",)}, {"shard": Shard(1, 2)}, {"shard": Shard(2, 2)}):
        sandbox = Scripted(discount="returned 0")
        look(sandbox, **limits)
        wanted = limits.get("shard", Shard(2, 2)).holds("src/shop/cart.py", "discount") and "shard" in limits
        assert bool(sandbox.jobs) == wanted
    assert len(ids(store)) == 1


def test_one_that_was_turned_down_does_not_come_back(look, store, rootdir):
    look(Scripted(discount="returned 0"))
    (one,) = store.bugs()
    store.withdraw(one)
    rejected.append(rootdir, rejected.of(one, scope="idea", reason="wrong", when="2026-11-25"))
    look(Scripted(discount="returned 0"), fresh=True)
    assert store.bugs() == ()


def test_a_test_that_states_what_the_docstring_denies_is_a_bug_and_no_suggestion(look, store):
    run = look(Scripted())
    run._sandbox = Scripted(discount="returned 0")
    assert run.contradicts(attempt("def test_a():\n    assert discount(-1) == 0\n"))
    (one,) = store.bugs()
    assert (one.origin.proposer, one.contradiction.call) == ("search", "discount(-1)")
    assert not run.contradicts(attempt("def test_a():\n    assert discount(7) == 7\n"))
    look(Scripted(discount="returned 0"), fresh=True)
    assert ids(store) == [one.id]


EXAMPLES = "It.\n\n    >>> discount(1)\n    5\n    >>> discount(2)\n    6\n    >>> discount(3)\n    7\n"


@pytest.fixture
def examples(look, rootdir):
    """Look where `discount` has three examples, beside what it raises."""
    source = rootdir / "src/shop/cart.py"
    source.write_text(source.read_text().replace("It.\n", EXAMPLES))
    return look


def test_of_the_examples_of_one_docstring_the_first_is_told_with_the_lines_of_the_others(examples, store):
    examples(Scripted(discount="returned 0"))
    told = {one.contradiction.promise: one for one in store.bugs()}
    first = told["example"]
    assert sorted(told) == ["example", "raises"]
    assert (first.contradiction.call, len(store.bugs())) == ("discount(1)", 2)
    assert first.contradiction.also == (
        first.contradiction.contract_line + 2,
        first.contradiction.contract_line + 4,
    )


def test_when_the_first_example_is_turned_down_the_next_is_told(examples, store, rootdir):
    examples(Scripted(discount="returned 0"))
    first = next(one for one in store.bugs() if one.contradiction.promise == "example")
    rejected.append(rootdir, rejected.of(first, scope="idea", reason="wrong", when="2026-11-25"))
    examples(Scripted(discount="returned 0"), fresh=True)
    assert calls(store) == ["discount(2)"]


def test_an_example_that_a_test_denied_first_gives_way_to_the_first_of_its_docstring(examples, store):
    run = examples(Scripted(), seconds=0.0)
    run._sandbox = Scripted(discount="returned 0")
    assert run.contradicts(attempt("def test_a():\n    assert discount(2) == 0\n"))
    assert [one.contradiction.call for one in store.bugs()] == ["discount(2)"]
    mended = examples(Scripted(discount="returned 0"), fresh=True).mended
    assert calls(store) == ["discount(1)"]
    assert mended == ()


def test_a_test_that_denies_another_example_of_a_docstring_that_is_told_makes_no_second_bug(examples, store):
    run = examples(Scripted(discount="returned 0"))
    before = ids(store)
    assert run.contradicts(attempt("def test_a():\n    assert discount(2) == 0\n"))
    assert ids(store) == before
