"""What a local model adds to real projects, beside the same model with the plain prompt and beside no model.

    python tests/benchmarks/models.py NAME... --folder FOLDER --model MODEL [--host HOST] [--budget 8m] [--arm ARM]

Each arm begins with the same suite, half of which is deleted, and has the same time. The figures are kept in
FOLDER/runs/NUMBER: `models.md` and `models.json` for all projects. An arm that is there is not measured again, so
the same command goes on with what was interrupted.
"""

from __future__ import annotations

import sys
import time
from argparse import Namespace

import amplified
import arms
import command
import layout
import measured
import msgspec
import plainly
import projects
import repository
import runs
import tables
from arms import ARMS, PLAIN, Arm, Measured, Summary
from contests import green
from judging import Judge
from msgspec import Struct
from projects import Bench
from results import Results
from runs import Run, Settings
from shelf import Shelf

from pytest_enrich.config import seconds as seconds_of


def main() -> int:
    """Measure each project, and print the table."""
    parser = runs.arguments(__doc__)
    parser.add_argument("--model", required=True, help="the exact name")
    parser.add_argument("--host", default="http://127.0.0.1:11434", help="as in --enrich-host")
    parser.add_argument("--budget", default="8m", help="of each arm, as in --enrich-budget")
    parser.add_argument("--seed", type=int, default=0, help="as in --enrich-seed")
    parser.add_argument(
        "--arm", action="append", choices=ARMS, help="one of them only (repeat); the default is all"
    )
    given = parser.parse_args()
    listing = projects.read()
    more = (f"--enrich-host={given.host}", f"--enrich-model={given.model}")
    settings = Settings(budget=given.budget, seed=given.seed, more=more)
    run = runs.begin(given.folder, settings, projects.ROOT / "pytest_enrich", given.run)
    kept = Results(run.place, "models", Measured)
    names = projects.chosen(given.names, listing)
    about = f"{tables.machine()}; {given.model}, budget {given.budget} for each arm, seed {given.seed}"
    every = Namespace(**{**vars(given), "again": True})  # what is there is looked at arm by arm
    found = kept.measure(names, lambda name: _measure(name, run, given), _told, every)
    command.say(f"\n{kept.keep(listing.projects, found, arms.table, about)}")
    return any(one.error for one in found)


def _measure(name: str, run: Run, given: Namespace) -> Measured:
    bench = layout.prepare(name, given.folder, projects.read())
    shelf = Shelf(run.of(name))
    if given.again or shelf.begun() is None:
        base = green(bench, layout.copy(bench.ablated, runs.clear(shelf.place) / "base"), shelf.place)
        place = shelf.place / "before"
        before = measured.measure(bench, layout.copy(base, place / "checkout"), place)
        shelf.begin(before.branches)
    missing = shelf.begun() or frozenset()
    contest = _Contest(bench=bench, run=run, missing=missing, given=given)
    for arm in given.arm or ARMS:
        if shelf.read(arm) is None:
            command.say(f"{name}: {arm}, {given.budget} ...")
            shelf.write(arm, contest.plain() if arm == PLAIN else contest.ours(arm))
    known = ((arm, shelf.read(arm)) for arm in ARMS)
    return Measured(name=name, missing=len(missing), arms={arm: one for arm, one in known if one is not None})


class _Contest(Struct, frozen=True, kw_only=True):
    """One project, for all arms."""

    bench: Bench
    run: Run
    missing: frozenset[measured.Branch]
    given: Namespace

    def ours(self, proposers: str) -> Arm:
        """pytest-enrich with these proposers."""
        place = self.run.of(self.bench.name)
        checkout = repository.make(place / "base", runs.clear(place / proposers.replace(",", "-")) / "checkout")
        started = time.monotonic()
        amplified.enrich(self.bench, checkout, self.run, f"--enrich-with={proposers}")
        seconds = time.monotonic() - started
        written = (checkout / "enrich-suggestions" / "run.json").read_bytes()
        refused = amplified.accept(self.bench, checkout, self.run)
        after = measured.measure(self.bench, checkout, checkout.parent / "measured")
        new = self.missing - after.branches
        return arms.of_summary(msgspec.json.decode(written, type=Summary), refused, new, seconds)

    def plain(self) -> Arm:
        """The same model with the plain prompt; its tests are judged by the benchmark: steady, and gaining."""
        place = runs.clear(self.run.of(self.bench.name) / "plain")
        base, project = self.run.of(self.bench.name) / "base", self.bench.project
        wanted = plainly.functions(base, project.pythonpath, self.missing)
        asked = plainly.ask(self.given.host, self.given.model, wanted, seconds_of(self.given.budget))
        judge = Judge(bench=self.bench, checkout=base, missing=self.missing, scratch=place / "judged")
        added = judge.added(asked.texts, asked.seconds)
        return Arm(
            candidates=added.written,
            valid=added.valid,
            passing=added.passing,
            stable=added.kept,
            gaining=added.adding,
            kept=added.adding,
            branches=added.branches,
            seconds=asked.seconds,
            tokens=asked.tokens,
            questions=asked.questions,
            server=asked.server,
            waited=asked.seconds,
        )


def _told(one: Measured) -> str:
    return ", ".join(f"{name}: {arm.branches} branches" for name, arm in one.arms.items())


if __name__ == "__main__":
    sys.exit(main())
