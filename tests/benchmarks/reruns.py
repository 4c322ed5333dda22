"""Whether accepted tests are steady: the suite again and again, in other orders and with other hash seeds.

    python tests/benchmarks/reruns.py [NAME...] --folder FOLDER [--run NUMBER] [--times 50]

For each project of a run that `recovery.py` left: the whole suite with the accepted tests in it, and the accepted
tests without the others, `--times` each; then each accepted test in a process of its own. What fails in the suite
is run in the same order without the accepted tests: what fails there too was flaky before.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import command
import layout
import projects
import runs
import tables
from msgspec import Struct
from projects import Bench
from results import Outcome, Results
from runs import Run
from suite import Suite, function


class Failure(Struct, frozen=True, kw_only=True):
    """A test that failed: where (`suite`, `accepted` or `own process`), in which order, and how."""

    nodeid: str
    where: str
    order: str
    detail: str


class Steadiness(Outcome, frozen=True, kw_only=True):
    """What the reruns of one project came to; `before` failed without the accepted tests as well."""

    accepted: tuple[str, ...] = ()
    times: int = 0
    failures: tuple[Failure, ...] = ()
    before: tuple[Failure, ...] = ()


def main() -> int:
    """Rerun each project that has accepted tests, and print the table."""
    parser = projects.listed(runs.arguments(__doc__))
    parser.add_argument("--times", type=int, default=50, help="of each kind")
    given = parser.parse_args()
    listing = projects.read(given.list)
    run = runs.find(given.folder, given.run)
    names = run.finished(projects.chosen(given.names, listing))
    kept, machine = Results(run.place, "reruns", Steadiness), tables.machine()
    found = kept.measure(
        names,
        lambda name: _steadiness(layout.prepare(name, given.folder, listing), run, given.times),
        _told,
        given,
    )
    command.say(f"\n{kept.keep(listing.projects, found, table, machine)}")
    return any(one.failures or one.error for one in found)


def _told(one: Steadiness) -> str:
    return f"{len(one.accepted)} accepted, {one.times} times, {len(one.failures)} failures"


def accepted(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    """The node ids that accepting added.

    Some suites number the cases of a function in an order that is another in each process: only a function that
    has more cases than before has new ones.
    """
    known = tuple(before)
    counts, now = Counter(map(function, known)), Counter(map(function, names := tuple(after)))
    return tuple(one for one in names if one not in known and now[function(one)] > counts[function(one)])


def is_ours(nodeid: str, new: Iterable[str], failed_before: Mapping[str, str]) -> bool:
    """Whether a failure counts: it is an accepted test's, or a test's that does not fail without those."""
    return nodeid in new or function(nodeid) not in set(map(function, failed_before))


def _steadiness(bench: Bench, run: Run, times: int) -> Steadiness:
    scratch = run.of(bench.name) / "reruns"
    with_them = Suite(bench, layout.copy(run.checkout(bench.name), scratch / "with"), scratch)
    without = Suite(bench, layout.copy(bench.ablated, scratch / "without"), scratch)
    return _repeat(with_them, without, times)


def _repeat(with_them: Suite, without: Suite, times: int) -> Steadiness:
    collect = ("--collect-only", "-q")
    known, all_of_them = (one.run("file:0", 0, more=collect).collected for one in (without, with_them))
    new = accepted(known, all_of_them)
    functions = tuple(sorted(set(map(function, new))))
    ours: list[Failure] = []
    before: list[Failure] = []
    for seed in range(1, times + 1 if functions else 1):
        order = f"{'file' if seed % 2 else 'function'}:{seed}"
        failed = with_them.run(order, seed).failed
        failed_before = without.run(order, seed).failed if failed else {}
        for one in _failures(failed, "suite", order):
            (ours if is_ours(one.nodeid, new, failed_before) else before).append(one)
        ours += _failures(with_them.run(order, seed, functions).failed, "accepted", order)
    for name in functions:
        ours += _failures(with_them.run("file:0", 0, (name,)).failed, "own process", "file:0")
    return Steadiness(
        name=with_them.bench.name, accepted=new, times=times, failures=tuple(ours), before=tuple(before)
    )


def _failures(failed: Mapping[str, str], where: str, order: str) -> list[Failure]:
    return [Failure(nodeid=nodeid, where=where, order=order, detail=detail) for nodeid, detail in failed.items()]


def table(results: Sequence[Steadiness]) -> str:
    """A Markdown table, and each failure on a line."""
    headings = ("project", "accepted tests", "runs of each kind", "failures", "failures without them too")
    rows = [
        (one.name, str(len(one.accepted)), str(one.times), str(len(one.failures)), str(len(one.before)))
        for one in results
        if not one.error
    ]
    lines = [tables.markdown(headings, rows), ""]
    lines += [f"{one.name} FAILED: {one.error}" for one in results if one.error]
    for one in results:
        counts = Counter((failure.nodeid, failure.where) for failure in one.failures)
        lines += [f"{one.name}: {nodeid} ({where}): {number} times" for (nodeid, where), number in counts.items()]
        lines += [f"{one.name}, before: {nodeid}" for nodeid in sorted({failure.nodeid for failure in one.before})]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
