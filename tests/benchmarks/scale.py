"""What it costs to find the gaps of a large repository, beside coverage.py's own report of the same data.

    python tests/benchmarks/scale.py ROOT [--data .coverage] [--times 3]

ROOT is a checkout whose tests ran with coverage, with branches and a context for each test. By turns `coverage
json`, and all that pytest-enrich does between coverage's data and the ordered gaps, run in processes of their own.
The table has the seconds (the least of all turns) and the most memory of each; the last line is the ratio of the
seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import tokenize
from pathlib import Path
from typing import NamedTuple

import tables

ANALYSIS = "the gaps, in order"


class Spent(NamedTuple):
    """Seconds and MiB of one process."""

    seconds: float
    memory: float


def analysed(root: Path, data: Path) -> int:
    """Find and order all gaps, as a run does; how many there are."""
    from pytest_enrich import gaps, measurement

    with tempfile.TemporaryDirectory() as copies:
        measured = measurement.load_earlier(data, Path(copies), root, str(root / "pyproject.toml"))
        files = gaps.read(measured, root, measurement.test_files(measured, root)).files
    wanted = [file for file in files if file.missing_lines or file.missing_branches]
    found = []
    for file in wanted:
        with tokenize.open(root / file.path) as text:
            found += gaps.find(file.path, text.read(), file)
    return len(gaps.order(found))


def spent(command: list[str], root: Path) -> Spent:
    """What a process takes.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(status, command)
    return Spent(time.monotonic() - started, usage.ru_maxrss / 1024)


def main() -> int:
    """Measure by turns, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("--data", type=Path, default=Path(".coverage"), help="relative to ROOT")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--only-analyse", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    root = given.root.resolve()
    data = root / given.data
    if given.only_analyse:
        return not analysed(root, data)
    ours = [sys.executable, str(Path(__file__).resolve()), str(root), "--data", str(data), "--only-analyse"]
    with tempfile.TemporaryDirectory() as folder:
        theirs = [sys.executable, "-m", "coverage", "json", "-q", f"--data-file={data}", "-o", f"{folder}/x.json"]
        commands = {"coverage json": theirs, ANALYSIS: ours}
        turns = [{what: spent(command, root) for what, command in commands.items()} for _ in range(given.times)]
    best = {what: Spent(*map(min, zip(*(turn[what] for turn in turns), strict=True))) for what in commands}
    rows = [(what, f"{one.seconds:.1f}", f"{one.memory:.0f}") for what, one in best.items()]
    ratio = best[ANALYSIS].seconds / best["coverage json"].seconds
    print(tables.markdown(("", "seconds", "MiB"), rows), f"\nratio {ratio:.2f}; {tables.machine()}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
