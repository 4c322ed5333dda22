"""The battery: what is run, in which order, and what is said of a candidate that does not stand it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_enrich import patch
from pytest_enrich.data import Answered, Dropped, Failed, Proved, TestOutcome, World
from pytest_enrich.data.code import function
from pytest_enrich.data.jobs import Way
from pytest_enrich.validate import Existing, stable
from pytest_enrich.validate.gain import Gained
from pytest_enrich.validate.proof import PLAIN, Proof
from pytest_enrich.validate.stable import RUNS, TRIALS

OWN = "tests/test_cart.py::test_negative"
OTHER = "tests/test_cart.py::test_discount"
FIRST = Gained(own=("cart-aaaaaaaa",), gaps=("cart-aaaaaaaa",), lines=(4,), branches=((3, 4),), seconds=0.01)


@pytest.fixture
def battery(fakes):
    """What the battery says, and the jobs that it asked for, where each run answers what `ends` says."""

    def battery(ends, *, text=fakes.TEST_TEXT, branches=((3, 4),), seconds=None, existing=None, first=FIRST):  # noqa: PLR0913 - what a run may be
        def execute(job):
            found = ends(job)
            if isinstance(found, Failed):
                return found
            took = seconds or {}
            outcomes = tuple(
                end
                if isinstance(end, TestOutcome)
                else TestOutcome(nodeid=name, result=end, seconds=took.get(name, 0.0))
                for name, end in found.items()
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
            existing=existing or Existing(),
        )
        return stable.check(proof, first), sandbox

    return battery


def is_there(job):
    return "def test_negative" in job.text


def is_in(job, trial):
    """Whether a job is run in this way, by itself or with another one."""
    if trial.alone or not trial.how:
        return bool(job.tests) is trial.alone and not (job.shuffle or job.backwards or job.fresh or job.workers)
    special = {name for name in Way.__struct_fields__ if getattr(trial, name) != getattr(PLAIN, name)}
    return all(getattr(job, name) == getattr(trial, name) for name in special)


def all_pass(job):
    return {OTHER: "passed"} | ({OWN: "passed"} if is_there(job) else {})


def test_all_ways_are_named(battery):
    ways, _ = battery(all_pass)
    assert ways.passed == tuple(one.name for one in TRIALS)
    assert len(set(ways.passed)) == len(ways.passed)


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
    assert any(job.workers == 1 for job in jobs)
    (world,) = {job.world for job in jobs if job.world.days}
    assert all((world.hash_seed, world.timezone, world.locale))
    assert world.home != World().home
    assert len({job.world.hash_seed for job in jobs}) == 3


@pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.name)
def test_the_first_way_in_which_it_does_not_pass_is_said(battery, trial):
    verdict, _ = battery(
        lambda job: {**all_pass(job), OWN: "failed"} if is_there(job) and is_in(job, trial) else all_pass(job)
    )
    assert verdict == Dropped(rung="stable", reason=f"does not pass {trial.name}")


def test_what_goes_together_is_tried_in_one_run_and_apart_only_where_that_falls(battery):
    _, sandbox = battery(all_pass)
    assert len([job for job in sandbox.jobs if is_there(job)]) == len(RUNS)
    verdict, sandbox = battery(
        lambda job: {**all_pass(job), OWN: "failed"} if is_there(job) and job.backwards else all_pass(job)
    )
    assert verdict.reason == "does not pass in its file, reversed"
    fallen = [job for job in sandbox.jobs if is_there(job) and job.backwards]
    assert [(job.fresh, bool(job.measure)) for job in fallen] == [(True, True), (False, False)]


def test_what_falls_only_where_two_ways_meet_stands_each_of_them(battery):
    ways, _ = battery(
        lambda job: (
            {**all_pass(job), OWN: "failed"} if is_there(job) and job.backwards and job.fresh else all_pass(job)
        )
    )
    assert ways.passed == tuple(one.name for one in TRIALS)


def test_where_existing_tests_are_known_to_fall_the_ways_are_not_tried_together(battery):
    existing = Existing()

    def ends(job):
        return {name: failing(name) if job.world.days else "passed" for name in all_pass(job)}

    runs = [battery(ends, existing=existing)[1] for _ in range(2)]
    together = [[job for job in one.jobs if is_there(job) and job.shuffle and job.world.days] for one in runs]
    assert [len(jobs) for jobs in together] == [1, 0]


def test_a_fresh_process_has_to_close_something(battery):
    verdict, _ = battery(all_pass, branches=((3, 9),))
    assert (verdict.rung, verdict.reason) == (
        "stable",
        "closes nothing in its file, in a fresh process, with coverage",
    )


def test_what_it_closes_there_as_well_is_what_it_closes(battery):
    alone = replace(FIRST, lines=(*FIRST.lines, 99), branches=(*FIRST.branches, (98, 99)))
    ways, _ = battery(all_pass, first=alone)
    assert (ways.closed.lines, ways.closed.branches) == (FIRST.lines, FIRST.branches)


def test_without_xdist_all_else_is_run(battery, fakes):
    ways, _ = battery(lambda job: fakes.failed("refused") if job.workers else all_pass(job))
    assert ways.passed == tuple(one.name for one in TRIALS if not one.workers)
    assert ways.left_out == ("in its file, on a worker of pytest-xdist: it was ended by SIGSEGV",)


def test_what_cannot_be_spread_is_known_for_the_rest_of_the_run(battery, fakes):
    existing = Existing()
    battery(lambda job: fakes.failed("refused") if job.workers else all_pass(job), existing=existing)
    ways, sandbox = battery(all_pass, existing=existing)
    assert not any(job.workers for job in sandbox.jobs)
    assert ways.left_out == ("in its file, on a worker of pytest-xdist: it was ended by SIGSEGV",)


@pytest.mark.parametrize("reason", ["timeout", "crash", "no answer"])
def test_workers_that_fail_are_no_reason_to_look_away(battery, fakes, reason):
    verdict, _ = battery(lambda job: fakes.failed(reason) if job.workers and is_there(job) else all_pass(job))
    assert verdict.reason == "does not pass in its file, on a worker of pytest-xdist"


def failing(name, detail="E   OSError: [Errno 1] not permitted: '/a/b'"):
    return TestOutcome(nodeid=name, result="failed", detail=detail)


LATER = tuple(one for one in TRIALS if not one.alone and one.how)


@pytest.mark.parametrize("trial", LATER, ids=lambda trial: trial.name)
def test_a_way_in_which_no_existing_test_passes_is_left_out_and_named(battery, trial):
    existing = Existing()
    ways, _ = battery(
        lambda job: {name: failing(name) if is_in(job, trial) else "passed" for name in all_pass(job)},
        existing=existing,
    )
    assert ways.passed == tuple(one.name for one in TRIALS if one is not trial)
    why = "OSError: [Errno 1] not permitted: '/a/b'"
    lasting = "OSError: [Errno 1] not permitted: '...'"
    assert ways.left_out == (f"{trial.name}: existing tests do not pass so: {lasting}",)
    assert existing.notes == (
        f"existing tests of tests/test_cart.py do not pass {trial.name}; that is left out of proofs there: {why}",
    )


@pytest.mark.parametrize("trial", LATER, ids=lambda trial: trial.name)
def test_a_way_in_which_existing_tests_pass_is_not_left_out_whatever_a_candidate_does(battery, trial):
    existing = Existing()
    verdict, _ = battery(
        lambda job: {**all_pass(job), OWN: failing(OWN)} if is_there(job) and is_in(job, trial) else all_pass(job),
        existing=existing,
    )
    assert verdict.reason == f"does not pass {trial.name}"
    assert existing.notes == ()


def test_a_candidate_that_breaks_all_others_in_a_way_does_not_get_it_left_out(battery):
    verdict, _ = battery(
        lambda job: (
            {name: failing(name) for name in all_pass(job)} if is_there(job) and job.world.days else all_pass(job)
        )
    )
    assert verdict.reason.startswith("does not pass in its file, with another hash seed")


def in_some_way(job):
    """Of two existing tests one falls elsewhere, by an error, and one backwards, by an assertion."""
    ends = {**all_pass(job), SLOW: "passed"}
    if job.world.days:
        ends[SLOW] = failing(SLOW)
    if job.backwards:
        ends[SLOW] = failing(SLOW, "E   assert 2 == 3")
    return ends


@pytest.mark.parametrize(
    ("detail", "kept"),
    [("E   OSError: [Errno 1] not permitted: '/c'", True), ("E   OSError: full", False), ("E   assert 1", False)],
)
def test_a_way_is_left_out_for_who_falls_there_by_the_error_by_which_an_existing_test_does(battery, detail, kept):
    ways, _ = battery(
        lambda job: (
            {**in_some_way(job), OWN: failing(OWN, detail)}
            if is_there(job) and job.world.days
            else in_some_way(job)
        )
    )
    assert isinstance(ways, stable.Ways) is kept


def test_an_order_in_which_existing_tests_fall_says_nothing_about_a_candidate(battery):
    ways, _ = battery(
        lambda job: (
            {**in_some_way(job), OWN: failing(OWN, "E   assert 4 == 5")}
            if is_there(job) and job.backwards
            else in_some_way(job)
        )
    )
    assert [one.partition(":")[0] for one in ways.left_out] == ["in its file, reversed"]


def test_tests_that_fail_anyway_excuse_nothing(battery):
    verdict, _ = battery(
        lambda job: {
            OTHER: failing(OTHER),
            **({OWN: failing(OWN) if job.fresh else "passed"} if is_there(job) else {}),
        }
    )
    assert verdict.reason == "does not pass in its file, in a fresh process, with coverage"


@pytest.mark.parametrize("trial", LATER, ids=lambda trial: trial.name)
def test_a_way_in_which_existing_tests_fail_is_left_out_where_each_skips_a_parameter_here(battery, trial):
    def ends(job):
        ran = [f"{OTHER}[native]", *([OWN] if is_there(job) else [])]
        ended = {name: failing(name) if is_in(job, trial) else "passed" for name in ran}
        return {**ended, f"{OTHER}[speedups]": "skipped"}

    ways, _ = battery(ends)
    assert ways.passed == tuple(one.name for one in TRIALS if one is not trial)


def test_existing_tests_are_asked_once_for_all_candidates_and_only_where_one_falls(battery):
    existing = Existing()

    def ends(job):
        return {name: failing(name) if job.fresh else "passed" for name in all_pass(job)}

    runs = [battery(ends, existing=existing)[1] for _ in range(2)]
    asked = [[(job.fresh, job.backwards) for job in one.jobs if not is_there(job)] for one in runs]
    assert asked == [[(False, False), (True, False)], []]


def test_where_existing_tests_crash_in_a_way_it_is_left_out(battery, fakes):
    crash = fakes.failed("crash", "Traceback\nPytestCacheWarning: could not create cache path /a: [Errno 1]")
    ways, _ = battery(lambda job: crash if job.fresh else all_pass(job))
    assert [one.partition(": ")[0] for one in ways.left_out] == ["in its file, in a fresh process, with coverage"]


def test_a_job_of_existing_tests_that_is_refused_says_nothing(battery, fakes):
    def ends(job):
        if not job.fresh:
            return all_pass(job)
        return {OTHER: "passed", OWN: failing(OWN)} if is_there(job) else fakes.failed("refused", "it is closed")

    assert battery(ends)[0].reason == "does not pass in its file, in a fresh process, with coverage"


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
    ways, _ = battery(lambda job: {**all_pass(job), **({INHERITED: "passed"} if is_there(job) else {})})
    assert ways.passed == tuple(one.name for one in TRIALS)


def test_a_candidate_that_fails_in_a_class_that_inherits_it_is_dropped(battery):
    verdict, _ = battery(lambda job: {**all_pass(job), **({INHERITED: "failed"} if is_there(job) else {})})
    assert verdict.detail == f"{INHERITED}: failed, not there"


def test_a_neighbour_that_vanishes_is_a_change(battery):
    verdict, _ = battery(lambda job: {OWN: "passed"} if is_there(job) else {OTHER: "passed"})
    assert verdict.detail == f"{OTHER}: gone, not passed"


def test_a_neighbour_with_another_name_in_each_run_has_not_changed(battery):
    number = iter(range(100))
    ways, sandbox = battery(lambda job: {**all_pass(job), f"{OTHER}[{next(number)} s]": "passed"})
    assert ways.passed == tuple(one.name for one in TRIALS)
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
    ways, _ = battery(lambda job: {**all_pass(job), OTHER: "failed" if job.backwards else "passed"})
    assert ways.passed == tuple(one.name for one in TRIALS)


def test_a_neighbour_that_ends_now_so_and_now_so_is_not_the_candidates_doing(battery):
    turns = iter(range(1000))

    def ends(job):
        return {**all_pass(job), OTHER: "failed" if is_there(job) and next(turns) % 2 else "passed"}

    ways, _ = battery(ends)
    assert ways.passed == tuple(one.name for one in TRIALS)


def test_where_the_file_takes_too_long_the_candidate_is_run_alone_in_all_ways(battery, fakes):
    ways, sandbox = battery(lambda job: {OWN: "passed"} if job.tests else fakes.failed("timeout"))
    assert len(ways.passed) == 4
    assert all(name.startswith("alone") for name in ways.passed)
    assert all(job.tests for job in sandbox.jobs if is_there(job))


WHOLE = "the whole run"
SLOW = "tests/test_cart.py::test_slow[1]"


def with_a_slow_one(job):
    asked = {**all_pass(job), SLOW: "passed"}
    return {name: end for name, end in asked.items() if not job.tests or name.partition("[")[0] in job.tests}


def test_a_slow_neighbour_is_left_out_of_what_runs_again_and_again(battery):
    ways, sandbox = battery(with_a_slow_one, seconds={SLOW: 30.0}, existing=Existing(1.0))
    assert ways.passed == tuple(one.name for one in TRIALS)
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
    ways, _ = battery(with_a_slow_one, seconds={SLOW: 30.0, OTHER: 2.0}, existing=Existing(1.0))
    assert all(name.startswith("alone") for name in ways.passed)


def test_many_cases_take_time_that_is_in_none_of_them(battery):
    many = {f"tests/test_cart.py::test_many[{number}]": "passed" for number in range(98)}

    def ends(job):
        return {**all_pass(job), **({} if job.tests else many)}

    _, sandbox = battery(ends, seconds={WHOLE: 5.0}, existing=Existing(1.0))
    assert {job.tests for job in sandbox.jobs if is_there(job)} == {(OWN,), (OWN, OTHER)}


def test_what_would_take_too_long_with_coverage_is_left_out_where_that_is_measured(battery):
    ways, sandbox = battery(all_pass, seconds={OTHER: 0.5}, existing=Existing(1.0))
    assert ways.passed == tuple(
        "alone, in a fresh process, with coverage" if one.fresh else one.name for one in TRIALS
    )
    assert [job.tests for job in sandbox.jobs if job.fresh] == [(OWN,)]


def test_without_a_limit_all_run_beside_the_candidate(battery):
    _, sandbox = battery(with_a_slow_one, seconds={SLOW: 30.0})
    assert {job.tests for job in sandbox.jobs if is_there(job)} == {(OWN,), ()}


def test_how_the_tests_of_a_file_end_is_asked_once_for_all_candidates(battery):
    existing = Existing()
    runs = [battery(all_pass, existing=existing)[1] for _ in range(2)]
    assert [sum(not is_there(job) for job in sandbox.jobs) for sandbox in runs] == [1, 0]


def test_in_a_new_file_there_is_nothing_to_compare_with(battery):
    ways, sandbox = battery(lambda _job: {OWN: "passed"}, text="")
    assert len(ways.passed) == len(TRIALS)
    assert all(map(is_there, sandbox.jobs))


def test_a_fresh_process_has_time_to_start(battery):
    _, sandbox = battery(all_pass)
    longer = {
        timeout for job, timeout in zip(sandbox.jobs, sandbox.timeouts, strict=True) if job.fresh or job.workers
    }
    assert min(longer) > 5.0
