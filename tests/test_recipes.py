"""What people copy: the workflows of the pages, the action and the template, as far as they can be tried here."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from pytest_enrich import cli, config
from pytest_enrich.data import Report
from pytest_enrich.reporters import figures, formats
from pytest_enrich.store import merge

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = sorted(ROOT.glob("docs/how-to/*.md"))
BLOCKS = [(page.name, text) for page in PAGES for text in BLOCK.findall(page.read_text("utf-8"))]
WORKFLOWS = [(name, text) for name, text in BLOCKS if re.search(r"^on:", text, re.MULTILINE)]
ACTION = yaml.safe_load((ROOT / ".github/actions/enrich/action.yml").read_text("utf-8"))
COMMENT = yaml.safe_load((ROOT / ".github/actions/comment/action.yml").read_text("utf-8"))
TEMPLATE = yaml.safe_load((ROOT / ".gitlab/enrich.yml").read_text("utf-8"))
workflows = pytest.mark.parametrize(
    "text", [pytest.param(text, id=f"{name}-{at}") for at, (name, text) in enumerate(WORKFLOWS)]
)


def steps(flow):
    return [step for job in flow["jobs"].values() for step in job["steps"]]


def commands(flow):
    return [step["run"] for step in steps(flow) if "run" in step]


def test_there_is_a_workflow_on_each_page_about_github():
    assert {name for name, _ in WORKFLOWS} == {"github-actions.md", "shards-and-merge.md"}


@pytest.mark.parametrize("text", [text for _, text in BLOCKS])
def test_every_block_is_yaml(text):
    assert isinstance(yaml.safe_load(text), dict | list)


@workflows
def test_generated_code_never_runs_with_a_token_that_can_write(text):
    flow = yaml.safe_load(text)
    events = flow[True]  # YAML reads `on` so
    assert set([events] if isinstance(events, str) else events) <= {"pull_request", "push", "workflow_run"}
    may = {name for name, kind in flow["permissions"].items() if kind != "read"}
    assert not may or (may == {"security-events"} and set(events) == {"push"}) or is_told_only(flow, may)
    assert all(job.get("permissions") is None and job["timeout-minutes"] <= 15 for job in flow["jobs"].values())


def is_told_only(flow, may):
    """A workflow that comments: it has what the default branch has, and runs nothing else."""
    used = [(step.get("uses", ""), step.get("with", {})) for step in steps(flow)]
    known = [("actions/checkout@v4", {"persist-credentials": False}), ("./.github/actions/comment", {})]
    return set(flow[True]) == {"workflow_run"} and may == {"pull-requests"} and used == known


@workflows
def test_the_token_is_not_left_where_generated_code_runs(text):
    checkouts = [step for step in steps(yaml.safe_load(text)) if "checkout" in step.get("uses", "")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@workflows
def test_an_artifact_has_a_name_of_its_own_in_each_job_of_a_matrix(text):
    names = []
    for job in yaml.safe_load(text)["jobs"].values():
        given = [step["with"] for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
        own = [step["with"] for step in job["steps"] if step.get("uses") == "./.github/actions/enrich"]
        of_job = [one["name"] for one in given]
        of_job += [one.get("artifact-name", ACTION["inputs"]["artifact-name"]["default"]) for one in own]
        assert "matrix" not in str(job.get("strategy", "")) or all("matrix." in name for name in of_job)
        names += of_job
    assert len(set(names)) == len(names)


@workflows
def test_the_action_is_given_only_inputs_that_it_has(text):
    used = [step["with"] for step in steps(yaml.safe_load(text)) if step.get("uses") == "./.github/actions/enrich"]
    assert all(set(one) <= set(ACTION["inputs"]) for one in used)


@workflows
def test_every_command_is_one_of_the_shell_and_of_ours(text):
    for line in commands(yaml.safe_load(text)):
        subprocess.run(["bash", "-n", "-c", line], check=True)
        for part in line.split("&&"):
            check(shlex.split(part))


def check(words):
    """That pytest-enrich knows this command, and pytest the reports in it."""
    if words[0] == "pytest-enrich":
        verb = cli.verb(words[1])
        verb.make_context(words[1], words[2:])
    if words[0] == "pytest":
        formats.wanted([word.partition("=")[2] for word in words if word.startswith("--enrich-report=")])


def test_the_action_puts_no_text_of_others_into_a_script():
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert scripts
    assert not any("${{" in script for script in scripts)
    assert all(step["shell"] == "bash" for step in ACTION["runs"]["steps"] if "run" in step)


def test_the_page_about_comments_waits_for_the_workflow_that_suggests():
    flows = [yaml.safe_load(text) for name, text in WORKFLOWS if name == "github-actions.md"]
    (waits,) = [flow for flow in flows if "workflow_run" in flow[True]]
    assert set(waits[True]["workflow_run"]["workflows"]) == {flow["name"] for flow in flows if flow is not waits}
    page = (ROOT / "docs/how-to/github-actions.md").read_text("utf-8")
    (words,) = re.findall(r"`arguments: ((?:--enrich-report=\S+ ?)+)`", page)
    made = formats.wanted([word.partition("=")[2] for word in words.split()])
    assert formats.FORMATS[made[-1].format].file in COMMENT["runs"]["steps"][1]["env"]["ENRICH_COMMENT"]
    assert "${{" not in COMMENT["runs"]["steps"][1]["run"]


def test_the_action_names_only_inputs_that_it_has():
    named = re.findall(r"inputs\.([a-z-]+)", str(ACTION["runs"]))
    assert set(named) == set(ACTION["inputs"])


def test_the_page_has_every_input_of_the_action_with_its_default():
    page = (ROOT / "docs/how-to/github-actions.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (?:`([^`]+)`|none)", page, re.MULTILINE))
    told = {name: one["default"] for name, one in ACTION["inputs"].items()}
    assert rows | {"artifact-name": ""} == told | {"artifact-name": ""}


def test_the_action_keeps_the_artifact_also_of_a_job_that_failed():
    (upload,) = [step for step in ACTION["runs"]["steps"] if "uses" in step]
    assert upload["if"] == "always()"
    assert upload["with"]["if-no-files-found"] == "ignore"
    assert "strategy.job-index" in ACTION["inputs"]["artifact-name"]["default"]


def test_the_command_that_takes_a_report_home_knows_the_name_of_the_artifact():
    assert ACTION["inputs"]["artifact-name"]["default"].endswith("|| 'enrich-suggestions' }}")
    assert "gh run download -n enrich-suggestions " in figures.download(Report())


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({}, ["--enrich-budget=8m", "--enrich-shard=1/1"]),
        ({"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "4"}, ["--enrich-budget=8m", "--enrich-shard=2/4"]),
        ({"ENRICH_ARGUMENTS": "-q tests"}, ["--enrich-budget=8m", "--enrich-shard=1/1", "-q", "tests"]),
    ],
)
def test_the_template_calls_the_command(tmp_path, variables, words):
    shim = tmp_path / "python"
    shim.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    shim.chmod(0o755)
    job = TEMPLATE[".enrich"]
    environment = {**job["variables"], **variables, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    (script,) = job["script"]
    done = subprocess.run(["sh", "-e", "-c", script], env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.split("\n")[:-1] == ["-m", "pytest", "--enrich", *words]
    assert config.shard(words[1].partition("=")[2]).of in {1, 4}


@pytest.mark.parametrize("status", [0, 1])
def test_parallel_jobs_of_the_template_leave_what_its_merge_job_finds(tmp_path, status):
    shim = tmp_path / "python"
    shim.write_text(f"#!/bin/sh\nmkdir -p enrich-suggestions/pending\nexit {status}\n")
    shim.chmod(0o755)
    (script,) = TEMPLATE[".enrich"]["script"]
    path = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "CI_NODE_TOTAL": "4"}
    for number in range(1, 5):
        environment = {**TEMPLATE[".enrich"]["variables"], **path, "CI_NODE_INDEX": str(number)}
        done = subprocess.run(["sh", "-e", "-c", script], env=environment, cwd=tmp_path, check=False)
        assert done.returncode == status  # the result is that of the tests
    found = merge.folders(tmp_path / "jobs", tmp_path)
    assert [one.directory for one in found] == [tmp_path / f"jobs/{n}/enrich-suggestions" for n in range(1, 5)]
    calls = [command.split() for command in TEMPLATE[".enrich-merge"]["script"]]
    assert [words[1] for words in calls if words[0] == "pytest-enrich"] == ["merge", "report"]
    assert ["pytest-enrich", "merge", "jobs"] in calls


@pytest.mark.parametrize("name", [".enrich", ".enrich-merge"])
def test_the_template_keeps_what_the_merge_request_shows(name):
    artifacts = TEMPLATE[name]["artifacts"]
    usual = formats.FORMATS["gitlab"].file
    assert artifacts["reports"]["codequality"] == f"enrich-suggestions/{usual}"
    assert ("enrich-suggestions/" in artifacts["paths"], artifacts["when"]) == (True, "always")


def test_the_page_about_gitlab_extends_the_template():
    jobs = [yaml.safe_load(text) for name, text in BLOCKS if name == "gitlab.md"]
    assert jobs[0]["include"] == [{"local": ".gitlab/enrich.yml"}]
    named = [one for job in jobs for key, one in job.items() if key != "include"]
    assert {one["extends"] for one in named} == {".enrich", ".enrich-merge"} <= TEMPLATE.keys()
    assert all(set(one.get("variables", ())) <= set(TEMPLATE[".enrich"]["variables"]) for one in named)
    (parallel,) = [name for job in jobs for name, one in job.items() if "parallel" in one]
    assert [one["needs"] for one in named if "needs" in one] == [[parallel]]


def test_what_people_copy_comes_with_the_sources():
    assert {".github/actions", ".gitlab"} <= set(
        re.findall(
            r'"([^"]+)"',
            re.search(r"^include = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE | re.DOTALL)[1],
        )
    )
