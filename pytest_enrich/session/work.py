"""The work of one run: survey, ask, prove, write; and what came of it so far, at any moment."""

from __future__ import annotations

import contextlib
import platform
import time
from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from pytest_enrich import __version__, executors, patch, pipeline
from pytest_enrich.config import Settings
from pytest_enrich.data import (
    Attempt,
    Attempted,
    Dropped,
    Finished,
    Gap,
    Kept,
    MadeSuggestion,
    RunSummary,
    Suggestion,
    Target,
)
from pytest_enrich.data.run import Stop
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.errors import RefusedError
from pytest_enrich.proposers.search import SearchProposer
from pytest_enrich.protocols import Progress, Proposer
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox
from pytest_enrich.session import ground, summary
from pytest_enrich.session.noting import NotingSandbox
from pytest_enrich.session.scope import Found, now
from pytest_enrich.store import Store, rejected


class Session:
    """One run. Whatever is finished is on the disk before the next target begins."""

    def __init__(self, settings: Settings, store: Store, found: Found, progress: Progress) -> None:
        self._settings = settings
        self._store = store
        self._found = found
        self._progress = progress
        fresh = ProcessSandbox(
            settings.rootdir,
            settings.pytest_args,
            settings.env,
            layers=isolation.choose(settings.sandbox, settings.rootdir),
        )
        self._forks = ForkserverSandbox(fresh)
        self._sandbox = NotingSandbox(self._forks)
        self._executor = executors.choose(settings.workers)
        self._ground = ground.Ground(targets=())
        self._outcomes: dict[str, str] = {}
        self._dropped: Counter[str] = Counter()
        self._candidates = 0
        self._made: list[Suggestion] = []
        self._stopped: Stop = ""
        self._waiting = found.waiting
        self._made_part = MadePart(
            at=now(),
            pytest_enrich=__version__,
            python=platform.python_version(),
            commit=summary.commit(settings.rootdir),
        )

    def close(self) -> None:
        """Let nothing go on."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._sandbox.close()

    def work(self) -> None:
        """Work until all gaps are done, the budget is used up, enough waits, or somebody stops it."""
        if not self._found.open:
            return
        if self._is_enough():
            self._stopped = "enough waiting"
            return
        try:
            self._work()
        except KeyboardInterrupt:
            self._stopped = "interrupted"
        self._store.write_all_patch(self._all_patch())

    def _work(self) -> None:
        settings, found = self._settings, self._found
        self._progress.started(len(found.open), len({gap.path for gap in found.open}), str(settings.budget))
        self._ground = ground.survey(settings, found.measured, found.texts, found.open, self._sandbox)
        self._note(self._ground.left_out, "left out")
        targets = self._untried(self._ground.targets)
        purse = pipeline.Purse(settings.budget, len(targets))
        bench = pipeline.Bench(
            proposers=self._proposers(),
            sandbox=self._sandbox,
            purse=purse,
            timeout=settings.timeout,
            seed=settings.seed,
            test_text=self._readable_text,
            gaps=_by_path(found.open),
            source_text=found.texts.__getitem__,
            grade=settings.grade,
        )
        if targets:
            self._progress.working(0, len(targets), targets[0], str(purse))
        for done in pipeline.run(targets, bench, self._executor, max(settings.workers, 1)):
            self._finish(done)
            number = len({(gap.path, gap.qualname) for gap in found.open if gap.id in self._outcomes})
            self._progress.finished(
                min(number, len(targets)), len(targets), done.target, done.attempts, str(purse)
            )
            if self._is_enough():
                self._stopped = "enough waiting"
                return
        if purse.left <= 0:
            self._stopped = "budget"

    def _proposers(self) -> tuple[Proposer, ...]:
        return (SearchProposer(self._sandbox),)

    def _untried(self, targets: Sequence[Target]) -> list[Target]:
        """The targets with the gaps that no earlier run has finished with, for the same code and proposers."""
        if self._settings.fresh:
            self._store.forget()
        finished = {(one.gap.id, one.digest) for one in self._store.finished()}
        left = []
        for target in targets:
            done = [gap for gap in target.gaps if (gap.id, target.digest) in finished]
            self._note(done, "done before")
            if len(done) < len(target.gaps):
                left.append(pipeline.narrowed(target, done))
        return left

    def _finish(self, done: pipeline.Done) -> None:
        """Write what was found, then what was tried: a killed run loses at most this one target."""
        closed: set[str] = set()
        for attempt in done.attempts:
            self._candidates += 1
            if isinstance(attempt.verdict, Dropped):
                self._dropped[_counted(attempt.verdict)] += 1
            elif self._write(done.target, attempt):
                closed |= set(attempt.verdict.gaps)
        if not done.complete:
            self._store.journal(*(Attempted(attempt=attempt) for attempt in done.attempts))
            self._note([gap for gap in self._found.open if gap.id in closed], "suggested")
            return
        self._note([gap for gap in done.target.gaps if gap.id not in self._outcomes], "nothing found")
        self._note([gap for gap in self._found.open if gap.id in closed], "suggested")
        self._store.journal(
            *(Attempted(attempt=attempt) for attempt in done.attempts),
            *(self._finished(gap, done.target) for gap in done.target.gaps),
        )

    def _finished(self, gap: Gap, target: Target) -> Finished:
        return Finished(gap=gap, digest=target.digest, proposer="search", outcome=self._outcomes[gap.id])

    def _write(self, target: Target, attempt: Attempt) -> bool:
        """Write the suggestion for a kept attempt, unless people turned this very idea down."""
        assert isinstance(attempt.verdict, Kept)
        closed = {gap.id: gap for gap in self._found.open if gap.id in attempt.verdict.gaps}
        named = next((identity for identity in attempt.candidate.gaps if identity in closed), next(iter(closed)))
        others = [gap for identity, gap in closed.items() if identity != named]
        try:
            text = self._test_text(target.placement.path)
            one = patch.suggest(
                attempt, closed[named], others, text, made=self._made_part, isolation=self._sandbox.isolation
            )
            if self._is_rejected(one):
                return False
            self._store.save(one, patch.render_patch(one, text), patch.render_module(one))
        except RefusedError:
            self._dropped["parses: cannot be put into the test file"] += 1
            return False
        self._made.append(one)
        self._waiting += 1
        return True

    def _is_rejected(self, one: Suggestion) -> bool:
        lines = rejected.read(self._settings.rootdir)
        return lines.is_rejected(one.id, one.test.body_sha256, one.gap.path, one.gap.qualname)

    def _readable_text(self, path: str) -> str:
        """The test file as it is now, "" when it is not there or cannot be decoded."""
        try:
            return self._test_text(path) or ""
        except RefusedError:
            return ""

    def _test_text(self, path: str) -> str | None:
        """The test file as it is now, None when it is not there.

        Raises:
            RefusedError: It is there, and not in the encoding that it says.
        """
        try:
            return patch.decode((self._settings.rootdir / path).read_bytes(), path)
        except OSError:
            return None

    def _all_patch(self) -> str:
        pending = self._store.pending() if self._store.exists() else ()
        texts: dict[str, str | None] = {}
        for path in sorted({one.target.path for one in pending}):
            with contextlib.suppress(RefusedError):
                texts[path] = self._test_text(path)
        left = [one for one in pending if one.target.path in texts]
        return patch.combine(left, texts) if left else ""

    def _is_enough(self) -> bool:
        return 0 < self._settings.maximum <= self._waiting

    def _note(self, gaps: Sequence[Gap], outcome: str) -> None:
        self._outcomes.update((gap.id, outcome) for gap in gaps)

    def summary(self, started: float, changed: tuple[str, ...] | None) -> RunSummary:
        """The run so far; `changed` are files that changed outside the suggestions folder meanwhile."""
        nothing = summary.of_nothing(self._settings, self._found, started)
        outcomes = Counter(self._outcomes.get(gap.id, "not tried") for gap in self._found.open)
        told = [f"{path} changed while this ran; pytest-enrich did not mean to" for path in changed or ()]
        return replace(
            nothing,
            isolation=self._sandbox.isolation,
            gaps={**self._found.counts, **outcomes},
            candidates=self._candidates,
            dropped=dict(self._dropped),
            seconds={"total": time.monotonic() - started},
            suggestions=tuple(MadeSuggestion(id=one.id, grade=one.grade) for one in self._made),
            waiting=self._waiting,
            stopped=self._stopped,
            notes=(*self._found.notes, *self._ground.notes, *self._forks.notes, *self._sandbox.notes, *told),
            read_only_check="not checked" if changed is None else "changed" if changed else "ok",
        )


def _by_path(gaps: Sequence[Gap]) -> dict[str, list[Gap]]:
    found: dict[str, list[Gap]] = {}
    for gap in gaps:
        found.setdefault(gap.path, []).append(gap)
    return found


def _counted(verdict: Dropped) -> str:
    return f"{verdict.rung}: {verdict.reason}"
