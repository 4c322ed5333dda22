"""The suite once more, privately, when the user's own measurement lacks branches or contexts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import Struct

from pytest_enrich import measurement
from pytest_enrich.errors import EnrichError
from pytest_enrich.measurement import Measurement, paths

if TYPE_CHECKING:
    from coverage import Coverage

_LEAST_SECONDS = 120.0
_STRIPPED = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
_STRIPPED_PREFIXES = ("PYTEST_XDIST_", "COV_CORE_", "COVERAGE_RUN")
_OK = 0


class Repetition(Struct, frozen=True, kw_only=True):
    """What to run again.

    Attributes:
        arguments: pytest's, with the selection of tests and without any about coverage.
        source: What to measure, None for all that is not installed.
        config_file: Coverage's.
        directory: Where pytest was started.
        status: How it ended the first time.
        seconds: How long it took the first time.
    """

    arguments: Sequence[str]
    source: list[str] | None
    config_file: str
    directory: Path
    status: int
    seconds: float


def measure(asked: Repetition, folder: Path) -> Coverage:
    """Run the tests in a process of their own that writes into `folder` alone; answers what it measured.

    Raises:
        EnrichError: The tests ended otherwise than the first time.
    """
    output = folder / "output.txt"
    try:
        with output.open("wb") as stream:
            status = _run(asked, folder, stream.fileno())
    except subprocess.TimeoutExpired as error:
        raise EnrichError(_changed(f"did not end within {error.timeout:.0f}s", "")) from None
    if status not in (_OK, asked.status):
        raise EnrichError(_changed(f"ended with exit status {status}", _last_line(output)))
    return measurement.load(folder / "coverage", asked.source, asked.config_file)


def sources(config: pytest.Config, measured: Measurement) -> list[str] | None:
    """What the user's own measurement is limited to; None without a limit on the command line."""
    if measured.kind == "outer":
        found: Any = (coverage := measurement.outer()) and coverage.get_option("run:source")
        return list(found) if found else None
    plugin: Any = config.pluginmanager.getplugin("_cov")
    limits = plugin.options.cov_source
    return None if limits is None else [str(source) for source in limits]


def _run(asked: Repetition, folder: Path, output: int) -> int:
    options = _options(asked.source)
    command = [sys.executable, "-m", "pytest", *options, f"--cov-config={asked.config_file}", "-p", paths.__name__]
    private = [f"--basetemp={folder}/basetemp", "-o", f"cache_dir={folder}/cache"]
    return subprocess.run(
        [*command, *private, *asked.arguments],
        cwd=asked.directory,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        timeout=max(_LEAST_SECONDS, 10 * asked.seconds),
        check=False,
    ).returncode


def _options(source: Sequence[str] | None) -> list[str]:
    """pytest-cov's arguments for a measurement with all that we need, limited to `source`."""
    return [*(f"--cov={one}" for one in source or ()), *(["--cov"] if source is None else []), *measurement.WANTED]


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _STRIPPED}
    return {name: value for name, value in kept.items() if not name.startswith(_STRIPPED_PREFIXES)} | {
        "COVERAGE_FILE": f"{folder}/coverage",
        "COVERAGE_CORE": measurement.core(os.environ),
        "PYTEST_ENRICH": "1",
    }


def _last_line(output: Path) -> str:
    lines = output.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _changed(how: str, detail: str) -> str:
    said = f"\n  it said: {detail}" if detail else ""
    return (
        f"not run, the tests {how} when they were run once more for branches and contexts.{said}\n"
        "Nothing was written.\n"
        "Without a second run:  pytest --enrich --cov --cov-branch --cov-context=test"
    )
