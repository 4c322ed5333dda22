"""The `Prove` job under pytest-xdist: the tests of the candidate's file are spread over several processes.

xdist starts its workers itself, and gives them names of plugins, no objects. So a small module is written into the
scratch directory that each of the processes loads as a plugin; it leads back here.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from . import guard, invocation
from .invocation import enter_world
from .job import UnableError
from .prove import StandIn, argument
from .selection import Outcomes, outcome

PLUGIN = "_enrich_spread"
TEXT = """\
import importlib.util
import sys

if {package!r} not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        {package!r}, {init!r}, submodule_search_locations=[{folder!r}]
    )
    sys.modules[{package!r}] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

pytest_load_initial_conftests = importlib.import_module({name!r}).Entrance({file!r}).pytest_load_initial_conftests
"""


def prove(work: dict[str, Any]) -> dict[str, Any]:
    """Answer a `Prove` job with workers as a `Proved` without measurements, both as JSON.

    Raises:
        UnableError: Nothing was spread, because the project or its environment switches xdist off.
    """
    _install(work)
    outcomes = Outcomes()
    path = Path(work["rootdir"], work["job"]["path"])
    stopped = invocation.run(work, (str(argument(path)),), (outcomes,))
    if not stopped and "xdist.dsession" not in sys.modules:
        raise UnableError("pytest-xdist is switched off here")
    found = [*outcomes.results.values(), *outcomes.unusable.values()]
    if stopped or not found:
        found.append(outcome(work["job"]["path"], "error", stopped or "it was not run"))
    return {"type": "proved", "outcomes": found, "lines": {}, "branches": {}}


def _install(work: dict[str, Any]) -> None:
    """From now on pytest loads the plugin when it starts, here and in the workers."""
    folder = Path(work["scratch"], "spread")
    folder.mkdir()
    file, payload = folder / "work.json", Path(__file__).parent
    file.write_text(json.dumps(work), encoding="utf-8")
    places = {"init": str(payload / "__init__.py"), "folder": str(payload), "file": str(file)}
    text = TEXT.format(package=__package__, name=__name__, **places)
    (folder / f"{PLUGIN}.py").write_text(text, encoding="utf-8")
    sys.path.append(str(folder))
    plugins = [os.environ.get("PYTEST_PLUGINS", ""), PLUGIN]
    os.environ["PYTEST_PLUGINS"] = ",".join(filter(None, plugins))


class Entrance:
    """A plugin that puts the job's text and order in place before any conftest file is loaded.

    Args:
        file: Holds the job's work, as JSON.
    """

    def __init__(self, file: str) -> None:
        self._work: dict[str, Any] = json.loads(Path(file).read_bytes())

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        """In a worker, which has only this of ours, also what keeps it in its place and its time."""
        job, root = self._work["job"], self._work["rootdir"]
        if "PYTEST_XDIST_WORKER" in os.environ:
            guard.install(self._work["scratch"], root, subprocesses=True)
            enter_world(job["world"])
        order = job["shuffle"], job["backwards"]
        stand_in = StandIn(Path(root, job["path"]), job["text"], job["tests"], *order)
        stand_in.install(early_config)
        early_config.pluginmanager.register(stand_in)
