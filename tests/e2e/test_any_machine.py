"""The same suggestions on any machine: in each isolation, for anybody, however a project sets up its pytest.

`.ci/run` runs this once more as an ordinary user, where it is root itself.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SHARED = Path(__file__).parents[2] / ".ci" / "plugins"
"""Where plugins lie that only these projects are to see: one of them would shuffle this suite."""
MAKE = f"{sys.executable} -m pip install --no-deps --target {SHARED} pytest-randomly pytest-socket"
ENRICH = ("--enrich", "--enrich-with=search", "--enrich-budget=300x", "--enrich-report=none", "-q")
SOURCE = """\
def fee(weight, express=False):
    if weight < 1:
        raise ValueError("no weight")
    if express:
        return weight * 3
    return weight * 2


def label(words):
    if not words:
        return "nothing"
    return " and ".join(words)
"""
TESTS = """\
import pytest

from shop import fee, label


@pytest.mark.parametrize(("weight", "expected"), [(1, 2), (4, 8)])
def test_fee(weight, expected):
    assert fee(weight) == expected


def test_label(cache_or_not, tmp_path):
    (tmp_path / "label.txt").write_text(label(["tea", "jam"]))
    assert label(["tea", "jam"]) == "tea and jam"
"""
CONFTEST = """\
import pytest


@pytest.fixture
def cache_or_not(request):
    if request.config.pluginmanager.has_plugin("cacheprovider"):
        request.getfixturevalue("cache").set("shop/seen", True)
"""
SETUPS = {
    "warnings are errors": "",
    "a cache that writes": "--import-mode=importlib --lf --sw --junitxml=junit.xml --log-file=all.log",
    "many plugins": "-p no:cacheprovider -p pytest_randomly -p pytest_socket --disable-socket --allow-unix-socket "
    "-p xdist -p xdist.looponfail -n 2",
}
"""What projects have in `addopts`. What does not touch each other is tried together: a run takes ten seconds."""
LAYERS = {"all": "bwrap+landlock+seccomp", "without bubblewrap": "landlock+seccomp", "process": "rlimits-only"}
CASES = [
    ("warnings are errors", "all"),
    ("warnings are errors", "without bubblewrap"),
    ("a cache that writes", "without bubblewrap"),
    ("a cache that writes", "process"),
    ("many plugins", "all"),
]
"""Each setup, and each isolation, more than once; not each with each."""
LEAST = 2
"""Of the three gaps so many are closed at least."""


@pytest.fixture
def tmp_path():
    """A folder that everybody may enter: each session of pytest closes its own to others when it begins."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name).resolve()
        path.chmod(0o755)
        yield path


@pytest.fixture
def project(small):
    """The project with an option more in `addopts`."""

    def project(setup):
        options = SETUPS[setup]
        if "pytest_" in options and not SHARED.is_dir():
            pytest.skip(f"the plugin is not there: {MAKE}")
        made = small(
            {
                "shop.py": SOURCE,
                "tests/test_shop.py": TESTS,
                "tests/conftest.py": CONFTEST,
                "pytest.ini": f"[pytest]\npythonpath = .\nfilterwarnings = error\naddopts = {options}\n",
            }
        )
        made.commit()
        return made

    return project


def enriched(project, layers, path, **options):
    """What became of a run in these layers: `run.json`, and all that was said."""
    # Without a `bwrap` on the path; nothing else of it is needed.
    found = {} if layers == "all" else {"PATH": str(path)}
    kind = ("--enrich-sandbox=process",) if layers == "process" else ()
    done = subprocess.run(
        project.command("pytest", *ENRICH, *kind),
        cwd=project.root,
        env={**project.environment(), "PYTHONPATH": f"{project.environment()['PYTHONPATH']}:{SHARED}", **found},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stdout
    return json.loads((project.root / "enrich-suggestions" / "run.json").read_bytes()), done.stdout


@pytest.mark.parametrize(("setup", "layers"), CASES)
def test_suggestions_come(project, tmp_path, setup, layers):
    if layers == "all" and not shutil.which("bwrap"):
        pytest.skip("bubblewrap is not installed (apt-get install bubblewrap)")
    made = project(setup)
    before = made.content()
    run, said = enriched(made, layers, tmp_path)
    assert run["isolation"] == LAYERS[layers]
    assert run["gaps"].get("suggested", 0) >= LEAST, said
    assert run["notes"] == [], said
    assert run["read_only_check"] == "ok"
    # What the user's own session writes because of `addopts` is not ours.
    assert {name: text for name, text in made.content().items() if name in before} == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="whoever runs this is nobody else")
@pytest.mark.parametrize("layers", ["all", "without bubblewrap"])
def test_suggestions_come_to_an_ordinary_user_too(project, tmp_path, layers):
    someone = {"user": 65534, "group": 65534, "extra_groups": ()}
    try:
        subprocess.run([sys.executable, "-c", "import pytest_enrich"], cwd="/", check=True, **someone)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"only root reaches {sys.executable}: .ci/run runs this with an interpreter that others reach")
    made = project("warnings are errors")
    for folder in (made.root, *made.root.rglob("*")):
        os.chown(folder, 65534, 65534)
    run, said = enriched(made, layers, tmp_path, **someone)
    assert run["gaps"].get("suggested", 0) >= LEAST, said
