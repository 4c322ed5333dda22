"""How much of a deleted half of a test suite comes back without any model, on real projects.

    python tests/benchmarks/recovery.py [NAME...] --folder FOLDER [--budget 5m] [--seed 0]

The figures are kept in FOLDER/runs/NUMBER: `recovery.md` and `recovery.json` for all projects, and for each the
checkout after accepting all, what was printed, and `suggestions.md` for those who want to read them. The last run
is gone on with when budget, seed and pytest-enrich itself are the same, else a new one is begun.
"""

from __future__ import annotations

import sys

import amplified
import command
import figures
import projects
import runs
import tables
from figures import Result
from results import Results
from runs import Settings


def main() -> int:
    """Run on each project, and print the table."""
    parser = projects.listed(runs.arguments(__doc__))
    parser.add_argument("--budget", default="5m", help="as in --enrich-budget")
    parser.add_argument("--seed", type=int, default=0, help="as in --enrich-seed")
    parser.add_argument("--pytest", action="append", default=[], metavar="ARG", help="one more argument (repeat)")
    ours = projects.ROOT / "pytest_enrich"
    parser.add_argument("--package", type=projects.absolute, default=ours, help="another pytest_enrich to run")
    given = parser.parse_args()
    listing = projects.read(given.list)
    names = projects.chosen(given.names, listing)
    settings = Settings(budget=given.budget, seed=given.seed, more=("--enrich-model=none", *given.pytest))
    run = runs.begin(given.folder, settings, given.package, given.run)
    about = f"{tables.machine()}; budget {settings.budget}, seed {settings.seed}"
    kept = Results(run.place, "recovery", Result)
    found = kept.measure(names, lambda name: amplified.result(name, given.folder, listing, run), _told, given)
    command.say(f"\n{kept.keep(listing.projects, found, figures.table, about)}")
    return any(one.error for one in found)


def _told(one: Result) -> str:
    return f"{one.suggestions} suggestions, {one.seconds:.0f} s; {one.suite}"


if __name__ == "__main__":
    sys.exit(main())
