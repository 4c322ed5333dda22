"""A run of the benchmarks: one state of pytest-enrich on several projects, which later benchmarks build upon.

`FOLDER/runs/NUMBER` holds the package that ran (a copy, so that edits change no run), `settings.json`, and a
folder for each project.
"""

from __future__ import annotations

import argparse
import compileall
import hashlib
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import layout
import msgspec
import projects
from msgspec import Struct
from results import pretty

MOST_AT_ONCE = 2


class Settings(Struct, frozen=True, kw_only=True):
    """What makes runs comparable: budget, seed, further arguments of pytest, and the package's digest."""

    budget: str
    seed: int
    more: tuple[str, ...] = ()
    package: str = ""


class Run(Struct, frozen=True):
    """The folder of a run."""

    place: Path

    @property
    def package(self) -> Path:
        """The folder that pytest_enrich is imported from."""
        return self.place / "package"

    @property
    def settings(self) -> Settings:
        """What it was begun with."""
        return msgspec.json.decode((self.place / "settings.json").read_bytes(), type=Settings)

    def of(self, name: str) -> Path:
        """The folder of a project."""
        return self.place / name

    def checkout(self, name: str) -> Path:
        """A project's checkout after accepting all."""
        return self.of(name) / "checkout"

    def finished(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that `recovery.py` is done with."""
        return tuple(name for name in names if (self.of(name) / "recovery.json").exists())


def arguments(description: str | None, names: str = "projects of projects.toml") -> argparse.ArgumentParser:
    """A parser with what all benchmarks take that work on a run."""
    parser = projects.arguments(description, names)
    parser.add_argument("--run", type=int, help="of FOLDER/runs; the default is the last one")
    parser.add_argument("--again", action="store_true", help="measure also what was measured before")
    numbers = range(1, MOST_AT_ONCE + 1)
    parser.add_argument("--at-once", type=int, choices=numbers, default=1, help="how many projects at a time")
    return parser


def find(folder: Path, number: int | None) -> Run:
    """A run in `folder`/runs, the last one without a number; ends the program when there is none."""
    found = [one for one in _all(folder) if number in {None, int(one.place.name)}]
    if not found:
        first = f"python tests/benchmarks/recovery.py --folder {folder}"
        sys.exit(f"{folder / 'runs'} has no such run\nFirst:  {first}")
    return found[-1]


def begin(folder: Path, settings: Settings, package: Path, number: int | None) -> Run:
    """Go on with run `number`, else with the last one if all its settings are the same; else begin one.

    Ends the program when run `number` has another budget, seed or arguments. A run keeps the package that it was
    begun with.
    """
    now = msgspec.structs.replace(settings, package=digest(package))
    if number is not None:
        run = find(folder, number)
        if msgspec.structs.replace(run.settings, package=now.package) != now:
            sys.exit(f"run {number} was begun with other settings: {run.settings}")
        return run
    last = _all(folder)[-1:]
    return last[0] if last and last[0].settings == now else _new(folder, now, package)


def digest(package: Path) -> str:
    """Of all Python files of a package."""
    found = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        found.update(file.relative_to(package).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def clear(place: Path) -> Path:
    """An empty folder; what was there is gone."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place


def _new(folder: Path, settings: Settings, package: Path) -> Run:
    numbers = [int(one.name) for one in (folder / "runs").glob("*") if one.name.isdigit()]
    run = Run(folder / "runs" / str(max(numbers, default=0) + 1))
    run.place.mkdir(parents=True)
    layout.copy(package, run.package / "pytest_enrich")
    # As whoever installs it has it: no process in a sandbox writes bytecode.
    compileall.compile_dir(run.package, quiet=1)
    (run.place / "settings.json").write_bytes(pretty(settings))  # last: a copy cut short is no run
    return run


def _all(folder: Path) -> list[Run]:
    """The latest last."""
    found = [Run(one.parent) for one in (folder / "runs").glob("*/settings.json") if one.parent.name.isdigit()]
    return sorted(found, key=lambda run: int(run.place.name))
