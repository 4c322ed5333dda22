"""Where a run's coverage comes from: pytest-cov, asked for on the user's behalf when they did not.

Coverage of ours alone would see nothing of what xdist's workers run, so pytest-cov does the measuring, and
hands over the combined data. Where the user measures, the tests are noted there, too, which no report shows.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from msgspec import Struct

if TYPE_CHECKING:
    from coverage import Coverage

WANTED = ("--cov-branch", "--cov-context=test", "--cov-report=", "--cov-fail-under=0")

_PYTEST_COV = ("pytest_cov", "pytest_cov.plugin")  # as an entry point, and as a module
_VARIABLES = ("COVERAGE_FILE", "COVERAGE_CORE", "COVERAGE_PROCESS_CONFIG")
_PREFIX = "pytest-enrich-"

# They tell people about coverage that they asked for; nobody asked for ours.
_WARNINGS = [
    "already-imported",
    "couldnt-parse",
    "module-not-imported",
    "module-not-measured",
    "no-ctracer",
    "no-data-collected",
    "no-sysmon",
]


class Measurement(Struct, frozen=True, kw_only=True):
    """How this session is measured.

    Attributes:
        kind: `ours` was asked for by us, `theirs` by the user, `none` is no coverage, for the reason in `problem`.
        folder: Ours alone, for data files; removed by `close`.
        environment: The variables that we may have changed, as they were.
        problem: Why nothing can be measured, with what to do about it; "" when something is.
    """

    kind: Literal["ours", "theirs", "none"]
    folder: Path | None = None
    environment: dict[str, str | None] = {}
    problem: str = ""


def prepare(config: pytest.Config, args: list[str]) -> Measurement:
    """See to it that the session is measured. To be called before pytest-cov reads the options.

    `args` and the options known so far are changed in place.
    """
    known: Any = config.known_args_namespace
    if problem := _in_the_way(config, known):
        return Measurement(kind="none", problem=problem)
    is_theirs = bool(known.cov_source)
    known.cov_context = "test"
    if not is_theirs:
        known.cov_source = [True]
        known.cov_branch = True
        known.cov_report = {"": None}
        known.cov_fail_under = 0
        known.cov_append = False
    end = args.index("--") if "--" in args else len(args)
    args[end:end] = ["--cov-context=test"] if is_theirs else ["--cov", *WANTED]
    if _is_worker():  # the controller's file and core are in its environment
        return Measurement(kind="theirs" if is_theirs else "ours")
    environment = {name: os.environ.get(name) for name in _VARIABLES}
    # With sys.monitoring coverage would keep the first test's context only.
    os.environ["COVERAGE_CORE"] = "pytrace" if environment["COVERAGE_CORE"] == "pytrace" else "ctrace"
    if is_theirs:
        return Measurement(kind="theirs", environment=environment)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    os.environ["COVERAGE_FILE"] = f"{folder}/coverage"
    return Measurement(kind="ours", folder=folder, environment=environment)


def settle(config: pytest.Config, measurement: Measurement) -> Measurement:
    """The same once pytest-cov has started: ours neither warns nor fails, theirs has to have branches."""
    if measurement.kind == "ours":
        for coverage in _started(config):
            known: Any = coverage.get_option("run:disable_warnings") or []
            coverage.set_option("run:disable_warnings", [*known, *_WARNINGS])
            _keep_usable(coverage)
    elif any(not coverage.get_option("run:branch") for coverage in _started(config)):
        problem = "needs branches, which your coverage does not measure; add --cov-branch"
        return Measurement(kind="none", environment=measurement.environment, problem=problem)
    return measurement


def read(config: pytest.Config) -> Coverage | None:
    """The combined coverage of the session; None when a plugin took it away."""
    return next(_started(config), None)


def restore(measurement: Measurement) -> None:
    """Put back the environment; the data stay readable."""
    for name, value in measurement.environment.items():
        _set(name, value)


def close(measurement: Measurement) -> None:
    """Put back the environment and remove the data."""
    restore(measurement)
    if measurement.folder is not None:
        shutil.rmtree(measurement.folder, ignore_errors=True)


def _is_worker() -> bool:
    # A worker is a child of the controller, whose id is in the name of the folder. A pytest that a test of the
    # user's starts has inherited the variables too, and is none.
    ours = f"{_PREFIX}{os.getppid()}-" in os.environ.get("COVERAGE_FILE", "")
    return ours and "PYTEST_XDIST_WORKER" in os.environ


def _in_the_way(config: pytest.Config, known: Any) -> str:  # noqa: ANN401 - argparse's namespace
    """Why nothing can be measured, or ""."""
    if not any(config.pluginmanager.hasplugin(name) for name in _PYTEST_COV):
        return "needs pytest-cov, which is not loaded (drop -p no:pytest_cov, or add -p pytest_cov)"
    if known.no_cov:
        return "needs coverage; drop --no-cov"
    if not known.cov_source and "coverage" in sys.modules:
        from coverage import Coverage

        if Coverage.current() is not None:
            return "measures by itself; start pytest, not coverage run"
    return _unusable(known.cov_config)


def _unusable(config_file: str) -> str:
    """What is in the way in coverage's configuration, or ""."""
    from coverage import Coverage
    from coverage.exceptions import ConfigError, CoverageException

    try:
        contexts = Coverage(config_file=config_file).get_option("run:dynamic_context")
    except (ConfigError, CoverageException) as error:  # in older releases one is no kind of the other
        return f"needs coverage, whose configuration is broken: {error}"
    if contexts:
        return (
            f"sets coverage's contexts itself; drop dynamic_context = {contexts} from its configuration, "
            "or give --cov-config=FILE without it"
        )
    return ""


def _started(config: pytest.Config) -> Iterator[Coverage]:
    """What pytest-cov measures and combines with."""
    controller = getattr(config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    found = (getattr(controller, name, None) for name in ("cov", "combining_cov"))
    return (coverage for coverage in found if coverage is not None)


def _keep_usable(coverage: Coverage) -> None:
    """Drop the entries of `[paths]` that coverage refuses.

    They are for data of other machines, but pytest-cov combines by them in any case: one of them would end a
    session whose author never combines anything there.
    """
    known: Any = coverage.get_option("paths") or {}
    coverage.set_option("paths", {name: paths for name, paths in known.items() if _is_usable(paths)})


def _is_usable(paths: Sequence[str]) -> bool:
    from coverage.exceptions import ConfigError, CoverageException
    from coverage.files import PathAliases

    aliases = PathAliases()
    try:
        for pattern in paths[1:]:
            aliases.add(pattern, paths[0])
    except (ConfigError, CoverageException):
        return False
    return bool(paths)


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
