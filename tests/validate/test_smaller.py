"""A candidate is judged as a whole and kept with no more in it than it needs."""

from __future__ import annotations

import ast

import pytest
from msgspec.structs import replace

from pytest_enrich import mutants, validate
from pytest_enrich.data import Answered, Kept, MutantFate, Mutate, Mutated, Oracle, Prove

SOURCE = "\n\nif total < 0:\n    least = abs(total) - 1\n"
CODE = """\
def test_negative():
    cart = Cart()
    result = cart.discount(-1)
    assert result == 0
    assert cart.total == 1
    assert cart.seen == [-1]
"""
RESULT, TOTAL, SEEN = "assert result == 0", "assert cart.total == 1", "assert cart.seen == [-1]"
CALL = "cart.discount(-1)"


class World:
    """A sandbox in which the lines of a test decide what it does: `kills` says which mutants each line kills.

    Without a line of `needs` a test closes no gap. `fates` are words for mutants that end otherwise than killed.
    """

    isolation = "none"

    def __init__(self, fakes, kills, needs=(), fates=()):
        self._fakes, self._kills, self._needs, self._fates = fakes, kills, needs, dict(fates)
        self.proofs, self.mutations = [], []

    def execute(self, job, *, timeout):
        if isinstance(job, Prove):
            self.proofs.append(job)
            lines = (4,) if all(line in job.text for line in self._needs) else (99,)
            return Answered(answer=self._fakes.proved(lines=lines, branches=())(job), seconds=timeout)
        self.mutations.append(job)
        return Answered(
            answer=Mutated(fates=tuple(self._fated(job)), parts=job.parts, canary="killed", control="survived"),
            seconds=timeout,
        )

    def _fated(self, job):
        tests = (node for node in ast.parse(job.text).body if isinstance(node, ast.FunctionDef))
        killed = {node.name: self._killed(ast.unparse(node)) for node in tests}
        for one in job.mutants:
            hit = [name for name in (*job.tests, *job.parts) if one.change in killed[name.rpartition("::")[2]]]
            word = self._fates.get(one.change, "killed")
            fate = word if set(hit) & set(job.tests) else "survived"
            yield MutantFate(
                id=one.id, fate=fate, parts=tuple(set(hit) - set(job.tests)) if fate == "killed" else ()
            )

    def _killed(self, body):
        return {change for line, changes in self._kills.items() if line in body for change in changes}


@pytest.fixture
def judge(fakes):
    """The verdict on the candidate in a world, and the world."""

    def judge(kills, code=CODE, *, reduced=True, oracle=(), imports=(), source=SOURCE, **world):  # noqa: PLR0913
        gap = fakes.gap(branches=())
        task = replace(fakes.task(gap), source_text=source)
        plain = fakes.candidate(code)
        origin = replace(plain.origin, reduced=reduced)
        candidate = replace(plain, origin=origin, oracle=oracle or plain.oracle, imports=imports)
        sandbox = World(fakes, kills, **world)
        verdict = validate.judge(task, candidate, sandbox, timeout=5.0)
        assert isinstance(verdict, Kept), verdict
        return verdict, sandbox

    return judge


BOUNDARY, COMPARED, ZERO, NONE, MINUS, ONE = (one.change for one in mutants.make(SOURCE, range(1, 10)))
EVERY = (BOUNDARY, COMPARED, ZERO, NONE, MINUS, ONE)


def body(verdict):
    return [line.strip() for line in verdict.smaller.code.splitlines()[1:]]


def test_assertions_that_kill_nothing_go(judge):
    verdict, _ = judge({RESULT: EVERY})
    assert body(verdict) == ["cart = Cart()", "result = cart.discount(-1)", RESULT]
    assert verdict.grade == "strong"


def test_the_fewest_that_kill_the_same_stay(judge):
    verdict, _ = judge({RESULT: (BOUNDARY, ONE), TOTAL: (COMPARED, ONE), SEEN: (BOUNDARY, COMPARED, MINUS)})
    assert body(verdict) == ["cart = Cart()", "result = cart.discount(-1)", RESULT, SEEN]


MANY = f"{CODE}    assert cart.last == -1\n    assert cart.count == 1\n"
NO_MUTANTS = "\n\nwith total:\n    pass\n"


def test_what_is_asserted_stays_where_no_mutant_says_what_is_needed(judge):
    verdict, _ = judge({}, MANY, source=NO_MUTANTS)
    assert verdict.smaller is None


def test_a_result_that_nobody_looks_at_is_not_kept_either(judge):
    oracle = (
        Oracle(line=4, what="0", source="observed", look=True),
        Oracle(line=5, what="1", source="observed"),
        Oracle(line=6, what="[-1]", source="observed"),
    )
    verdict, _ = judge({TOTAL: EVERY}, oracle=oracle, imports=("from shop import Cart",))
    assert body(verdict) == ["cart = Cart()", CALL, TOTAL]
    assert verdict.smaller.oracle == (Oracle(line=4, what="1", source="observed", look=True),)
    assert "1 was seen" in verdict.smaller.look
    assert verdict.smaller.imports == ("from shop import Cart",)


def test_when_all_are_needed_nothing_changes(judge):
    verdict, world = judge({RESULT: (ONE,), TOTAL: (MINUS,), SEEN: (NONE,)})
    assert verdict.smaller is None
    assert len(world.mutations) == 1


def test_what_the_call_itself_kills_each_assertion_kills(judge):
    verdict, _ = judge({CALL: EVERY})
    assert body(verdict) == ["cart = Cart()", f"assert {CALL} == 0"]


def test_of_a_mutant_that_ends_the_run_it_is_proven_again_which_assertion_is_needed(judge):
    """Nobody knows at first which of them it is: the first is tried, and refused; then all without each other."""
    verdict, world = judge({TOTAL: EVERY}, fates=dict.fromkeys(EVERY, "timeout"))
    assert body(verdict)[-2:] == [RESULT, TOTAL]
    assert len(world.mutations) == 4
    verdict, _ = judge({CALL: EVERY}, fates=dict.fromkeys(EVERY, "timeout"))
    assert body(verdict)[-1] == f"assert {CALL} == 0"


def test_the_smaller_one_must_close_the_same(judge):
    verdict, _ = judge({RESULT: EVERY}, needs=[TOTAL, SEEN])
    assert verdict.smaller is None


def test_an_assertion_without_which_less_is_closed_stays_and_no_other_for_it(judge):
    verdict, _ = judge({RESULT: EVERY}, needs=[SEEN])
    assert body(verdict)[-2:] == [RESULT, SEEN]


def test_the_smaller_one_is_what_must_be_stable(judge):
    verdict, world = judge({RESULT: EVERY})
    assert len(verdict.runs) > 1
    assert all(TOTAL not in run.text for run in world.proofs[1:])


def test_its_parts_stand_beside_the_candidate_and_are_no_tests_of_it(judge):
    _, world = judge({RESULT: EVERY})
    first = world.mutations[0]
    assert first.tests == ("tests/test_cart.py::test_negative",)
    assert first.parts == tuple(f"tests/test_cart.py::test_negative__{at}" for at in (1, 2, 3))
    assert world.mutations[1].parts == ()
    assert {one.change for one in world.mutations[1].mutants} == set(EVERY)


def test_one_assertion_is_not_taken_apart(judge):
    code = "def test_negative():\n    assert discount(-1) == 0\n"
    verdict, world = judge({"discount(-1)": EVERY}, code)
    assert verdict.smaller is None
    assert world.mutations[0].parts == ()
    assert len(world.mutations) == 1


def test_set_up_that_nothing_needs_goes(judge):
    code = CODE.replace("    cart = Cart()\n", "    log('x')\n    cart = Cart()\n    cart.open()\n")
    verdict, _ = judge({RESULT: EVERY}, code, reduced=False, needs=["cart.open()"])
    assert body(verdict) == ["cart = Cart()", "cart.open()", "result = cart.discount(-1)", RESULT]


def test_what_a_mutant_needs_stays(judge):
    code = CODE.replace("    cart = Cart()\n", "    cart = Cart()\n    cart.open()\n    cart.log()\n")
    verdict, _ = judge({RESULT: EVERY[1:], "cart.open()": EVERY[:1]}, code, reduced=False)
    assert body(verdict) == ["cart = Cart()", "cart.open()", "result = cart.discount(-1)", RESULT]


def test_where_nothing_is_killed_nothing_is_known_to_be_needed(fakes):
    gap = fakes.gap(branches=())
    task = replace(fakes.task(gap), source_text="")
    world = World(fakes, {})
    verdict = validate.judge(task, fakes.candidate(CODE), world, timeout=5.0)
    assert (verdict.grade, verdict.smaller, world.mutations) == ("ungraded", None, [])


@pytest.mark.parametrize("job", [Prove, Mutate])
def test_reducing_ends_when_the_sandbox_gives_no_answers(fakes, judge, job, monkeypatch):
    asked = []
    answer = World.execute

    def execute(self, one, *, timeout):
        asked.append(one)
        first = sum(isinstance(other, job) for other in asked) == 1
        stable = isinstance(one, Prove) and TOTAL in one.text and SEEN in one.text
        return (
            answer(self, one, timeout=timeout) if not isinstance(one, job) or first or stable else fakes.failed()
        )

    monkeypatch.setattr(World, "execute", execute)
    verdict, _ = judge({RESULT: EVERY})
    assert verdict.smaller is None
