"""Laying out projects that others wrote: as released, and with a share of their tests deleted.

    python tests/benchmarks/layout.py NAME... --folder FOLDER

FOLDER/NAME then holds `full` and `ablated`, a virtual environment `venv` in which pytest-enrich is installed (from
this checkout, editable), and `laid-out.json`, with the node ids of the deleted tests. What is there is kept.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

import ablation
import command
import msgspec
import projects
from msgspec import Struct
from projects import Bench, Listing, Project


class Laid(Struct, frozen=True, kw_only=True):
    """What a project was laid out from, and the node ids of the tests that were deleted."""

    sha256: str
    seed: int
    fraction: float
    removed: tuple[str, ...] = ()


def prepare(name: str, folder: Path, listing: Listing | None = None) -> Bench:
    """Lay the project out in `folder`/NAME, as far as that is not done.

    Raises:
        command.CommandError: Something could not be fetched or installed.
    """
    listing = listing or projects.read()
    bench = Bench(name=name, project=listing.projects[name], folder=folder.resolve() / name)
    wanted = Laid(sha256=bench.project.sha256, seed=listing.seed_of(name), fraction=listing.fraction)
    file = bench.folder / "laid-out.json"
    known = msgspec.json.decode(file.read_bytes(), type=Laid) if file.exists() else None
    if known is None or msgspec.structs.replace(known, removed=()) != wanted:
        laid = msgspec.structs.replace(wanted, removed=_lay_out(bench, listing))
        file.write_bytes(msgspec.json.format(msgspec.json.encode(laid)) + b"\n")  # last: the rest is there
    install(bench, listing.tools)
    return bench


def _lay_out(bench: Bench, listing: Listing) -> tuple[str, ...]:
    """Make both checkouts anew; returns what was deleted in one of them."""
    archive = sdist(bench.name, bench.project)
    shutil.rmtree(bench.folder, ignore_errors=True)
    bench.folder.mkdir(parents=True)
    for checkout in (bench.full, bench.ablated):
        unpack(archive, checkout)
    files = bench.project.test_files(bench.ablated)
    return ablation.ablate(bench.ablated, files, listing.seed_of(bench.name), listing.fraction)


def sdist(name: str, project: Project) -> Path:
    """The pinned sdist, downloaded unless it was before; its hash is checked each time.

    Raises:
        command.CommandError: The package index has no such file.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pytest-enrich" / "sdists"
    cache.mkdir(parents=True, exist_ok=True)
    if (known := _with_hash(cache, project.sha256)) is not None:
        return known
    # Of this one package only: a build backend need not be built from source as well.
    wanted = ("--no-deps", "--no-binary", name, "--dest", str(cache), f"{name}=={project.version}")
    command.check([sys.executable, "-m", "pip", "download", "--quiet", *wanted], cwd=cache)
    if (fetched := _with_hash(cache, project.sha256)) is None:
        raise command.CommandError(f"{name} {project.version}: no sdist in {cache} has sha256 {project.sha256}")
    return fetched


def unpack(archive: Path, checkout: Path) -> None:
    """Make `checkout` from the one folder in `archive`; what was there is replaced."""
    shutil.rmtree(checkout, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=checkout.parent) as scratch:
        with tarfile.open(archive) as tar:
            tar.extractall(scratch, filter="data")
        (top,) = Path(scratch).iterdir()
        top.rename(checkout)


def install(bench: Bench, tools: Sequence[str]) -> None:
    """Make the virtual environment: the released project for its metadata and dependencies, tools, pytest-enrich.

    Tests run with the checkout before it on the import path, so that one environment serves all copies.
    """
    packages = (f"{bench.name}=={bench.project.version}", *bench.project.requires, *tools)
    venv(bench.folder / "venv", (*packages, "--editable", str(projects.ROOT)))


def venv(folder: Path, packages: Sequence[str], python: str = sys.executable) -> Path:
    """The interpreter of a virtual environment with these packages, made unless it is there.

    Raises:
        command.CommandError: Something could not be installed.
    """
    interpreter, installed = folder / "bin" / "python", folder / "installed.txt"
    wanted = "\n".join(packages) + "\n"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two modules of one project may be measured at a time
        if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
            command.check([python, "-m", "venv", "--clear", str(folder)], cwd=folder.parent)
            command.check([str(interpreter), "-m", "pip", "install", "--quiet", *packages], cwd=folder.parent)
            installed.write_text(wanted, encoding="utf-8")  # last: an install cut short is done again
    return interpreter


def copy(checkout: Path, destination: Path) -> Path:
    """A copy of a checkout to work in; what was at `destination` is replaced."""
    shutil.rmtree(destination, ignore_errors=True)
    shutil.copytree(checkout, destination, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    return destination


def _with_hash(folder: Path, sha256: str) -> Path | None:
    files = sorted(folder.glob("*.tar.gz"))
    return next((file for file in files if hashlib.sha256(file.read_bytes()).hexdigest() == sha256), None)


def main() -> int:
    """Lay out the named projects, and say how to run their tests."""
    given = projects.listed(projects.arguments(__doc__)).parse_args()
    listing = projects.read(given.list)
    for name in projects.chosen(given.names, listing):
        bench = prepare(name, given.folder, listing)
        words = shlex.join(map(str, (bench.python, *bench.project.pytest)))
        command.say(f"cd {bench.ablated} && PYTHONPATH={bench.project.pythonpath} {words}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
