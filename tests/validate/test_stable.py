"""The battery: what is run, in which order, and what is said of a candidate that does not stand it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Answered, Dropped, Failed, Proved, TestOutcome, World
from pytest_enrich.validate import Existing, stable
from pytest_enrich.validate.gain import Gained
from pytest_enrich.validate.proof import Proof, function
from pytest_enrich.validate.stable import TRIALS

OWN = "tests/test_cart.py::test_negative"
OTHER = "tests/test_cart.py::test_discount"
FIRST = Gained(own=("cart-aaaaaaaa",), gaps=("cart-aaaaaaaa",), lines=(4,), branches=((3, 4),), seconds=0.01)


@pytest.fixture
def battery(fakes):
    """What the battery says, and the jobs that it asked for, where each run answers what `ends` says."""

    def battery(ends, *, text=fakes.TEST_TEXT, branches=((3, 4),), seconds=None, existing=None):
        def execute(job):
            found = ends(job)
            if isinstance(found, Failed):
                return found
            took = seconds or {}
            outcomes = tuple(
                TestOutcome(nodeid=name, result=result, seconds=took.get(name, 0.0))
                for name, result in found.items()
            )
            taken = dict.fromkeys(job.measure, branches)
            return Answered(
                answer=Proved(outcomes=outcomes, lines={fakes.PATH: (4,)}, branches=taken),
                seconds=took.get(WHOLE, 0.1),
            )

        sandbox = fakes.ScriptedSandbox({fakes.Prove: execute})
        task, one = fakes.task(text=text), fakes.candidate()
        one = one if text else replace(one, placement=replace(one.placement, anchor=None, new_file=True))
        written = patch.insert(text, one)
        proof = Proof(
            task=task,
            candidate=one,
            text=written,
            sandbox=sandbox,
            timeout=5.0,
            lowest="good",
            existing=existing or Existing(),
        )
        return stable.check(proof, FIRST), sandbox

    return battery


def is_there(job):
    return "def test_negative" in job.text


def all_pass(job):
    return {OTHER: "passed"} | ({OWN: "passed"} if is_there(job) else {})


def test_all_ways_are_named(battery):
    names, _ = battery(all_pass)
    assert names == tuple(one.name for one in TRIALS)
    assert len(set(names)) == len(names)


def test_the_dear_runs_come_last(battery):
    _, sandbox = battery(all_pass)
    dear = [bool(job.fresh or job.workers) for job in sandbox.jobs]
    assert dear == sorted(dear)
    assert sum(dear) == 2


def test_the_candidate_meets_all_that_differs_between_teams(battery):
    _, sandbox = battery(all_pass)
    jobs = [job for job in sandbox.jobs if is_there(job)]
    assert [job.tests for job in jobs if job.tests] == [(OWN,)]
    assert any(job.shuffle is not None for job in jobs)
    assert any(job.backwards for job in jobs)
    assert any(job.fresh and job.measure for job in jobs)
    assert any(job.workers == 2 for job in jobs)
    (world,) = {job.world for job in jobs if job.world.days}
    assert all((world.hash_seed, world.timezone, world.locale))
    assert world.home != World().home
    assert len({job.world.hash_seed for job in jobs}) == 3


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_the_first_way_in_which_it_does_not_pass_is_said(battery, trial):
    own = iter(TRIALS)
    verdict, sandbox = battery(
        lambda job: {**all_pass(job), OWN: "failed"} if is_there(job) and next(own) is trial else all_pass(job)
    )
    assert verdict == Dropped(rung="stable", reason=f"does not pass {trial.name}")
    assert len([job for job in sandbox.jobs if is_there(job)]) == 1 + TRIALS.index(trial)


def test_a_fresh_process_has_to_close_as_much(battery):
    verdict, _ = battery(all_pass, branches=((3, 9),))
    assert (verdict.rung, verdict.reason) == (
        "stable",
        "closes less in its file, in a fresh process, with coverage",
    )


def test_without_xdist_all_else_is_run(battery, fakes):
    names, _ = battery(lambda job: fakes.failed("refused") if job.workers else all_pass(job))
    assert names == tuple(one.name for one in TRIALS if not one.workers)


@pytest.mark.parametrize("reason", ["timeout", "crash", "no answer"])
def test_workers_that_fail_are_no_reason_to_look_away(battery, fakes, reason):
    verdict, _ = battery(lambda job: fakes.failed(reason) if job.workers else all_pass(job))
    assert verdict.reason == "does not pass in its file, spread over 2 workers"


def test_a_candidate_that_makes_its_neighbour_fail_is_dropped(battery):
    verdict, _ = battery(
        lambda job: {**all_pass(job), OTHER: "failed" if is_there(job) and not job.tests else "passed"}
    )
    assert verdict.reason == "changes how other tests end in its file"
    assert verdict.detail == f"{OTHER}: failed, not passed"


def test_a_candidate_that_lets_its_neighbour_pass_is_dropped_too(battery):
    verdict, _ = battery(lambda job: {**all_pass(job), OTHER: "passed" if is_there(job) else "failed"})
    assert verdict.detail == f"{OTHER}: passed, not failed"


INHERITED = OWN.replace("::", "::TestInheriting::")


def test_a_class_that_inherits_the_candidate_is_not_changed_by_it(battery):
    names, _ = battery(lambda job: {**all_pass(job), **({INHERITED: "passed"} if is_there(job) else {})})
    assert names == tuple(one.name for one in TRIALS)


def test_a_candidate_that_fails_in_a_class_that_inherits_it_is_dropped(battery):
    verdict, _ = battery(lambda job: {**all_pass(job), **({INHERITED: "failed"} if is_there(job) else {})})
    assert verdict.detail == f"{INHERITED}: failed, not there"


def test_a_neighbour_that_vanishes_is_a_change(battery):
    verdict, _ = battery(lambda job: {OWN: "passed"} if is_there(job) else {OTHER: "passed"})
    assert verdict.detail == f"{OTHER}: gone, not passed"


def test_a_neighbour_with_another_name_in_each_run_has_not_changed(battery):
    number = iter(range(100))
    names, sandbox = battery(lambda job: {**all_pass(job), f"{OTHER}[{next(number)} s]": "passed"})
    assert names == tuple(one.name for one in TRIALS)
    assert [job.tests for job in sandbox.jobs if not is_there(job)] == [()]


def test_a_neighbour_with_another_name_and_another_end_is_a_change(battery):
    number = iter(range(100))
    verdict, _ = battery(
        lambda job: {
            **all_pass(job),
            f"{OTHER}[{next(number)} s]": "failed" if is_there(job) and not job.tests else "passed",
        }
    )
    assert verdict.reason == "changes how other tests end in its file"


def test_a_neighbour_that_fails_in_that_order_by_itself_is_not_the_candidates_doing(battery):
    names, _ = battery(lambda job: {**all_pass(job), OTHER: "failed" if job.backwards else "passed"})
    assert names == tuple(one.name for one in TRIALS)


def test_a_neighbour_that_ends_now_so_and_now_so_is_not_the_candidates_doing(battery):
    turns = iter(range(1000))

    def ends(job):
        return {**all_pass(job), OTHER: "failed" if is_there(job) and next(turns) % 2 else "passed"}

    names, _ = battery(ends)
    assert names == tuple(one.name for one in TRIALS)


def test_where_the_file_takes_too_long_the_candidate_is_run_alone_in_all_ways(battery, fakes):
    names, sandbox = battery(lambda job: {OWN: "passed"} if job.tests else fakes.failed("timeout"))
    assert len(names) == 4
    assert all(name.startswith("alone") for name in names)
    assert all(job.tests for job in sandbox.jobs if is_there(job))


WHOLE = "the whole run"
SLOW = "tests/test_cart.py::test_slow[1]"


def with_a_slow_one(job):
    asked = {**all_pass(job), SLOW: "passed"}
    return {name: end for name, end in asked.items() if not job.tests or name.partition("[")[0] in job.tests}


def test_a_slow_neighbour_is_left_out_of_what_runs_again_and_again(battery):
    names, sandbox = battery(with_a_slow_one, seconds={SLOW: 30.0}, existing=Existing(1.0))
    assert names == tuple(one.name for one in TRIALS)
    assert [job.tests for job in sandbox.jobs if not is_there(job)] == [()]
    assert {job.tests for job in sandbox.jobs if is_there(job)} == {(OWN,), (OWN, OTHER)}


def test_a_quick_neighbour_that_fails_beside_the_candidate_is_seen_all_the_same(battery):
    verdict, _ = battery(
        lambda job: {
            **with_a_slow_one(job),
            OTHER: "failed" if is_there(job) and OTHER in job.tests else "passed",
        },
        seconds={SLOW: 30.0},
        existing=Existing(1.0),
    )
    assert verdict.detail == f"{OTHER}: failed, not passed"


def test_brackets_in_the_name_of_a_file_are_no_parameters():
    assert function("tests/test_[a].py::TestCart::test_b[1::2]") == "tests/test_[a].py::TestCart::test_b"


def test_where_all_neighbours_are_slow_the_candidate_runs_alone(battery):
    names, _ = battery(with_a_slow_one, seconds={SLOW: 30.0, OTHER: 2.0}, existing=Existing(1.0))
    assert all(name.startswith("alone") for name in names)


def test_many_cases_take_time_that_is_in_none_of_them(battery):
    many = {f"tests/test_cart.py::test_many[{number}]": "passed" for number in range(98)}

    def ends(job):
        return {**all_pass(job), **({} if job.tests else many)}

    _, sandbox = battery(ends, seconds={WHOLE: 5.0}, existing=Existing(1.0))
    assert {job.tests for job in sandbox.jobs if is_there(job)} == {(OWN,), (OWN, OTHER)}


def test_what_would_take_too_long_with_coverage_is_left_out_where_that_is_measured(battery):
    names, sandbox = battery(all_pass, seconds={OTHER: 0.5}, existing=Existing(1.0))
    assert names == tuple("alone, in a fresh process, with coverage" if one.fresh else one.name for one in TRIALS)
    assert [job.tests for job in sandbox.jobs if job.fresh] == [(OWN,)]


def test_without_a_limit_all_run_beside_the_candidate(battery):
    _, sandbox = battery(with_a_slow_one, seconds={SLOW: 30.0})
    assert {job.tests for job in sandbox.jobs if is_there(job)} == {(OWN,), ()}


def test_how_the_tests_of_a_file_end_is_asked_once_for_all_candidates(battery):
    existing = Existing()
    runs = [battery(all_pass, existing=existing)[1] for _ in range(2)]
    assert [sum(not is_there(job) for job in sandbox.jobs) for sandbox in runs] == [1, 0]


def test_in_a_new_file_there_is_nothing_to_compare_with(battery):
    names, sandbox = battery(lambda _job: {OWN: "passed"}, text="")
    assert len(names) == len(TRIALS)
    assert all(map(is_there, sandbox.jobs))


def test_a_fresh_process_has_time_to_start(battery):
    _, sandbox = battery(all_pass)
    longer = {
        timeout for job, timeout in zip(sandbox.jobs, sandbox.timeouts, strict=True) if job.fresh or job.workers
    }
    assert min(longer) > 5.0
