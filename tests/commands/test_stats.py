import pytest
from msgspec.structs import replace

from pytest_enrich.commands import stats
from pytest_enrich.data import Decision, Tally
from pytest_enrich.store.experience import fates


def collect(decisions, suggestions):
    return stats.collect(fates(decisions, suggestions))


def decision(one, verb, **more):
    return Decision(id=one.id, verb=verb, body=one.test.body_sha256, at="2026-11-24T10:00:00Z", **more)


@pytest.fixture
def three(project, no_dash, negative, free):
    ones = {one.id: one for one in project.store.pending()}
    model = replace(ones[free].origin, proposer="ollama", model="qwen", strategy="inputs")
    return replace(ones[no_dash], grade="strong"), ones[negative], replace(ones[free], origin=model)


def test_what_was_decided_is_counted_and_what_was_taken_back_is_not(three):
    first, second, third = three
    found = collect(
        [
            decision(first, "accept", seconds=4.0, edited=True),
            decision(second, "reject", reason="trivial", seconds=8.0),
            decision(third, "reject", reason="wrong", seconds=90.0),
            decision(third, "undo"),
        ],
        three,
    )
    assert found.total == Tally(offered=3, accepted=1, edited=1, rejected=1)
    assert found.total.rate == 0.5
    assert found.reasons == {"trivial": 1}
    assert sorted(found.seconds) == [4.0, 8.0]
    assert found.by["grade"]["strong"] == Tally(offered=1, accepted=1, edited=1)
    assert found.by["model"] == {
        stats.NO_MODEL: Tally(offered=2, accepted=1, edited=1, rejected=1),
        "qwen": Tally(offered=1),
    }
    whole, groups = found.over_time["2026-W48"]
    assert (whole, groups) == (found.total, found.by)
    assert found.by["proposer"]["ollama"].offered == 1


def test_what_was_cleaned_away_is_still_counted(three):
    found = collect([decision(three[0], "accept")], ())
    assert found.total == Tally(offered=1, accepted=1)
    assert found.by["grade"] == {stats.UNKNOWN: Tally(offered=1, accepted=1)}
    assert found.seconds == ()


@pytest.mark.usefixtures("free", "negative")
def test_the_figures_are_shown_as_a_table_and_as_json(project, no_dash):
    project.run("reject", no_dash, "--reason", "trivial")
    out = project.run("stats").out
    assert "offered 3: accepted 0 (0 of them edited), rejected 1, 2 not decided" in out
    assert "rejected as  trivial 1" in out
    assert "by proposer" in out
    assert "by grade" in out
    assert "by time" in out
    assert max(map(len, out.splitlines())) <= 79
    told = project.run("stats", "--json").json
    assert told["total"] == {"offered": 3, "accepted": 0, "edited": 0, "rejected": 1, "rate": 0.0}
    assert [one["total"]["offered"] for one in told["over_time"].values()] in ([3], [2, 1], [1, 2])
    assert told["seconds"] == {"median": None, "decisions": 0}


def test_without_a_run_there_is_nothing_to_count(project):
    assert "Nothing was offered so far." in project.run("stats").out
