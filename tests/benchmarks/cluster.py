"""Whether a cluster comes to what one machine comes to, with 1, 2 and 4 workers, and when a worker is lost.

    python tests/benchmarks/cluster.py [PROJECT ...] --folder FOLDER [--budget 300x]

Without a PROJECT it is both of `fixtures/`. Each project is copied to FOLDER/cluster and run without a cluster,
once with each number of workers, and once with two, of which one is killed in the middle. The patches that wait
are compared. The table is printed and kept as FOLDER/cluster.md. The exit status is 1 where they differ.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import command
import tables
from msgspec import Struct
from shards import FIXTURES, LEFT_BEHIND, environment

WORKERS = (1, 2, 4)
LOST_AFTER = 0.4
"""Of the time that the run without a cluster took."""
SECONDS = 60.0


class Run(Struct, frozen=True, kw_only=True):
    """One run: its title, how many suggestions wait, a digest of their patches, seconds."""

    title: str
    count: int
    digest: str
    seconds: float


def main() -> int:
    """Compare, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="*", type=Path, help="folders of projects with a suite that passes")
    parser.add_argument("--folder", type=Path, required=True, help="where to work")
    parser.add_argument("--budget", default="300x", help="of each project, in executions")
    given = parser.parse_args()
    place, about = given.folder.resolve() / "cluster", tables.machine()
    shutil.rmtree(place, ignore_errors=True)
    found = {one.name: runs(one.resolve(), place, given.budget) for one in given.projects or FIXTURES}
    heads = ("project", "where", "suggestions", "as without a cluster", "seconds")
    lines = [
        (name, one.title, str(one.count), "yes" if one.digest == each[0].digest else "NO", f"{one.seconds:.0f}")
        for name, each in found.items()
        for one in each
    ]
    told = f"{about}; budget {given.budget}\n\n{tables.markdown(heads, lines)}\n"
    (given.folder / "cluster.md").write_text(told, encoding="utf-8")
    command.say(told)
    return any(one.digest != each[0].digest for each in found.values() for one in each)


def runs(project: Path, place: Path, budget: str) -> list[Run]:
    """All runs of a project."""
    root = place / project.name
    shutil.copytree(project, root, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    made = [run(root, "one machine", f"--enrich-budget={budget}")]
    for count in WORKERS:
        with cluster(root.parent / "files", count) as (address, _):
            words = (f"--enrich-budget={budget}", f"--enrich-executor=dask://{address}")
            made.append(run(root, f"{count} workers", *words))
    with cluster(root.parent / "files", 2) as (address, workers):
        words = (f"--enrich-budget={budget}", f"--enrich-executor=dask://{address}")
        losing = threading.Timer(LOST_AFTER * made[0].seconds, os.killpg, (workers[0].pid, signal.SIGKILL))
        losing.start()
        made.append(run(root, "2 workers, one killed", *words))
        losing.join()
    return made


def run(root: Path, title: str, *words: str) -> Run:
    """A run from the beginning, and what it left."""
    shutil.rmtree(root / "enrich-suggestions", ignore_errors=True)
    ours = ("--enrich", "--enrich-max=0", "--enrich-report=none", "--enrich-model=none", *words)
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *ours]
    seconds = command.check(argv, cwd=root, env=environment()).seconds
    patches = sorted((root / "enrich-suggestions" / "pending").rglob("*.patch"))
    digest = hashlib.sha256(b"".join(one.name.encode() + one.read_bytes() for one in patches)).hexdigest()
    command.say(f"{root.name}, {title}: {len(patches)} suggestions, {seconds:.0f} s")
    return Run(title=title, count=len(patches), digest=digest, seconds=seconds)


@contextmanager
def cluster(folder: Path, count: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and so many workers, which nothing starts again: where it listens, and their processes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / "scheduler.json"
    with ExitStack() as stack:
        options = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        stack.enter_context(started("dask_scheduler", *options))
        end = time.monotonic() + SECONDS
        while not (file.is_file() and file.stat().st_size) and time.monotonic() < end:
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        plain = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
        workers = [
            stack.enter_context(
                started("dask_worker", address, *plain, "--local-directory", str(folder / str(at)))
            )
            for at in range(count)
        ]
        _wait(address, count)
        yield address.removeprefix("tcp://"), workers


def _wait(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=SECONDS)


@contextmanager
def started(name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of dask's, ended with all that it started."""
    argv = [sys.executable, "-m", f"distributed.cli.{name}", *words]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(argv, stdout=quiet, stderr=quiet, env=environment(), start_new_session=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
