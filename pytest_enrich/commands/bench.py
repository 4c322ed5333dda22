"""`pytest-enrich bench`: what each local model is worth on this project, compared with no model.

In copies a share of the team's own tests is hidden; each arm has the same time to win back what only these
covered. Measurements are kept: the same command continues where it was interrupted. The project is only read.
"""

from __future__ import annotations

import ast
import hashlib
import math
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import click
import msgspec
from msgspec import Struct

from pytest_enrich.commands import pytest_run
from pytest_enrich.commands.project import DEFAULT, answer, json_option, project_option, say, tell
from pytest_enrich.config import Budget, budget
from pytest_enrich.errors import RefusedError, UsageError
from pytest_enrich.store import Store, disk, last_run
from pytest_enrich.writing.syntax import Function, span

Branch: TypeAlias = tuple[str, int, int]
NONE = "none"
ALLOWED = 600.0
"""Seconds beyond its budget that a run may take: the suite itself, and what is accepted."""
_LEFT_BEHIND = shutil.ignore_patterns(
    ".git", ".venv", "venv", ".tox", ".nox", "node_modules", "__pycache__", ".*_cache", DEFAULT, ".coverage*"
)
_Z = 1.96


class Arm(Struct, frozen=True, kw_only=True):
    """The result of one model.

    Attributes:
        name: Of the model, `none` for the run without one.
        back, wanted: How many branches that only hidden tests covered are covered again, and how many there are.
        killed, tried: How many mutants that the remaining tests miss are killed by accepted ones, and of how many.
        accepted, own: How many suggestions were accepted, and how many of them are the model's tests or values.
        tokens: What the model wrote.
        seconds: Of the whole run.
    """

    name: str
    back: int
    wanted: int
    killed: int
    tried: int
    accepted: int
    own: int
    tokens: int
    seconds: float


class _File(Struct, frozen=True):
    missing_branches: tuple[tuple[int, int], ...] = ()


class _Coverage(Struct, frozen=True):
    files: dict[str, _File]


@click.command("bench")
@click.option("--model", "models", multiple=True, metavar="NAME", help="A model that is pulled (repeat).")
@click.option("--share", type=click.FloatRange(0.05, 0.9), default=0.3, help="Of the tests, how many are hidden.")
@click.option("--seed", type=click.IntRange(0), default=1, help="Which ones, and of the runs.")
@click.option("--budget", "words", default="2m", help="Of each run, as in --enrich-budget.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where copies and figures are kept.")
@json_option
@project_option
def command(  # noqa: PLR0913 - as many options
    store: Store, *, models: tuple[str, ...], share: float, seed: int, words: str, folder: Path | None
) -> int:
    """Hide a share of the tests in copies, and let each model, and none, win back what only these covered."""
    spent = budget(words)
    if spent.seconds is None:
        raise UsageError("--budget has to be a time, such as 2m: the models are compared by what they do in it")
    setting = f"{store.rootdir}\0{share}\0{seed}\0{spent}"
    place = (folder or _cache()) / f"{store.rootdir.name}-{hashlib.sha256(setting.encode()).hexdigest()[:8]}"
    bench = Bench(rootdir=store.rootdir, place=place.absolute(), budget=spent, seed=seed)
    tell(f"copies and figures: {place}")
    hidden = bench.prepare(share)
    arms = []
    for model in dict.fromkeys((NONE, *models)):
        tell(f"{model}: {spent} ...")
        arms.append(bench.arm(model))
    about = f"{len(hidden)} tests hidden ({share:.0%}, seed {seed}), {spent} for each"
    text = f"{table(arms)}\n\n{about}; 95 % intervals (Wilson) in brackets.\n"
    (place / "bench.md").write_text(text, encoding="utf-8")
    (place / "bench.json").write_bytes(msgspec.json.format(msgspec.json.encode(arms)))
    say(text)
    answer({"hidden": hidden, "share": share, "seed": seed, "budget": str(spent), "arms": arms})
    return 0


class Bench(Struct, frozen=True, kw_only=True):
    """One project, and where its copies are."""

    rootdir: Path
    place: Path
    budget: Budget
    seed: int

    def prepare(self, share: float) -> tuple[str, ...]:
        """Make the copy that all arms begin with, unless it is there; returns which tests are hidden in it.

        Raises:
            RefusedError: The tests do not pass in a copy, or not without those that are hidden.
        """
        file = self.place / "hidden.json"
        if not file.exists():
            shutil.rmtree(self.place, ignore_errors=True)
            full, base = self._copied(self.rootdir, "full"), self._copied(self.rootdir, "base")
            hidden = choose(self._collected(full), share, self.seed)
            hide(base, hidden)
            for name, checkout in (("full", full), ("base", base)):
                self._keep(f"{name}.json", self._missing(checkout))
            self._keep("hidden.json", hidden)  # last: the rest is there
        return msgspec.json.decode(file.read_bytes(), type=tuple[str, ...])

    def arm(self, model: str) -> Arm:
        """The result of a model, measured once."""
        name = re.sub(r"[^\w.-]", "-", model)
        file = self.place / f"arm-{name}.json"
        if file.exists():
            return msgspec.json.decode(file.read_bytes(), type=Arm)
        checkout = self._copied(self.place / "base", f"copy-{name}")
        began = time.monotonic()
        options = ("--enrich-max=0", f"--enrich-budget={self.budget}", f"--enrich-seed={self.seed}")
        self._pytest(checkout, "--enrich", *options, f"--enrich-model={model}")
        seconds = time.monotonic() - began
        store = Store(checkout / DEFAULT, checkout)
        run = last_run.read(store)
        if run is None:
            raise RefusedError(f"the run of {model} left no figures\nThe other ones are kept. See:  {checkout}")
        if model != NONE and run.model is None:
            raise RefusedError(f"{model} was not asked: {'; '.join(run.notes)}\nThe other figures are kept.")
        if waiting := store.pending():
            ids = (suggestion.id for suggestion in waiting)
            self._ran(checkout, "-m", "pytest_enrich", "accept", *ids, allowed=(0, 3))
        left = {suggestion.id for suggestion in store.pending()}
        taken = [suggestion for suggestion in waiting if suggestion.id not in left]
        wanted = self._known("base.json") - self._known("full.json")
        mutants = [(one.gap.path, mutant) for one in taken for mutant in one.proof.mutants.list]
        fates = [(path, mutant) for path, mutant in mutants if not mutant.killed_before]
        measured = Arm(
            name=model,
            back=len(wanted - self._missing(checkout)),
            wanted=len(wanted),
            killed=len({(path, mutant.line, mutant.change) for path, mutant in fates if mutant.killed}),
            tried=len({(path, mutant.line, mutant.change) for path, mutant in fates}),
            accepted=len(taken),
            own=sum(suggestion.origin.proposer == "ollama" for suggestion in taken),
            tokens=run.model.counts.get("tokens written", 0) if run.model else 0,
            seconds=round(seconds, 1),
        )
        self._keep(file.name, measured)
        return measured

    def _copied(self, source: Path, name: str) -> Path:
        checkout = self.place / name
        shutil.rmtree(checkout, ignore_errors=True)
        shutil.copytree(source, checkout, ignore=_LEFT_BEHIND, symlinks=True)
        return checkout

    def _collected(self, checkout: Path) -> list[str]:
        """The node ids of the test functions whose text stands in the file that they are collected from."""
        output = self._pytest(checkout, "--collect-only", "--verbosity=-1")
        nodeids = (line.partition("[")[0].strip() for line in output.splitlines() if "::" in line)
        return [nodeid for nodeid in dict.fromkeys(nodeids) if _is_written(checkout, nodeid)]

    def _missing(self, checkout: Path) -> frozenset[Branch]:
        """The branches that the tests of a copy leave out."""
        report = self.place / "coverage.json"
        report.unlink(missing_ok=True)
        words = ("-q", "--cov=.", "--cov-branch", f"--cov-report=json:{report}", "--cov-fail-under=0")
        self._pytest(checkout, *words)
        files = msgspec.json.decode(report.read_bytes(), type=_Coverage).files
        return frozenset((name, *branch) for name, file in files.items() for branch in file.missing_branches)

    def _pytest(self, checkout: Path, *words: str) -> str:
        always = (f"--rootdir={checkout}", "-p", "no:cacheprovider", *pytest_run.plugins())
        return self._ran(checkout, "-m", "pytest", *always, *words)

    def _ran(self, checkout: Path, *words: str, allowed: Sequence[int] = (0,)) -> str:
        """The output of a Python process in a copy; it finds the copy's modules before the project's."""
        path = os.pathsep.join(map(str, (checkout / "src", checkout)))
        env = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        limit = (self.budget.seconds or 0.0) + ALLOWED
        try:
            ended = subprocess.run(
                [sys.executable, *words],
                cwd=checkout,
                env=env,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise RefusedError(f"{' '.join(words[:4])} took more than {limit:.0f} s in {checkout}") from None
        if ended.returncode not in allowed:
            last = "\n".join((ended.stdout + ended.stderr).rstrip().splitlines()[-15:])
            raise RefusedError(f"{last}\n{' '.join(words[:4])} ended with {ended.returncode} in {checkout}")
        return ended.stdout

    def _keep(self, name: str, value: object) -> None:
        """Write it to the disk, whole or not at all."""
        disk.write(self.place / name, msgspec.json.encode(value, order="deterministic"))

    def _known(self, name: str) -> frozenset[Branch]:
        return msgspec.json.decode((self.place / name).read_bytes(), type=frozenset[Branch])


def choose(nodeids: Sequence[str], share: float, seed: int) -> tuple[str, ...]:
    """A seeded share of the tests, at least one, in their order."""
    count = max(round(len(nodeids) * share), 1)
    drawn = {*random.Random(seed).sample(nodeids, min(count, len(nodeids)))}  # noqa: S311 - no secret
    return tuple(nodeid for nodeid in nodeids if nodeid in drawn)


def hide(checkout: Path, nodeids: Iterable[str]) -> None:
    """Take the text of these tests out of their files: whoever proposes tests must not read them."""
    names: dict[str, set[str]] = {}
    for nodeid in nodeids:
        path, _, inside = nodeid.partition("::")
        names.setdefault(path, set()).add(inside)
    for path, gone in names.items():
        file = checkout / path
        file.write_text(without(file.read_text(encoding="utf-8"), gone), encoding="utf-8")


def without(text: str, names: set[str]) -> str:
    """The text without these functions (`TestCart::test_add`); a class without any other keeps a `pass`."""
    lines = text.splitlines(keepends=True)
    for first, last, instead in sorted(_going(ast.parse(text).body, "", names), reverse=True):
        lines[first - 1 : last] = [instead] if instead else []
    return "".join(lines)


def _is_written(checkout: Path, nodeid: str) -> bool:
    """Whether the test is a function in its file, and not inherited or from a docstring."""
    path, _, name = nodeid.partition("::")
    file = checkout / path
    return file.suffix == ".py" and any(_going(ast.parse(file.read_bytes()).body, "", {name}))


def _going(body: Sequence[ast.stmt], owner: str, names: set[str]) -> Iterator[tuple[int, int, str]]:
    """The ranges of lines to remove, and what replaces each, "" for nothing."""
    gone = [node for node in body if isinstance(node, Function) and f"{owner}{node.name}" in names]
    for node in gone:
        first, column, last, _ = span(node)
        is_last = node is gone[-1] and len(gone) == len(body) and owner
        yield first, last, f"{' ' * column}pass\n" if is_last else ""
    for inner in body:
        if isinstance(inner, ast.ClassDef):
            yield from _going(inner.body, f"{owner}{inner.name}::", names)


def table(arms: Sequence[Arm]) -> str:
    """A table in Markdown, one row per model."""
    heads = ("model", "branches back", "mutants killed", "accepted, its own", "its own per 1,000 tokens", "s")
    first, *lines = (f"| {' | '.join(row)} |" for row in (heads, *map(_row, arms)))
    return "\n".join([first, f"|{'---|' * len(heads)}", *lines])


def _row(arm: Arm) -> tuple[str, ...]:
    per = f"{1000 * arm.own / arm.tokens:.1f}" if arm.tokens else ""
    back, killed = _share(arm.back, arm.wanted), _share(arm.killed, arm.tried)
    return arm.name, back, killed, f"{arm.accepted}, {arm.own}", per, f"{arm.seconds:.0f}"


def _share(count: int, of: int) -> str:
    """`12 of 40 (18-45 %)`."""
    if not of:
        return "0 of 0"
    low, high = wilson(count, of)
    return f"{count} of {of} ({100 * low:.0f}-{100 * high:.0f} %)"


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share that was seen `count` times out of `of`."""
    share, squared = count / of, _Z * _Z
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = _Z * math.sqrt(share * (1 - share) / of + squared / (4 * of * of)) / (1 + squared / of)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pytest-enrich" / "bench"
