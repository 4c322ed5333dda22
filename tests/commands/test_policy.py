"""What a team allows holds for people, too: who accepts, what, where, with which comment, and what is kept."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone

import pytest

from pytest_enrich.data import Decision
from pytest_enrich.store import disk


@pytest.fixture
def team(project):
    """The project in git, with an author; called with a policy, and CODEOWNERS perhaps."""
    subprocess.run(["git", "init", "-q"], cwd=project.root, check=True)
    subprocess.run(["git", "config", "user.email", "ann@example.org"], cwd=project.root, check=True)

    def team(policy, owners=None):
        (project.root / "policy.toml").write_text(policy)
        (project.root / "pyproject.toml").write_text(
            '[tool.pytest.ini_options]\npythonpath = ["src"]\nenrich_policy = "policy.toml"\n'
        )
        if owners is not None:
            (project.root / "CODEOWNERS").write_text(owners)

    return team


@pytest.mark.parametrize(
    ("policy", "owners", "why"),
    [
        ('[review]\nreviewers = ["*@other.org"]', None, "has others accept: *@other.org; this is ann@example.org"),
        ("[review]\ncodeowners = true", None, "there is no .github/CODEOWNERS or CODEOWNERS"),
        ("[review]\ncodeowners = true", "* @lee\n/tests/ @team", "the owners of tests/test_cart.py accept: @team"),
        ('[suggestions]\nkinds = ["row"]', None, "no suggestion of the kind test"),
        ('[suggestions]\nplaces = ["tests/unit/*"]', None, "no suggestion for tests/test_cart.py"),
    ],
)
def test_what_the_team_does_not_allow_is_not_accepted(  # noqa: PLR0913, PLR0917 - a case, and what it is tried on
    project, team, no_dash, policy, owners, why
):
    team(policy, owners)
    before = project.snapshot()
    answer = project.run("accept", no_dash)
    assert answer.status == 3
    assert why in answer.out
    assert "policy.toml" in answer.out
    assert project.snapshot() == before


def test_an_owner_of_the_file_accepts_it_and_the_evidence_says_who(project, team, no_dash):
    handles = (
        '[review]\nreviewers = ["*@example.org"]\ncodeowners = true\nhandles = {"@team" = ["Ann@example.org"]}'
    )
    team(handles, "* @lee\ntests/*.py @team\n")
    assert project.run("accept", no_dash).status == 0
    (decision,) = project.store.decisions()
    assert decision.by == "ann@example.org"
    assert decision.policy == disk.sha256((project.root / "policy.toml").read_bytes())


def test_what_was_accepted_has_the_team_s_comment_and_undo_takes_both_out(project, team, no_dash):
    team('[review]\ncomment = "suggested by pytest-enrich: {id}"')
    before = project.tests.read_text()
    assert project.run("accept", no_dash).status == 0
    assert f"\n\n\n# suggested by pytest-enrich: {no_dash}\ndef test_no_dash" in project.tests.read_text()
    assert project.run("undo").status == 0
    assert project.tests.read_text() == before


@pytest.mark.parametrize(
    ("cases", "shown"),
    [
        (
            '[\n        (10, "", 10),\n    ],\n',
            '        (10, "", 10),\n        # by a machine\n        (10, "FREE", 0.0),\n',
        ),
        ('[(10, "", 10)],\n', '    # by a machine\n    [(10, "", 10), (10, "FREE", 0.0)],\n'),
    ],
)
def test_a_row_has_it_above_its_line(project, team, cases, shown):
    text = "import pytest\n\nfrom shop.cart import discount\n\n\n@pytest.mark.parametrize(\n"
    text += f'    ("total", "code", "expected"),\n    {cases})\ndef test_discount(total, code, expected):\n'
    project.tests.write_text(f"{text}    assert discount(total, code) == expected\n")
    before = project.tests.read_text()
    row = project.suggest_row("discount", 11, '(10, "FREE", 0.0)')
    team('[review]\ncomment = "by a machine"')
    assert project.run("accept", row).status == 0
    assert shown in project.tests.read_text()
    assert project.run("undo").status == 0
    assert project.tests.read_text() == before


def test_a_policy_that_cannot_be_read_lets_nothing_be_accepted(project, team, no_dash):
    team("[review]\nreviewer = []")
    answer = project.run("accept", no_dash)
    assert answer.status == 2
    assert "policy.toml: review.reviewer: there is no such key; accepted: reviewers, codeowners" in answer.err


def test_what_was_decided_is_kept_for_as_long_as_the_team_wants(project, team, no_dash, negative):
    team("[retention]\ndecided_days = 30\nevidence_days = 365\n")
    long_ago = datetime.now(tz=timezone.utc) - timedelta(days=31)
    for name, at in ((no_dash, f"{long_ago:%Y-%m-%dT%H:%M:%SZ}"), (negative, disk.now())):
        body = project.store.find(name).test.body_sha256
        project.store.decide(Decision(id=name, verb="reject", body=body, at=at))
    answer = project.run("clean", "--yes", "--json")
    assert answer.json == {"decided": [no_dash], "stale": [], "evidence": 0}
    assert project.store.decided_names() == (negative,)


def test_evidence_of_old_runs_is_removed_and_the_rest_still_holds(project, team, monkeypatch):
    monkeypatch.setattr("pytest_enrich.store.evidence.now", lambda: "2020-01-01T00:00:00Z")
    project.store.prepare()
    project.store.evidence.begin({"run": 1})
    project.store.evidence.add("attempt", {"attempt": 1})
    monkeypatch.undo()
    monkeypatch.chdir(project.root)
    project.store.evidence.begin({"run": 2})
    assert project.run("clean", "--yes").out == "Nothing to clean.\n"
    team("[retention]\nevidence_days = 365\n")
    assert "Removed 2 lines of evidence." in project.run("clean", "--yes").out
    assert [path.name for path in project.store.evidence.files()] == ["000002.jsonl"]
    answer = project.run("audit", "verify")
    assert answer.status == 0, answer.out
    assert "2 lines before the first" in answer.out
    assert '"why":"policy.toml ' in project.store.evidence.files()[0].read_text()
