"""Projects that others wrote, for benchmarks: where they come from, and how their tests run."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("projects.toml")
PRIVATE = (
    "PYTEST_ADDOPTS",
    "PYTHONPATH",
    "PYTHONHASHSEED",
    "PYTHONDONTWRITEBYTECODE",
    "COVERAGE_FILE",
    "COVERAGE_RCFILE",
)
"""Variables of whoever runs a benchmark that would change what a project's tests do, or how soon they start."""


class Project(Struct, frozen=True, kw_only=True):
    """What `projects.toml` says of one project; paths are relative to its checkout, with `/`.

    `seed` is None for the list's own.
    """

    version: str
    sha256: str
    source: tuple[str, ...]
    tests: tuple[str, ...]
    requires: tuple[str, ...] = ()
    pythonpath: str = "."
    omit: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    pytest_args: str = ""
    seed: int | None = None

    @property
    def pytest(self) -> tuple[str, ...]:
        """The arguments of the project's own test run, the interpreter's `-m pytest` included."""
        return self.pytest_of((*self.tests, *(f"--ignore={path}" for path in self.ignore)))

    def pytest_of(self, tests: Sequence[str]) -> tuple[str, ...]:
        """The arguments of a run of these tests alone."""
        return ("-m", "pytest", *tests, *self.pytest_options)

    @property
    def pytest_options(self) -> tuple[str, ...]:
        """What starts pytest on the project's configuration."""
        return tuple(shlex.split(self.pytest_args))

    def test_files(self, checkout: Path) -> tuple[Path, ...]:
        """The Python files that its test run looks at, sorted."""
        roots = [checkout / path for path in self.tests]
        found = {file for root in roots for file in ([root] if root.is_file() else root.rglob("*.py"))}
        return tuple(sorted(found - {checkout / path for path in self.ignore}))


class Listing(Struct, frozen=True, kw_only=True):
    """`projects.toml`."""

    tools: tuple[str, ...]
    seed: int
    fraction: float
    projects: dict[str, Project]

    def seed_of(self, name: str) -> int:
        """By which the deleted tests of a project are drawn."""
        own = self.projects[name].seed
        return self.seed if own is None else own


class Bench(Struct, frozen=True, kw_only=True):
    """A project, laid out."""

    name: str
    project: Project
    folder: Path

    @property
    def full(self) -> Path:
        """The checkout as released."""
        return self.folder / "full"

    @property
    def ablated(self) -> Path:
        """The checkout with a share of its tests deleted; nothing runs in it, only in copies of it."""
        return self.folder / "ablated"

    @property
    def python(self) -> Path:
        """The interpreter of its virtual environment."""
        return self.folder / "venv" / "bin" / "python"

    def environment(self, checkout: Path, *first: Path) -> dict[str, str]:
        """The variables under which its tests run in `checkout`; `first` come first on the import path."""
        path = os.pathsep.join(map(str, (*first, (checkout / self.project.pythonpath).resolve())))
        inherited = {name: value for name, value in os.environ.items() if name not in PRIVATE}
        binaries = f"{self.python.parent}{os.pathsep}{inherited.get('PATH', '')}"
        return {**inherited, "PATH": binaries, "PYTHONPATH": path}


def read(path: Path = LIST) -> Listing:
    """The list of projects."""
    return msgspec.toml.decode(path.read_bytes(), type=Listing)


def chosen(names: Sequence[str], listing: Listing) -> tuple[str, ...]:
    """The names in the list's order, all when there are none; ends the program when one is not in the list."""
    unknown = sorted(set(names) - set(listing.projects))
    if unknown:
        sys.exit(f"{', '.join(unknown)}: not one of {', '.join(listing.projects)}")
    return tuple(name for name in listing.projects if name in names or not names)


def arguments(description: str | None, names: str = "projects of projects.toml") -> argparse.ArgumentParser:
    """A parser with what all benchmarks take: names, and the folder that everything is in."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"{names}; the default is all")
    parser.add_argument("--folder", type=absolute, required=True, help="where everything is kept")
    return parser


def listed(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The parser with an option for another list; `given.list` is what `read` takes."""
    parser.add_argument("--list", type=absolute, default=LIST, metavar="FILE", help="instead of projects.toml")
    return parser


def absolute(text: str) -> Path:
    """A path of the command line, whatever folder is the current one later."""
    return Path(text).resolve()
