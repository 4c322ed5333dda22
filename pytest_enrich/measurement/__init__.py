"""Where a run's coverage comes from: pytest-cov, asked for on the user's behalf when they did not.

A coverage of our own would see nothing of what xdist's workers run, so pytest-cov does the measuring, and
hands over the combined data. What the user measures by themselves is read and never touched.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from msgspec import Struct
from msgspec.structs import replace

from pytest_enrich.data.code import ran_by
from pytest_enrich.errors import UsageError
from pytest_enrich.measurement import paths

if TYPE_CHECKING:
    from coverage import Coverage, CoverageData


WANTED = ("--cov-branch", "--cov-context=test", "--cov-report=", "--cov-fail-under=0")

_PYTEST_COV = ("pytest_cov", "pytest_cov.plugin")  # as an entry point, and as a module
_VARIABLES = ("COVERAGE_FILE", "COVERAGE_CORE", "COVERAGE_PROCESS_CONFIG")
_PREFIX = "pytest-enrich-"
_TEST = "|run"
"""How the name of a context ends in which a test itself ran."""
_SHOWN = 2
_MEASURE = "Measure so:  pytest --cov --cov-branch --cov-context=test"

# These warnings are for people who asked for coverage; nobody asked for ours.
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
        kind: `ours` was asked for by us, `theirs` by the user through pytest-cov, `outer` is a coverage.py that
            runs pytest itself, `earlier` is what another run measured, `none` is no coverage, for the reason
            in `problem`.
        folder: Ours alone, for data files; removed by `close`.
        environment: The variables that we may have changed, as they were.
        problem: Why nothing can be measured, with what to do about it; "" when something is.
        missing: Coverage's plugins that the project names and that are not installed: we measure without them.
    """

    kind: Literal["ours", "theirs", "outer", "earlier", "none"]
    folder: Path | None = None
    environment: dict[str, str | None] = {}
    problem: str = ""
    missing: tuple[str, ...] = ()


def prepare(config: pytest.Config, args: list[str]) -> Measurement:
    """Make sure that the session is measured. To be called before pytest-cov reads the options.

    `args` and the options known so far are changed in place when nobody else measures.
    """
    options: Any = config.known_args_namespace
    if options.enrich_from is not None:
        return Measurement(kind="earlier", folder=_folder())
    if not any(config.pluginmanager.hasplugin(name) for name in _PYTEST_COV):
        return _impossible("needs pytest-cov, which is not loaded (drop -p no:pytest_cov, or add -p pytest_cov)")
    if options.no_cov:
        return _impossible("needs coverage; drop --no-cov")
    if options.cov_source:
        return Measurement(kind="theirs", folder=_folder(), environment=_variables())
    if outer() is not None:
        return Measurement(kind="outer", folder=_folder(), environment=_variables())
    return _by_us(options, args)


def quieten(config: pytest.Config) -> None:
    """Let the coverage that we asked for neither warn nor fail. To be called once pytest-cov has started it."""
    for coverage in paths.started(config):
        disabled: Any = coverage.get_option("run:disable_warnings") or []
        coverage.set_option("run:disable_warnings", [*disabled, *_WARNINGS])
        paths.keep_usable(coverage)


def read(config: pytest.Config, measurement: Measurement) -> Coverage | None:
    """The combined coverage of the session with branches and a context for each test; None without these."""
    coverage = outer() if measurement.kind == "outer" else next(paths.started(config), None)
    if coverage is None or measurement.kind == "ours":
        return coverage
    data = coverage.get_data()
    return coverage if data.has_arcs() and _has_tests(data) else None


def outer() -> Coverage | None:
    """The coverage.py that measures this process now, if one does."""
    if "coverage" not in sys.modules:
        return None
    from coverage import Coverage

    return Coverage.current()


def load(data_file: Path, source: list[str] | None, config_file: str) -> Coverage:
    """What an earlier measurement wrote, limited to `source`."""
    from coverage import Coverage

    coverage = Coverage(data_file=str(data_file), source=source, branch=True, config_file=config_file)
    coverage.load()
    return coverage


def restore(measurement: Measurement) -> None:
    """Put back the environment; the data stay readable."""
    for name, value in measurement.environment.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def close(measurement: Measurement) -> None:
    """Put back the environment and remove the data."""
    restore(measurement)
    if measurement.folder is not None:
        shutil.rmtree(measurement.folder, ignore_errors=True)


def _impossible(problem: str) -> Measurement:
    return Measurement(kind="none", problem=problem)


def _by_us(known: Any, args: list[str]) -> Measurement:  # noqa: ANN401 - argparse's namespace
    """Ask for what we need, with the project's configuration except for what is in the way."""
    from coverage import Coverage
    from coverage.exceptions import ConfigError, CoverageException

    try:
        theirs = Coverage(config_file=known.cov_config).config
    except (ConfigError, CoverageException) as error:  # in older releases neither is a subclass of the other
        return _impossible(f"needs coverage, whose configuration is broken: {error}")
    measurement = _ask(known, args)
    missing = paths.missing_plugins(theirs)
    if theirs.context or theirs.dynamic_context or missing:
        known.cov_config = str(Path(os.environ["COVERAGE_FILE"]).with_name("coveragerc"))
        args[:0] = [f"--cov-config={known.cov_config}"]
        if measurement.folder is not None:
            paths.adapt(theirs, Path(known.cov_config), missing)
    return replace(measurement, missing=missing)


def _ask(known: Any, args: list[str]) -> Measurement:  # noqa: ANN401 - argparse's namespace
    end = args.index("--") if "--" in args else len(args)
    args[end:end] = ["--cov", *WANTED]
    known.cov_source = [True]
    known.cov_branch = True
    known.cov_context = "test"
    known.cov_report = {"": None}
    known.cov_fail_under = 0
    known.cov_append = False
    if _is_worker():  # the controller's file and core are in its environment
        return Measurement(kind="ours")
    measurement = Measurement(kind="ours", folder=_folder(), environment=_variables())
    os.environ["COVERAGE_FILE"] = f"{measurement.folder}/coverage"
    os.environ["COVERAGE_CORE"] = core()
    return measurement


def core() -> str:
    """The tracer to measure with: sys.monitoring keeps the first test's context only."""
    return "pytrace" if os.environ.get("COVERAGE_CORE") == "pytrace" else "ctrace"


def _is_worker() -> bool:
    # A worker is a child of the controller, whose id is in the name of the folder. A pytest that a test of the
    # user's starts has inherited the variables too, and is not a worker.
    ours = f"{_PREFIX}{os.getppid()}-" in os.environ.get("COVERAGE_FILE", "")
    return ours and "PYTEST_XDIST_WORKER" in os.environ


def _has_tests(data: CoverageData) -> bool:
    """Whether the data say which test ran what."""
    return any(name.endswith(_TEST) for name in data.measured_contexts())


def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))


def _variables() -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in _VARIABLES}


def load_earlier(file: Path, folder: Path, rootdir: Path, config_file: str) -> Coverage:
    """The data in `file`, with its paths mapped to this machine as by `coverage combine`; the file stays as it is.

    Args:
        file: What coverage.py wrote: of one run, or combined of several.
        folder: Where a copy may be written.
        rootdir: The project's.
        config_file: Coverage's configuration (`[paths]`, `relative_files`, what is left out).

    Raises:
        UsageError: The file does not exist, lacks branches or tests, or is not about this project.
    """
    if not file.is_file():
        raise UsageError(f"there is no such file\n{_MEASURE}")
    coverage = _combined(file, folder, config_file)
    data = coverage.get_data()
    if not data.has_arcs():
        raise UsageError(f"it has lines only, no branches\n{_MEASURE}")
    if not _has_tests(data):
        raise UsageError(f"it does not say which test ran what\n{_MEASURE}")
    names = sorted(data.measured_files())
    if not any(_is_here(name, rootdir) for name in names):
        raise UsageError(_strange(names, rootdir))
    return coverage


def test_files(coverage: Coverage, rootdir: Path) -> tuple[str, ...]:
    """The files of the tests in the data, relative to rootdir, as far as they still exist; sorted."""
    contexts = coverage.get_data().measured_contexts()
    names = {ran_by(name).partition("::")[0] for name in contexts if name.endswith(_TEST)}
    return tuple(sorted(name for name in names if name.endswith(".py") and (rootdir / name).is_file()))


def _combined(file: Path, folder: Path, config_file: str) -> Coverage:
    import sqlite3

    from coverage import Coverage
    from coverage.exceptions import ConfigError, CoverageException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an unreadable file is reported as an error
            coverage = Coverage(data_file=str(folder / "earlier"), config_file=config_file)
            coverage.combine([str(file)], strict=True, keep=True)
            data = coverage.get_data()
            data.measured_contexts()  # here SQLite finds names that are not text
            _check(arc for name in data.measured_files() for arc in data.arcs(name) or ())
    except (ConfigError, CoverageException, OSError, sqlite3.Error, ValueError, TypeError) as error:
        raise UsageError(f"coverage cannot read it: {' '.join(str(error).split())}\n{_MEASURE}") from None
    return coverage


def _check(arcs: Iterable[tuple[object, object]]) -> None:
    """Refuse what is not a branch: SQLite keeps a value of any type in any column.

    Raises:
        ValueError: One of these is not a branch.
    """
    if not all(isinstance(line, int) for arc in arcs for line in arc):
        raise ValueError("its branches are no numbers of lines")


def _is_here(name: str, rootdir: Path) -> bool:
    path = Path(os.path.realpath(name))
    return path.is_relative_to(rootdir.resolve()) and path.is_file()


def _strange(names: Sequence[str], rootdir: Path) -> str:
    if not names:
        return f"no file was measured\n{_MEASURE}"
    shown = ", ".join(names[:_SHOWN]) + ", ..." * (len(names) > _SHOWN)
    return (
        f"none of its files is below {rootdir}: {shown}\n"
        "Say which folders are the same, in pyproject.toml:\n"
        f"  [tool.coverage.paths]\n  source = {_paths(names[0], rootdir)}"
    )


def _paths(name: str, rootdir: Path) -> str:
    """A mapping that would fit: the longest end of the name that is a file here."""
    parts = Path(name).parts
    for start in range(1, len(parts)):
        if rootdir.joinpath(*parts[start:]).is_file():
            here = parts[start] if start < len(parts) - 1 else "."
            return f'["{here}", "{Path(*parts[:start], here)}"]'
    return '["src", "*/src"]'
