"""`pytest-enrich hook --push`: a run about the lines that are pushed, in given time, on tests that touch them."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from pytest_enrich import changes
from pytest_enrich.commands import hook, pytest_run
from pytest_enrich.commands.output import say
from pytest_enrich.config import Budget
from pytest_enrich.data import ChangedPart, Changes, RunSummary
from pytest_enrich.reporters.words import counted, duration, visible, visible_lines
from pytest_enrich.store import Store

THINKING = 0.5
_FOUND = 1
_SHOWN = 3
_SHORT = 10
_ID = re.compile(r"[0-9a-f]{40,64}")
_TEST_NAME = re.compile(r"(test_.*|.*_test|conftest)\.py")
# What git itself would push to comes first; in a clone, where the default branch is.
_NEAREST = ("@{push}", "@{upstream}", "origin/HEAD")


class Asked(Struct, frozen=True, kw_only=True):
    """What to compare with, or why nothing can be looked for."""

    since: str = ""
    problem: str = ""


def run(store: Store, budget: Budget, since: str | None, fail_on: Collection[str]) -> int:
    """Look for tests and say what came of it; 1 when something that `fail_on` names was found.

    A `budget` in seconds is for all of it, tests included; one in executions has no end in time.

    Raises:
        EnrichError: git, or the suggestions folder, cannot be used.
    """
    asked = pushed(store.rootdir, os.environ, since)
    changed = changes.since(store.rootdir, asked.since) if not asked.problem else Changes(since="")
    if all(_is_test(path) for path in changed.lines):
        what = "Only tests" if changed.lines else "No Python file"
        say(asked.problem or f"{what} changed since {visible(asked.since)}: nothing to look for.")
        return 0
    if "gaps" in fail_on:
        store.prepare()  # else a run that writes no suggestion leaves no word of what it saw
    before = store.read_run()
    outcome = _run(store, changed, budget)
    made = store.read_run()
    part = made.changed if made is not None and made != before else None
    say(_result(made, part) if made and part else _reason(outcome, budget))
    waiting = hook.concerning(store.pending(), changed.lines) if store.exists() else []
    failed = [name for name, found in (("pending", waiting), ("gaps", part and part.functions)) if found]
    failed = [name for name in failed if name in fail_on]
    say(_ending(failed, waiting=bool(waiting)))
    return _FOUND if failed else 0


def pushed(rootdir: Path, environment: Mapping[str, str], since: str | None) -> Asked:
    """What to compare with: what was given, what pre-commit says, or the branch that a push would go to."""
    if since:
        return Asked(since=since)
    to = environment.get("PRE_COMMIT_TO_REF", "")
    if to and changes.resolved(rootdir, to) != changes.head(rootdir):
        return Asked(
            problem="What is pushed is not what is checked out: nothing was looked for. Your push goes on."
        )
    for name in (environment.get("PRE_COMMIT_FROM_REF", ""), *_NEAREST):
        if changes.resolved(rootdir, name):
            return Asked(since=name[:_SHORT] if _ID.fullmatch(name) else name)
    return Asked(problem="No earlier commit to compare with: nothing was looked for. Name one:  --since REF")


def tests(
    changed: Iterable[str], touching: Mapping[str, Sequence[str]], known: Collection[str]
) -> tuple[str, ...]:
    """The test files to run for these files; none says that all have to.

    Args:
        changed: Relative to rootdir.
        touching: For each source file the test files that ran any of it in the last run of the whole suite.
        known: The test files that are there.
    """
    found: set[str] = set()
    for path in changed:
        names = set(_names(path))
        found |= (
            {path} if PurePosixPath(path).name != "conftest.py" and _is_test(path) else set(touching.get(path, ()))
        )
        found |= {one for one in known if PurePosixPath(one).name in names}
    return tuple(sorted(found & set(known)))


def _run(store: Store, changed: Changes, budget: Budget) -> pytest_run.Outcome:
    known = changes.named(store.rootdir, *_patterns(store.read_tests(), changed.lines))
    chosen = tests(changed.lines, store.read_tests(), known)
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        limits = [f"--enrich-since={changed.since}", f"--enrich-budget={_part(budget)}"]
        private = ["-o", f"cache_dir={scratch}/cache"]  # what `--lf` remembers is of the user's own runs
        return pytest_run.within(
            store,
            ["--no-header", "--enrich", *limits, *private, *(f"./{one}" for one in chosen)],
            budget.seconds,
            changes.environment(os.environ),
        )


def _part(budget: Budget) -> Budget:
    """What of it is for thinking; the start, the tests and the last proofs need the rest."""
    return budget if budget.seconds is None else Budget(seconds=max(1.0, round(budget.seconds * THINKING)))


def _patterns(touching: Mapping[str, Sequence[str]], changed: Iterable[str]) -> set[str]:
    """Names of the test files that may be chosen."""
    noted = {PurePosixPath(name).name for names in touching.values() for name in names}
    return noted | {name for path in changed for name in (*_names(path), PurePosixPath(path).name)}


def _names(path: str) -> tuple[str, str]:
    pure = PurePosixPath(path)
    stem = pure.parent.name if pure.stem == "__init__" else pure.stem
    return f"test_{stem}.py", f"{stem}_test.py"


def _is_test(path: str) -> bool:
    return _TEST_NAME.fullmatch(PurePosixPath(path).name) is not None


def _result(made: RunSummary, part: ChangedPart) -> str:
    verb = "has" if part.missing == 1 else "have"
    lines = f"{_functions(part)}{part.missing} of {counted(part.lines, 'changed line')} {verb} no test."
    if made.stopped == "enough waiting" and not made.suggestions:
        wait = "waits" if made.waiting == 1 else "wait"
        return f"{lines} {counted(made.waiting, 'suggestion')} {wait} already, so no test was looked for."
    count = len(made.suggestions)
    written = f"{counted(count, 'suggestion')} written" if count else "No suggestion"
    return f"{lines} {written} in {duration(made.seconds.get('total', 0.0))}."


def _functions(part: ChangedPart) -> str:
    """`shipping(), Cart.add(): `, the first few."""
    names = [name.partition("::")[2] for name in part.functions]
    shown = [f"{visible(name)}()" for name in names if name][:_SHOWN]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return f"{', '.join(shown)}{more}: " if shown else ""


def _reason(outcome: pytest_run.Outcome, budget: Budget) -> str:
    """Why there was no run, or that it had nothing to do: in the run's own words."""
    tests, title, told = outcome.output.partition(" enrich ==")
    if title:
        lines = told.partition("\n")[2].splitlines()
        return visible_lines("\n".join(line for line in lines if not line.startswith("coverage  ")).strip())
    if outcome.late:
        return f"The tests took longer than {budget}: nothing was looked for. More time:  --budget TIME"
    ours = [line for line in tests.splitlines() if line.startswith("enrich: ") and "partial run" not in line]
    return visible(ours[-1] if ours else outcome.last_line)


def _ending(failed: Sequence[str], *, waiting: bool) -> str:
    first = f"Your push is held up: --fail-on {', '.join(failed)}." if failed else "Your push goes on."
    return f"{first} Review when you like:  {hook.NEXT}" if waiting else first
