"""Milliseconds per candidate and per mutant, in a fresh process and in a fork, for the same ones in one run.

    python tests/benchmarks/sandboxes.py [NAME...] --folder FOLDER [--run NUMBER] [--candidates 30]

The candidates are drawn from those that a run of `recovery.py` tried, and from existing tests of the project when
those are fewer than `--candidates`. Each is proven alone, with the lines and branches of the source that it is
for, by both sandboxes in turn, and must end alike: same outcomes, same executed lines, same executed branches.
The mutants are those of the functions that kept candidates are for; they must meet the same fates. Linux only.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import command
import layout
import msgspec
import projects
import runs
import tables
from comparison import Comparison, Cost, Pair, Settings
from results import Results

COMPARISON = Path(__file__).with_name("comparison.py")


def main() -> int:
    """Compare on each project, and print the tables."""
    parser = runs.arguments(__doc__)
    parser.add_argument("--candidates", type=int, default=30, help="how many, existing tests included")
    parser.add_argument("--mutants", type=int, default=10, help="of so many candidates at most")
    parser.add_argument("--repeat", type=int, default=5, help="in forks: the kernel counts in steps of 10 ms")
    parser.add_argument("--sandbox", choices=("auto", "strict", "process"), default="auto")
    given = parser.parse_args()
    listing = projects.read()
    run = runs.find(given.folder, given.run)
    kept, machine = Results(run.place, "sandboxes", Comparison), tables.machine()

    def compared(name: str) -> Comparison:
        bench = layout.prepare(name, given.folder, listing)
        checkout = layout.copy(bench.ablated, run.of(name) / "sandboxes")
        settings = Settings(
            name=name,
            checkout=str(checkout),
            tried=str(run.checkout(name)),
            candidates=given.candidates,
            mutants=given.mutants,
            repeat=given.repeat,
            sandbox=given.sandbox,
        )
        argv = [str(bench.python), str(COMPARISON), msgspec.json.encode(settings).decode()]
        ended = command.check(argv, cwd=checkout, env=bench.environment(checkout, run.package))
        return msgspec.json.decode(ended.output.splitlines()[-1], type=Comparison)

    names = run.finished(projects.chosen(given.names, listing))
    found = kept.measure(names, compared, _told, given)
    command.say(f"\n{kept.keep(listing.projects, found, table, machine)}")
    return any(one.error or _differing(one) for one in found)


def _told(one: Comparison) -> str:
    return f"{len(one.candidates)} candidates, {len(one.mutants)} with mutants"


def _differing(one: Comparison) -> list[Pair]:
    return [pair for pair in (*one.candidates, *one.mutants) if pair.steady and pair.difference]


def table(results: Sequence[Comparison]) -> str:
    """Two Markdown tables, and each difference on a line."""
    good = [one for one in results if not one.error]
    lines = [tables.markdown(_OF_CANDIDATES, [row for one in good for row in _candidate_rows(one)]), ""]
    lines += [tables.markdown(_OF_MUTANTS, [row for one in good for row in _mutant_rows(one)]), ""]
    lines += [f"{one.name} FAILED: {one.error}" for one in results if one.error]
    for one in good:
        first = f"the first fork, with the start of the process that forks, {one.first.wall:.0f} ms"
        lines.append(f"{one.name}: isolation {one.isolation}; {first}")
        lines += [f"{one.name}: {note}" for note in one.notes]
        pairs = (*one.candidates, *one.mutants)
        lines += [f"{one.name}: {pair.name}: {pair.difference}" for pair in pairs if pair.difference]
    return "\n".join(lines)


_OF_CANDIDATES = (
    "project", "candidates", "", "wall, ms", "CPU, ms", "wall: ratio of medians", "median of ratios",
    "CPU: ratio of medians", "median of ratios", "identical",
)  # fmt: skip
"""The ratios are the row's costs over those of a fork."""
_OF_MUTANTS = (
    "project", "mutants", "", "wall, ms a mutant", "CPU, ms a mutant", "a second and core",
    "CPU, ms each after the first", "a second and core", "identical",
)  # fmt: skip


def _candidate_rows(one: Comparison) -> Iterator[tuple[str, ...]]:
    pairs = one.candidates
    told = f"{len(pairs)} ({one.written} of the run, {len(pairs) - one.written} existing tests)"
    costs = [[_spread([side(pair) for pair in pairs], what) for what in _BOTH] for side in (_plain, *_SIDES)]
    by_hand, fresh = (
        [number for what in _BOTH for number in _ratios(pairs, side, what)] for side in (_plain, _fresh)
    )
    yield (one.name, told, "pytest by hand", *costs[0], *by_hand, "")
    yield ("", "", "fresh process", *costs[1], *fresh, "")
    yield ("", "", "fork", *costs[2], "", "", "", "", _identical(pairs))


def _ratios(pairs: Sequence[Pair], side: Callable[[Pair], Cost], what: Callable[[Cost], float]) -> tuple[str, str]:
    """How many times cheaper a fork is: by the medians of both, and for the median candidate."""
    other, fork = ([what(one(pair)) for pair in pairs] for one in (side, _fork))
    of_medians = statistics.median(other) / max(statistics.median(fork), LEAST)
    single = [old / max(new, LEAST) for old, new in zip(other, fork, strict=True)]
    return f"{of_medians:.1f}", f"{statistics.median(single):.1f}"


def _mutant_rows(one: Comparison) -> Iterator[tuple[str, ...]]:
    number = sum(pair.mutants for pair in one.mutants)
    if not number:
        return
    told = f"{number} (of {len(one.mutants)} candidates)"
    fresh, fork = (_each([*map(side, one.single)], [*map(side, one.mutants)], number) for side in _SIDES)
    yield (one.name, told, "fresh process", *fresh, "")
    yield ("", "", "fork", *fork, _identical(one.mutants))


def _each(single: Sequence[Cost], costs: Sequence[Cost], number: int) -> tuple[str, ...]:
    """Of a mutant, all in: wall and processor time, how many a second of that; then of each after the first."""
    wall, cpu = (sum(map(what, costs)) / number for what in _BOTH)
    further = (sum(map(_cpu, costs)) - sum(map(_cpu, single))) / max(number - len(costs), 1)
    return f"{wall:.1f}", f"{cpu:.1f}", _rate(cpu), f"{further:.1f}", _rate(further)


def _rate(milliseconds: float) -> str:
    return f"{1000 / max(milliseconds, LEAST):.0f}"


def _spread(costs: Sequence[Cost], what: Callable[[Cost], float]) -> str:
    return tables.spread([what(cost) for cost in costs])


def _identical(pairs: Sequence[Pair]) -> str:
    steady = [pair for pair in pairs if pair.steady]
    told = f"{sum(not pair.difference for pair in steady)} of {len(steady)}"
    return told if len(steady) == len(pairs) else f"{told}; {len(pairs) - len(steady)} differ from themselves"


def _wall(cost: Cost) -> float:
    return cost.wall


def _cpu(cost: Cost) -> float:
    return cost.cpu


def _plain(pair: Pair) -> Cost:
    return pair.plain


def _fresh(pair: Pair) -> Cost:
    return pair.fresh


def _fork(pair: Pair) -> Cost:
    return pair.fork


LEAST = 0.1
"""Milliseconds: what is less cannot be told from nothing."""
_BOTH: tuple[Callable[[Cost], float], ...] = (_wall, _cpu)
_SIDES: tuple[Callable[[Pair], Cost], ...] = (_fresh, _fork)


if __name__ == "__main__":
    sys.exit(main())
