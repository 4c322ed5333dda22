"""One run with a sandbox that follows a script."""

from __future__ import annotations

import json
import re
import shutil
import sys

import pytest
from msgspec.structs import replace

from pytest_enrich import session
from pytest_enrich.config import Budget, policy
from pytest_enrich.data import (
    Aim,
    Attempt,
    Begun,
    Call,
    Collect,
    Collected,
    Decision,
    Explore,
    Explored,
    Observation,
    Prove,
    Proved,
    Record,
    Recorded,
    Shard,
    TestOutcome,
    Varied,
    Vary,
)
from pytest_enrich.errors import StoreError
from pytest_enrich.pipeline import Slice
from pytest_enrich.session import ledger, scope
from pytest_enrich.session.walker import SHORTEST_WALK
from pytest_enrich.session.work import Session
from pytest_enrich.store import last_run, merge, rejected
from pytest_enrich.store.experience import NONE, Experience, Lesson

UNWANTED = Lesson(trait="that assert an exception's message", lift=0.2, rejected=())


class Silent:
    """A progress that listens; `before` is called when a target is finished."""

    def __init__(self):
        self.finished_targets = []
        self.before = lambda: None

    def started(self, gaps, files, budget): ...

    def working(self, total, target, left): ...
    def waiting(self, what): ...

    def finished(self, done, total, target, _attempts, _left):
        self.finished_targets.append((done, total, target.qualname))
        self.before()


def proved(job):
    """Each test passes; a new one that is measured takes the missing branch of the function that it calls."""
    names = re.findall(r"^def (test\w+)", job.text, re.MULTILINE)
    nodes = job.tests or tuple(f"{job.path}::{name}" for name in names)
    new = [node for node in nodes if not node.endswith(("::test_parts", "::test_discount"))]
    taken = tuple(sorted({(3, 4) if "parse_sku" in node else (9, 10) for node in new}))
    lines = {path: tuple(end for _, end in taken) for path in job.measure}
    outcomes = tuple(TestOutcome(nodeid=node, result="passed", seconds=0.001) for node in nodes)
    return Proved(outcomes=outcomes, lines=lines, branches=dict.fromkeys(job.measure, taken))


@pytest.fixture
def found_calls(fakes):
    """Exploring finds a call for `parse_sku` and one for `discount`, none for `Cart.size`."""

    def explored(job):
        refusal = Observation(subject="raises", value="⟨builtins:ValueError⟩", message="a code has a number")
        made = {
            (4,): fakes.finding(refusal, action="⟨shop.cart:parse_sku⟩('AB')", branches=((3, 4),)),
            (10,): fakes.finding(action="⟨shop.cart:discount⟩(-1)", branches=((9, 10),)),
        }
        call = Call(qualname=job.entries[0].qualname)
        found = [replace(one, call=call, reached=lines) for lines, one in made.items() if lines == job.lines]
        return Explored(findings=tuple(found), executions=5)

    return explored


@pytest.fixture
def work(settings, store, measured, fakes, found_calls, monkeypatch):  # noqa: PLR0913, PLR0917 - fixtures
    """A run: its summary, its progress, and the sandbox that was asked."""

    def work(*, progress=None, script=None, known=NONE, **changes):
        changed = replace(settings, **{"budget": Budget(seconds=SHORTEST_WALK - 1), **changes})
        found = scope.find(changed, measured(), store)
        progress = progress or Silent()
        nothing = Recorded(calls=(), constructors=(), outcomes=())
        varied = Varied(variants=(), executions=0)
        plain = {
            Collect: Collected(items=()), Record: nothing, Explore: found_calls, Prove: proved, Vary: varied
        }  # fmt: skip
        sandbox = fakes.ScriptedSandbox({**plain, **(script or {})})
        monkeypatch.setattr(sys.modules[Session.__module__], "ForkserverSandbox", lambda _fresh: sandbox)
        session = Session(changed, store, found, progress, known)
        session.work()
        session.close()
        return session.summary(0.0, ()), progress, sandbox

    return work


def test_what_is_found_is_suggested(work, store):
    made, progress, _ = work()
    assert made.gaps == {"suggested": 2, "nothing found": 1}
    assert {one.gap.qualname for one in store.pending()} == {"parse_sku", "discount"}
    assert {one.id for one in made.suggestions} == {one.id for one in store.pending()}
    assert (made.candidates, made.dropped, made.stopped, made.waiting) == (2, {}, "", 2)
    assert [name for *_, name in progress.finished_targets] == ["parse_sku", "discount", "Cart.size"]


@pytest.mark.parametrize(
    ("known", "first"), [(NONE, "parse_sku"), (Experience({UNWANTED.trait: UNWANTED}), "discount")]
)
def test_where_few_may_wait_what_people_did_not_want_makes_room(work, store, known, first):
    made, *_ = work(maximum=1, known=known)
    assert [one.gap.qualname for one in store.pending()] == [first]
    assert made.learnt == known.told


def test_what_people_did_not_want_is_suggested_last(work):
    known = Experience({UNWANTED.trait: UNWANTED})
    made, *_ = work(known=known)
    assert made.gaps == {"suggested": 2, "nothing found": 1}
    assert [one.place for one in made.suggestions] == [2, 1]


class Paper:
    """A terminal that keeps its lines."""

    isatty = False

    def __init__(self):
        self.lines = []

    def section(self, title): ...

    def rewrite(self, line): ...

    def write_line(self, line):
        self.lines += line.splitlines()


def test_a_run_says_what_it_learnt_and_from_which_decisions(work, store, settings, measured):
    work()
    taken, unwanted = sorted(store.pending(), key=lambda one: one.gap.qualname)
    store.decide(Decision(id=taken.id, verb="accept", body=taken.test.body_sha256, at=""))
    for twin in ("cart-aaaaaaaa", "cart-bbbbbbbb"):
        store.save(replace(unwanted, id=twin), "", "")
        store.decide(Decision(id=twin, verb="reject", body=unwanted.test.body_sha256, at="", reason="trivial"))
    paper = Paper()
    session.run(replace(settings, only=("nowhere.py",)), measured(), paper)
    assert paper.lines[1:3] == [
        "learnt    2 rejected as trivial (cart-aaaaaaaa, cart-bbbbbbbb): tests that",
        "          assert an exception's message come last",
    ]


def test_a_suggestion_stands_in_the_patch_of_all(work, settings):
    work()
    text = (settings.directory / "all.patch").read_text("utf-8")
    assert text.count("\n+def test_") == 2


def test_a_run_leaves_what_its_candidates_were_judged_for(work, store):
    work()
    lines = tuple(store.evidence.lines())
    (began,) = (told for line in lines if (told := line.told("run", Begun)))
    assert began.sources.keys() == {"src/shop/__init__.py", "src/shop/cart.py"}
    assert {"pytest.ini"} <= began.configuration.keys()
    assert {"pytest", "coverage"} <= {name.lower() for name in began.libraries}
    assert [line.kind for line in lines if line.kind in {"target", "attempt"}] == ["target", "attempt"] * 2
    aims = [told for line in lines if (told := line.told("target", Aim))]
    attempts = [told for line in lines if (told := line.told("attempt", Attempt))]
    for aim, attempt in zip(aims, attempts, strict=True):
        assert aim.functions == (aim.qualname,) == (attempt.qualname,)
        assert {*attempt.verdict.gaps} <= {gap.id for gap in aim.gaps}


def test_what_the_team_does_not_allow_is_dropped_with_the_reason(work, store):
    rules = policy.Policy(suggestions=policy.SuggestionRules(kinds=("row",)))
    made, _, _ = work(policy=policy.Named(rules, "policy.toml", "d"))
    assert store.pending() == ()
    assert made.dropped == {"allowed: the policy allows no suggestion of the kind test": 2}


def test_a_second_run_asks_nothing(work):
    work()
    made, progress, sandbox = work()
    assert made.gaps == {"waiting": 2, "done before": 1}
    assert progress.finished_targets == []
    assert sandbox.asked(Explore) == []


def test_what_a_job_failed_for_is_tried_again(work, fakes, found_calls):
    failing = {Explore: lambda job: fakes.failed() if job.lines == (10,) else found_calls(job)}
    made, _, _ = work(script=failing)
    assert made.gaps == {"suggested": 1, "nothing found": 1, "not tried": 1}
    assert any("exploring a function failed (crash)" in note for note in made.notes)
    again, _, sandbox = work()
    assert again.gaps == {"waiting": 1, "suggested": 1, "done before": 1}
    assert len(sandbox.asked(Explore)) == 1


def test_a_mistake_of_ours_costs_the_function_that_it_was_made_about(work, settings, found_calls):
    def mistaken(job):
        return 1 / 0 if job.lines == (10,) else found_calls(job)

    made, _, _ = work(script={Explore: mistaken})
    assert made.gaps == {"suggested": 1, "nothing found": 1, "not tried": 1}
    assert any(
        "1 function ended by an internal error, details in enrich-suggestions/.cache/crash.txt" in one
        for one in made.notes
    )
    assert [one.detail for one in made.left] == ["an internal error ended the work on it"]
    assert "ZeroDivisionError" in (settings.directory / ".cache/crash.txt").read_text("utf-8")
    assert work()[0].gaps == {"waiting": 1, "suggested": 1, "done before": 1}


def test_what_a_user_can_cause_ends_the_run(work):
    def full(_job):
        raise StoreError("the disk is full")

    with pytest.raises(StoreError):
        work(script={Explore: full})


def test_a_test_that_cannot_be_watched_is_tried_again(work, fakes):
    made, _, _ = work(script={Record: fakes.failed()})
    assert made.gaps.get("nothing found", 0) == 0
    assert "done before" not in work()[0].gaps


def test_a_fresh_run_asks_again(work):
    work()
    made, _, sandbox = work(fresh=True)
    assert made.gaps == {"waiting": 2, "nothing found": 1}
    assert len(sandbox.asked(Explore)) == 1


def test_changed_code_is_tried_again(work, settings):
    work()
    path = settings.rootdir / "src/shop/cart.py"
    path.write_text(path.read_text("utf-8").replace("return 1", "return 2"), encoding="utf-8")
    made, _, sandbox = work()
    assert made.gaps == {"waiting": 2, "nothing found": 1}
    assert len(sandbox.asked(Explore)) == 1


def test_it_stops_when_enough_wait(work, store):
    made, _, sandbox = work(maximum=1)
    assert (made.stopped, len(store.pending()), made.gaps) == (
        "enough waiting",
        1,
        {"suggested": 1, "not tried": 2},
    )
    again, _, sandbox = work(maximum=1)
    assert (again.stopped, sandbox.jobs) == ("enough waiting", [])


def both(fakes, **changes):
    """Explores both functions; to what is found of the one named `first` these changes are made."""

    def explored(job):
        name = job.entries[0].qualname
        if name not in {"parse_sku", "discount"}:
            return Explored(findings=(), executions=5)
        branches = ((3, 4),) if name == "parse_sku" else ((9, 10),)
        call, action = Call(qualname=name), f"⟨shop.cart:{name}⟩('AB-1')"
        refusal = Observation(subject="raises", value="⟨builtins:ValueError⟩", message="a code has a number")
        found = fakes.finding(refusal, call=call, action=action, branches=branches, reached=job.lines)
        return Explored(findings=(replace(found, **changes.get(name, {})),), executions=5)

    return explored


def test_what_people_would_doubt_comes_last_and_only_where_there_is_room(work, store, fakes):
    script = {Explore: both(fakes, parse_sku={"doubt": 1, "action": "⟨shop.cart:parse_sku⟩('AB', 1)"})}
    made, *_ = work(script=script, maximum=1)
    assert [one.id.partition("-")[0] for one in made.suggestions] == ["cart"]
    assert "discount" in store.pending()[0].test.code
    assert made.gaps["not tried"] >= 1
    again, *_ = work(script=script, maximum=2)
    assert [store.find(one.id).gap.qualname for one in again.suggestions] == ["parse_sku"]


def test_what_readers_stumble_over_comes_after_the_rest_where_few_are_shown(work, store, fakes):
    script = {Explore: both(fakes, parse_sku={"action": "⟨shop.cart:parse_sku⟩('')"})}
    work(script=script, maximum=1)
    assert [one.gap.qualname for one in store.pending()] == ["discount"]


@pytest.mark.parametrize("action", ["parse_sku⟩('')", "parse_sku⟩('', None)"])
def test_what_readers_stumble_over_is_shown_only_where_little_else_is(work, store, fakes, monkeypatch, action):
    script = {Explore: both(fakes, parse_sku={"action": f"⟨shop.cart:{action}"})}
    monkeypatch.setattr(ledger, "ENOUGH", 1)
    made, *_ = work(script=script, maximum=10)
    assert [one.gap.qualname for one in store.pending()] == ["discount"]
    assert [(one.outcome, one.detail) for one in made.left] == [("held back", ledger.DOUBTFUL)]
    assert made.gaps["held back"] == 1
    monkeypatch.setattr(ledger, "ENOUGH", 2)
    work(script=script, maximum=10)
    assert sorted(one.gap.qualname for one in store.pending()) == ["discount", "parse_sku"]


def test_of_tests_that_say_the_same_of_two_functions_one_is_shown_and_the_other_one_waits(work, fakes):
    made, *_ = work(script={Explore: both(fakes)}, maximum=10)
    assert len(made.suggestions) == 1
    assert [one.detail for one in made.left] == ["a test that says the same of another function waits"]


def test_who_wants_any_number_of_tests_gets_both(work, fakes):
    made, *_ = work(script={Explore: both(fakes)}, maximum=0)
    assert len(made.suggestions) == 2


@pytest.mark.parametrize(("maximum", "shown"), [(10, ["discount"]), (0, ["discount", "parse_sku"])])
def test_what_a_reader_would_doubt_is_for_who_wants_any_number_of_tests(work, fakes, maximum, shown):
    script = {Explore: both(fakes, parse_sku={"doubt": 2, "action": "⟨shop.cart:parse_sku⟩('AB', 1)"})}
    made, *_ = work(script=script, maximum=maximum)
    assert len(made.suggestions) == len(shown)
    assert made.dropped.get("asserts: a reader would doubt what it shows", 0) == 2 - len(shown)


def test_with_time_left_what_is_open_is_asked_for_until_that_was_in_vain_twice(work):
    made, progress, sandbox = work(budget=Budget(seconds=60.0), grade="weak")
    explored = [(job.entries[0].qualname, job.seed) for job in sandbox.asked(Explore)]
    assert explored == [("parse_sku", 0), ("discount", 0), ("Cart.size", 0), ("Cart.size", 1), ("Cart.size", 2)]
    assert made.gaps == {"suggested": 2, "nothing found": 1}
    assert progress.finished_targets[-1] == (1, 1, "Cart.size")
    assert not made.stopped


def test_what_had_to_make_room_for_others_is_asked_for_again(work, monkeypatch):
    over = iter([True, True])
    monkeypatch.setattr(Slice, "is_over", property(lambda _turn: next(over, False)))
    made, progress, _ = work(budget=Budget(seconds=60.0), grade="weak")
    assert progress.finished_targets[:2] == [(1, 3, "parse_sku"), (2, 3, "discount")]
    assert made.gaps == {"suggested": 2, "nothing found": 1}
    assert not made.stopped


def test_what_was_dropped_is_not_tried_again(work, fakes, rootdir):
    dropped = fakes.failed("crash")
    made, _, sandbox = work(budget=Budget(seconds=60.0), script={Prove: lambda _job: dropped})
    assert len(sandbox.asked(Explore)) == 9
    assert made.candidates == 2
    today = (rootdir / "tests/test_cart.py").read_text("utf-8")
    assert len([job for job in sandbox.asked(Prove) if job.text != today]) == 2


def test_it_stops_when_the_budget_is_used_up(work):
    made, _, sandbox = work(budget=Budget(seconds=1e-9))
    assert (made.stopped, made.gaps) == ("budget", {"not tried": 3})
    assert [(one.gap.qualname, one.outcome, one.detail) for one in made.left] == [
        (name, "not tried", "the budget was used up") for name in ("parse_sku", "discount", "Cart.size")
    ]
    assert sandbox.asked(Explore) == []


def test_the_time_before_the_first_target_is_part_of_the_budget(work, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])

    def slow(_job):
        clock[0] += 70.0
        return Collected(items=())

    made, _, sandbox = work(budget=Budget(seconds=60.0), script={Collect: slow})
    assert (made.stopped, made.gaps) == ("budget", {"not tried": 3})
    assert [sandbox.asked(kind) for kind in (Record, Explore, Vary, Prove)] == [[], [], [], []]


def test_an_interrupt_keeps_what_is_finished(work, store, settings):
    progress = Silent()

    def interrupt():
        raise KeyboardInterrupt

    progress.before = interrupt
    made, _, _ = work(progress=progress)
    assert (made.stopped, made.gaps) == ("interrupted", {"suggested": 1, "not tried": 2})
    assert [one.detail for one in made.left] == ["the run was interrupted"] * 2
    assert len(store.pending()) == 1
    assert (settings.directory / "all.patch").exists()


def test_a_killed_run_loses_at_most_one_target(work, settings):
    work()
    journal = settings.directory / ".cache" / "state.jsonl"
    lines = journal.read_text("utf-8").splitlines(keepends=True)
    keep = next(at for at, line in enumerate(lines) if '"type":"finished"' in line) + 1
    journal.write_text("".join(lines[:keep]) + lines[keep][:40], encoding="utf-8")
    made, _, sandbox = work()
    assert made.gaps["waiting"] == 2
    assert len(sandbox.asked(Explore)) == 1


def test_what_is_dropped_is_counted_by_its_rung(work):
    failing = {Prove: lambda job: Proved(outcomes=(TestOutcome(nodeid=job.tests[0], result="failed"),))}
    made, _, _ = work(script=failing)
    assert made.gaps == {"nothing found": 3}
    assert made.dropped == {"passes: failed": 2}


def test_a_test_that_was_turned_down_is_not_made_again(work, store, settings):
    work()
    turned_down = store.pending()
    for one in turned_down:
        line = rejected.of(one, scope="idea", reason="wrong", when="2026-11-24")
        rejected.append(settings.rootdir, line)
    for path in (settings.directory / "pending").iterdir():
        for file in path.iterdir():
            file.unlink()
        path.rmdir()
    made, _, _ = work(fresh=True)
    assert len(turned_down) == 2
    assert store.pending() == ()
    assert made.gaps == {"nothing found": 3}
    assert made.dropped == {"new: was turned down before": 2}


def test_a_gap_whose_suggestion_was_turned_down_is_tried_again_once(work, store, settings):
    work()
    one = store.pending()[0]
    line = rejected.of(one, scope="idea", reason="wrong", when="2026-11-24")
    rejected.append(settings.rootdir, line)
    store.decide(
        Decision(
            id=one.id,
            body=one.test.body_sha256,
            verb="reject",
            at="2026-11-24T00:00:00Z",
            scope="idea",
            reason="wrong",
        )
    )

    made, _, _ = work()
    again, _, sandbox = work()

    assert made.gaps == {"waiting": 1, "done before": 1, "nothing found": 1}
    assert made.dropped == {"new: was turned down before": 1}
    assert again.gaps == {"waiting": 1, "done before": 2}
    assert sandbox.asked(Explore) == []


def test_a_file_that_changed_meanwhile_is_named(settings, store, measured):
    session = Session(settings, store, scope.find(settings, measured(), store), Silent())
    made = session.summary(0.0, ("src/shop/cart.py",))
    assert made.read_only_check == "changed"
    assert "src/shop/cart.py changed while this ran; pytest-enrich did not mean to" in made.notes
    assert session.summary(0.0, None).read_only_check == "not checked"


def test_the_summary_says_when_the_first_suggestion_was_there(work):
    made, _, _ = work()
    assert 0 < made.seconds["first"] <= made.seconds["total"]


@pytest.mark.parametrize("workers", [1, 3])
def test_several_workers_find_the_same(work, workers):
    made, progress, _ = work(workers=workers)
    assert made.gaps == {"suggested": 2, "nothing found": 1}
    assert len(progress.finished_targets) == 3


def test_a_test_file_in_a_broken_encoding_is_left_alone(work, settings, store):
    (settings.rootdir / "tests/test_cart.py").write_bytes(b"x = '\xff'\n")
    made, _, _ = work()
    assert all(one.target.path != "tests/test_cart.py" or one.target.new_file for one in store.pending())
    assert json.dumps(made.dropped) is not None


def test_the_journal_holds_each_attempt(work, settings):
    work(maximum=0)
    lines = (settings.directory / ".cache" / "state.jsonl").read_text("utf-8").splitlines()
    kinds = [json.loads(line)["type"] for line in lines]
    assert (kinds.count("attempt"), kinds.count("finished")) == (2, 3)


def test_shards_that_are_merged_are_the_whole_run(work, store, tmp_path):
    budget = {"budget": Budget(executions=900), "maximum": 0}
    _, _, whole = work(**budget)
    expected = {one.id for one in store.pending()}
    shutil.rmtree(store.directory)
    asked = []
    for number in (1, 2, 3, 4):
        made, _, sandbox = work(shard=Shard(number, 4), **budget)
        asked += sandbox.asked(Explore)
        last_run.write(store, made)
        if store.directory.exists():
            shutil.move(store.directory, tmp_path / "jobs" / f"enrich-{number}")
    merge.merge(store, merge.folders(tmp_path / "jobs", store.rootdir), at="2026-11-25T10:00:00Z")
    assert {one.id for one in store.pending()} == expected != set()
    assert last_run.read(store).gaps == {"suggested": 2, "nothing found": 1}
    assert {replace(job, seconds=0.0) for job in asked} == {
        replace(job, seconds=0.0) for job in whole.asked(Explore)
    }


def test_a_shard_without_gaps_asks_nothing(work, settings):
    empty = next(
        one
        for one in (Shard(number, 9) for number in range(1, 10))
        if not any(one.holds("src/shop/cart.py", name) for name in ("parse_sku", "discount", "Cart.size"))
    )
    made, _, sandbox = work(shard=empty)
    assert (made.gaps, sandbox.asked(Collect), settings.directory.exists()) == ({}, [], False)
