"""How much of what the best possible model answers gets through: it answers with the tests that were deleted.

    python tests/benchmarks/ideal.py [NAME...] --folder FOLDER [--budget 10m]

Strict recovery: of the branches that only deleted tests closed, how many are closed again. The figures are kept in
FOLDER/runs/NUMBER, `ideal.md` and `ideal.json`.
"""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Sequence

import amplified
import command
import layout
import maintainers
import measured
import msgspec
import projects
import repository
import runs
import tables
from msgspec import field
from results import Outcome, Results, pretty
from runs import Run, Settings

FIVE = ("isodate", "cachetools", "marshmallow", "python-dotenv", "asyncstdlib")


class Ideal(Outcome, frozen=True, kw_only=True):
    """A project: how many branches deleted tests closed, how many came back, tests given and kept, seconds."""

    wanted: int = 0
    back: int = 0
    given: int = 0
    candidates: int = 0
    kept: int = 0
    refused: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


class _Summary(msgspec.Struct, frozen=True):
    candidates: int = 0
    dropped: dict[str, int] = {}


def main() -> int:
    """Measure each project, and print the table."""
    parser = runs.arguments(__doc__, f"projects of projects.toml; the usual ones are {', '.join(FIVE)}")
    parser.add_argument("--budget", default="10m", help="as in --enrich-budget")
    given = parser.parse_args()
    listing = projects.read()
    settings = Settings(budget=given.budget, seed=0, more=("--enrich-with=ollama",))
    run = runs.begin(given.folder, settings, projects.ROOT / "pytest_enrich", given.run)
    kept = Results(run.place, "ideal", Ideal)
    names = projects.chosen(given.names or [name for name in FIVE if name in listing.projects], listing)
    found = kept.measure(names, lambda name: _measure(name, run, given), _told, given)
    about = f"{tables.machine()}; budget {given.budget}"
    command.say(f"\n{kept.keep(listing.projects, found, table, about)}")
    return any(one.error for one in found)


def _measure(name: str, run: Run, given: Namespace) -> Ideal:
    bench = layout.prepare(name, given.folder, projects.read())
    model = maintainers.Ideal(bench, maintainers.deleted(bench))
    place = runs.clear(run.of(name))
    checkout = repository.make(bench.ablated, place / "checkout")
    server = maintainers.Server(model)
    started = time.monotonic()
    try:
        amplified.enrich(bench, checkout, run, f"--enrich-host={server.url}")
    finally:
        server.shutdown()
        (place / "asked.json").write_bytes(pretty(model.asked))
    seconds = time.monotonic() - started
    summary = msgspec.json.decode((checkout / "enrich-suggestions" / "run.json").read_bytes(), type=_Summary)
    made = amplified.waiting(checkout)
    refused = amplified.accept(bench, checkout, run)
    before, full = measured.kept(bench, "ablated"), measured.kept(bench, "full")
    after = measured.measure(bench, checkout, place / "measured")
    wanted = before.branches - full.branches
    return Ideal(
        name=name,
        wanted=len(wanted),
        back=len(wanted - after.branches),
        given=len({nodeid for one in model.asked for nodeid in _list(one["given"])}),
        candidates=summary.candidates,
        kept=len(made),
        refused=refused,
        dropped=summary.dropped,
        seconds=seconds,
    )


def _list(value: object) -> Sequence[str]:
    return value if isinstance(value, list) else ()


def table(found: Sequence[Ideal]) -> str:
    """Markdown: a project a row, and the sum."""
    rows = [_row(one) for one in found if not one.error]
    wanted, back = sum(one.wanted for one in found), sum(one.back for one in found)
    rows.append(("all", f"{back} of {wanted}", tables.share(back / wanted if wanted else None), "", "", ""))
    headings = ("project", "branches back", "strict", "tests given", "candidates, kept, refused", "s")
    lost = [f"{one.name}: {tables.counted(one.dropped)}." for one in found if one.dropped]
    failed = [f"{one.name} FAILED: {one.error}" for one in found if one.error]
    return "\n".join([tables.markdown(headings, rows), "", *lost, *failed])


def _row(one: Ideal) -> tuple[str, ...]:
    share = tables.share(one.back / one.wanted if one.wanted else None)
    fates = f"{one.candidates}, {one.kept}, {one.refused}"
    return (one.name, f"{one.back} of {one.wanted}", share, str(one.given), fates, f"{one.seconds:.0f}")


def _told(one: Ideal) -> str:
    return f"{one.back} of {one.wanted} branches, {one.kept} kept, {one.seconds:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
