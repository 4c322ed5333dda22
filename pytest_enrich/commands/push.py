"""What a push is about: the commit to compare with, and the tests that touch the changed files."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from msgspec import Struct

from pytest_enrich import changes
from pytest_enrich.commands import hook, pytest_run
from pytest_enrich.commands.project import say
from pytest_enrich.config import Budget
from pytest_enrich.data import ChangedPart, Changes, RunSummary
from pytest_enrich.reporters.words import counted, duration, visible, visible_lines
from pytest_enrich.store import Store, last_run

_SHORT = 10
_MOST = 500  # files that a command line names
_ID = re.compile(r"[0-9a-f]{40,64}")
_TEST_NAME = re.compile(r"(test_.*|.*_test|conftest)\.py")
# What git itself would push to comes first; for a new branch of a clone, where the default branch is. A repository
# that was pushed and never cloned has no origin/HEAD.
_NEAREST = ("@{push}", "@{upstream}", "origin/HEAD", "origin/main", "origin/master")
THINKING = 0.5
_FOUND = 1
_WRONG_USE = 4  # of pytest's statuses
_SHOWN = 3


class Asked(Struct, frozen=True, kw_only=True):
    """What to compare with, or why nothing can be looked for."""

    since: str = ""
    problem: str = ""


def asked_by_git(rootdir: Path, environment: Mapping[str, str], since: str | None) -> Asked:
    """What to compare with: what was given, what pre-commit says, or the branch that a push would go to.

    Raises:
        UsageError: There is no git, or no repository.
    """
    if since:
        return Asked(since=since)
    changes.check_base(rootdir)
    to = environment.get("PRE_COMMIT_TO_REF", "")
    if to and changes.resolved(rootdir, to) != changes.head(rootdir):
        return Asked(problem="What is pushed is not what is checked out: nothing was looked for.")
    for name in (environment.get("PRE_COMMIT_FROM_REF", ""), *_NEAREST):
        if changes.resolved(rootdir, name):
            return Asked(since=name[:_SHORT] if _ID.fullmatch(name) else name)
    return Asked(problem="No earlier commit to compare with: nothing was looked for. Name one:  --since REF")


def pushed_tests(
    rootdir: Path, changed: Collection[str], touching: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """The test files to run for these files, relative to rootdir; none (of too many, too) says that all have to.

    Args:
        rootdir: The project's.
        changed: Relative to it.
        touching: For each source file the test files that ran any of it in the last run of the whole suite.
    """
    names = {PurePosixPath(name).name for files in touching.values() for name in files}
    names |= {name for path in changed for name in (*_namesakes(path), PurePosixPath(path).name)}
    chosen = choose_pushed(changed, touching, changes.named(rootdir, names))
    return chosen if len(chosen) <= _MOST else ()


def choose_pushed(
    changed: Iterable[str], touching: Mapping[str, Sequence[str]], known: Collection[str]
) -> tuple[str, ...]:
    """Of the `known` files the changed tests, those that touch a changed source, and those named after one."""
    found: set[str] = set()
    for path in changed:
        if not is_test(path):
            found |= {
                *touching.get(path, ()),
                *(one for one in known if PurePosixPath(one).name in _namesakes(path)),
            }
        elif PurePosixPath(path).name != "conftest.py":
            found.add(path)
    return tuple(sorted(found & set(known)))


def is_test(path: str) -> bool:
    """Whether it is named like a file of tests, or of their fixtures."""
    return _TEST_NAME.fullmatch(PurePosixPath(path).name) is not None


def _namesakes(path: str) -> tuple[str, str]:
    pure = PurePosixPath(path)
    stem = pure.parent.name if pure.stem == "__init__" else pure.stem
    return f"test_{stem}.py", f"{stem}_test.py"


def run(store: Store, budget: Budget, since: str | None, fail_on: Collection[str]) -> int:
    """Look for tests and say what came of it; 1 when something that `fail_on` names was found.

    A `budget` in seconds is for all of it, tests included; one in executions has no end in time.

    Raises:
        EnrichError: git, or the suggestions folder, cannot be used.
    """
    asked = asked_by_git(store.rootdir, os.environ, since)
    if asked.problem:
        say(asked.problem)
        return 0
    changed = changes.since(store.rootdir, asked.since)
    if all(is_test(path) for path in changed.lines):
        what = "Only tests" if changed.lines else "No Python file"
        say(f"{what} changed since {visible(asked.since)}: nothing to look for.")
        return 0
    if "gaps" in fail_on:
        store.prepare()  # else a run that writes no suggestion leaves no word of what it saw
        last_run.write_tests(
            store, last_run.read_tests(store)
        )  # nor does one that cannot write: it is found out now
    return _judge(store, changed, _look(store, changed, budget), fail_on)


def _look(store: Store, changed: Changes, budget: Budget) -> ChangedPart | None:
    """Have a run look for tests, and say what it saw; answers that, None when there was no run."""
    before = last_run.read(store)
    outcome = _run(store, changed, budget)
    made = last_run.read(store)
    if made is None or made == before or made.changed is None:
        say(_reason(outcome, budget))
        return None
    say(_result(made, made.changed))
    return made.changed


def _judge(store: Store, changed: Changes, seen: ChangedPart | None, fail_on: Collection[str]) -> int:
    waiting = bool(hook.concerning(store.pending(), changed.lines)) if store.exists() else False
    wrong = hook.bugs_in(store, changed.lines)
    say(hook.told_bugs(wrong)) if wrong else None
    found = {"pending": waiting, "gaps": seen is not None and bool(seen.functions), "bugs": bool(wrong)}
    failed = [name for name in found if found[name] and name in fail_on]
    say(_ending(failed, waiting=waiting))
    return _FOUND if failed else 0


def _run(store: Store, changed: Changes, budget: Budget) -> pytest_run.Outcome:
    chosen = pushed_tests(store.rootdir, list(changed.lines), last_run.read_tests(store))
    limits = [f"--enrich-since={changed.since}", f"--enrich-budget={_part(budget)}"]
    with tempfile.TemporaryDirectory(prefix="pytest-enrich-") as scratch:
        private = ["-o", f"cache_dir={scratch}/cache"]  # what `--lf` remembers is of the user's own runs
        # A red suite is for the test hook to stop: with -x nothing is looked for.
        words = ["--no-header", "-x", "--enrich", *limits, *private, *(f"./{one}" for one in chosen)]
        return pytest_run.within(store, words, budget.seconds, changes.environment(os.environ))


def _part(budget: Budget) -> Budget:
    """What of it is for thinking; the start, the tests and the last proofs need the rest."""
    return budget if budget.seconds is None else Budget(seconds=max(1.0, round(budget.seconds * THINKING)))


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
    if outcome.status == _WRONG_USE:
        return _refused(outcome.output)
    ours = [line for line in tests.splitlines() if line.startswith("enrich: ") and "partial run" not in line]
    return visible(ours[-1] if ours else outcome.last_line)


def _refused(text: str) -> str:
    """What pytest says about its options, which are the project's and ours."""
    if "unrecognized arguments: --enrich" in text:
        return (
            "This project's pytest does not load pytest-enrich: nothing was looked for.\n"
            "Drop -p no:enrich, or add -p enrich to its addopts."
        )
    _, error, told = text.rpartition("ERROR: ")
    return visible_lines((told if error else text).strip())


def _ending(failed: Sequence[str], *, waiting: bool) -> str:
    first = f"Your push is held up: --fail-on {', '.join(failed)}." if failed else "Your push goes on."
    return f"{first} Review when you like:  {hook.NEXT}" if waiting else first
