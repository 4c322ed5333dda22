"""The work of one run: survey, ask, prove, write; and at any moment what has come of it so far."""

from __future__ import annotations

import math
import os
import platform
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from pytest_enrich import __version__, pipeline, validate
from pytest_enrich.config import Settings
from pytest_enrich.data import RunSummary
from pytest_enrich.data.run import Stop
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.errors import OutOfTimeError, UsageError
from pytest_enrich.progress import Lines
from pytest_enrich.proposers.search import sharpen
from pytest_enrich.protocols import Sandbox
from pytest_enrich.reporters.words import counted
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.cluster import ClusterSandbox, Project
from pytest_enrich.sandboxes.environment import sweep
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.isolation import Isolation
from pytest_enrich.sandboxes.process import ProcessSandbox
from pytest_enrich.session import ground, scope, summary
from pytest_enrich.session.contradictions import Contradictions
from pytest_enrich.session.ledger import LEFT_OUT, Ledger, Writer
from pytest_enrich.session.noting import NotingSandbox, Onward, Remembering, Slots, Writing, streaks
from pytest_enrich.session.panel import Course, Panel
from pytest_enrich.session.scope import Found
from pytest_enrich.session.walker import Walker
from pytest_enrich.store import Store, last_run, rebuild
from pytest_enrich.store.disk import now
from pytest_enrich.store.experience import NONE, Experience
from pytest_enrich.store.python_file import text_of

DOCSTRINGS = 0.2
"""The part of a budget in time that docstrings may take, beyond the file that is being looked at."""
GRACE = 0.05
"""The part of a budget in time by which jobs that were begun before may go beyond it."""
BESIDE_SECONDS = 1.0
"""With a budget in time: how long the tests of a file that run beside each candidate may take."""


class Session:
    """One run. Whatever is finished is on disk before the next target begins."""

    def __init__(
        self, settings: Settings, store: Store, found: Found, progress: Lines, known: Experience = NONE
    ) -> None:
        self._known = known
        self._settings = settings
        self._started = time.monotonic()
        self._store = store
        self._found = found
        self._progress = progress
        sweep()
        self._inside, self._layers, count = _sandbox(settings)
        settings = replace(settings, workers=count)
        slots = Slots(self._inside, count, self._job_seconds)
        # With a budget in executions the result is the same everywhere, whoever is done first.
        inside = Onward(slots) if settings.budget.executions is None else slots
        self._sandbox = NotingSandbox(Remembering(Writing(inside)))
        self._ground = ground.Ground(targets=())
        self._stopped: Stop = ""
        made = MadePart(
            at=now(),
            pytest_enrich=__version__,
            python=platform.python_version(),
            commit=summary.commit(settings.rootdir),
            options=settings.said,
        )
        self._contradictions = Contradictions(settings, store, found, self._sandbox, made=made)
        self._writer = Writer(store=store, made=made, sandbox=self._sandbox)
        self._ledger = Ledger(found, store, self._writer, self._contradictions, settings.maximum, known)
        context = self._context()
        self._existing = context.existing
        self._panel = Panel(settings, context)
        self._walker = Walker(settings, context, self._panel, self._ledger, progress)

    def _context(self) -> pipeline.RunContext:
        """What all targets are worked on with, before anybody is asked."""
        return replace(
            context(self._settings, self._sandbox),
            gaps=self._found.open,
            source_text=self._found.texts.__getitem__,
            comes_last=self._known.comes_last,
            exists=os.path.lexists,
            rootdir=str(self._settings.rootdir),
            sharper=partial(sharpen, sandbox=self._sandbox),
            watch=self._sandbox.watching,
        )

    def close(self) -> None:
        """Let nothing go on."""
        self._panel.close()
        self._walker.close()
        self._sandbox.close()

    def work(self) -> None:
        """Work until all gaps are done, the budget is used up, enough waits, or somebody stops it."""
        try:
            is_asked = bool(self._found.own) and not self._ledger.is_full
            if is_asked:
                self._prepare()
            self._look()
            if not is_asked:
                self._stopped = "enough waiting" if self._found.own else ""
                return
            self._stopped = self._walker.walk(self._ground.targets, self._started)
        except OutOfTimeError:
            self._stopped = "budget"
        except KeyboardInterrupt:
            self._stopped = "interrupted"
        self._ledger.settle()
        if self._store.exists():
            rebuild.texts(self._store)
        if self._ledger.defects:
            last_run.write_crash(self._store, "\n".join(self._ledger.defects))

    def _job_seconds(self) -> float:
        """How long a job may still go on: to the end of the budget, and a little longer to finish."""
        seconds = self._settings.budget.seconds
        return math.inf if seconds is None else self._started + seconds * (1 + GRACE) - time.monotonic()

    def _look(self) -> None:
        """See whether the code does what its docstrings say; that takes a part of the time."""
        remaining = pipeline.RemainingBudget(self._settings.budget, 1)
        most = (1 - DOCSTRINGS) * (self._settings.budget.seconds or 0.0)
        whole = pipeline.RemainingBudget(self._settings.budget, 1, started=self._started)
        self._contradictions.look(lambda: min(remaining.left - most, whole.left))

    def _prepare(self) -> None:
        """Find out what there is to do; a model loads from here on."""
        settings, found = self._settings, self._found
        self._progress.started(len(found.own), len({gap.path for gap in found.own}), str(settings.budget))
        self._ground = ground.survey(settings, found.measured, found.texts, found.open, self._sandbox)
        self._ledger.note(self._ground.left_out, LEFT_OUT)
        if settings.fresh:
            self._store.forget()
        self._store.prepare()
        self._store.evidence.begin(summary.begun(settings, found, self._layers))
        course = Course(
            suite=self._ground.suite,
            left=lambda: self._walker.left,
            attempts=lambda: self._ledger.attempts,
            say=self._progress.waiting,
        )
        self._panel.begin_model(self._ground.targets, course)

    def summary(self, started: float, changed: tuple[str, ...] | None) -> RunSummary:
        """The run so far; `changed` are files that changed outside the suggestions folder meanwhile."""
        nothing = summary.of_nothing(self._settings, self._found, started)
        changed_notes = [f"{path} changed while this ran; pytest-enrich did not mean to" for path in changed or ()]
        return replace(
            nothing,
            isolation=self._sandbox.isolation,
            gaps={**self._found.counts, **self._ledger.outcomes},
            left=tuple(self._ledger.left(self._stopped)),
            candidates=len(self._ledger.attempts),
            dropped=dict(self._ledger.dropped),
            grades=dict(
                Counter(str(grade) for attempt in self._ledger.attempts if (grade := attempt.verdict.grade))
            ),
            ideas=dict(self._sandbox.ideas),
            seconds={
                "total": time.monotonic() - started,
                **({"first": self._ledger.first - started} if self._ledger.first else {}),
            },
            suggestions=self._ledger.suggestions,
            waiting=self._ledger.waiting,
            bugs=tuple(bug.id for bug in self._store.bugs()) if self._store.exists() else (),
            mended=self._contradictions.mended,
            stopped=self._stopped,
            model=self._panel.model.part if self._panel.model else None,
            learnt=self._known.told,
            notes=(
                *self._found.notes,
                *self._ground.notes,
                *self._existing.notes,
                *streaks(self._ledger.attempts, self._sandbox.isolation),
                *self._inside.notes,
                *self._sandbox.notes,
                *self._panel.notes,
                *self._writer.notes,
                *self._given_up(),
                *changed_notes,
            ),
            read_only_check="not checked" if changed is None else "changed" if changed else "ok",
        )

    def _given_up(self) -> Iterator[str]:
        """What was lost to bugs of ours, and where these are written down."""
        if self._ledger.defects:
            place = f"{self._settings.directory.name}/.cache/crash.txt"
            functions = counted(len(self._ledger.defects), "function")
            yield f"work on {functions} ended by an internal error, details in {place}"


def context(settings: Settings, sandbox: Sandbox) -> pipeline.RunContext:
    """What every candidate is judged with, whoever thought of it."""
    return pipeline.RunContext(
        sandbox=sandbox,
        remaining=pipeline.RemainingBudget(settings.budget, 1),
        existing=validate.Existing(math.inf if settings.budget.seconds is None else BESIDE_SECONDS),
        timeout=settings.timeout,
        seed=settings.seed,
        test_text=lambda path: text_of(settings.rootdir, path) or "",
        source_text=lambda path: scope.read(settings.rootdir / path),
        grade=settings.grade,
        refused=settings.policy.policy.refused,
        # Whoever wants any number of suggestions gets all that are proven.
        most_doubt=pipeline.MOST_DOUBT if settings.maximum else math.inf,
    )


def _sandbox(settings: Settings) -> tuple[ForkserverSandbox | ClusterSandbox, Isolation, int]:
    """Where candidates are tried, here or on a cluster, in which layers, and how many at a time."""
    if settings.cluster:
        project = Project(
            rootdir=settings.rootdir,
            pytest_args=settings.pytest_args,
            env=settings.env,
            sandbox=settings.sandbox,
        )
        cluster = ClusterSandbox(settings.cluster, project)
        accepted = settings.policy.policy.isolation
        if accepted and cluster.isolation not in accepted:
            cluster.close()
            requirement = f"{settings.policy.name} requires {' or '.join(accepted)}"
            raise UsageError(
                f"{requirement}; on the workers of dask://{settings.cluster} it is {cluster.isolation}"
            )
        # Which layers its workers tried is not known here.
        return cluster, Isolation(name=cluster.isolation), cluster.slots
    return (*sandbox_here(settings), max(settings.workers, 1))


def sandbox_here(settings: Settings) -> tuple[ForkserverSandbox, Isolation]:
    """Where candidates are tried on this machine, and in which layers."""
    layers = isolation.choose(settings.sandbox, settings.rootdir, settings.policy)
    fresh = ProcessSandbox(settings.rootdir, settings.pytest_args, settings.env, layers=layers)
    return ForkserverSandbox(fresh), layers
