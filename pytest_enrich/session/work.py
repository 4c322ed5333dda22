"""The work of one run: survey, ask, prove, write; and what came of it so far, at any moment."""

from __future__ import annotations

import platform
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pytest_enrich import __version__, executors, pipeline
from pytest_enrich.config import MODEL, Settings
from pytest_enrich.data import Gap, RunSummary, Target
from pytest_enrich.data.run import Stop
from pytest_enrich.data.suggestion import MadePart
from pytest_enrich.proposers.properties import PropertiesProposer, uses_hypothesis
from pytest_enrich.proposers.rows import RowsProposer
from pytest_enrich.proposers.search import SearchProposer, has_solver
from pytest_enrich.proposers.search.sharper import sharpen
from pytest_enrich.protocols import Progress, Proposer
from pytest_enrich.sandboxes import isolation
from pytest_enrich.sandboxes.forkserver import ForkserverSandbox
from pytest_enrich.sandboxes.process import ProcessSandbox
from pytest_enrich.session import ground, rounds, summary
from pytest_enrich.session.contradictions import Contradictions
from pytest_enrich.session.files import TestFiles
from pytest_enrich.session.ledger import Ledger, key
from pytest_enrich.session.noting import NotingSandbox
from pytest_enrich.session.remembering import Remembering
from pytest_enrich.session.rounds import Round
from pytest_enrich.session.scope import Found, now
from pytest_enrich.session.slots import Slots
from pytest_enrich.session.writing import Writer
from pytest_enrich.store import Store, bugs, rejected

if TYPE_CHECKING:
    from pytest_enrich.session.model import LocalModel


DOCSTRINGS = 0.2
"""The part of a budget in time that docstrings may take, beyond the file that is being looked at."""
AHEAD = 2
"""So many more targets than slots for proofs are under way while a model is asked, so that it never waits."""


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
        self._slots = max(settings.workers, 1)
        self._sandbox = NotingSandbox(Remembering(Slots(self._forks, self._slots)))
        self._executor = executors.choose(settings.workers)
        self._asking = executors.choose(self._slots + AHEAD)
        self._purse = pipeline.Purse(settings.budget, 1)
        self._ground = ground.Ground(targets=())
        self._model: LocalModel | None = None
        self._silence = ""
        self._stopped: Stop = ""
        self._is_late = False
        self._files = TestFiles(settings.rootdir)
        made = MadePart(
            at=now(),
            pytest_enrich=__version__,
            python=platform.python_version(),
            commit=summary.commit(settings.rootdir),
        )
        self._contradictions = Contradictions(settings, store, found, self._sandbox, made=made)
        writer = Writer(store=store, files=self._files, made=made, sandbox=self._sandbox)
        self._ledger = Ledger(found, store, writer, self._contradictions)

    def close(self) -> None:
        """Let nothing go on."""
        if self._model is not None:
            self._model.close()
        for executor in (self._executor, self._asking):
            executor.shutdown(wait=False, cancel_futures=True)
        self._sandbox.close()

    def work(self) -> None:
        """Work until all gaps are done, the budget is used up, enough waits, or somebody stops it."""
        try:
            is_asked = bool(self._found.own) and not self._is_enough()
            if is_asked:
                self._prepare()
            self._look()
            if not is_asked:
                self._stopped = "enough waiting" if self._found.own else ""
                return
            self._work()
        except KeyboardInterrupt:
            self._stopped = "interrupted"
        self._store.write_all_patch(self._files.combined(self._store))

    def _look(self) -> None:
        """See whether the code does what its docstrings say; that takes a part of the time."""
        purse = pipeline.Purse(self._settings.budget, 1)
        most = (1 - DOCSTRINGS) * (self._settings.budget.seconds or 0.0)
        self._contradictions.look(lambda: purse.left - most)

    def _prepare(self) -> None:
        """See what there is to be done; a model loads from here on."""
        settings, found = self._settings, self._found
        self._progress.started(len(found.own), len({gap.path for gap in found.own}), str(settings.budget))
        self._ground = ground.survey(settings, found.measured, found.texts, found.open, self._sandbox)
        self._ledger.note(self._ground.left_out, "left out")
        if settings.fresh:
            self._store.forget()
        self._begin_model()

    def _work(self) -> None:
        whole = pipeline.Purse(self._settings.budget, len(self._ground.targets))
        for turn in rounds.plan(self._settings.asked, model=self._model is not None):
            self._round(turn, whole)
            if self._is_enough():
                break
        self._go_deeper(whole)
        if self._is_enough():
            self._stopped = "enough waiting"
        elif whole.left <= 0 or (self._is_late and self._ledger.is_any_open):
            self._stopped = "budget"

    def _go_deeper(self, whole: pipeline.Purse) -> None:
        """With time left, ask once more for what is open, until a whole walk gives nothing."""
        for turn in rounds.deeper(self._settings.asked, whole):
            made = self._ledger.written
            if not self._is_enough():
                self._round(turn, whole)
            if self._ledger.written == made:
                return

    def _begin_model(self) -> None:
        """Have the model loaded while others work; that there is none is said, and no reason to stop."""
        if MODEL not in self._settings.asked or not self._ground.targets:
            return
        from pytest_enrich.session import model

        course = model.Course(
            source_text=self._found.texts.__getitem__,
            test_text=self._files.readable,
            left=lambda: self._purse.left,
            attempts=lambda: self._ledger.attempts,
            say=self._progress.waiting,
        )
        found = model.begin(self._settings, self._sandbox, self._ground.targets, course)
        if isinstance(found, str):
            self._silence = f"the model was not asked: {found}"
        else:
            self._model = found

    def _round(self, turn: Round, whole: pipeline.Purse) -> None:
        every = self._targets(turn)
        targets = [one for one in every if self._settings.shard.holds(one.path, one.qualname)]
        if not targets:
            return
        # Executions are shared out over all targets: a shard looks as long at each as the whole run would.
        purse = pipeline.Purse(turn.budget(self._settings.budget, whole), len(every), turn.longest)
        bench, self._purse = self._bench(turn, purse), purse
        asks = MODEL in turn.names
        executor, ahead = (self._asking, self._slots + AHEAD) if asks else (self._executor, self._slots)
        self._progress.working(0, len(targets), targets[0], str(whole))
        finished: set[tuple[str, str]] = set()
        for raw in pipeline.run(targets, bench, executor, ahead):
            done = self._completed(raw) if asks else raw
            self._ledger.finish(done, self._identities(turn.names))
            finished |= {key(gap) for target in targets for gap in target.gaps if self._ledger.is_closed(gap)}
            finished.add(key(done.target))
            self._progress.finished(len(finished), len(targets), done.target, done.attempts, str(whole))
            if self._is_enough() or (asks and self._model is not None and self._model.is_gone):
                return

    def _completed(self, done: pipeline.Done) -> pipeline.Done:
        """Without its model a round is not done with a target: another run may ask it."""
        if self._model is None:
            return done
        is_left = self._model.is_unasked(done.target)
        self._is_late = self._is_late or is_left
        return replace(done, complete=done.complete and not (self._model.is_gone or is_left))

    def _targets(self, turn: Round) -> list[Target]:
        """What the round is to work on."""
        if turn.depth:
            return self._ledger.in_vain(self._ground.targets)
        left = self._ledger.untried(self._ground.targets, turn, self._identities(turn.names))
        return rounds.by_module(left) if MODEL in turn.names else left

    def _bench(self, turn: Round, purse: pipeline.Purse) -> pipeline.Bench:
        settings, known = self._settings, rejected.read(self._settings.rootdir)
        return pipeline.Bench(
            proposers=self._proposers(turn),
            sandbox=self._sandbox,
            purse=purse,
            timeout=settings.timeout,
            seed=settings.seed + turn.depth,
            earlier=self._ledger.earlier,
            test_text=self._files.readable,
            gaps=_by_path(self._found.open),
            source_text=self._found.texts.__getitem__,
            grade=settings.grade,
            is_rejected=known.is_rejected,
            turned_down=known.reasons,
            named=self._model.named if self._model is not None else lambda *_test: None,
            sharper=partial(sharpen, sandbox=self._sandbox),
            watch=self._sandbox.watching,
        )

    def _proposers(self, turn: Round) -> tuple[Proposer, ...]:
        names, rows = turn.names, RowsProposer(self._sandbox, self._files.readable)
        known: dict[str, Proposer] = {
            "rows": rows,
            # A value that a call needs is the better suggestion as one more row of a test that passes it on.
            "search": SearchProposer(
                self._sandbox,
                *([rows.of_calls] if rows.name in names else []),
                solver=turn.asks_solver and has_solver(),
            ),
            "properties": PropertiesProposer(self._sandbox),
        }
        if not uses_hypothesis(self._settings.rootdir, self._settings.test_files):
            del known["properties"]  # a share of the time that is for nothing
        others = tuple(known[name] for name in names if name in known)
        if self._model is None:
            return others
        return (*map(self._model.seeded, others), *(self._model.proposers if MODEL in names else ()))

    def _identities(self, names: Sequence[str]) -> tuple[str, ...]:
        """The proposers as a finished gap names them: a model's with its digest."""
        return tuple(self._model.identity if name == MODEL and self._model else name for name in names)

    def _is_enough(self) -> bool:
        return 0 < self._settings.maximum <= self._ledger.waiting

    def _model_notes(self) -> tuple[str, ...]:
        return self._model.notes if self._model else (self._silence,) if self._silence else ()

    def summary(self, started: float, changed: tuple[str, ...] | None) -> RunSummary:
        """The run so far; `changed` are files that changed outside the suggestions folder meanwhile."""
        nothing = summary.of_nothing(self._settings, self._found, started)
        told = [f"{path} changed while this ran; pytest-enrich did not mean to" for path in changed or ()]
        return replace(
            nothing,
            isolation=self._sandbox.isolation,
            gaps={**self._found.counts, **self._ledger.outcomes},
            candidates=len(self._ledger.attempts),
            dropped=dict(self._ledger.dropped),
            grades=dict(Counter(str(grade) for one in self._ledger.attempts if (grade := one.verdict.grade))),
            seconds={"total": time.monotonic() - started},
            suggestions=self._ledger.suggestions,
            waiting=self._ledger.waiting,
            bugs=tuple(one.id for one in bugs.waiting(self._store)) if self._store.exists() else (),
            mended=self._contradictions.mended,
            stopped=self._stopped,
            model=self._model.part if self._model else None,
            notes=(
                *self._found.notes,
                *self._ground.notes,
                *self._forks.notes,
                *self._sandbox.notes,
                *self._model_notes(),
                *told,
            ),
            read_only_check="not checked" if changed is None else "changed" if changed else "ok",
        )


def _by_path(gaps: Sequence[Gap]) -> dict[str, list[Gap]]:
    found: dict[str, list[Gap]] = {}
    for gap in gaps:
        found.setdefault(gap.path, []).append(gap)
    return found
