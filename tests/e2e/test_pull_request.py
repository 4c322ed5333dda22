"""A pull request from a fork, as GitHub's runner has it: real git, its variables and files, no permission at all.

The steps are those of the project's own action. What only GitHub itself can do is left out: the runner's reading
of the log, and the upload, of which the rule on hidden files is followed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from msgspec import Struct

import pytest_enrich

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / ".github" / "actions" / "enrich" / "action.yml").read_text("utf-8"))
SARIF = ROOT / "tests" / "reporters" / "machine" / "schemas" / "sarif-2.1.0-rtm.5.json"
PACKAGE = "packages/shop"
TESTS = "from shop.cart import shelf\n\n\ndef test_shelf():\n    assert shelf(3) == 'rack'\n"
BEFORE = "def shelf(weight):\n    return 'rack'\n"
AFTER = "def shelf(weight):\n    if weight > 20:\n        return 'floor ::add-mask::x'\n    return 'rack'\n"


class Job(Struct, frozen=True):
    """What is there after the job: the workspace, what the steps said, the artifact, and the runner's files."""

    workspace: Path
    status: int
    log: str
    artifact: Path
    files: dict[str, Path]
    before: str

    @property
    def project(self) -> Path:
        return self.workspace / PACKAGE

    @property
    def suggestions(self) -> Path:
        """As the artifact has it after a download."""
        return self.artifact / "enrich-suggestions"


def git(where: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


def fork(root: Path) -> Path:
    """A repository whose branch `feature` has code that `main` does not have; returns the checkout of the job."""
    upstream, workspace = root / "upstream", root / "workspace"
    upstream.mkdir()
    git(upstream, "init", "-q", "-b", "main")
    write(
        upstream / PACKAGE,
        {
            "src/shop/__init__.py": "",
            "src/shop/cart.py": BEFORE,
            "tests/test_cart.py": TESTS,
            "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
        },
    )
    git(upstream, "add", "-A")
    git(upstream, "commit", "-qm", "main")
    git(upstream, "checkout", "-qb", "feature")
    write(upstream / PACKAGE, {"src/shop/cart.py": AFTER})
    git(upstream, "commit", "-qam", "feature")
    git(root, "clone", "-q", str(upstream), str(workspace))
    git(workspace, "checkout", "-q", "--detach", "origin/feature")
    return workspace


def runner(root: Path, workspace: Path) -> tuple[dict[str, str], dict[str, Path]]:
    """The variables and files of a job on `pull_request`; a fork's job has no token."""
    names = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_EVENT_PATH")
    files = {name: root / "runner" / name.lower() for name in names}
    write(root / "runner", {name.lower(): "" for name in names})
    files["GITHUB_EVENT_PATH"].write_text(json.dumps({"pull_request": {"head": {"repo": {"fork": True}}}}))
    odd = ("PYTEST_", "COV", "CI", "GITHUB", "GITLAB", "PYTHONHASHSEED", "PYTHONPATH")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(odd)}
    said = {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(workspace),
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_BASE_REF": "main",
        "GITHUB_HEAD_REF": "feature",
        "GITHUB_RUN_ID": "9876543",
        "GITHUB_REF": "refs/pull/1/merge",
        "GITHUB_SHA": git(workspace, "rev-parse", "HEAD").strip(),
        "PYTHONPATH": str(Path(pytest_enrich.__file__).parents[1]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return kept | said | {name: str(path) for name, path in files.items()}, files


def inputs(**given: str) -> dict[str, str]:
    """The action's inputs: its defaults, with what is given."""
    assert set(given) <= set(ACTION["inputs"])
    return {name: one["default"] for name, one in ACTION["inputs"].items()} | given


def filled(text: str, values: dict[str, str]) -> str:
    """What the runner makes of `${{ inputs.NAME }}`."""
    return re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda match: values[match[1]], text)


def step(number: int, values: dict[str, str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step of the action as the runner runs `shell: bash`."""
    made = ACTION["runs"]["steps"][number]
    said = {name: filled(text, values) for name, text in made["env"].items()}
    where = Path(environment["GITHUB_WORKSPACE"]) / filled(made["working-directory"], values)
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", made["run"]]
    return subprocess.run(
        command,
        cwd=where,
        env=environment | said,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def job(tmp_path_factory) -> Job:
    root = tmp_path_factory.mktemp("job")
    workspace = fork(root)
    environment, files = runner(root, workspace)
    values = inputs(
        **{
            "python": sys.executable,
            "working-directory": PACKAGE,
            "budget": "300x",
            "since": "origin/main",
            "arguments": "--enrich-with=search",
        }
    )
    before = git(workspace, "rev-parse", "HEAD")
    done = step(0, values, environment)
    upload = filled(ACTION["runs"]["steps"][1]["with"]["path"], values)
    assert upload == f"{PACKAGE}/enrich-suggestions/"
    artifact = root / "download"
    hidden = shutil.ignore_patterns(".*")
    shutil.copytree(workspace / upload, artifact / "enrich-suggestions", ignore=hidden)
    return Job(workspace, done.returncode, done.stdout, artifact, files, before)


def command(job: Job, *words: str, cwd: Path | None = None) -> str:
    """`pytest-enrich`, at home, in the author's clone."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB", "CI"))}
    environment["PYTHONPATH"] = str(Path(pytest_enrich.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-m", "pytest_enrich", *words],
        cwd=cwd or job.project,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_check_is_what_the_tests_are(job):
    assert job.status == 0, job.log
    assert "1 passed" in job.log
    assert "GITHUB_ACTIONS is set, so there is a github report as well." in job.log


def test_the_log_has_a_notice_at_the_place_in_the_repository(job):
    (notice,) = [line for line in job.log.splitlines() if line.startswith("::notice ")]
    assert notice.startswith(f"::notice file={PACKAGE}/src/shop/cart.py,line=3,endLine=3,title=suggested test::")
    assert "%0AReview: pytest-enrich show cart-" in notice


def test_all_else_that_we_say_is_no_command_to_the_runner(job):
    lines = job.log.splitlines()
    (start,) = [at for at, line in enumerate(lines) if line.startswith("::stop-commands::")]
    end = lines.index(f"::{lines[start].rpartition('::')[2]}::")
    assert any("enrich" in line for line in lines[start:end])
    others = [line for line in [*lines[:start], *lines[end + 1 :]] if line.lstrip().startswith("::")]
    assert all(line.startswith("::notice ") for line in others)


def test_the_summary_has_the_test_and_is_under_the_limit(job):
    text = job.files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
    assert "### Suggested tests: 1" in text
    assert "1 of 2 changed lines since origin/main has no test, at most 0 with all accepted." in text
    assert "+def test_" in text
    assert "gh run download 9876543 -n enrich-suggestions -D enrich-suggestions" in text
    assert len(text.encode()) < 900 * 1024


def test_no_file_of_the_runner_is_written_but_the_summary(job):
    assert {name for name, path in job.files.items() if path.stat().st_size} == {
        "GITHUB_STEP_SUMMARY",
        "GITHUB_EVENT_PATH",
    }


def test_nothing_of_the_repository_is_changed(job):
    assert git(job.workspace, "status", "--porcelain") == ""
    assert git(job.workspace, "rev-parse", "HEAD") == job.before
    assert git(job.workspace, "stash", "list") == ""


def test_the_artifact_has_what_a_person_needs_and_nothing_hidden(job):
    names = {path.relative_to(job.suggestions).as_posix() for path in job.suggestions.rglob("*")}
    assert {"README.md", "report.html", "run.json", "all.patch"} <= names
    assert not any(part.startswith(".") for name in names for part in name.split("/"))
    assert sum(path.stat().st_size for path in job.suggestions.rglob("*") if path.is_file()) < 1024 * 1024


def test_sarif_is_made_of_the_artifact_and_is_valid(job):
    text = command(job, "report", "--format", "sarif:-", "--dir", str(job.suggestions))
    log = json.loads(text)
    jsonschema.Draft4Validator(json.loads(SARIF.read_text("utf-8"))).validate(log)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == f"{PACKAGE}/src/shop/cart.py"


def test_the_author_takes_it_home_and_accepts_it(job, tmp_path):
    home = tmp_path / "home"
    git(tmp_path, "clone", "-q", "-b", "feature", str(job.workspace.parent / "upstream"), str(home))
    shutil.copytree(job.suggestions, home / PACKAGE / "enrich-suggestions")
    (one,) = json.loads(command(job, "list", "--json", cwd=home / PACKAGE))["suggestions"]
    command(job, "accept", one["id"], cwd=home / PACKAGE)
    assert git(home, "status", "--porcelain") == f" M {PACKAGE}/tests/test_cart.py\n"


def test_what_stands_in_an_input_is_never_a_part_of_the_script(tmp_path):
    environment = {"GITHUB_WORKSPACE": str(tmp_path), "PATH": os.environ["PATH"]}
    values = inputs(python="echo", arguments="-q $(touch a) ; touch b\n", shard="1/2", budget="`c`")
    done = step(0, values, environment)
    assert done.stdout == "-m pytest --enrich --enrich-budget=`c` --enrich-shard=1/2 -q $(touch a) ; touch b\n"
    assert list(tmp_path.iterdir()) == []
