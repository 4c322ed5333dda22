"""The walk over the targets, round after round; what is reviewed as one thing is one target."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from msgspec.structs import replace

from pytest_enrich import executors, pipeline
from pytest_enrich.config import MODEL, Budget, Settings
from pytest_enrich.data import Entry, Target
from pytest_enrich.data.run import Stop
from pytest_enrich.protocols import Progress
from pytest_enrich.session.ledger import (
    SHORTEST_WALK,
    Ledger,
    Round,
    by_module,
    deeper,
    key,
    last_round,
    plan_round,
)
from pytest_enrich.session.panel import Panel
from pytest_enrich.store import rejected

SCOPES = {"class", "module"}
METHODS = {"method", "classmethod", "staticmethod", "property", "setter"}
MOST_LINES, MOST_DECISIONS, MOST = 8, 1, 4
MOST_VAIN = 2
"""So many whole walks in a row may find nothing."""
IMPROVING, EACH = 0.3, 20.0
"""Of what is left, how much a model may take to say better what is kept; seconds for each test, with proofs."""
AHEAD = 2
"""So many more targets than slots for proofs are under way while a model is asked, so that it never waits."""


def joined(targets: Iterable[Target]) -> list[Target]:
    """The targets in their order, those of small methods of a class, whose tests go to one place, as one.

    So is a function with those that it holds: whoever reaches these went through it.
    """
    groups: list[list[Target]] = []
    latest: dict[tuple[str, ...], list[Target]] = {}
    for target in _with_inner([*targets]):
        group = latest.get(_place(target)) if _is_small(target) else None
        if group is not None and len(group) < MOST:
            group.append(target)
            continue
        groups.append([target])
        if _is_small(target):
            latest[_place(target)] = groups[-1]
    return [_as_one(group) for group in groups]


def _with_inner(targets: Sequence[Target]) -> list[Target]:
    """Each function with those that it holds as one target, in the place of the first of them."""
    outer = {(one.path, one.qualname): one for one in targets if one.kind not in {"nested", *SCOPES}}
    groups: dict[int, list[Target]] = {}
    for one in targets:
        holder = next((outer[one.path, name] for name in _holders(one) if (one.path, name) in outer), one)
        groups.setdefault(id(holder), [holder]).extend([one] if one is not holder else [])
    return [group[0] if len(group) == 1 else _together(group[0], group) for group in groups.values()]


def _holders(target: Target) -> Iterator[str]:
    """The names of all that a nested function is in, the outermost first."""
    parts = target.qualname.split(".")[:-1] if target.kind == "nested" else ()
    return itertools.accumulate(parts, "{}.{}".format)


def _is_small(target: Target) -> bool:
    """Whether there is little that it can do, and one decision is open in it at most."""
    is_short = target.last_line - target.first_line < MOST_LINES
    decisions = {line for gap in target.gaps for line, _ in gap.branches}
    return target.kind in METHODS and not target.parts and is_short and len(decisions) <= MOST_DECISIONS


def _place(target: Target) -> tuple[str, ...]:
    """Its class, and where its tests go."""
    there = target.placement
    return target.path, _owner(target), there.path, there.owner or "", there.style


def _owner(target: Target) -> str:
    return target.qualname.rpartition(".")[0]


def _as_one(group: Sequence[Target]) -> Target:
    """Methods as a target with the name of their class."""
    first = group[0]
    if len(group) == 1:
        return first
    entries = tuple(_each_once(entry for one in group for entry in one.entries))
    entered = {entry.qualname for entry in entries}
    others = dict.fromkeys(name for one in group for name in one.neighbours if name not in entered)
    return replace(
        _together(first, group),
        qualname=_owner(first),
        first_line=min(one.first_line for one in group),
        last_line=max(one.last_line for one in group),
        source="\n\n".join(one.source for one in group),
        docstring="\n\n".join(filter(None, (one.docstring for one in group))) or None,
        parameters=(),
        returns=None,
        decorators=(),
        entries=entries,
        neighbours=tuple(others),
    )


def _together(first: Target, group: Sequence[Target]) -> Target:
    """The first with the gaps of all, and what leads to them."""
    return replace(
        first,
        gaps=tuple(chain.from_iterable(one.gaps for one in group)),
        conditions=tuple(chain.from_iterable(one.conditions for one in group)),
        raises=tuple(dict.fromkeys(chain.from_iterable(one.raises for one in group))),
        constants=tuple(dict.fromkeys(chain.from_iterable(one.constants for one in group))),
        nearest=tuple(dict.fromkeys(chain.from_iterable(one.nearest for one in group))),
        parts=tuple(group),
    )


def _each_once(entries: Iterable[Entry]) -> Iterator[Entry]:
    known: set[str] = set()
    for entry in entries:
        if entry.qualname not in known:
            known.add(entry.qualname)
            yield entry


class Walker:
    """Works on targets for as long as there is time and not enough waits for a person.

    Args:
        settings: How long, how many at a time, and when it is enough.
        context: What all rounds work with; who is asked, and with how much time, is each round's own.
        panel: Who may be asked.
        ledger: Told of each target that is done.
        progress: The same, for people.
    """

    def __init__(
        self, settings: Settings, context: pipeline.RunContext, panel: Panel, ledger: Ledger, progress: Progress
    ) -> None:
        self._settings, self._context, self._panel = settings, context, panel
        self._ledger, self._progress = ledger, progress
        self._slots = max(settings.workers, 1)
        self._executor = executors.choose(settings.workers)
        self._asking = executors.choose(self._slots + AHEAD)
        self._is_late = False
        self._improved: set[str] = set()

    def close(self) -> None:
        """Begin nothing more."""
        for executor in (self._executor, self._asking):
            executor.shutdown(wait=False, cancel_futures=True)

    @property
    def left(self) -> float:
        """Seconds of the round that is walked."""
        return self._context.remaining.left

    @property
    def is_enough(self) -> bool:
        """Whether as many suggestions wait as people want to see."""
        return 0 < self._settings.maximum <= self._ledger.waiting

    def _is_full(self, turn: Round) -> bool:
        """Whether as many wait as may in a round."""
        most = math.ceil(self._settings.maximum * turn.places)
        return self.is_enough or 0 < most <= self._ledger.waiting

    def walk(self, targets: Sequence[Target], started: float | None = None) -> Stop:
        """Work on the targets in all rounds; says why it ended before all was done, "" when it was.

        The budget is spent since the run `started`.
        """
        whole = pipeline.RemainingBudget(self._settings.budget, len(targets), started=started)
        for turn in plan_round(self._settings.asked, model=self._panel.has_model):
            self._round(turn, targets, whole)
            self._improve(whole, IMPROVING)
            if self.is_enough:
                break
        self._go_deeper(targets, whole)
        self._improve(whole, 1.0)
        if self._is_late and not self.is_enough and whole.left >= SHORTEST_WALK:
            # What there was no time to ask while the others waited for theirs.
            self._is_late = False
            self._panel.resume()
            self._round(last_round(self._settings.asked), targets, whole)
        if self.is_enough:
            return "enough waiting"
        return "budget" if whole.left <= 0 or (self._is_late and self._ledger.is_any_open) else ""

    def _improve(self, whole: pipeline.RemainingBudget, part: float) -> None:
        """What was written so far, as a model says it better, in a part of the time that is left."""
        fresh = [made for made in self._ledger.made if made.suggestion.id not in self._improved]
        if not fresh or not self._panel.has_model:
            return
        seconds = min(whole.left * part, EACH * len(fresh))
        remaining = pipeline.RemainingBudget(Budget(seconds=max(seconds, 0.0)), 1)
        self._context = replace(self._context, remaining=remaining)
        improvers = self._panel.improvers
        for at, made in enumerate(fresh if improvers else (), 1):
            if remaining.left <= 0 or self._panel.is_gone:
                return
            self._progress.waiting(f"test {at} of {len(fresh)} is said better")
            self._improved.add(made.suggestion.id)
            for think, more in improvers:
                if better := pipeline.improve(made.narrow, made.attempt, think, self._context, more=more):
                    self._ledger.improve(made, better)

    def _go_deeper(self, targets: Sequence[Target], whole: pipeline.RemainingBudget) -> None:
        """With time left, ask once more for what is open, until `MOST_VAIN` whole walks gave nothing."""
        vain = 0
        for turn in deeper(self._settings.asked, whole):
            if self.is_enough or vain == MOST_VAIN:
                return
            made = self._ledger.written
            self._round(turn, targets, whole)
            vain = vain + 1 if self._ledger.written == made else 0

    def _round(self, turn: Round, targets: Sequence[Target], whole: pipeline.RemainingBudget) -> None:
        every = self._open(turn, targets)
        own = [one for one in every if self._settings.shard.holds(one.path, one.qualname)]
        if not own or self._is_full(turn):
            return
        # Executions are shared out over all targets: a shard looks as long at each as the whole run would.
        remaining = pipeline.RemainingBudget(turn.budget(self._settings.budget, whole), len(every), turn.patience)
        self._context = replace(self._context, remaining=remaining)
        self._context = self._context_for(turn, remaining)
        asks = MODEL in turn.names
        executor, ahead = (self._asking, self._slots + AHEAD) if asks else (self._executor, self._slots)
        self._progress.working(0, len(own), own[0], whole)
        finished: set[tuple[str, str]] = set()
        for raw in pipeline.run(own, self._context, executor, ahead):
            done = self._completed(raw) if asks else raw
            self._ledger.finish(done, self._panel.identities(turn.names))
            finished |= {key(target) for target in own if any(map(self._ledger.is_closed, target.gaps))}
            finished.add(key(done.target))
            self._progress.finished(len(finished), len(own), done.target, done.attempts, whole)
            if self._is_full(turn) or (asks and self._panel.is_gone):
                return

    def _open(self, turn: Round, targets: Sequence[Target]) -> list[Target]:
        """What the round is to work on."""
        if turn.depth:
            return joined(self._ledger.left_open(targets))
        left = self._ledger.untried(targets, turn, self._panel.identities(turn.names))
        # A model is asked about one function at a time.
        return by_module(left) if MODEL in turn.names else joined(left)

    def _context_for(self, turn: Round, remaining: pipeline.RemainingBudget) -> pipeline.RunContext:
        """With what people turned down as it is now: they may review while this runs."""
        known = rejected.read(self._settings.rootdir)
        return replace(
            self._context,
            proposers=self._panel.proposers(turn.names),
            remaining=remaining,
            seed=self._settings.seed + turn.depth,
            earlier=self._ledger.earlier,
            is_rejected=known.is_rejected,
            turned_down=known.reasons,
        )

    def _completed(self, done: pipeline.Done) -> pipeline.Done:
        """Without its model a round is not done with a target: another run may ask it."""
        is_left = self._panel.is_unasked(done.target)
        self._is_late = self._is_late or is_left
        return replace(done, complete=done.complete and not (self._panel.is_gone or is_left))
