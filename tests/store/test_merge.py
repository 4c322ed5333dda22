"""Folders of several jobs become one."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_enrich.data import CoveragePart, Decision, Finished, MadeSuggestion, RunSummary
from pytest_enrich.data.code import MutantsPart
from pytest_enrich.store import Store, last_run, merge, rejected
from pytest_enrich.store.merge import Offer, choose, merged_runs, missing_decisions

AT = "2026-11-25T10:00:00Z"
IDS = ("cart-aaaaaaaa", "cart-bbbbbbbb", "cart-cccccccc", "cart-dddddddd")


def is_fixed(path):
    """Whether it is a file whose content does not tell how often something was written."""
    return path.is_file() and path.parent.name != "evidence"


@pytest.fixture
def one(make_suggestion):
    """A suggestion; `body` and `title` are of its id unless given."""

    def one(identity, *others, grade="good", body="", killed=0, line=3):
        made = make_suggestion(identity, body=body or identity[-8:].encode().hex().ljust(64, "0"))
        gap = replace(made.gap, also_closes=others, line=line)
        return replace(made, grade=grade, gap=gap, proof=replace(made.proof, mutants=MutantsPart(killed=killed)))

    return one


@pytest.fixture
def job(rootdir, tmp_path):
    """A folder as a job leaves it, with these suggestions waiting and their places."""

    def job(name, *suggestions, places=(), **run):
        store = Store(tmp_path / "jobs" / name, rootdir)
        for suggestion in suggestions:
            store.save(suggestion, f"patch of {name}", f"module of {name}")
        pairs = zip(suggestions, places or range(1, len(suggestions) + 1), strict=True)
        made = tuple(MadeSuggestion(id=each.id, grade=each.grade, place=place) for each, place in pairs)
        store.prepare()
        last_run.write(store, RunSummary(suggestions=made, **run))
        return store

    return job


def ids(store):
    return {each.id for each in store.pending()}


def offers(*suggestions, folder=1):
    return [Offer(suggestion=each, place=turn, folder=folder) for turn, each in enumerate(suggestions, 1)]


def test_all_that_waits_in_any_folder_waits_in_one(store, job, one):
    merge.merge(store, [job("1", one(IDS[0])), job("2", one(IDS[1]))], at=AT)
    assert ids(store) == set(IDS[:2])


def test_the_folders_of_the_jobs_stay_as_they_are(store, job, one):
    source = job("1", one(IDS[0]))
    before = {path: path.read_bytes() for path in source.directory.rglob("*") if path.is_file()}
    merge.merge(store, [source], at=AT)
    assert {path: path.read_bytes() for path in source.directory.rglob("*") if path.is_file()} == before


def test_of_one_gap_the_best_grade_wins(store, job, one):
    good, strong = one(IDS[0], body="a" * 64), one(IDS[0], body="b" * 64, grade="strong")
    done = merge.merge(store, [job("1", good), job("2", strong), job("3", good)], at=AT)
    assert [each.grade for each in store.pending()] == ["strong"]
    assert [offer.suggestion.grade for offer in done.choice.worse] == ["good", "good"]


def test_of_one_grade_that_wins_which_closes_more_and_then_which_kills_more(one):
    few, many = one(IDS[0], killed=9), one(IDS[0], IDS[1], killed=1)
    assert choose(offers(few, many)).kept[0].suggestion is many
    assert choose(offers(one(IDS[0], killed=1), few)).kept[0].suggestion is few


def test_what_closes_only_what_others_close_is_left_out(store, job, one):
    first, second = one(IDS[0], IDS[1]), one(IDS[1])
    done = merge.merge(store, [job("1", second, places=[2]), job("2", first, places=[1])], at=AT)
    assert ids(store) == {IDS[0]}
    assert [offer.suggestion.id for offer in done.choice.repeated] == [IDS[1]]


def test_the_order_is_that_of_one_run(one):
    wide, narrow = one(IDS[0], IDS[1]), one(IDS[1])
    later = Offer(suggestion=wide, place=2, folder=1)
    assert len(choose([later, Offer(suggestion=narrow, place=1, folder=2)]).kept) == 2
    assert len(choose([later, Offer(suggestion=narrow, place=3, folder=2)]).kept) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is a plain function
@given(st.data())
def test_every_gap_stays_closed_and_nothing_that_is_kept_is_for_nothing(make_suggestion, data):
    names = st.sampled_from(IDS)
    drawn = data.draw(st.lists(st.tuples(names, st.frozensets(names), st.integers(0, 3)), max_size=8))
    given_ = [
        Offer(
            suggestion=replace(
                make_suggestion(name), gap=replace(make_suggestion(name).gap, also_closes=tuple(others))
            ),
            place=place,
            folder=number,
        )
        for number, (name, others, place) in enumerate(drawn, 1)
    ]
    chosen = choose(given_)
    closed: set[str] = set()
    for offer in chosen.kept:
        assert not offer.closes <= closed
        closed |= offer.closes
    assert {offer.suggestion.id for offer in given_} <= closed
    assert len(chosen.kept) + len(chosen.worse) + len(chosen.repeated) == len(given_)


def test_what_waits_here_already_stays_whatever_comes(store, job, one):
    store.save(one(IDS[1]), "own patch", "own module")
    merge.merge(store, [job("1", one(IDS[0], IDS[1]))], at=AT)
    assert ids(store) == set(IDS[:2])
    merge.merge(store, [job("2", one(IDS[1], body="b" * 64))], at=AT)
    assert store.read_text(one(IDS[1]), "suggestion_cart_bbbbbbbb.py") == "own module"


def test_what_makes_way_for_a_better_one_is_not_lost(store, job, one):
    store.save(one(IDS[0], body="a" * 64), "own patch", "edited by a person")
    merge.merge(store, [job("1", one(IDS[0], body="b" * 64, grade="strong"))], at=AT)
    assert [each.grade for each in store.pending()] == ["strong"]
    assert (
        store.directory / "decided" / IDS[0] / "suggestion_cart_aaaaaaaa.py"
    ).read_text() == "edited by a person"


def test_the_same_merge_again_changes_nothing(store, job, one):
    sources = [job("1", one(IDS[0]), one(IDS[1], IDS[0])), job("2", one(IDS[0], body="b" * 64, grade="strong"))]
    merge.merge(store, sources, at=AT)
    before = {path: path.read_bytes() for path in store.directory.rglob("*") if is_fixed(path)}
    assert merge.merge(store, sources, at=AT).added == ()
    assert {path: path.read_bytes() for path in store.directory.rglob("*") if is_fixed(path)} == before


def test_a_decision_of_one_folder_holds_in_all(store, job, one):
    here, there = job("1", one(IDS[0]), one(IDS[1])), job("2", one(IDS[0]))
    there.decide(Decision(id=IDS[0], verb="reject", body=one(IDS[0]).test.body_sha256, at=AT))
    done = merge.merge(store, [here, there], at=AT)
    assert (ids(store), done.decisions) == ({IDS[1]}, 1)
    assert [each.id for each in store.lying("decided")] == [IDS[0]]


def test_another_idea_for_a_gap_still_waits(store, job, one):
    there = job("2", one(IDS[0], body="b" * 64))
    there.decide(Decision(id=IDS[0], verb="reject", body="b" * 64, at=AT))
    merge.merge(store, [job("1", one(IDS[0], body="a" * 64)), there], at=AT)
    assert [each.test.body_sha256 for each in store.pending()] == ["a" * 64]


def test_what_closes_only_what_an_accepted_test_closes_is_left_out(store, job, one):
    taken = job("1", one(IDS[0], IDS[1]))
    taken.decide(Decision(id=IDS[0], verb="accept", body=one(IDS[0]).test.body_sha256, at=AT))
    merge.merge(store, [taken, job("2", one(IDS[1]))], at=AT)
    assert ids(store) == set()


def test_of_decisions_on_one_test_the_latest_counts():
    early, late = (
        Decision(id=IDS[0], verb=verb, body="b", at=at) for verb, at in (("reject", "1"), ("undo", "2"))
    )
    other = Decision(id=IDS[1], verb="reject", body="b", at="0")
    assert missing_decisions([late], [[early, other]]) == (other,)
    assert missing_decisions([early], [[late], [late, early]]) == (late,)
    assert missing_decisions([], [[late], [early]]) == (early, late)


def test_what_was_accepted_elsewhere_brings_what_its_undo_needs(store, job, one):
    source = job("1", one(IDS[0]))
    source.decide(Decision(id=IDS[0], verb="accept", body=one(IDS[0]).test.body_sha256, at=AT))
    merge.merge(store, [source], at=AT)
    assert [each.id for each in store.lying("decided")] == [IDS[0]]


def test_a_download_without_hidden_files_in_a_folder_for_each_artifact_will_do(store, job, one, tmp_path):
    for number, identity in enumerate(IDS):
        source = job(f"enrich-suggestions-{number}", one(identity))
        for hidden in source.directory.glob(".*"):
            shutil.rmtree(hidden) if hidden.is_dir() else hidden.unlink()
    (tmp_path / "jobs" / "coverage").mkdir()
    found = merge.folders(tmp_path / "jobs", store.rootdir)
    merge.merge(store, found, at=AT)
    assert (len(found), ids(store)) == (4, set(IDS))
    assert (store.directory / ".gitignore").read_text().endswith("*\n")


def test_what_runs_finished_with_is_known_where_the_hidden_files_came_along(store, job, one):
    source = job("1", one(IDS[0]))
    (source.directory / ".cache").mkdir()
    line = {
        "type": "finished",
        "gap": {
            "id": IDS[1],
            "path": "a.py",
            "qualname": "f",
            "line": 1,
            "outcome": "true",
            "text": "if x:",
            "lines": [2],
            "branches": [],
        },
        "digest": "d",
        "proposer": "rows",
        "outcome": "nothing found",
    }
    (source.directory / ".cache" / "state.jsonl").write_text(json.dumps(line) + "\n")
    merge.merge(store, [source], at=AT)
    assert [each.gap.id for each in store.finished()] == [IDS[1]]


def test_a_folder_that_names_places_outside_brings_nothing(store, job, one):
    bad = one(IDS[0])
    source = job("1", one(IDS[1]))
    place = source.directory / "pending" / IDS[0]
    place.mkdir()
    text = json.dumps({"id": IDS[0]})
    (place / "suggestion.json").write_text(text)
    (source.directory / "pending" / "cart-eeeeeeee").symlink_to(store.rootdir)
    assert merge.merge(store, [source], at=AT).added[0].id == IDS[1]
    assert not (store.directory / "pending" / bad.id).exists()


def test_the_patch_of_all_is_made_again(store, job, one):
    merge.merge(store, [job("1", one(IDS[0])), job("2", one(IDS[1], line=5))], at=AT)
    assert (store.directory / "all.patch").read_text().count("+def test_cart_") == 2


def shards(*numbers, of=4, **values):
    defaults = {"gaps": {"suggested": 1, "nothing found": 2}, "candidates": 5, "dropped": {"kills: none": 1}}
    return [
        RunSummary(**{**defaults, **values, "options": {"shard": f"{number}/{of}"}, "at": f"0{number}"})
        for number in numbers
    ]


def test_what_shards_came_to_is_added_up():
    made = merged_runs(shards(1, 2, 3, 4, seconds={"total": 3.0}), {}, directory="e", waiting=4)
    assert made.gaps == {"suggested": 4, "nothing found": 8}
    assert (made.candidates, made.dropped, made.seconds, made.notes) == (
        20,
        {"kills: none": 4},
        {"total": 3.0},
        (),
    )
    assert (made.options["shard"], made.at, made.waiting) == ("", "01", 4)


def test_what_waits_still_and_what_is_gone_is_known_of_all_jobs():
    jobs = [RunSummary(known=("a", "b"), closed=("c",)), RunSummary(known=("b",), closed=("d",), stale=("e",))]
    made = merged_runs(jobs, {}, directory="e", waiting=2)
    assert (made.known, made.closed, made.stale) == (("a", "b"), ("c", "d"), ("e",))


def test_a_shard_that_is_missing_is_named():
    made = merged_runs(shards(1, 3, 4), {}, directory="e", waiting=0)
    assert made.notes == ("shard 2 of 4 not among the merged folders: those gaps are not counted",)


def test_the_gaps_that_are_left_are_those_of_the_jobs_that_count(fakes):
    one, other = (
        Finished(gap=gap, digest="", proposer="", outcome="not tried") for gap in (fakes.gap("a"), fakes.gap("b"))
    )
    parts = [
        RunSummary(gaps={"not tried": 1}, left=(left,), options={"shard": f"{number}/2"})
        for number, left in ((1, one), (2, other))
    ]
    poorer = RunSummary(gaps={"not tried": 2}, left=(one, other))
    better = RunSummary(gaps={"suggested": 1, "not tried": 1}, left=(other,))
    assert merged_runs(parts, {}, directory="d", waiting=0).left == (one, other)
    assert merged_runs([poorer, better], {}, directory="d", waiting=0).left == (other,)


def test_gaps_of_jobs_with_the_same_gaps_count_once():
    legs = [RunSummary(gaps={"suggested": found, "nothing found": 9 - found}, tests=found) for found in (2, 5)]
    made = merged_runs(legs, {}, directory="e", waiting=0)
    assert (made.gaps, made.tests) == ({"suggested": 5, "nothing found": 4}, 5)


def test_folders_of_different_commits_are_named():
    made = merged_runs([RunSummary(commit="a1"), RunSummary(commit="b2")], {}, directory="e", waiting=0)
    assert made.notes == ("the merged folders come from different commits: a1, b2",)


def test_a_job_of_another_version_is_named_and_the_rest_is_merged(store, job, one):
    whole, newer, broken = job("1", one(IDS[0])), job("2", one(IDS[1]), one(IDS[2])), job("3", one(IDS[3]))
    file = newer.directory / "pending" / IDS[1] / "suggestion.json"
    file.write_text(file.read_text().replace("suggestion/1", "suggestion/2"))
    file = newer.directory / "pending" / IDS[2] / "suggestion.json"
    file.write_text('{"schema": "pytest-enrich/suggestion/2"}')
    (newer.directory / "run.json").write_text('{"schema": "pytest-enrich/run/2"}')
    (broken.directory / "run.json").write_text("{")
    shutil.rmtree(broken.directory / "pending")
    (broken.directory / "pending").write_text("")
    done = merge.merge(store, [whole, newer, broken], at=AT)
    assert ids(store) == {IDS[0]}
    assert done.notes == (
        "jobs/2/run.json cannot be read here: what that job came to is not counted",
        "jobs/3/run.json cannot be read here: what that job came to is not counted",
    )
    assert newer.shelf().problems == tuple(
        f"pending/{each}/suggestion.json is of another version of pytest-enrich: not used" for each in IDS[1:3]
    )
    assert broken.shelf().problems == ("pending is no folder: not used",)


def test_a_merged_run_names_what_is_left_in_the_order_of_one_run(store, job, one):
    first = job("1", one(IDS[0]), one(IDS[1]), places=[3, 4], coverage=CoveragePart(lines=80.0))
    second = job("2", one(IDS[2], grade="strong"), one(IDS[3]), places=[1, 9])
    merge.merge(store, [first, second], at=AT)
    made = last_run.read(store)
    assert [each.id for each in made.suggestions] == [IDS[2], IDS[0], IDS[1], IDS[3]]
    assert (made.waiting, made.directory) == (4, "enrich-suggestions")


def test_what_the_team_has_turned_down_does_not_come_back_from_a_job(store, job, one):
    rejected.append(store.rootdir, rejected.of(one(IDS[0]), scope="gap", reason="trivial", when="2026-11-25"))
    merge.merge(store, [job("1", one(IDS[0]), one(IDS[1]))], at=AT)
    assert ids(store) == {IDS[1]}
