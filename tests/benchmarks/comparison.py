"""One project's jobs in both sandboxes; `sandboxes.py` starts this with the project's own interpreter.

The isolation of a sandbox is chosen for the interpreter that chooses it: it has to be the one that runs the jobs.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal

import jobs
import msgspec
import processor
import projects
from msgspec import Struct
from msgspec.structs import replace
from results import Outcome

from pytest_enrich.data import Answered, Execution, Job, Mutate, Mutated, Prove, Proved
from pytest_enrich.protocols import Sandbox
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox

MUTATING = 300.0
FRESH = 2


class Settings(Struct, frozen=True, kw_only=True):
    """What to compare, as JSON on the command line.

    `checkout` is the ablated one, a copy; `tried` is the one that a run left. Of its candidates so many are drawn,
    and existing tests make up for those that are too few.
    """

    name: str
    checkout: str
    tried: str
    candidates: int
    mutants: int
    repeat: int
    sandbox: Literal["auto", "strict", "process"]


class Cost(Struct, frozen=True):
    """Milliseconds, the mean of some repetitions."""

    wall: float
    cpu: float


class Pair(Struct, frozen=True, kw_only=True):
    """One job in both sandboxes.

    `difference` says how the answers differ; of a job that two fresh processes answer differently it says so, and
    `steady` is False. `mutants` is how many were run. `plain` is what pytest costs that is started by hand for
    a candidate, with pytest-cov and without a sandbox; nothing for mutants.
    """

    name: str
    fresh: Cost
    fork: Cost
    steady: bool
    difference: str
    mutants: int = 0
    plain: Cost = Cost(0.0, 0.0)


class Comparison(Outcome, frozen=True, kw_only=True):
    """A project's jobs in both; `written` of the candidates are a run's, the others are existing tests.

    `single` are the jobs of `mutants` with one mutant each: what the others cost is the difference.
    """

    isolation: str = ""
    written: int = 0
    candidates: tuple[Pair, ...] = ()
    single: tuple[Pair, ...] = ()
    mutants: tuple[Pair, ...] = ()
    first: Cost = Cost(0.0, 0.0)
    notes: tuple[str, ...] = ()


class Both(Struct, frozen=True):
    """The two sandboxes, and how often a job is repeated in forks."""

    fresh: ProcessSandbox
    forks: ForkserverSandbox
    repeat: int
    options: tuple[str, ...]

    def candidates(self, of: Iterable[Prove], timeout: float) -> Iterator[Pair]:
        """The same for candidates, with what pytest by hand costs beside."""
        for job in of:
            yield replace(
                self.compare(job.tests[0], job, timeout), plain=by_hand(self.fresh.rootdir, job, self.options)
            )

    def pairs(self, of: Iterable[Mutate], timeout: float) -> Iterator[Pair]:
        """The jobs, one after the other."""
        return (self.compare(job.tests[0], job, timeout) for job in of)

    def compare(self, name: str, job: Job, timeout: float) -> Pair:
        """Do the job in both, in turn; what starts the process that forks is not counted."""
        self.forks.execute(job, timeout=timeout)
        reference, one = timed(self.fresh, job, 1, timeout)
        answer, fork = timed(self.forks, job, self.repeat, timeout)
        again, other = timed(self.fresh, job, FRESH - 1, timeout)
        steady = essence(reference) == essence(again)
        return Pair(
            name=name,
            fresh=Cost((one.wall + other.wall) / FRESH, (one.cpu + other.cpu) / FRESH),
            fork=fork,
            steady=steady,
            difference=_difference(reference, answer) if steady else "two fresh processes differ as well",
            mutants=_mutants(reference),
        )


def main() -> int:
    """Compare, and print the comparison as JSON."""
    settings = msgspec.json.decode(sys.argv[1], type=Settings)
    processor.adopt()
    root = Path(settings.checkout)
    sys.path.insert(0, settings.checkout)  # as `python -m pytest` puts it there
    fresh = ProcessSandbox(
        root,
        projects.read().projects[settings.name].pytest_options,
        layers=isolation.choose(settings.sandbox, root),
    )
    with closing(ForkserverSandbox(fresh)) as forks:
        options = projects.read().projects[settings.name].pytest_options
        compared = compare(Both(fresh, forks, settings.repeat, options), settings)
    sys.stdout.write(msgspec.json.encode(compared).decode())
    return 0


def compare(both: Both, settings: Settings) -> Comparison:
    """Each job in both, the candidates first."""
    attempts, root = jobs.tried(Path(settings.tried)), Path(settings.checkout)
    written = jobs.drawn(jobs.of_attempts(root, attempts), settings.candidates)
    wanted = max(settings.candidates - len(written), 0)
    project = projects.read().projects[settings.name]
    existing = itertools.islice(jobs.of_tests(both.fresh, project), wanted)
    proofs = [*written, *existing]
    _, first = timed(both.forks, proofs[0], 1, jobs.TIMEOUT)
    mutating = jobs.drawn(jobs.of_mutants(root, attempts), settings.mutants)
    single = [replace(job, mutants=job.mutants[:1]) for job in mutating]
    return Comparison(
        name=settings.name,
        isolation=both.forks.isolation,
        written=len(written),
        candidates=tuple(both.candidates(proofs, jobs.TIMEOUT)),
        single=tuple(both.pairs(single, MUTATING)),
        mutants=tuple(both.pairs(mutating, MUTATING)),
        first=first,
        notes=both.forks.notes,
    )


def by_hand(root: Path, job: Prove, options: Sequence[str]) -> Cost:
    """What pytest costs on the test alone, once, with the candidate in its file and pytest-cov on its source."""
    file = root / job.path
    known = file.read_bytes() if file.exists() else None
    folders = sorted({str(Path(source).parent) for source in job.measure})
    argv = [sys.executable, "-m", "pytest", *options, "-q", *(f"--cov={folder}" for folder in folders)]
    before, started = processor.used(), time.perf_counter()
    try:
        file.write_text(job.text, encoding="utf-8")
        words = [*argv, "--cov-branch", "--cov-report=", "--cov-fail-under=0", *job.tests]
        subprocess.run(words, cwd=root, capture_output=True, check=False)
        return Cost((time.perf_counter() - started) * 1000, processor.used() - before)
    finally:
        file.unlink() if known is None else file.write_bytes(known)


def timed(sandbox: Sandbox, job: Job, repeat: int, timeout: float) -> tuple[Execution, Cost]:
    """The last answer, and the mean cost."""
    before, started = processor.used(), time.perf_counter()
    for _ in range(repeat):
        execution = sandbox.execute(job, timeout=timeout)
    wall = (time.perf_counter() - started) * 1000
    return execution, Cost(wall / repeat, (processor.used() - before) / repeat)


def essence(execution: Execution) -> dict[str, object]:
    """What must be the same in both, by what it is; times and texts may differ."""
    if not isinstance(execution, Answered):
        return {"failure": execution.reason}
    answer = execution.answer
    if isinstance(answer, Mutated):
        return {"fates": {fate.id: fate.fate for fate in answer.fates}, "error": answer.error}
    assert isinstance(answer, Proved)
    return {
        "outcomes": sorted((one.nodeid, one.result) for one in answer.outcomes),
        "lines": {name: sorted(lines) for name, lines in answer.lines.items()},
        "branches": {name: sorted(branches) for name, branches in answer.branches.items()},
    }


def _difference(reference: Execution, answer: Execution) -> str:
    """The kinds of facts that differ, with the two values of the first."""
    old, new = essence(reference), essence(answer)
    kinds = [kind for kind in {**old, **new} if old.get(kind) != new.get(kind)]
    if not kinds:
        return ""
    shown = f"{old.get(kinds[0])!s:.300} in a fresh process, {new.get(kinds[0])!s:.300} in a fork"
    return f"{', '.join(kinds)} differ: {shown}"


def _mutants(execution: Execution) -> int:
    answer = execution.answer if isinstance(execution, Answered) else None
    return sum(fate.fate != "untried" for fate in answer.fates) if isinstance(answer, Mutated) else 0


if __name__ == "__main__":
    sys.exit(main())
