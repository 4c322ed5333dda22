"""A run that would break the team's policy stops before a test runs, with a reason."""

from __future__ import annotations

import pytest

from pytest_enrich.config import Settings, policy
from pytest_enrich.proposers.ollama import connect
from pytest_enrich.proposers.ollama.gate import Refusal
from pytest_enrich.pytest_hooks import terminal


@pytest.fixture
def project(pytester):
    """A project with a test, run under a policy."""

    def run(rules, *words):
        pytester.makepyfile(test_it="def test_it():\n    assert True\n")
        pytester.makeini("[pytest]\nenrich_policy = policy.toml\n")
        (pytester.path / "policy.toml").write_text(rules)
        return pytester.runpytest_inprocess("--enrich", "--enrich-list", *words)

    return run


@pytest.mark.parametrize(
    ("rules", "words", "why"),
    [
        (
            "[model]\ndigest = []",
            (),
            "policy.toml: model.digest: there is no such key; accepted: digests, hosts",
        ),
        (
            'isolation = ["docker"]',
            (),
            "isolation[[]0[]]: Invalid enum value 'docker'; accepted: bwrap+landlock+seccomp, landlock",
        ),
        ("[retention]\nevidence_days = -1", (), "policy.toml: retention.evidence_days: Expected `int` >= 0"),
        ("[model", (), "policy.toml: "),
        (
            'isolation = ["landlock+seccomp"]',
            ("--enrich-sandbox=process",),
            "enrich_sandbox=process is rlimits-only here",
        ),
        ("", ("-o", "enrich_policy="), "configuration file says 'policy.toml', and this session ''"),
    ],
)
def test_it_stops_before_a_test_runs(project, rules, words, why):
    result = project(rules, *words)
    result.stderr.fnmatch_lines([f"*ERROR: enrich_policy: *{why}*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.no_fnmatch_line("*passed*")


def test_a_policy_that_allows_it_is_no_hindrance(project):
    result = project("isolation = ['bwrap+landlock+seccomp', 'landlock+seccomp', 'rlimits-only']")
    assert result.ret == pytest.ExitCode.OK


def test_files_that_the_team_never_sends_are_left_out_of_prompts(project, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "pytest_enrich.pytest_hooks.run.look_for_model",
        lambda settings: seen.append(settings) or (settings, ""),
    )
    project("[model]\nnever_sent = ['src/billing/*']")
    assert seen[0].prompt_exclude[-2:] == ("*secret*", "src/billing/*")


def test_a_host_that_is_not_on_the_list_is_not_asked(tmp_path):
    rules = policy.Named(policy.Policy(model=policy.ModelRules(hosts=("localhost:1",))), "policy.toml")
    settings = Settings(rootdir=tmp_path, directory=tmp_path, host="127.0.0.1:11434", policy=rules)
    found = connect.connect(settings)
    assert found == Refusal(reason="127.0.0.1:11434 is not among model.hosts of policy.toml", is_forbidden=True)
    with pytest.raises(pytest.UsageError, match=r"enrich_policy: 127\.0\.0\.1:11434 is not among"):
        terminal.look_for_model(settings)
