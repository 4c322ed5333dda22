"""Milliseconds per candidate in a fresh process and in a fork, for the same candidates in one run.

    PYTHONPATH=src python tests/benchmarks/sandboxes.py --project-dir DIR [--python PYTHON] [--candidates 30]

The candidates are existing tests of the project, each proven alone with the lines and branches of the source
file that its name points to, as a new test would be. Each is done by both sandboxes, one after the other, and
must end alike: same outcomes, same executed lines, same executed branches.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pytest_enrich.data import Answered, Collect, Execution, Prove, Proved
from pytest_enrich.protocols import Sandbox
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

TIMEOUT = 60.0
TICK = 1000 / os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Milliseconds of one candidate."""

    wall: float
    cpu: float


Compared: TypeAlias = tuple[Cost, Cost, "bool | None"]
"""In a fresh process, in a fork, and whether they agree; None when the fresh process does not with itself."""


def main() -> int:
    options = _options()
    fresh = ProcessSandbox(
        options.project_dir,
        tuple(options.pytest_args.split()),
        python=options.python,
        layers=isolation.choose(options.sandbox, options.project_dir),
    )
    jobs = list(_candidates(fresh, options))
    with closing(ForkserverSandbox(fresh)) as forks:
        first = _timed(forks, jobs[0], _of_zygotes(forks))[1]
        pairs = [_both(fresh, forks, job, options.repeat) for job in jobs]
        notes = forks.notes
    told = f"isolation: {fresh.isolation}; {len(jobs)} candidates; each {options.repeat} times in forks"
    failures = [str(job.tests) for job, pair in zip(jobs, pairs, strict=True) if pair[2] is False]
    compared = [pair[2] for pair in pairs if pair[2] is not None]
    alike = f"identical: {sum(compared)} of {len(compared)}; {len(pairs) - len(compared)} differ from themselves"
    for line in (told, *_figures(pairs, first), alike, *failures, *notes):
        sys.stdout.write(f"{line}\n")
    return bool(failures)


def _figures(pairs: Sequence[Compared], first: Cost) -> Iterator[str]:
    for name, column in (("fresh process", 0), ("fork", 1)):
        walls, cpus = [pair[column].wall for pair in pairs], [pair[column].cpu for pair in pairs]
        yield f"{name:14} wall {_spread(walls)}   CPU {_spread(cpus)}"
    yield f"first candidate, with the start of the process that forks: {first.wall:.0f} ms"
    ratios = [statistics.median(old[i] / max(new[i], 0.1) for old, new, _ in pairs) for i in (0, 1)]
    yield f"faster by (median): wall {ratios[0]:.1f}x, CPU {ratios[1]:.1f}x"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--project-dir", type=lambda text: Path(text).resolve(), required=True)
    parser.add_argument("--python", default=sys.executable, help="the project's interpreter")
    parser.add_argument("--pytest-args", default="", help="as in the project's own runs")
    parser.add_argument("--sandbox", choices=("auto", "strict", "process"), default="process")
    parser.add_argument("--candidates", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=5, help="the clock of the CPU counts in steps of 10 ms")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _candidates(fresh: ProcessSandbox, options: argparse.Namespace) -> Iterator[Prove]:
    root: Path = options.project_dir
    found = fresh.execute(Collect(tests=()), timeout=TIMEOUT)
    if not isinstance(found, Answered):
        sys.exit(f"the tests cannot be collected: {found.detail}")
    nodes = sorted({(item.path, item.nodeid.partition("[")[0]) for item in found.answer.items})
    random.Random(options.seed).shuffle(nodes)
    for path, nodeid in nodes[: options.candidates]:
        text = (root / path).read_text(encoding="utf-8")
        yield Prove(path=path, text=text, tests=(nodeid,), measure=(_subject(root, path),))


def _subject(root: Path, test: str) -> str:
    """The source file that a test file's name points to, else the largest."""
    sources = [path for path in root.rglob("*.py") if not _is_aside(path.relative_to(root))]
    named = [path for path in sources if path.stem == Path(test).stem.removeprefix("test_")]
    chosen = max(named or sources, key=lambda path: path.stat().st_size)
    return chosen.relative_to(root).as_posix()


def _is_aside(path: Path) -> bool:
    aside = {"tests", "test", "docs", "build", "scripts", "benchmarks"}
    return (
        bool(aside & set(path.parts)) or any(part.startswith(".") for part in path.parts) or len(path.parts) == 1
    )


def _both(fresh: ProcessSandbox, forks: ForkserverSandbox, job: Prove, repeat: int) -> Compared:
    reference, old = _timed(fresh, job, _of_children)
    counter, costs, same = _of_zygotes(forks), [], True
    # What does not agree with itself (an order that depends on addresses) says nothing here.
    steady = _essence(fresh.execute(job, timeout=TIMEOUT)) == _essence(reference)
    before = counter()
    for _ in range(repeat):
        execution, cost = _timed(forks, job, counter)
        costs.append(cost.wall)
        same = same and _essence(execution) == _essence(reference)
    return old, Cost(statistics.median(costs), (counter() - before) / repeat), same if steady else None


def _timed(sandbox: Sandbox, job: Prove, counter: Callable[[], float]) -> tuple[Execution, Cost]:
    before, started = counter(), time.perf_counter()
    execution = sandbox.execute(job, timeout=TIMEOUT)
    wall = (time.perf_counter() - started) * 1000
    return execution, Cost(wall, counter() - before)


def _essence(execution: Execution) -> object:
    if not isinstance(execution, Answered) or not isinstance(execution.answer, Proved):
        return execution
    answer = execution.answer
    return (
        sorted((one.nodeid, one.result) for one in answer.outcomes),
        {name: set(lines) for name, lines in answer.lines.items()},
        {name: set(branches) for name, branches in answer.branches.items()},
    )


def _of_children() -> float:
    """CPU milliseconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1000


def _of_zygotes(forks: ForkserverSandbox) -> Callable[[], float]:
    """CPU milliseconds of the processes that fork, and of those of their forks that have ended."""

    def count() -> float:
        return sum(_used(number) for number in forks.processes)

    return count


def _used(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) * TICK


def _spread(values: list[float]) -> str:
    low, _, high = statistics.quantiles(values, n=4)
    return f"{statistics.median(values):6.1f} ms ({low:.1f}-{high:.1f})"


if __name__ == "__main__":
    sys.exit(main())
