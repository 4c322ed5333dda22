"""How much of a deleted half of a test suite comes back, on one project."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import command
import figures
import layout
import measured
import msgspec
import parametrized
import repository
import runs
from figures import Result
from msgspec import Struct
from projects import Bench, Listing
from runs import Run

HOUR = 3600.0
REFUSED = 3
"""What `accept` ends with when it refused some."""


class _Gap(Struct, frozen=True):
    path: str
    qualname: str


class _Test(Struct, frozen=True):
    code: str


class _Origin(Struct, frozen=True):
    proposer: str


class Suggestion(Struct, frozen=True):
    """What is needed of a `suggestion.json`."""

    id: str
    kind: str
    grade: str
    title: str
    look: str
    gap: _Gap
    test: _Test
    origin: _Origin


class Summary(Struct, frozen=True):
    """What is needed of a `run.json`."""

    candidates: int = 0
    grades: dict[str, int] = {}
    stopped: str = ""
    isolation: str = ""
    notes: tuple[str, ...] = ()
    seconds: dict[str, float] = {}


def result(name: str, folder: Path, listing: Listing, run: Run) -> Result:
    """The figures of one project.

    Raises:
        command.CommandError: pytest, `accept`, git or coverage failed, or the run did not come to its end.
    """
    bench, place = layout.prepare(name, folder, listing), runs.clear(run.of(name))
    checkout = repository.make(bench.ablated, run.checkout(name))
    started = time.monotonic()
    summary = enrich(bench, checkout, run)
    seconds = time.monotonic() - started
    dirty, made = repository.changes(checkout), waiting(checkout)
    (place / "suggestions.md").write_text(_readable(bench.name, made), encoding="utf-8")
    refused = accept(bench, checkout, run)
    before, full = measured.kept(bench, "ablated"), measured.kept(bench, "full")
    invited, meant = _invited(bench, made, before)
    added = repository.added(checkout, place / "accepted.patch")
    after = measured.measure(bench, checkout, place / "measured")
    return Result(
        name=bench.name,
        kinds=dict(Counter(one.kind for one in made)),
        proposers=dict(Counter(one.origin.proposer for one in made)),
        grades=dict(Counter(one.grade for one in made)),
        candidates=summary.candidates,
        graded=summary.grades,
        refused=refused,
        invited=invited,
        meant=meant,
        recovery=figures.recovery(before, after, full),
        added=added,
        blank=repository.blank(place / "accepted.patch"),
        seconds=seconds,
        first=summary.seconds.get("first"),
        own=summary.seconds.get("total", 0.0),
        stopped=summary.stopped,
        isolation=summary.isolation,
        notes=summary.notes,
        dirty=dirty,
        suite=after.outcome,
        passed=after.passed,
    )


def waiting(checkout: Path) -> tuple[Suggestion, ...]:
    """The suggestions in a checkout that nobody has decided on, by id; possible bugs cannot be accepted."""
    files = sorted((checkout / "enrich-suggestions" / "pending").glob("*/suggestion.json"))
    read = (msgspec.json.decode(file.read_bytes(), type=Suggestion) for file in files)
    return tuple(one for one in read if one.kind != "bug")


def enrich(bench: Bench, checkout: Path, run: Run, *more: str) -> Summary:
    """Run the project's suite with `--enrich`, and `more` arguments.

    Raises:
        command.CommandError: A test failed, or the run did not come to its end.
    """
    settings = run.settings
    ours = ("--enrich", "--enrich-max=0", f"--enrich-budget={settings.budget}", f"--enrich-seed={settings.seed}")
    argv = [str(bench.python), *bench.project.pytest, *ours, *settings.more, *more]
    ended = command.run(argv, cwd=checkout, env=bench.environment(checkout, run.package), timeout=HOUR)
    (checkout.parent / "enrich.log").write_text(ended.output, encoding="utf-8")
    written = checkout / "enrich-suggestions" / "run.json"
    # The plugin's own failures do not change pytest's status: without a summary nothing was measured.
    if ended.status or not written.exists():
        raise command.CommandError(f"pytest --enrich ended with status {ended.status}\n{ended.end}")
    return msgspec.json.decode(written.read_bytes(), type=Summary)


def accept(bench: Bench, checkout: Path, run: Run) -> int:
    """Accept all that waits; returns how many were refused."""
    made = waiting(checkout)
    if not made:
        return 0
    argv = [str(bench.python), "-m", "pytest_enrich", "accept", *(one.id for one in made)]
    env = bench.environment(checkout, run.package)
    ended = command.check(argv, cwd=checkout, env=env, timeout=HOUR, allowed=(0, REFUSED))
    (checkout.parent / "accept.log").write_text(ended.output, encoding="utf-8")
    return len(waiting(checkout))


def _invited(bench: Bench, made: Sequence[Suggestion], before: measured.Missing) -> tuple[int, int]:
    """How many suggestions are rows, or might have been: parametrized tests run that function; or name it, too."""
    tests = parametrized.tests(bench.project.test_files(bench.ablated))

    def invitation(one: Suggestion) -> tuple[bool, bool]:
        path = bench.ablated / one.gap.path
        names = (one.gap.qualname, *parametrized.called(path, one.test.code))
        contexts = before.contexts.get(one.gap.path, {})
        found = [(name, parametrized.running(path, name, contexts, tests)) for name in names]
        is_named = any(_is_on(tests[test], name) for name, running in found for test in running)
        return one.kind == "row" or any(running for _, running in found), one.kind == "row" or is_named

    each = [invitation(one) for one in made]
    return sum(runs for runs, _ in each), sum(names for _, names in each)


def _is_on(names: frozenset[str], qualname: str) -> bool:
    """Whether a test with these names in it is on a function; of operators nobody writes the name."""
    name = qualname.rpartition(".")[2]
    return name in names or (name.startswith("__") and name.endswith("__"))


def _readable(name: str, made: Sequence[Suggestion]) -> str:
    parts = [f"# {name}: {len(made)} suggestions"]
    for one in made:
        facts = f"{one.kind}, {one.grade}; `{one.gap.path}`, `{one.gap.qualname}`"
        code = f"```python\n{one.test.code.rstrip()}\n```"
        parts.append(f"## {one.id}\n\n{one.title}\n\n{facts}\n\n{code}\n\n{one.look}")
    return "\n\n".join(parts) + "\n"
